//! This program again, in a process of its own: how long it took and how much memory it had.

use std::process::Stdio;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::bench::Error;

/// How often a process is looked at. The kernel remembers the most memory that it had, so that only
/// what comes in the last few milliseconds of its life is missed.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Lines that are shown of a process that failed.
const SHOWN: usize = 5;

/// A command that was run to its end.
#[derive(Debug)]
pub(super) struct Ran {
    /// From its start to its end.
    pub(super) took: Duration,
    /// The most memory that it had; none where the kernel does not say.
    pub(super) peak_bytes: Option<u64>,
    /// What it said meanwhile, and when.
    said: Vec<(Instant, String)>,
}

impl Ran {
    /// When it said something.
    pub(super) fn said_at(&self, word: &str) -> Option<Instant> {
        self.said.iter().find(|(_, line)| line.contains(word)).map(|(at, _)| *at)
    }
}

/// Runs a command of this program; one that fails is an error.
pub(super) async fn run(database: &PgConnectOptions, arguments: &[&str]) -> Result<Ran, Error> {
    let program = std::env::current_exe().map_err(Error::unexpected)?;
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .env("DATABASE_URL", database.to_url_lossy().as_str())
        .env_remove("LEASEHOLD_SERVER")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(Error::unexpected)?;
    let err = child.stderr.take();
    let (watched, said) = tokio::join!(watch(&mut child), listen(err));
    let took = begun.elapsed();
    let (is_done, peak_bytes) = watched.map_err(Error::unexpected)?;
    let said = said.map_err(Error::unexpected)?;
    if !is_done {
        let last: Vec<&str> = said.iter().rev().take(SHOWN).map(|(_, line)| &**line).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        return Err(Error::unexpected(format!("{}: {}", arguments.join(" "), last.join("; "))));
    }
    Ok(Ran { took, peak_bytes, said })
}

/// Looks at a process until it ends; answers with whether it succeeded.
async fn watch(child: &mut Child) -> std::io::Result<(bool, Option<u64>)> {
    let (mut peak, process) = (None, child.id());
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            ended = child.wait() => return Ok((ended?.success(), peak)),
            _ = looks.tick() => peak = process.and_then(peak_of).or(peak),
        }
    }
}

/// The most memory that a process has had until now.
fn peak_of(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1_024)
}

async fn listen(err: Option<ChildStderr>) -> std::io::Result<Vec<(Instant, String)>> {
    let mut said = Vec::new();
    if let Some(err) = err {
        let mut lines = BufReader::new(err).lines();
        while let Some(line) = lines.next_line().await? {
            said.push((Instant::now(), line));
        }
    }
    Ok(said)
}
