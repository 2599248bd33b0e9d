//! A command on another host, and a guard beside it that answers for its end.
//!
//! **Claims**: when the connection breaks, or this process is killed, the command and all that it
//! started end on the host within half a minute; its exit code is told from the client's; no
//! variable is ever on a command line, here or there. **Because**: two sessions share the
//! connection. The guard's takes the launch script, hears that we are alive,
//! and ends whatever carries the lease's mark when we are not; the command's has nothing but the
//! command's own streams. **Not**: a host whose kernel has died says nothing either way.

use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::super::relay::Relay;
use super::connection::{Connection, cannot_start};
use super::launch::launch_script;
use super::quote::{assigned, quoted};
use super::trouble::Trouble;
use super::{END_MARKED, GUARD};
use crate::run::MARK_VARIABLE;
use crate::run::driver::{Ended, Fault, FaultKind, Launch, Mark, Sign, Stop, Stopper};

/// How often the guard hears of us.
const BEAT: Duration = Duration::from_secs(5);
/// How long it waits for that, in seconds: what a connection may hang before the client gives up,
/// and as much again.
const PATIENCE_S: u32 = 30;
/// How long the guard may take to begin, and to end everything.
const ANSWER_FOR: Duration = Duration::from_secs(30);

/// Where a command runs.
pub(super) struct Errand<'a> {
    pub(super) connection: &'a Connection,
    pub(super) mark: Mark,
    /// The lease's directory there.
    pub(super) directory: String,
    /// The working directory there.
    pub(super) cwd: &'a str,
}

/// Runs it to its end.
pub(super) async fn execute(
    errand: &Errand<'_>,
    launch: Launch,
    stop: Stopper,
) -> Result<Ended, Fault> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let state = format!("{}/run/{}-{count}", errand.directory, std::process::id());
    let script = launch_script(&state, errand.cwd, &errand.mark.to_string(), &launch)?;
    let mut guard = Guard::start(errand, &state, &script).await?;
    let remote = format!(
        "exec env {MARK_VARIABLE}={} /bin/sh {}",
        quoted(&errand.mark.to_string()),
        quoted(&format!("{state}/launch"))
    );
    let mut client = errand.connection.client(&remote, "QUIET");
    let relay = Relay::between(launch.streams, &mut client)?;
    let mut command = client.spawn().map_err(|error| cannot_start(&error))?;
    drop(client);
    let is_killed = guard.watch(&mut command, stop).await?;
    let ended = guard.finish(is_killed).await?;
    relay.drained().await;
    Ok(ended)
}

struct Guard {
    // Ends the guard's session, and with it everything, when it is dropped.
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    host: String,
}

impl Guard {
    async fn start(errand: &Errand<'_>, state: &str, launch: &str) -> Result<Self, Fault> {
        let mark = errand.mark.to_string();
        let script = [
            assigned("state", state),
            assigned("mark", &mark),
            assigned("patience", &PATIENCE_S.to_string()),
            assigned("bytes", &launch.len().to_string()),
            END_MARKED.to_owned(),
            GUARD.to_owned(),
        ]
        .concat();
        // Read to the byte: what follows on the input is not the script any more.
        let remote =
            format!("exec /bin/sh -c 'eval \"$(dd bs=1 count={} 2>/dev/null)\"'", script.len());
        let mut client = errand.connection.client(&remote, "ERROR");
        client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = client.spawn().map_err(|error| cannot_start(&error))?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Fault::new(FaultKind::System, "the client has no streams"));
        };
        let lines = BufReader::new(stdout).lines();
        let host = errand.connection.config.shown();
        let script = script + launch;
        // Who does not read it to the end says on stderr why.
        let told = async {
            let _ = stdin.write_all(script.as_bytes()).await;
        };
        let _ = timeout(ANSWER_FOR, told).await;
        let mut guard = Self { child, stdin, lines, host };
        match guard.hear().await {
            Ok(Some(word)) if word == "ready" => Ok(guard),
            Ok(_) => Err(guard.failure(errand.connection).await),
            Err(fault) => Err(fault),
        }
    }

    async fn hear(&mut self) -> Result<Option<String>, Fault> {
        let heard = timeout(ANSWER_FOR, self.lines.next_line()).await;
        let heard = heard.map_err(|_| Trouble::TimedOut.at(&self.host))?;
        heard.map_err(|_| self.lost())
    }

    async fn say(&mut self, word: &str) -> Result<(), Fault> {
        let said = timeout(ANSWER_FOR, self.stdin.write_all(format!("{word}\n").as_bytes())).await;
        said.map_err(|_| Trouble::TimedOut.at(&self.host))?.map_err(|_| self.lost())
    }

    fn lost(&self) -> Fault {
        let message = format!(
            "the connection to {} broke while the command ran; the host ends it within \
             {PATIENCE_S} s",
            self.host
        );
        Fault::new(FaultKind::Unreachable, message)
    }

    /// Why it did not begin.
    async fn failure(mut self, connection: &Connection) -> Fault {
        let mut stderr = Vec::new();
        if let Some(stream) = self.child.stderr.take() {
            let _ = timeout(BEAT, stream.take(4096).read_to_end(&mut stderr)).await;
        }
        match timeout(BEAT, self.child.wait()).await {
            Ok(Ok(status)) => {
                let output = std::process::Output { status, stdout: Vec::new(), stderr };
                connection.check(&output).err().unwrap_or_else(|| self.lost())
            }
            Ok(Err(_)) | Err(_) => Trouble::TimedOut.at(&self.host),
        }
    }

    /// Until the command's session ends; whether it was ended by us.
    async fn watch(&mut self, command: &mut Child, mut stop: Stopper) -> Result<bool, Fault> {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = Stop::Not;
        loop {
            let wanted = *stop.borrow_and_update();
            if wanted != told {
                told = wanted;
                self.pass_on(wanted).await?;
                if wanted == Stop::Kill {
                    let _ = timeout(ANSWER_FOR, command.wait()).await;
                    return Ok(true);
                }
            }
            let changed = async {
                // Without anybody who could ask, the command goes on to its own end.
                if stop.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                _ = command.wait() => return Ok(false),
                () = changed => {}
                _ = beat.tick() => self.say(".").await?,
                _ = self.lines.next_line() => return Err(self.lost()),
            }
        }
    }

    async fn pass_on(&mut self, stop: Stop) -> Result<(), Fault> {
        match stop {
            Stop::Not => Ok(()),
            Stop::Ask(Sign::Interrupt) => self.say("sig INT").await,
            Stop::Ask(Sign::Terminate) => self.say("sig TERM").await,
            Stop::Ask(Sign::Hangup) => self.say("sig HUP").await,
            Stop::Kill => self.say("kill").await,
        }
    }

    /// Everything has ended there, says the guard; how the command did.
    async fn finish(mut self, is_killed: bool) -> Result<Ended, Fault> {
        self.say("end").await?;
        let heard = self.hear().await?.ok_or_else(|| self.lost())?;
        let code = heard.strip_prefix("exit ").and_then(|rest| rest.split(' ').next());
        match code.map(|code| (code, code.parse())) {
            Some((_, Ok(code))) if !is_killed => Ok(Ended::Code(code)),
            Some(("never", _)) if !is_killed => {
                let message = format!("{} did not start the command", self.host);
                Err(Fault::new(FaultKind::Broken, message))
            }
            Some(_) => Ok(Ended::Signal(9)),
            None => Err(self.lost()),
        }
    }
}
