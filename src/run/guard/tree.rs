//! Processes as `/proc` shows them: whose child each is, and what mark it carries.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::run::MARK_VARIABLE;
use crate::run::driver::Mark;

/// How long the marked processes of a lease are ended for, before it is a fault that they are
/// there.
const GIVE_UP_AFTER: Duration = Duration::from_secs(10);

/// Room for the variables of most processes.
const VARIABLES_BYTES: usize = 32 * 1024;

const PAUSE: Duration = Duration::from_millis(5);

/// Signals every descendant of this process; how many that can be signalled there were. Those that
/// have ended and are not collected yet do not count.
pub(crate) fn signal_descendants(signal: Signal) -> usize {
    let own = std::process::id();
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for (pid, parent) in processes().filter_map(|pid| Some((pid, parent(pid)?))) {
        children.entry(parent).or_default().push(pid);
    }
    let (mut found, mut open) = (HashSet::new(), vec![own]);
    while let Some(pid) = open.pop() {
        let new = children.remove(&pid).unwrap_or_default();
        found.extend(new.iter().copied());
        open.extend(new);
    }
    found.into_iter().filter(|pid| send(*pid, signal)).count()
}

/// Ends every process that carries a lease's mark, whoever started it; how many there were.
///
/// # Errors
/// When `/proc` cannot be read, or some of them do not end.
pub(crate) fn end_marked(mark: &Mark) -> io::Result<u64> {
    let (until, mut ended) = (Instant::now() + GIVE_UP_AFTER, HashSet::new());
    loop {
        let marked: Vec<u32> = list_marked()?
            .into_iter()
            .filter_map(|(pid, found)| (found == *mark).then_some(pid))
            .collect();
        if marked.is_empty() {
            return Ok(ended.len() as u64);
        }
        if Instant::now() > until {
            return Err(io::Error::other(format!("processes {marked:?} do not end")));
        }
        ended.extend(marked.into_iter().filter(|pid| send(*pid, Signal::SIGKILL)));
        std::thread::sleep(PAUSE);
    }
}

/// Every process that carries a mark, but this one, which may run under another lease itself.
///
/// # Errors
/// When `/proc` cannot be read.
pub(crate) fn list_marked() -> io::Result<Vec<(u32, Mark)>> {
    fs::read_dir("/proc")?;
    let (own, mut buffer) = (std::process::id(), Vec::with_capacity(VARIABLES_BYTES));
    let others = processes().filter(|pid| *pid != own);
    Ok(others.filter_map(|pid| Some((pid, mark(pid, &mut buffer)?))).collect())
}

/// The mark that a process carries; none for one of another user's, which cannot be ours.
fn mark(pid: u32, buffer: &mut Vec<u8>) -> Option<Mark> {
    buffer.clear();
    // Its size is not known before: with room for most, it is read at once.
    File::open(format!("/proc/{pid}/environ")).ok()?.read_to_end(buffer).ok()?;
    let value = buffer
        .split(|byte| *byte == 0)
        .find_map(|variable| variable.strip_prefix(MARK_VARIABLE.as_bytes())?.strip_prefix(b"="))?;
    std::str::from_utf8(value).ok()?.parse().ok()
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// Whose child a living process is.
fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may contain anything, brackets too.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let is_dead = matches!(fields.next()?, "Z" | "X");
    (!is_dead).then(|| fields.next()?.parse().ok()).flatten()
}

/// Whether there was such a process and it may be signalled.
fn send(pid: u32, signal: Signal) -> bool {
    let Ok(pid) = i32::try_from(pid) else { return false };
    matches!(kill(Pid::from_raw(pid), signal), Ok(()) | Err(Errno::EINTR))
}
