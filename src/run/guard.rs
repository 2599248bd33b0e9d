//! A local process tree that never outlives its lease: `leasehold __guard` stands between.
//!
//! ```text
//!   exec ──control──► guard ──spawns──► command ──► whatever it starts
//!        ◄──report───       ◄──adopts── what its children leave behind
//! ```
//!
//! **Claims.** When the command ends, everything that it started is ended before the end is
//! reported. When whoever started the guard is gone, however that came, the tree is asked to end
//! and soon ended. Dropping a [`Guarded`] ends the tree.
//! **Because** the guard is a subreaper: what loses its parent becomes the guard's child, so that
//! its descendants are the whole tree, whatever groups and sessions they moved to. It learns of its
//! starter's end from the control pipe, of which only the starter holds the other end.
//! **Not** promised: anything when the guard itself is killed with -9. The tree's processes carry
//! [`MARK_VARIABLE`](super::MARK_VARIABLE) then, and whoever destroys the lease's resource finds them by it.

pub mod process;
pub(crate) mod tree;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, PipeWriter, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::process::Child;
use tokio::time::timeout;

use super::driver::{Ended, Fault, FaultKind, Sign, Stop, Stopper, Streams};

/// How long a guard that has ended is listened to.
const REPORTED_WITHIN: Duration = Duration::from_secs(1);

/// The hidden subcommand, and first argument, that [`process::main`] serves.
pub const GUARD: &str = "__guard";

/// A command for a guard.
#[derive(Debug)]
pub struct Guardable {
    /// The program and its arguments; never empty. A name without a slash is looked up in `PATH`.
    pub command: Vec<OsString>,
    /// Variables beside those of this process; `None` removes one.
    pub variables: BTreeMap<String, Option<String>>,
    /// Whether it sees this process's own variables at all.
    pub inherits_variables: bool,
    /// Its working directory; this process's own unless given.
    pub cwd: Option<PathBuf>,
    /// Its streams.
    pub streams: Streams,
}

/// A command under a guard. Dropping it ends the command's whole tree.
#[derive(Debug)]
pub struct Guarded {
    guard: Child,
    control: PipeWriter,
    report: Receiver,
    has_ended_all: bool,
}

impl Guarded {
    /// Starts a command under a guard; `program` is `leasehold` itself.
    ///
    /// # Errors
    /// When the guard cannot be started. That the command cannot be is [`Self::wait`]'s to say.
    pub fn start(program: &Path, guardable: Guardable) -> io::Result<Self> {
        let (orders, control) = io::pipe()?;
        let (report, reports) = io::pipe()?;
        let mut command = Command::new(program);
        command.arg(GUARD);
        command.arg(orders.as_raw_fd().to_string()).arg(reports.as_raw_fd().to_string());
        command.args(&guardable.command);
        if !guardable.inherits_variables {
            command.env_clear();
        }
        for (name, value) in &guardable.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(cwd) = &guardable.cwd {
            command.current_dir(cwd);
        }
        let Streams { stdin, stdout, stderr } = guardable.streams;
        command.stdin(stdin).stdout(stdout).stderr(stderr).process_group(0);
        // Others that are started at this moment may inherit the guard's ends too: they hold
        // neither the end that says that we are here nor, for longer than their own start, any
        // that we wait for.
        for end in [orders.as_fd(), reports.as_fd()] {
            fcntl(end, FcntlArg::F_SETFD(FdFlag::empty()))?;
        }
        let guard = tokio::process::Command::from(command).spawn()?;
        drop((orders, reports));
        let report = Receiver::from_owned_fd(report.into())?;
        Ok(Self { guard, control, report, has_ended_all: false })
    }

    /// Whether the guard has seen the end of everything that the command started.
    #[must_use]
    pub const fn has_ended_all(&self) -> bool {
        self.has_ended_all
    }

    /// Tells the command's process group of a signal.
    pub fn ask(&mut self, sign: Sign) {
        self.order(match sign {
            Sign::Interrupt => b"i",
            Sign::Terminate => b"t",
            Sign::Hangup => b"h",
        });
    }

    /// Ends the whole tree.
    pub fn kill(&mut self) {
        self.order(b"k");
    }

    fn order(&mut self, order: &[u8]) {
        // A guard that does not listen any more has ended the tree.
        let _ = self.control.write_all(order);
    }

    /// Waits until the command and everything that it started have ended.
    ///
    /// # Errors
    /// [`FaultKind::Missing`] when there is no such program, [`FaultKind::Denied`] when there is one
    /// that cannot be started; or that the guard was killed: then some of it may still run.
    pub async fn wait(&mut self) -> Result<Ended, Fault> {
        let status = self.guard.wait().await;
        let status = status.map_err(|error| Fault::system("the guard is lost", error))?;
        self.has_ended_all = status.success();
        // The report is whole by now. Its end may be held by others that were started at the same
        // moment as this guard, so its end of file is not to be waited for.
        let mut text = Vec::new();
        let _ = timeout(REPORTED_WITHIN, async {
            while !text.ends_with(b"\n") && self.report.read_buf(&mut text).await? > 0 {}
            io::Result::Ok(())
        })
        .await;
        let text = String::from_utf8_lossy(&text);
        read_report(text.trim_end(), status)
    }

    /// Waits for the end and follows `stop` meanwhile.
    ///
    /// # Errors
    /// As [`Self::wait`].
    pub async fn follow(&mut self, mut stop: Stopper) -> Result<Ended, Fault> {
        let mut told = Stop::Not;
        loop {
            let wanted = *stop.borrow_and_update();
            if wanted != told {
                told = wanted;
                match wanted {
                    Stop::Not => {}
                    Stop::Ask(sign) => self.ask(sign),
                    Stop::Kill => self.kill(),
                }
            }
            let changed = async {
                // Without anybody who could ask, the command goes on to its own end.
                if stop.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                ended = self.wait() => return ended,
                () = changed => {}
            }
        }
    }
}

fn read_report(text: &str, status: ExitStatus) -> Result<Ended, Fault> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match (word, rest.parse::<i32>()) {
        ("code", Ok(code)) => Ok(Ended::Code(u8::try_from(code & 0xff).unwrap_or(u8::MAX))),
        ("signal", Ok(number)) => Ok(Ended::Signal(number)),
        ("missing", _) => Err(Fault::new(FaultKind::Missing, rest.to_owned())),
        ("denied", _) => Err(Fault::new(FaultKind::Denied, rest.to_owned())),
        _ => {
            let how = status.signal().map_or_else(
                || format!("ended with {status}"),
                |number| format!("was killed by signal {number}"),
            );
            let message = format!("the guard of the command {how}; some of it may still run");
            Err(Fault::new(FaultKind::System, message))
        }
    }
}
