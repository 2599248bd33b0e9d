//! The guard's own process: starts the command, adopts what it leaves, ends it all, reports.
//!
//! Orders come as single bytes: `i`, `t`, `h` signal the command's group, `k` ends the tree, and
//! the end of the pipe means that nobody is there any more. The report is one line at the end.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, close, getpgid, getppid, tcgetpgrp, tcsetpgrp};

use super::tree;

/// How long what a command left running has between being asked to end and being ended.
const GRACE: Duration = Duration::from_secs(2);

/// How long the tree's end is tried for; what is still there then is somebody else's, by rights
/// that the command had and we have not.
const GIVE_UP_AFTER: Duration = Duration::from_secs(10);

/// The guard's exit code when something of the tree does not end.
const SOME_LEFT: u8 = 2;

const PAUSE: Duration = Duration::from_millis(1);

/// Set when nobody is to be asked any more.
static IS_OVER: AtomicBool = AtomicBool::new(false);

/// The body of the subcommand [`GUARD`](super::GUARD); `args` are those after its name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    match guard(args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(SOME_LEFT),
        Err(error) => {
            let _ = writeln!(io::stderr(), "leasehold: this subcommand is its own: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything has ended that the command started.
fn guard(args: impl IntoIterator<Item = OsString>) -> io::Result<bool> {
    let mut args = args.into_iter();
    let control = inherited(args.next(), OpenOptions::new().read(true))?;
    let mut report = inherited(args.next(), OpenOptions::new().write(true))?;
    let program = args.next().ok_or(io::ErrorKind::InvalidInput)?;
    prctl::set_child_subreaper(true)?;
    let spawned = Command::new(&program).args(args).process_group(0).spawn();
    let child = match spawned {
        Ok(child) => Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?),
        Err(error) => {
            let (name, is_found) = (program.display(), error.kind() != io::ErrorKind::NotFound);
            let word = if is_found { "denied" } else { "missing" };
            writeln!(report, "{word} {name} cannot be started: {error}")?;
            return Ok(true);
        }
    };
    // Whatever is to reach the command comes by the pipe. Not before it is started: it would
    // inherit that these are blocked, and never hear of them.
    let mut blocked = SigSet::empty();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT] {
        blocked.add(signal);
    }
    blocked.add(Signal::SIGTTOU);
    blocked.add(Signal::SIGPIPE);
    blocked.thread_block()?;
    let terminal = Terminal::give(child);
    thread::Builder::new().spawn(move || obey(control, child))?;
    let ended = until_ended(child)?;
    IS_OVER.store(true, Ordering::SeqCst);
    let is_over = end_the_rest();
    terminal.take_back();
    match ended.code() {
        Some(code) => writeln!(report, "code {code}")?,
        None => writeln!(report, "signal {}", ended.signal().unwrap_or(0))?,
    }
    Ok(is_over)
}

/// A descriptor that our starter handed down, under a new number that our children do not inherit.
fn inherited(number: Option<OsString>, how: &OpenOptions) -> io::Result<File> {
    let number: Option<i32> = number.and_then(|text| text.to_str()?.parse().ok());
    let number = number.filter(|number| *number > 2).ok_or(io::ErrorKind::InvalidInput)?;
    let opened = how.open(format!("/proc/self/fd/{number}"))?;
    close(number)?;
    Ok(opened)
}

/// Carries orders out until there is nobody to give them.
fn obey(mut control: File, child: Pid) {
    let mut order = [0];
    loop {
        match control.read(&mut order) {
            Ok(1) => match order[0] {
                b'i' => signal(child, Signal::SIGINT),
                b't' => signal(child, Signal::SIGTERM),
                b'h' => signal(child, Signal::SIGHUP),
                _ => end_tree(),
            },
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(_) | Err(_) => break,
        }
    }
    // Nobody is there any more. The tree is asked, then ended.
    tree::signal_descendants(Signal::SIGTERM);
    let until = Instant::now() + GRACE;
    while Instant::now() < until && !IS_OVER.load(Ordering::SeqCst) {
        thread::sleep(PAUSE * 10);
    }
    end_tree();
}

fn signal(child: Pid, signal: Signal) {
    // Once it was waited for, its number may be somebody else's.
    if !IS_OVER.load(Ordering::SeqCst) {
        let _ = killpg(child, signal);
    }
}

/// Ends every descendant, those that are made meanwhile too.
fn end_tree() {
    let until = Instant::now() + GIVE_UP_AFTER;
    while tree::signal_descendants(Signal::SIGKILL) > 0 && Instant::now() < until {
        thread::sleep(PAUSE);
    }
}

/// Collects the command and whatever it lost, until it has ended itself.
fn until_ended(child: Pid) -> io::Result<ExitStatus> {
    loop {
        match waitpid(None, Some(WaitPidFlag::WUNTRACED)) {
            Ok(WaitStatus::Exited(pid, code)) if pid == child => {
                return Ok(ExitStatus::from_raw((code & 0xff) << 8));
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid == child => {
                return Ok(ExitStatus::from_raw(signal as i32));
            }
            // There is no shell to bring a job back that Ctrl-Z has stopped.
            Ok(WaitStatus::Stopped(pid, Signal::SIGTSTP)) if pid == child => {
                let _ = killpg(child, Signal::SIGCONT);
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Ends what the command left running: asked first, so that it can put its things in order. Whether
/// nothing is left: whoever lost his parents is our child.
fn end_the_rest() -> bool {
    let (asked_at, mut is_asked) = (Instant::now(), false);
    while has_children() {
        if asked_at.elapsed() > GIVE_UP_AFTER {
            return false;
        }
        if !is_asked {
            tree::signal_descendants(Signal::SIGTERM);
            is_asked = true;
        }
        if asked_at.elapsed() > GRACE {
            tree::signal_descendants(Signal::SIGKILL);
        }
        thread::sleep(PAUSE);
    }
    true
}

/// Whether anybody is left, having collected those who are not.
fn has_children() -> bool {
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => return true,
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return false,
        }
    }
}

/// The terminal, where our starter has it: the command gets it for as long as it runs, so that it
/// can read from it and hears Ctrl-C itself.
struct Terminal {
    owner: Option<Pid>,
}

impl Terminal {
    fn give(child: Pid) -> Self {
        let stdin = io::stdin();
        let starter = getpgid(Some(getppid())).ok();
        let has_it = stdin.is_terminal() && tcgetpgrp(&stdin).ok() == starter;
        let owner = starter.filter(|_| has_it && tcsetpgrp(&stdin, child).is_ok());
        if owner.is_some() {
            // It may have been stopped for reading before it was its.
            let _ = kill(Pid::from_raw(-child.as_raw()), Signal::SIGCONT);
        }
        Self { owner }
    }

    fn take_back(self) {
        if let Some(owner) = self.owner {
            let _ = tcsetpgrp(io::stdin(), owner);
        }
    }
}
