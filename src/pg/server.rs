//! The server as its own files and the process table show it, and how it is called.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::layout::{Layout, PORT};
use super::settings::{Mode, Settings};

/// What `postmaster.pid` says of a server whose process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Postmaster {
    pub(super) pid: u32,
    /// Seconds since 1970, as the server wrote them.
    pub(super) started_at: u64,
    pub(super) is_ready: bool,
    /// Starting or recovering, which takes as long as it takes.
    pub(super) is_starting: bool,
}

impl Postmaster {
    /// The server of this cluster, if its process lives. A `postmaster.pid` that was left
    /// behind counts for nothing, also where its number now belongs to another process.
    pub(super) fn find(layout: &Layout) -> Option<Self> {
        let file = fs::read_to_string(layout.data().join("postmaster.pid")).ok()?;
        let lines: Vec<&str> = file.lines().map(str::trim).collect();
        let found = Self {
            pid: lines.first()?.parse().ok()?,
            started_at: lines.get(2)?.parse().ok()?,
            is_ready: lines.get(7) == Some(&"ready"),
            is_starting: lines.get(7) == Some(&"starting"),
        };
        (found.lives() && is_server_of(found.pid, layout)).then_some(found)
    }

    /// Asks for a fast shutdown: sessions are ended, everything is written.
    pub(super) fn ask_to_stop(self) {
        if let Some(pid) = self.process() {
            // A process that is gone already has done what was asked.
            let _ = kill(pid, Signal::SIGINT);
        }
    }

    fn lives(self) -> bool {
        self.process().is_some_and(|pid| !matches!(kill(pid, None), Err(Errno::ESRCH)))
    }

    fn process(self) -> Option<Pid> {
        i32::try_from(self.pid).ok().filter(|pid| *pid > 1).map(Pid::from_raw)
    }

    /// What the file `keep` says of a server that is to outlive its users: it holds for this
    /// one only, not for the next that gets the same process id.
    pub(super) fn keepsake(self) -> String {
        format!("{} {}\n", self.pid, self.started_at)
    }
}

/// Whether the server's users want it to outlive them (`db start`).
pub(super) fn is_kept(layout: &Layout, pid: u32) -> bool {
    let keeper = Postmaster::find(layout).filter(|found| found.pid == pid);
    let kept = fs::read_to_string(layout.keep()).ok();
    keeper.is_some_and(|found| kept.is_some_and(|text| text == found.keepsake()))
}

/// The process id in a `postmaster.pid` that was left behind; asked where no server is found.
/// PostgreSQL refuses to start while a process of that number exists, even a dead one that
/// nobody has collected. Told that the number is its grandparent's, it goes by the shared
/// memory of that server alone, which is sound.
pub(super) fn left_behind(layout: &Layout) -> Option<u32> {
    let file = fs::read_to_string(layout.data().join("postmaster.pid")).ok()?;
    file.lines().next()?.trim().parse().ok()
}

/// Removes the socket that a killed server left, with its lock file: the directory serves this
/// cluster alone, and the caller has found no server.
pub(super) fn clear_socket(layout: &Layout) {
    for name in [format!(".s.PGSQL.{PORT}"), format!(".s.PGSQL.{PORT}.lock")] {
        let _ = fs::remove_file(layout.run().join(name));
    }
}

/// Whether the process was called with `-D data`; where that cannot be seen (macOS), whether
/// somebody listens on the socket.
fn is_server_of(pid: u32, layout: &Layout) -> bool {
    if !Path::new("/proc/self/cmdline").exists() {
        return UnixStream::connect(layout.run().join(format!(".s.PGSQL.{PORT}"))).is_ok();
    }
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let data = layout.data();
    let words: Vec<&[u8]> = command.split(|byte| *byte == 0).collect();
    words.windows(2).any(|pair| pair == [b"-D".as_slice(), data.as_os_str().as_bytes()])
}

/// The log files that are kept to be used again. All commits wait, for some 0.1 s, while PostgreSQL
/// fills a new one with zeros, and it has one for every 16 MB.
const WAL_KEPT: &str = "1GB";

/// The arguments of `postgres`. Everything that matters is said here, not in
/// `postgresql.conf`: an older cluster gets today's settings.
pub(super) fn arguments(layout: &Layout, settings: &Settings) -> Vec<OsString> {
    let fixed = [
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("cluster_name", "leasehold"),
        ("jit", "off"),
        ("wal_compression", "on"),
        ("min_wal_size", WAL_KEPT),
        ("max_wal_size", WAL_KEPT),
        ("shared_buffers", "128MB"),
        ("logging_collector", "off"),
        ("log_destination", "stderr"),
        ("log_line_prefix", "%m [%p] "),
        ("log_timezone", "UTC"),
        ("timezone", "UTC"),
        ("lc_messages", "C"),
    ];
    let sync = match settings.mode {
        Mode::Durable => "on",
        Mode::Ephemeral => "off",
    };
    let synced = ["fsync", "synchronous_commit", "full_page_writes"].map(|name| (name, sync));
    let connections = settings.connections_max.to_string();
    let named = settings.server_settings.iter().map(|(name, value)| (&**name, &**value));
    // The socket directory is text by `layout::socket_dir`; a quote in it is doubled.
    let sockets = format!("\"{}\"", layout.run().to_string_lossy().replace('"', "\"\""));
    let port = PORT.to_string();
    let last = [("port", &*port), ("unix_socket_directories", &*sockets)];
    let mut arguments = vec!["-D".into(), layout.data().into_os_string()];
    let chosen = fixed.into_iter().chain(synced).chain([("max_connections", &*connections)]);
    for (name, value) in chosen.chain(named).chain(last) {
        arguments.extend(["-c".into(), format!("{name}={value}").into()]);
    }
    arguments
}
