//! A command that is to run: what, with which streams, and how it is stopped.
//!
//! Streams are file descriptors, so that a command that runs on this machine writes straight to
//! where its caller wants it, and nothing stands in between.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, OwnedFd};

use nix::sys::signal::Signal;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};

/// How much of each captured stream is kept; the rest is read and thrown away.
const CAPTURED_BYTES_MAX: u64 = 64 * 1024;

/// A command that is to run.
#[derive(Debug)]
pub struct Launch {
    /// The program and its arguments; never empty.
    pub command: Vec<String>,
    /// Variables for it, resolved; whoever logs this logs names only. On this machine's own
    /// environment they are added to what the caller has, elsewhere to what a login has.
    pub variables: BTreeMap<String, String>,
    /// The run's context as JSON. The driver puts it into a file that the command can read, and its
    /// path into [`CONTEXT_FILE_VARIABLE`](crate::run::CONTEXT_FILE_VARIABLE).
    pub context: Option<String>,
    /// Where input comes from and output goes.
    pub streams: Streams,
}

/// Where a command's input comes from and its output goes.
#[derive(Debug)]
pub struct Streams {
    /// Its standard input.
    pub stdin: OwnedFd,
    /// Its standard output.
    pub stdout: OwnedFd,
    /// Its standard error.
    pub stderr: OwnedFd,
}

impl Streams {
    /// This process's own.
    ///
    /// # Errors
    /// When there is no room for three more descriptors.
    pub fn inherited() -> io::Result<Self> {
        Ok(Self {
            stdin: io::stdin().as_fd().try_clone_to_owned()?,
            stdout: io::stdout().as_fd().try_clone_to_owned()?,
            stderr: io::stderr().as_fd().try_clone_to_owned()?,
        })
    }

    /// No input, and output that is kept: the first 64 KiB of each stream.
    ///
    /// # Errors
    /// When there is no room for the pipes.
    pub fn captured() -> io::Result<(Self, Captured)> {
        let (stdout, to_stdout) = io::pipe()?;
        let (stderr, to_stderr) = io::pipe()?;
        let stdin = File::open("/dev/null")?.into();
        let streams = Self { stdin, stdout: to_stdout.into(), stderr: to_stderr.into() };
        Ok((streams, Captured { stdout: keep(stdout), stderr: keep(stderr) }))
    }
}

/// Output on its way.
#[derive(Debug)]
pub struct Captured {
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
}

/// What a command said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// The beginning of its standard output.
    pub stdout: String,
    /// The beginning of its standard error.
    pub stderr: String,
}

impl Captured {
    /// What was said, once nobody can say anything any more.
    pub async fn finish(self) -> Output {
        let (stdout, stderr) = (self.stdout.await, self.stderr.await);
        Output { stdout: stdout.unwrap_or_default(), stderr: stderr.unwrap_or_default() }
    }
}

impl Output {
    /// The first line that says anything, of standard error or else of standard output.
    #[must_use]
    pub fn first_line(&self) -> Option<&str> {
        let lines = self.stderr.lines().chain(self.stdout.lines());
        lines.map(str::trim).find(|line| !line.is_empty())
    }
}

fn keep(mut pipe: PipeReader) -> JoinHandle<String> {
    spawn_blocking(move || {
        let mut kept = Vec::new();
        let _ = pipe.by_ref().take(CAPTURED_BYTES_MAX).read_to_end(&mut kept);
        let _ = io::copy(&mut pipe, &mut io::sink());
        String::from_utf8_lossy(&kept).into_owned()
    })
}

/// A signal that asks a command to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// As Ctrl-C does.
    Interrupt,
    /// As `kill` does.
    Terminate,
    /// As a terminal that goes away does.
    Hangup,
}

impl Sign {
    /// The system's number for it.
    #[must_use]
    pub const fn signal(self) -> Signal {
        match self {
            Self::Interrupt => Signal::SIGINT,
            Self::Terminate => Signal::SIGTERM,
            Self::Hangup => Signal::SIGHUP,
        }
    }
}

/// Whether a command is to go on; it only ever gets more urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It is to go on.
    Not,
    /// It is asked to end.
    Ask(Sign),
    /// It is ended.
    Kill,
}

/// Where a driver learns that a command is to stop.
pub type Stopper = watch::Receiver<Stop>;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this code.
    Code(u8),
    /// By a signal with this number.
    Signal(i32),
}

impl Ended {
    /// A shell's exit code for a program that is there and cannot be started.
    pub const NOT_EXECUTABLE: u8 = 126;
    /// A shell's exit code for a program that is not there.
    pub const NOT_FOUND: u8 = 127;

    /// The exit code that a shell would give.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Code(code) => code,
            Self::Signal(number) => u8::try_from(number.saturating_add(128)).unwrap_or(255),
        }
    }
}
