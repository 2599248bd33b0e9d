//! Killing processes the hard way.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// kill -9 of a process and of those that it has started.
pub(crate) fn kill_with_children(pid: u32) {
    let children = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let pid: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let parent: u32 = stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?;
        Some((pid, parent))
    });
    let children: Vec<u32> =
        children.filter(|(_, parent)| *parent == pid).map(|(child, _)| child).collect();
    for pid in std::iter::once(pid).chain(children) {
        let pid = Pid::from_raw(pid.try_into().unwrap());
        let _ = kill(pid, Signal::SIGKILL);
    }
}
