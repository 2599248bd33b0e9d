//! Whether everything is in order again: nothing is left that the ledger does not know of, and in
//! the end nothing at all.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::Row;
use tokio::time::sleep;

use crate::support::everywhere::Everywhere;
use crate::support::runs::{Seen, output, told};

/// How long a janitor has, round after round. Claims of janitors that were killed, and reservations
/// of runs that were, end after five minutes; after an outage they get them anew, and what is done
/// then may be tried again.
const PATIENCE: Duration = Duration::from_mins(2);
const PATIENCE_LONG: Duration = Duration::from_mins(20);

/// What is left, as one looks for it from outside.
#[derive(Debug)]
pub(super) struct Left {
    /// Of commands and their guards, each with its mark.
    processes: Vec<String>,
    /// Of our programs, ssh's connections and plugins.
    helpers: Vec<String>,
    /// Directories and sandboxes.
    places: Vec<String>,
    mounts: Vec<String>,
    /// Ends that the ledger was not told of.
    journal: usize,
}

impl Left {
    fn of(all: &Everywhere) -> Self {
        let shown = |path: &Path| path.display().to_string();
        let runs = &all.runs;
        Self {
            processes: runs.marked().iter().map(|(path, mark)| shown(path) + " " + mark).collect(),
            helpers: helpers(&runs.root),
            places: all.left().iter().map(|path| shown(path)).collect(),
            mounts: all.mounts(),
            journal: runs.journal().len(),
        }
    }

    const fn is_nothing(&self) -> bool {
        self.processes.is_empty()
            && self.helpers.is_empty()
            && self.places.is_empty()
            && self.mounts.is_empty()
            && self.journal == 0
    }

    /// Whether each thing is that of a lease with a deadline in the ledger.
    fn is_known(&self, leases: &[Seen]) -> bool {
        let due: Vec<String> = leases
            .iter()
            .filter(|lease| has_deadline(lease))
            .map(|lease| lease.id.to_string())
            .collect();
        // What a host has for all of its leases goes with the last of them.
        let is_due = |thing: &String| {
            due.iter().any(|id| thing.contains(id))
                || thing.ends_with("/.leasehold") && !due.is_empty()
        };
        self.journal == 0
            && self.mounts.is_empty()
            && self.processes.iter().chain(&self.places).all(is_due)
    }
}

/// The processes that know this state directory, but those of commands: `leasehold` itself, what it
/// starts to reach a place, and plugins.
fn helpers(root: &Path) -> Vec<String> {
    let wanted = format!("LEASEHOLD_STATE_DIR={}/state", root.display());
    let knows = |path: &Path| {
        let environ = std::fs::read(path.join("environ")).unwrap_or_default();
        environ.split(|byte| *byte == 0).any(|one| one == wanted.as_bytes())
    };
    let named = |path: &Path| {
        let line = std::fs::read(path.join("cmdline")).unwrap_or_default();
        format!("{} {}", path.display(), String::from_utf8_lossy(&line).replace('\0', " "))
    };
    let entries = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    entries.filter(|path| knows(path)).map(|path| named(&path)).collect()
}

/// Whether what is to be done has a deadline of its own in the ledger: a reservation whose maker was
/// killed, a claim whose janitor was, an attempt that failed.
fn has_deadline(lease: &Seen) -> bool {
    lease.phase == "reserved" || matches!(&*lease.cleanup_state, "claimed" | "failed")
}

fn is_over(lease: &Seen) -> bool {
    lease.phase == "ended" && matches!(&*lease.cleanup_state, "none" | "succeeded")
}

/// Ends what is due and cleans up, until everything is in order; how many rounds that took.
///
/// `to_the_end`: until every lease has ended and nothing is left; else until what is left has a
/// deadline.
pub(super) async fn put_in_order(all: &Everywhere, to_the_end: bool) -> u32 {
    let patience = if to_the_end { PATIENCE_LONG } else { PATIENCE };
    let (began, mut rounds) = (Instant::now(), 0);
    loop {
        rounds += 1;
        let options = ["janitor", "--once", "--quarantine", "0", "--absence", "0", "-o", "jsonl"];
        let done = output(all.program(&options)).await;
        // What is seen first can only have become less when the leases are read.
        let left = Left::of(all);
        let leases = all.runs.leases().await;
        let is_done = if to_the_end {
            left.is_nothing() && leases.iter().all(is_over)
        } else {
            left.is_known(&leases) && leases.iter().all(|one| is_over(one) || has_deadline(one))
        };
        if is_done {
            return rounds;
        }
        let open: Vec<&Seen> = leases.iter().filter(|lease| !is_over(lease)).collect();
        assert!(began.elapsed() < patience, "still there: {left:?} {open:?} {}", told(&done));
        sleep(Duration::from_millis(500)).await;
    }
}

/// How leases ended, by the word of the cause; each has one, and somebody who ended it.
pub(super) async fn ends(all: &Everywhere) -> BTreeMap<String, i64> {
    let rows = sqlx::query(
        "select coalesce(end_cause, 'none'), count(*), count(ended_by)
         from leasehold.environment_leases where phase = 'ended' group by 1",
    )
    .fetch_all(&all.runs.database.pool)
    .await
    .unwrap();
    let one = |row: &sqlx::postgres::PgRow| {
        let (cause, count): (String, i64) = (row.get(0), row.get(1));
        assert_eq!(row.get::<i64, _>(2), count, "ends by {cause} have an actor");
        (cause, count)
    };
    let ends: BTreeMap<String, i64> = rows.iter().map(one).collect();
    assert!(!ends.contains_key("none"), "every end has its cause: {ends:?}");
    ends
}

/// Ends what is left to the janitors of later minutes.
pub(super) fn kill_what_is_due(all: &Everywhere) {
    for (path, _) in all.runs.marked() {
        let pid = path.file_name().unwrap().to_str().unwrap().parse().unwrap();
        let pid = nix::unistd::Pid::from_raw(pid);
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
    }
}
