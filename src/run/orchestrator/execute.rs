//! Running a command in a working directory that is ready.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::{sleep, timeout};

use super::Orchestrator;
use super::realize::Ready;
use crate::run::CONTEXT_VARIABLE;
use crate::run::driver::{Ended, Fault, FaultKind, Launch, Streams};
use crate::run::halt::{Halt, Why};
use crate::run::secret::resolve_all;

/// How long a command has between being asked to end and being ended.
const GRACE: Duration = Duration::from_secs(10);

/// How long a driver has to return after its command was ended.
const RETURN_WITHIN: Duration = Duration::from_secs(30);

/// A command for a lease.
#[derive(Debug)]
pub struct Task {
    /// The program and its arguments; never empty.
    pub command: Vec<String>,
    /// Where input comes from and output goes.
    pub streams: Streams,
    /// Variables beside the environment's own; values or references to secrets.
    pub variables: Map<String, Value>,
    /// For how long it may run.
    pub limit: Duration,
}

impl Orchestrator {
    /// Runs a command to its end, or until it is to stop: asked first, ended ten seconds later.
    ///
    /// # Errors
    /// Why it did not run, or why nobody knows how it ended.
    pub async fn execute(&self, ready: &Ready, task: Task, halt: &Halt) -> Result<Ended, Fault> {
        let variables = variables(ready, &task.variables)?;
        let context = Some(ready.context().to_string());
        let launch = Launch { command: task.command, variables, context, streams: task.streams };
        let leased = &ready.leased;
        let running = leased.driver.execute(&leased.held, &ready.target, launch, halt.stopper());
        tokio::pin!(running);
        tokio::select! {
            ended = &mut running => return ended,
            () = halt.asked() => {}
            () = sleep(task.limit) => halt.ask(Why::TimedOut),
        }
        tokio::select! {
            ended = &mut running => return ended,
            () = sleep(GRACE) => halt.kill(),
            () = halt.killed() => {}
        }
        timeout(RETURN_WITHIN, running).await.unwrap_or_else(|_| {
            let message = "the command was to be ended, and its driver does not say that it is";
            Err(Fault::new(FaultKind::TimedOut, message))
        })
    }
}

/// What the command finds in its environment: the environment's variables, the caller's, ours.
fn variables(ready: &Ready, own: &Map<String, Value>) -> Result<BTreeMap<String, String>, Fault> {
    let leased = &ready.leased;
    let configured = leased.environment.env_vars.as_object().cloned().unwrap_or_default();
    let mut variables = resolve_all(&configured)?;
    variables.extend(resolve_all(own)?);
    let ours = [
        ("LEASEHOLD_COMPANY", leased.held.mark.company_id.to_string()),
        ("LEASEHOLD_ENVIRONMENT_ID", leased.held.mark.environment_id.to_string()),
        ("LEASEHOLD_LEASE_ID", leased.id().to_string()),
        ("LEASEHOLD_RUN_ID", leased.wanted.run_id.to_string()),
        ("LEASEHOLD_FENCE", leased.fence.to_string()),
        (CONTEXT_VARIABLE, ready.context().to_string()),
    ];
    variables.extend(ours.map(|(name, value)| (name.to_owned(), value)));
    Ok(variables)
}
