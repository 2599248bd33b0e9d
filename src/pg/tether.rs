//! The starter's end of the line to the supervisor.
//!
//! **Claims.** When the starter is gone, however that came, the supervisor learns it at once.
//! **Because** its standard input is a pipe of which only the starter holds the other end.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf, absolute};
use std::process::{Child, Command, Stdio};
use std::thread;

use super::account::Account;
use super::binaries::Binaries;
use super::error::Error;
use super::layout::Layout;
use super::server::{Postmaster, arguments, clear_socket, left_behind};
use super::settings::{Mode, Settings};
use super::supervisor::SUPERVISE;

/// A log that is longer when the server starts is put aside as `postgres.log.1`.
const LOG_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// A supervisor of ours. Dropping it says that we are gone.
#[derive(Debug)]
pub(super) struct Tether {
    child: Option<Child>,
    /// What is removed with an ephemeral server.
    remains: Vec<PathBuf>,
    /// Where the log ended before this server.
    pub(super) log_offset: u64,
}

impl Tether {
    /// Starts the server under a supervisor of its own process group, so that Ctrl-C in a
    /// terminal reaches us and not the database.
    pub(super) fn start(
        layout: &Layout,
        account: &Account,
        binaries: &Binaries,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let (log, log_offset) = open_log(&layout.log())?;
        let remains = match settings.mode {
            Mode::Durable => Vec::new(),
            Mode::Ephemeral => vec![layout.run().into(), layout.base().into()],
        };
        let supervisor = absolute(&settings.supervisor)
            .map_err(|source| Error::io("resolve", &settings.supervisor, source))?;
        let mut command = Command::new(&supervisor);
        command.args(orders(layout, account, &remains));
        command.arg("--").arg(binaries.dir().join("postgres")).args(arguments(layout, settings));
        // All that the server inherits.
        command.env_clear().env("LC_ALL", "C").env("PATH", "/usr/bin:/bin");
        if Postmaster::find(layout).is_none() {
            clear_socket(layout);
            let pid = left_behind(layout);
            command.envs(pid.map(|pid| ("PG_GRANDPARENT_PID", pid.to_string())));
        }
        command.current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().map_err(|source| {
            let user = super::account::name_of(nix::unistd::Uid::effective().as_raw());
            Error::CannotRun { program: supervisor, user, source }
        })?;
        Ok(Self { child: Some(child), remains, log_offset })
    }

    /// Whether the supervisor has ended, and with it the server.
    pub(super) fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    /// Says that we are gone: the supervisor now looks whether anybody is left.
    pub(super) fn let_go(&mut self) {
        drop(self.child.as_mut().and_then(|child| child.stdin.take()));
    }
}

impl Drop for Tether {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if matches!(child.try_wait(), Ok(None)) {
            drop(child.stdin.take());
            // Collected when it ends; without a thread for that, init does it after us.
            let _ = thread::Builder::new().name("reaper".into()).spawn(move || child.wait());
            return;
        }
        // It removes an ephemeral cluster, unless it ended before us.
        for path in &self.remains {
            let _ = fs::remove_dir_all(path);
        }
    }
}

fn orders(layout: &Layout, account: &Account, remains: &[PathBuf]) -> Vec<OsString> {
    let mut orders = vec![SUPERVISE.into(), "--base".into(), layout.base().into()];
    for path in remains {
        orders.extend(["--remove".into(), path.into()]);
    }
    if account.is_dropped {
        let user = format!("{}:{}", account.uid, account.gid);
        orders.extend(["--user".into(), user.into()]);
    }
    orders
}

fn open_log(path: &Path) -> Result<(File, u64), Error> {
    if fs::metadata(path).is_ok_and(|found| found.len() > LOG_BYTES_MAX) {
        let _ = fs::rename(path, path.with_extension("log.1"));
    }
    let opened = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
    let log = opened.map_err(|source| Error::unwritable(path, source))?;
    let offset = log.metadata().map_or(0, |found| found.len());
    Ok((log, offset))
}
