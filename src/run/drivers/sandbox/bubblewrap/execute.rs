//! One command in a sandbox: limits, then bubblewrap, then the command, under a guard.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::killpg;
use nix::unistd::{Pid, geteuid};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::control_group::ControlGroups;
use super::home::Home;
use super::settings::Settings;
use super::trial::missing;
use super::view::{View, WORKSPACE};
use crate::run::MARK_VARIABLE;
use crate::run::driver::{Ended, Fault, FaultKind, Launch, Mark, Sign, Stop, Stopper};
use crate::run::drivers::relay::without_terminal;
use crate::run::guard::{Guardable, Guarded};
use crate::run::state::write;

/// Enters the groups and becomes bubblewrap. `$1` is the file with its options, which goes at once,
/// as variables are in it; `$2` is where bubblewrap writes what became of the command.
const OUTER: &str = "\
options=$1 status=$2 inner=$3 doors=$4; shift 4
while [ \"$doors\" -gt 0 ]; do echo $$ >\"$1\" || exit 125; shift; doors=$((doors - 1)); done
exec 8<\"$options\" 9>\"$status\" || exit 125
rm -f \"$options\"
exec bwrap --args 8 --json-status-fd 9 -- /bin/sh -c \"$inner\" \"$@\"";

/// A month, for a command without a limit of its own: the orchestrator has its own.
const NO_LIMIT: Duration = Duration::from_hours(24 * 30);

/// How a shell says that something was ended by signal 9.
const KILLED: u8 = 137;

/// What is needed to run commands in a sandbox.
pub(super) struct Errand<'a> {
    pub(super) program: &'a Path,
    pub(super) mark: Mark,
    pub(super) cwd: &'a str,
    pub(super) home: Home,
    pub(super) settings: Settings,
    pub(super) groups: ControlGroups,
}

