//! The process between a starter and its server: `leasehold __supervise-postgres`.
//!
//! **Claims.** The server runs while anybody uses it, and then stops at once.
//! **Because** the supervisor learns from its standard input (a pipe) that its starter is
//! gone, then asks for the users' lock, and holds it alone from then on until the server has
//! ended. Whoever comes before is a user; whoever comes after waits for the lock.
//! It is the server's parent, so the process it signals is the one it started.
//! **Not** its business: what the starter was. SIGTERM and SIGINT count as the starter's end
//! (and as the end of a kept server), never as a reason to stop it under its users; SIGHUP
//! counts for nothing.

use std::error::Error as _;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::error::Error;
use super::layout::Layout;
use super::lock::{self, Hold};
use super::server;

/// The hidden subcommand, and first argument, that [`supervise`] serves.
pub const SUPERVISE: &str = "__supervise-postgres";

const PAUSE: Duration = Duration::from_millis(5);

/// The body of the subcommand [`SUPERVISE`]; `args` are those after its name. Only
/// [`Cluster::start`](super::Cluster::start) calls it, with a pipe as standard input. Runs
/// until the server has ended, on a thread of its own, so that any caller may call it.
pub fn supervise(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let Some(orders) = Orders::read(args) else {
        return refused("this subcommand is leasehold's own: use `leasehold db start`");
    };
    let body = move || -> Result<ExitCode, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| Error::io("supervise", &orders.base, source))?;
        runtime.block_on(orders.carry_out())
    };
    match thread::spawn(body).join() {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            refused(&format!("{error}{cause}"))
        }
        Err(_) => ExitCode::FAILURE,
    }
}

/// Standard error is the server's log.
fn refused(why: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "supervisor: {why}");
    ExitCode::FAILURE
}

/// What the starter wants done.
struct Orders {
    base: PathBuf,
    remove: Vec<PathBuf>,
    user: Option<(u32, u32)>,
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Orders {
    fn read(args: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut args = args.into_iter();
        let (mut base, mut remove, mut user) = (None, Vec::new(), None);
        loop {
            let name = args.next()?;
            match name.to_str()? {
                "--base" => base = Some(PathBuf::from(args.next()?)),
                "--remove" => remove.push(PathBuf::from(args.next()?)),
                "--user" => {
                    let ids = args.next()?;
                    let (uid, gid) = ids.to_str()?.split_once(':')?;
                    user = Some((uid.parse().ok()?, gid.parse().ok()?));
                }
                "--" => break,
                _ => return None,
            }
        }
        let (base, program) = (base?, PathBuf::from(args.next()?));
        Some(Self { base, remove, user, program, arguments: args.collect() })
    }

    async fn carry_out(self) -> Result<ExitCode, Error> {
        let mut starter = Starter::new().map_err(|error| self.failed("watch", error))?;
        let layout = Layout::of(&self.base)?;
        let lock_path = layout.supervisor_lock();
        let lock = lock::open(&lock_path)?;
        // Another supervisor may still be at work for a starter that was killed.
        while !lock::is_taken(&lock, Hold::Exclusive, &lock_path)? {
            tokio::select! {
                () = starter.gone() => return Ok(ExitCode::SUCCESS),
                () = sleep(PAUSE) => {}
            }
        }
        let mut server = self.start_server().map_err(|error| self.failed("run", error))?;
        let ended = self.watch(&layout, &mut server, &mut starter).await?;
        if starter.is_gone {
            for path in &self.remove {
                let _ = fs::remove_dir_all(path);
            }
        }
        Ok(if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn start_server(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null());
        command.stdout(io::stderr().as_fd().try_clone_to_owned()?);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command.spawn()
    }

    /// Waits for the server's end: its own, or the one it is given when nobody uses it.
    async fn watch(
        &self,
        layout: &Layout,
        server: &mut Child,
        starter: &mut Starter,
    ) -> Result<ExitStatus, Error> {
        let pid = server.id().unwrap_or(0);
        let users = Arc::new(lock::open(&layout.users_lock())?);
        let unused = async {
            starter.gone().await;
            last_user_gone(layout, &users, starter, pid).await
        };
        tokio::select! {
            ended = server.wait() => return ended.map_err(|error| self.failed("run", error)),
            unused = unused => unused.map_err(|error| self.failed("watch", error))?,
        }
        // Not reaped yet, so the number is still this server's.
        if let Some(pid) = server.id().and_then(|pid| i32::try_from(pid).ok()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
        }
        let ended = server.wait().await;
        // Not earlier: who gets the lock next must not find this server.
        drop(users);
        ended.map_err(|error| self.failed("run", error))
    }

    fn failed(&self, action: &'static str, source: io::Error) -> Error {
        Error::io(action, &self.program, source)
    }
}

/// Returns when the users' lock is held alone and nobody wants the server kept.
async fn last_user_gone(
    layout: &Layout,
    users: &Arc<File>,
    starter: &mut Starter,
    server: u32,
) -> io::Result<()> {
    loop {
        let mut alone = held_alone(Arc::clone(users))?;
        let held = loop {
            tokio::select! {
                held = &mut alone => break held,
                () = starter.ordered_off() => {}
            }
        };
        held.map_err(io::Error::other)??;
        if starter.is_ordered_off || !server::is_kept(layout, server) {
            return Ok(());
        }
        users.unlock()?;
        starter.ordered_off().await;
    }
}

/// Waits for the lock on a thread that ends with the process, if not before.
fn held_alone(users: Arc<File>) -> io::Result<oneshot::Receiver<io::Result<()>>> {
    let (tell, told) = oneshot::channel();
    thread::Builder::new().spawn(move || tell.send(users.lock()))?;
    Ok(told)
}

/// The line to whoever started us, and the signals that stand for its end.
struct Starter {
    pipe: Receiver,
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    /// Caught, so that the end of a terminal does not end us.
    _hangup: tokio::signal::unix::Signal,
    is_gone: bool,
    is_ordered_off: bool,
}

impl Starter {
    fn new() -> io::Result<Self> {
        let pipe = Receiver::from_owned_fd(io::stdin().as_fd().try_clone_to_owned()?)?;
        Ok(Self {
            pipe,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            _hangup: signal(SignalKind::hangup())?,
            is_gone: false,
            is_ordered_off: false,
        })
    }

    /// Waits for the end of the pipe, or a signal.
    async fn gone(&mut self) {
        self.is_ordered_off = tokio::select! {
            _ = self.pipe.read_u8() => false,
            _ = self.terminate.recv() => true,
            _ = self.interrupt.recv() => true,
        };
        self.is_gone = true;
    }

    /// Waits for a signal.
    async fn ordered_off(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        self.is_ordered_off = true;
    }
}
