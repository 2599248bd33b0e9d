//! A command by a plugin: its output comes as notifications, what is to stop it goes as some.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::message::{ExecuteAnswer, OutputParams};
use super::process::Running;
use crate::run::MARK_VARIABLE;
use crate::run::driver::{Ended, Fault, FaultKind, Launch, Sign, Stop, Stopper, Streams};

/// How long a plugin may take to end a command that is to be ended, before it is ended itself.
const KILL_WITHIN: Duration = Duration::from_secs(10);
/// How long output that has arrived may take to be taken.
const DRAIN_FOR: Duration = Duration::from_secs(10);

/// Runs it to its end.
pub(super) async fn execute(
    running: &Running,
    mut params: Map<String, Value>,
    launch: Launch,
    stop: Stopper,
) -> Result<Ended, Fault> {
    let execution = uuid::Uuid::now_v7().to_string();
    let mut variables = launch.variables;
    variables.extend(params.get("mark").and_then(Value::as_str).map(marked));
    params.insert("executionId".to_owned(), execution.clone().into());
    params.insert("command".to_owned(), json!(launch.command));
    params.insert("variables".to_owned(), json!(variables));
    params.insert("context".to_owned(), json!(launch.context));
    let drained = carry(running.listen(&execution), launch.streams);
    let hush = Hush { running, execution: &execution };
    let said = until_answered(running, params, &execution, stop).await;
    let is_answered =
        running.is_there() && !matches!(&said, Err(fault) if fault.kind == FaultKind::TimedOut);
    if is_answered {
        running.hush(&execution);
        let _ = timeout(DRAIN_FOR, drained).await;
    }
    drop(hush);
    let answer: ExecuteAnswer = running.read("execute", said?)?;
    match (answer.exit_code, answer.signal) {
        (Some(code), None) => Ok(Ended::Code(code)),
        (None, Some(signal)) => Ok(Ended::Signal(signal)),
        _ => {
            let message = format!("{} did not say how the command ended", running.shown);
            Err(Fault::new(FaultKind::Broken, message))
        }
    }
}

async fn until_answered(
    running: &Running,
    params: Map<String, Value>,
    execution: &str,
    mut stop: Stopper,
) -> Result<Value, Fault> {
    let asking = running.ask("execute", params, None);
    tokio::pin!(asking);
    let mut told = Stop::Not;
    loop {
        let wanted = *stop.borrow_and_update();
        if let Some(signal) = signal(wanted).filter(|_| wanted != told) {
            told = wanted;
            running.tell("signal", json!({"executionId": execution, "signal": signal})).await;
        }
        let changed = async {
            // Without anybody who could ask, the command goes on to its own end.
            if told == Stop::Kill {
                tokio::time::sleep(KILL_WITHIN).await;
            } else if stop.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            said = &mut asking => return said,
            () = changed => if told == Stop::Kill {
                let shown = &running.shown;
                let message = format!("{shown} did not end the command, and was ended itself");
                return Err(Fault::new(FaultKind::TimedOut, message));
            }
        }
    }
}

/// By which the plugin's machine can be searched, if it is this one.
fn marked(mark: &str) -> (String, String) {
    (MARK_VARIABLE.to_owned(), mark.to_owned())
}

fn signal(stop: Stop) -> Option<&'static str> {
    match stop {
        Stop::Not => None,
        Stop::Ask(Sign::Interrupt) => Some("INT"),
        Stop::Ask(Sign::Terminate) => Some("TERM"),
        Stop::Ask(Sign::Hangup) => Some("HUP"),
        Stop::Kill => Some("KILL"),
    }
}

/// Nobody listens when the call is over. One that had no answer, or was dropped, ends the plugin, and
/// with it the command.
struct Hush<'a> {
    running: &'a Running,
    execution: &'a str,
}

impl Drop for Hush<'_> {
    fn drop(&mut self) {
        if self.running.hush(self.execution) {
            self.running.end();
        }
    }
}

/// Writes output where it belongs, in a thread that may wait for whoever reads it.
fn carry(mut outputs: mpsc::Receiver<OutputParams>, streams: Streams) -> oneshot::Receiver<()> {
    let (done, is_done) = oneshot::channel();
    let write = move || {
        let named =
            [("stdout", File::from(streams.stdout)), ("stderr", File::from(streams.stderr))];
        let mut open: HashMap<&str, File> = HashMap::from(named);
        while let Some(output) = outputs.blocking_recv() {
            let stream = if output.stream == "stderr" { "stderr" } else { "stdout" };
            let Some(bytes) = output.bytes() else { continue };
            // Nobody reads it any more, and the command may go on.
            if open.get_mut(stream).is_some_and(|to| to.write_all(&bytes).is_err()) {
                open.remove(stream);
            }
        }
        drop(open);
        let _ = done.send(());
    };
    // Without a thread there is no output; the command's end is told all the same.
    let _ = thread::Builder::new().name("carry".to_owned()).spawn(write);
    is_done
}
