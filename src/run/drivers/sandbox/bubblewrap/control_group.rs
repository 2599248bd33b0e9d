//! Limits for all processes of a sandbox together, where this machine lets us make control groups:
//! as root, on either version of them. Elsewhere there are limits for each process.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::settings::Settings;

const ROOT: &str = "/sys/fs/cgroup";
/// Below each root: one group a sandbox.
const OURS: &str = "leasehold";
/// How long the system may take to notice that a group's processes have ended.
const EMPTY_WITHIN: Duration = Duration::from_secs(2);

/// One limit: version 1's hierarchy, and the file that it is written to in each version.
struct Limit {
    controller: &'static str,
    first: &'static str,
    second: &'static str,
}

const MEMORY: Limit =
    Limit { controller: "memory", first: "memory.limit_in_bytes", second: "memory.max" };
const PROCESSES: Limit = Limit { controller: "pids", first: "pids.max", second: "pids.max" };

/// The groups of one sandbox; empty where none can be made, or none is asked for.
#[derive(Debug, Default)]
pub(super) struct ControlGroups {
    paths: Vec<PathBuf>,
    /// Whether memory is limited by them.
    pub(super) limit_memory: bool,
    /// Whether the number of processes is.
    pub(super) limit_processes: bool,
}

impl ControlGroups {
    /// Makes those that the settings ask for.
    pub(super) fn make(slot: &str, settings: &Settings) -> Self {
        let mut groups = Self::default();
        let mut make = |limit: &Limit, most: Option<u64>| {
            let made = most.and_then(|most| limit.set(slot, most).ok());
            let is_made = made.is_some();
            groups.paths.extend(made.filter(|path| !groups.paths.contains(path)));
            is_made
        };
        let limit_memory = make(&MEMORY, settings.memory_bytes_max);
        let limit_processes = make(&PROCESSES, settings.processes_max);
        Self { limit_memory, limit_processes, ..groups }
    }

    /// The files that a process writes itself into.
    pub(super) fn doors(&self) -> impl Iterator<Item = PathBuf> {
        self.paths.iter().map(|path| path.join("cgroup.procs"))
    }

    /// How many processes were ended for the memory that they wanted.
    pub(super) fn memory_kills(&self) -> u64 {
        let files = ["memory.events", "memory.oom_control"];
        let texts = self.paths.iter().flat_map(|path| {
            files.iter().filter_map(|file| fs::read_to_string(path.join(file)).ok())
        });
        let count = |text: String| {
            text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.parse::<u64>().ok())
        };
        texts.filter_map(count).sum()
    }
}

/// Removes a sandbox's groups, whoever made them; its processes have ended.
pub(super) fn remove(slot: &str) -> io::Result<()> {
    let until = Instant::now() + EMPTY_WITHIN;
    for root in [PathBuf::from(ROOT), hierarchy(&MEMORY), hierarchy(&PROCESSES)] {
        let path = root.join(OURS).join(slot);
        loop {
            match fs::remove_dir(&path) {
                Ok(()) => break,
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                // What may not even be looked into was not made by us.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => break,
                Err(error) if Instant::now() > until => return Err(error),
                Err(_) => thread::sleep(Duration::from_millis(5)),
            }
        }
    }
    Ok(())
}

fn hierarchy(limit: &Limit) -> PathBuf {
    Path::new(ROOT).join(limit.controller)
}

impl Limit {
    /// A group with this limit.
    fn set(&self, slot: &str, most: u64) -> io::Result<PathBuf> {
        let is_second = Path::new(ROOT).join("cgroup.controllers").exists();
        let root = if is_second { PathBuf::from(ROOT) } else { hierarchy(self) };
        // Making the directory would work where nothing is mounted, and limit nothing.
        fs::metadata(root.join("cgroup.procs"))?;
        let path = root.join(OURS).join(slot);
        fs::create_dir_all(&path)?;
        if is_second {
            fs::write(root.join(OURS).join("cgroup.subtree_control"), self.enabled())?;
        }
        let file = if is_second { self.second } else { self.first };
        fs::write(path.join(file), most.to_string())?;
        Ok(path)
    }

    fn enabled(&self) -> String {
        format!("+{}", self.controller)
    }
}
