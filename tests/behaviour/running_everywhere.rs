//! The same command under a lease on every kind of environment; and many of them, killed.

use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use uuid::Uuid;

use crate::support::everywhere::{EVERYWHERE, Everywhere};
use crate::support::runs::{Seen, output, told};

#[tokio::test]
async fn a_command_has_its_output_its_code_and_its_files_everywhere() {
    let all = Everywhere::new().await;
    for name in EVERYWHERE {
        let script = "echo said; echo kept > file; exit 4";
        let ended = output(all.exec(name, name, &[], script)).await;
        assert_eq!(ended.status.code(), Some(4), "{name}: {}", told(&ended));
        assert_eq!(String::from_utf8_lossy(&ended.stdout), "said\n", "{name}");
        // A plugin that makes no workspace ready brings none back.
        if name != "plugin" {
            let kept = std::fs::read_to_string(all.runs.root.join(name).join("file")).unwrap();
            assert_eq!(kept, "kept\n", "{name}");
        }
    }
    for lease in all.runs.leases().await {
        let notes = lease.metadata.as_ref().unwrap();
        assert_eq!((&*lease.status, &*lease.cleanup_state), ("failed", "succeeded"), "{lease:?}");
        assert_eq!(notes["remoteExecutionTermination"]["state"], "destroyed", "{lease:?}");
    }
    assert!(all.left().is_empty(), "{:?}", all.left());
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

#[tokio::test]
async fn every_place_can_be_probed() {
    let all = Everywhere::new().await;
    for name in EVERYWHERE {
        let looked = output(all.program(&["env", "probe", name, "-o", "json"])).await;
        assert!(looked.status.success(), "{name}: {}", told(&looked));
        let shown: Value = serde_json::from_slice(&looked.stdout).unwrap();
        assert_eq!((&shown["ok"], &shown["driver"]), (&true.into(), &name.into()));
    }
    assert_eq!(all.runs.activity("environment.probed").await.len(), 4);
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

/// A number below a bound; no two runs of the test are alike.
fn below(bound: u16) -> u16 {
    let [.., high, low] = *Uuid::now_v7().as_bytes();
    u16::from_be_bytes([high, low]) % bound
}

/// What was killed.
#[derive(Debug, Default)]
struct Killed {
    execs: u32,
    guards: u32,
    janitors: u32,
    daemons: u32,
}

fn kill_it(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills the guard of some run, if there is one at this moment.
fn kill_a_guard(all: &Everywhere) -> bool {
    let is_guard = |path: &&String| {
        let line = std::fs::read(format!("{path}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains("__guard")
    };
    let processes = all.runs.processes();
    let Some(path) = processes.iter().find(is_guard) else { return false };
    let pid = path.rsplit('/').next().unwrap().parse().unwrap();
    kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok()
}

async fn one_run(all: &Everywhere, number: u32) -> (u32, u32) {
    let name = EVERYWHERE[number as usize % EVERYWHERE.len()];
    let script = "setsid sleep 600 & sleep 0.2; echo done";
    let mut command: Command = all.exec(name, &format!("work-{number}"), &["--ttl", "3"], script);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(below(900).into())).await;
    match below(3) {
        0 => {
            kill_it(&mut child);
            (1, 0)
        }
        1 => {
            let guards = u32::from(kill_a_guard(all));
            kill_it(&mut child);
            (1, guards)
        }
        _ => {
            tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
            (0, 0)
        }
    }
}

fn a_janitor(all: &Everywhere) -> Child {
    let mut command = all.program(&["janitor", "--every", "1"]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    command.spawn().unwrap()
}

/// Whether nothing of a lease is to be done, or what is has a deadline of its own in the ledger: a
/// reservation whose maker was killed, a claim whose janitor was.
fn is_in_order(lease: &Seen) -> bool {
    match &*lease.phase {
        "ended" => matches!(&*lease.cleanup_state, "none" | "succeeded" | "claimed"),
        phase => phase == "reserved",
    }
}

/// Whether what is left belongs to a reservation: the ledger knows of it, and until when.
fn is_reserved(left: &Path, leases: &[Seen]) -> bool {
    // What a host has for all of its leases goes with the last of them.
    if left.ends_with(".leasehold") {
        let inside = std::fs::read_dir(left).into_iter().flatten().flatten();
        return inside.map(|entry| entry.path()).all(|path| is_reserved(&path, leases))
            && leases.iter().any(|lease| lease.phase == "reserved");
    }
    let mut reserved = leases.iter().filter(|lease| lease.phase == "reserved");
    reserved.any(|lease| left.to_string_lossy().contains(&lease.id.to_string()))
}

/// Ends what is due and cleans up, until nothing is left; how many rounds that took.
async fn put_in_order(all: &Everywhere) -> u32 {
    for round in 1..=120 {
        let options = ["janitor", "--once", "--quarantine", "0", "--absence", "0", "-o", "jsonl"];
        let done = output(all.program(&options)).await;
        let leases = all.runs.leases().await;
        let left = all.left();
        let is_known = left.iter().all(|path| is_reserved(path, &leases));
        if is_known && all.runs.processes().is_empty() && leases.iter().all(is_in_order) {
            return round;
        }
        assert!(round < 120, "still open: {left:?} {leases:?} {}", told(&done));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    unreachable!("the last round asserts")
}

async fn ends_with_a_cause(all: &Everywhere) -> (i64,) {
    sqlx::query_as(
        "select count(*) from leasehold.environment_leases
         where end_cause is not null and ended_by is not null",
    )
    .fetch_one(&all.runs.database.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn of_runs_that_are_killed_everywhere_nothing_is_left() {
    let mut all = Everywhere::new().await;
    let is_long = std::env::var_os("LEASEHOLD_LONG").is_some();
    let (count, at_once) = if is_long { (500, 5) } else { (20, 5) };
    let mut killed = Killed::default();
    let mut janitor = a_janitor(&all);
    for first in (0..count).step_by(at_once) {
        let numbers = (first..count).take(at_once);
        let runs = numbers.map(|number| one_run(&all, number));
        for (execs, guards) in futures::future::join_all(runs).await {
            killed.execs += execs;
            killed.guards += guards;
        }
        kill_it(&mut janitor);
        killed.janitors += 1;
        janitor = a_janitor(&all);
        if below(2) == 0 {
            all.host.listen();
            killed.daemons += 1;
        }
    }
    kill_it(&mut janitor);
    let rounds = put_in_order(&all).await;
    let leases = all.runs.leases().await;
    let ends = ends_with_a_cause(&all).await;
    assert_eq!(
        ends.0,
        i64::try_from(leases.iter().filter(|lease| lease.phase == "ended").count()).unwrap(),
        "every end has its cause and its actor"
    );
    assert_eq!(all.mounts(), Vec::<String>::new());
    println!("{count} runs, {} leases, {killed:?}; in order after {rounds} rounds", leases.len());
    let Everywhere { runs, host } = all;
    drop(host);
    runs.drop().await;
}
