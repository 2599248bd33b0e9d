//! Making a lease's working directory ready, and what the command is told of it.

use leasehold_domain::company::CommandType;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::Orchestrator;
use super::execute::Task;
use crate::run::desk::Request;
use crate::run::driver::{Ended, Fault, FaultKind, Streams, Target};
use crate::run::error::{ErrorCode, RunError};
use crate::run::halt::{Halt, Why};
use crate::run::lease::Leased;

use ErrorCode::{TransportResolutionFailed, WorkspaceRealizationFailed};

/// A lease whose working directory is ready.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The lease.
    pub leased: Leased,
    /// How commands get there.
    pub target: Target,
    /// What the ledger and the command are told of it.
    pub realization: Map<String, Value>,
}

impl Ready {
    /// `paperclipEnvironment`: the run's context, as the command gets it.
    #[must_use]
    pub fn context(&self) -> Value {
        let (leased, target) = (&self.leased, &self.target);
        json!({
            "id": leased.environment.id,
            "name": leased.environment.name,
            "driver": leased.environment.driver,
            "leaseId": leased.id(),
            "workspaceRealization": self.realization,
            "remoteCwd": target.cwd,
            "host": target.host,
            "port": target.port,
            "username": target.username,
        })
    }
}

impl Orchestrator {
    /// Makes the working directory ready: the driver's realization, the workspace's files, the
    /// environment's `provisionCommand`; and tells the ledger.
    ///
    /// # Errors
    /// [`ErrorCode::WorkspaceRealizationFailed`] and [`ErrorCode::TransportResolutionFailed`]. The
    /// lease is still held: whoever has it releases it.
    pub async fn realize_for_run(&self, leased: &Leased, halt: &Halt) -> Result<Ready, RunError> {
        let realized = self.realize(leased.clone(), halt).await;
        realized.map_err(|error| error.at(&leased.held.place, &leased.provider))
    }

    async fn realize(&self, leased: Leased, halt: &Halt) -> Result<Ready, RunError> {
        let step = leased.driver.realize(&leased.held, leased.wanted.workspace.as_ref());
        let realized = halt.bounded(self.limits.realize, step).await.map_err(|fault| {
            // A directory that is not there is one thing, no way to get to it another.
            let is_way = matches!(fault.kind, FaultKind::Unreachable | FaultKind::Denied);
            let code = if is_way { TransportResolutionFailed } else { WorkspaceRealizationFailed };
            RunError::of_fault(code, "the working directory", &fault)
        })?;
        let mut ready = Ready { leased, target: realized.target, realization: realized.record };
        let target = json!(ready.target);
        ready.realization.insert("target".to_owned(), target);
        self.bring_in(&mut ready, halt).await?;
        self.provision(&ready, halt).await?;
        self.tell_realization(&ready).await?;
        Ok(ready)
    }

    async fn bring_in(&self, ready: &mut Ready, halt: &Halt) -> Result<(), RunError> {
        let leased = &ready.leased;
        let workspace = leased.wanted.workspace.as_ref().filter(|_| leased.capabilities.syncs);
        let Some(workspace) = workspace else { return Ok(()) };
        let step = leased.driver.sync_in(&leased.held, &ready.target, workspace);
        let synced = halt.bounded(self.limits.sync, step).await.map_err(|fault| {
            RunError::of_fault(WorkspaceRealizationFailed, "the workspace's files", &fault)
        })?;
        let told = json!({
            "entries": synced.entries, "bytes": synced.bytes, "skipped": synced.skipped,
        });
        ready.realization.insert("syncedIn".to_owned(), told);
        Ok(())
    }

    /// The environment's `provisionCommand`, where a place is provisioned at all.
    async fn provision(&self, ready: &Ready, halt: &Halt) -> Result<(), RunError> {
        let leased = &ready.leased;
        let script = leased.held.place.config.get("provisionCommand").and_then(Value::as_str);
        let Some(script) = script.filter(|_| leased.capabilities.provisions) else { return Ok(()) };
        let fault = |fault: &Fault| {
            RunError::of_fault(WorkspaceRealizationFailed, "the provision command", fault)
        };
        let (streams, captured) = Streams::captured()
            .map_err(|error| fault(&Fault::system("pipes for the provision command", error)))?;
        let command = ["bash", "-lc", script].map(str::to_owned).into();
        let limit = self.limits.provision;
        let (own, variables) = (Halt::default(), Map::new());
        let running = self.execute(ready, Task { command, streams, variables, limit }, &own);
        let ended = tokio::select! {
            ended = running => ended.map_err(|error| fault(&error))?,
            () = halt.asked() => {
                let message = "stopped while it was provisioned";
                return Err(RunError::new(WorkspaceRealizationFailed, message));
            }
        };
        let output = captured.finish().await;
        let said = output.first_line().unwrap_or("it said nothing");
        let why = match (own.why(), ended) {
            (Some(Why::TimedOut), _) => format!("took longer than {} s: {said}", limit.as_secs()),
            (_, Ended::Code(0)) => return Ok(()),
            (_, Ended::Code(code)) => format!("failed: {said} (exit code {code})"),
            (_, Ended::Signal(number)) => format!("failed: {said} (signal {number})"),
        };
        Err(RunError::new(WorkspaceRealizationFailed, format!("the provision command {why}")))
    }

    async fn tell_realization(&self, ready: &Ready) -> Result<(), RunError> {
        let (id, fence) = (ready.leased.id(), ready.leased.fence);
        let notes = json!({
            "workspaceRealization": ready.realization, "remoteCwd": ready.target.cwd,
        });
        let body = json!({"leaseId": id, "metadata": notes});
        let request =
            Request::new(CommandType::PatchLeaseMetadata, format!("realized-{id}-{fence}"), body);
        let told = self.desk.insist(&request, Instant::now() + self.limits.deliver).await;
        told.map(drop).map_err(|answer| {
            let doing = "the realization is not recorded";
            RunError::of_answer(WorkspaceRealizationFailed, doing, &answer)
        })
    }
}