impl Errand<'_> {
    pub(super) async fn run(self, launch: Launch, stop: Stopper) -> Result<Ended, Fault> {
        if self.cwd != WORKSPACE {
            let message = format!("a sandbox's commands start in {WORKSPACE}");
            return Err(Fault::new(FaultKind::BadConfig, message));
        }
        find_program()?;
        let failed = |error| Fault::system("the sandbox's own files", error);
        let status = self.home.own("run/status");
        write(&status, b"").map_err(failed)?;
        let complain = launch.streams.stderr.try_clone().map(File::from).map_err(failed)?;
        let kills = self.groups.memory_kills();
        let mut guarded = self.start(launch, &status)?;
        let (orders, ordered) = watch::channel(Stop::Not);
        let following = guarded.follow(ordered);
        let (ended, is_late) = self.follow(following, stop, &orders, &status).await?;
        let reported = outcome(&status).map_err(failed)?;
        if is_late {
            let most = self.settings.time_limit_for.unwrap_or_default().as_secs();
            say(&complain, &format!("the command reached its time limit of {most} s"));
        } else if self.groups.memory_kills() > kills {
            let most = self.settings.memory_bytes_max.unwrap_or_default() >> 20;
            say(&complain, &format!("the command reached its memory limit of {most} MB"));
        }
        let was_ended = is_late || *orders.borrow() != Stop::Not;
        match reported {
            // Bubblewrap says it as a shell would, when it gets to say it.
            Some(KILLED) if was_ended => Ok(Ended::Signal(9)),
            Some(code) => Ok(Ended::Code(code)),
            None if was_ended || ended == Ended::Signal(9) => Ok(ended),
            None => {
                let message = "bubblewrap did not start the command; its own message says why";
                Err(Fault::new(FaultKind::System, message))
            }
        }
    }

    fn start(&self, launch: Launch, status: &Path) -> Result<Guarded, Fault> {
        let failed = |error| Fault::system("the sandbox's own files", error);
        let work = self.home.bound().map_err(failed)?;
        let mut view = View::of(&self.home, &self.settings, &work);
        let context = self.home.own("run/context.json");
        if let Some(text) = &launch.context {
            write(&context, text.as_bytes()).map_err(failed)?;
        }
        let context = launch.context.as_ref().map(|_| context.as_path());
        view.variables(&self.mark, &launch, context)?;
        let options = self.home.own("run/options");
        write(&options, &view.into_bytes()).map_err(failed)?;
        let doors: Vec<PathBuf> = self.groups.doors().collect();
        let mut command: Vec<OsString> = ["/bin/sh", "-c", OUTER, "sh"].map(OsString::from).into();
        command.extend([options.into_os_string(), status.as_os_str().to_owned()]);
        command.extend([self.inner().into(), doors.len().to_string().into()]);
        command.extend(doors.into_iter().map(PathBuf::into_os_string));
        command.extend(launch.command.into_iter().map(OsString::from));
        let path = std::env::var("PATH").ok();
        let mark = Some(self.mark.to_string());
        let variables = [("PATH", path), (MARK_VARIABLE, mark)];
        let variables: BTreeMap<String, Option<String>> =
            variables.map(|(name, value)| (name.to_owned(), value)).into();
        let guardable = Guardable {
            command,
            variables,
            inherits_variables: false,
            cwd: Some(PathBuf::from("/")),
            streams: without_terminal(launch.streams).map_err(failed)?,
        };
        Guarded::start(self.program, guardable)
            .map_err(|error| Fault::system("the guard cannot start", error))
    }

    /// What the sandbox's shell does before it becomes the command: limits of each process, where no
    /// group limits them all. Inside, as the number is counted in the sandbox's own namespace there.
    fn inner(&self) -> String {
        let memory = self.settings.memory_bytes_max.filter(|_| !self.groups.limit_memory);
        let memory = memory.map(|bytes| format!("ulimit -v {} || exit 125; ", bytes / 1024));
        let processes = self.settings.processes_max.filter(|_| !self.groups.limit_processes);
        // Shells do not agree on its letter.
        let processes = processes.filter(|_| !geteuid().is_root()).map(|most| {
            format!(
                "if (ulimit -u {most}) 2>/dev/null; then ulimit -u {most}; else ulimit -p {most}; \
                 fi || exit 125; "
            )
        });
        let limits = [memory.unwrap_or_default(), processes.unwrap_or_default()].concat();
        limits + "exec \"$0\" \"$@\""
    }

    /// Until its end; whether that was the time limit's. What asks goes to the command itself:
    /// bubblewrap would take everything with it.
    async fn follow(
        &self,
        following: impl Future<Output = Result<Ended, Fault>>,
        mut stop: Stopper,
        orders: &watch::Sender<Stop>,
        status: &Path,
    ) -> Result<(Ended, bool), Fault> {
        tokio::pin!(following);
        let limit = Instant::now() + self.settings.time_limit_for.unwrap_or(NO_LIMIT);
        let (mut told, mut is_late) = (Stop::Not, false);
        loop {
            let wanted = *stop.borrow_and_update();
            if wanted != told && !is_late {
                told = wanted;
                match wanted {
                    Stop::Not => {}
                    Stop::Ask(sign) => ask(status, sign),
                    Stop::Kill => drop(orders.send(Stop::Kill)),
                }
            }
            let changed = async {
                // Without anybody who could ask, the command goes on to its own end.
                if stop.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                ended = &mut following => return Ok((ended?, is_late)),
                () = changed => {}
                () = sleep_until(limit), if !is_late => {
                    is_late = true;
                    let _ = orders.send(Stop::Kill);
                }
            }
        }
    }
}

/// Signals the session inside, of which the first process is known by its number out here. One that
/// does not run yet hears nothing; who asks becomes more urgent later.
fn ask(status: &Path, sign: Sign) {
    let first = reported(status).ok().and_then(|said| number(&said, "child-pid"));
    if let Some(pid) = first.and_then(|pid| i32::try_from(pid).ok()).filter(|pid| *pid > 1) {
        let _ = killpg(Pid::from_raw(pid), sign.signal());
    }
}

/// The code that the command ended with, when it ran to an end.
fn outcome(status: &Path) -> io::Result<Option<u8>> {
    let code = number(&reported(status)?, "exit-code");
    Ok(code.and_then(|code| u8::try_from(code).ok()))
}

/// What bubblewrap wrote: an object a line.
fn reported(status: &Path) -> io::Result<Vec<Value>> {
    let text = std::fs::read_to_string(status)?;
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

fn number(said: &[Value], name: &str) -> Option<i64> {
    said.iter().find_map(|object| object.get(name)?.as_i64())
}

fn find_program() -> Result<(), Fault> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&paths).any(|path| path.join("bwrap").exists());
    if is_there { Ok(()) } else { Err(missing(&io::ErrorKind::NotFound.into())) }
}

/// To whoever reads the command's complaints; that nobody does is no fault.
fn say(mut to: &File, what: &str) {
    let _ = writeln!(to, "leasehold: {what}");
}
