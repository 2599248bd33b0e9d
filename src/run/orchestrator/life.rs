//! The whole way of one command: resolved, leased, run and given back, whatever happens in between.

use std::sync::Arc;

use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::Disposition;
use leasehold_domain::run::Outcome;
use nix::sys::signal::Signal;

use super::{Conclusion, Orchestrator, Ready, Released, Renewal, Task};
use crate::run::driver::{Ended, Fault};
use crate::run::error::{ErrorCode, RunError};
use crate::run::halt::{Halt, Why};
use crate::run::lease::{Leased, Wanted};
use crate::run::resolve::{Levels, resolve_environment};

/// A command that is to be run under a lease.
#[derive(Debug)]
pub struct Assignment {
    /// Which environments are named, and by whom.
    pub levels: Levels,
    /// What starts the agent, where the places at which it can work are limited.
    pub adapter: Option<String>,
    /// Whose lease it is to be.
    pub wanted: Wanted,
    /// What is to happen with the resource; by the policy unless said.
    pub disposition: Option<Disposition>,
    /// The command.
    pub task: Task,
    /// Whether the run is over with the command: not when it is somebody else's.
    pub ends_run: bool,
}

/// How it went.
#[derive(Debug)]
pub struct Finished {
    /// The lease, once there was one.
    pub lease: Option<LeaseId>,
    /// How the command ended, if it began.
    pub ended: Option<Ended>,
    /// Why the run was stopped, if it was.
    pub why: Option<Why>,
    /// What kept the run from doing its work. What went wrong with giving its lease back is in
    /// `released`, and never hides this.
    pub error: Option<RunError>,
    /// What became of the lease.
    pub released: Released,
}

impl Finished {
    fn without_lease(error: RunError, halt: &Halt) -> Self {
        let (why, released) = (halt.why().cloned(), Released::default());
        Self { lease: None, ended: None, why, error: Some(error), released }
    }
}

impl Orchestrator {
    /// Takes one command through its life.
    pub async fn run(&self, assignment: Assignment, halt: &Arc<Halt>) -> Finished {
        let Assignment { levels, adapter, wanted, disposition, task, ends_run } = assignment;
        let resolved = match resolve_environment(&self.desk, &levels, adapter.as_deref()).await {
            Ok(resolved) => resolved,
            Err(error) => return Finished::without_lease(error, halt),
        };
        let leased = match self.acquire_for_run(&resolved, &wanted, disposition, halt).await {
            Ok(leased) => leased,
            Err(error) => return Finished::without_lease(error, halt),
        };
        let renewal = Renewal::start(self.desk.clone(), &leased, Arc::clone(halt));
        let used = self.use_lease(&leased, task, halt).await;
        let conclusion = used.conclusion(halt, disposition, ends_run, &leased);
        // The lease is held until it is given back: what stops its resource takes time, too.
        let released = self.release_for_run(std::slice::from_ref(&leased), &conclusion).await;
        renewal.stop().await;
        let why = halt.why().cloned();
        Finished { lease: Some(leased.id()), ended: used.ended, why, error: used.error, released }
    }

    /// Everything between getting a lease and giving it back.
    async fn use_lease(&self, leased: &Leased, task: Task, halt: &Halt) -> Used {
        let ready = match self.realize_for_run(leased, halt).await {
            Ok(ready) => ready,
            Err(error) => return Used { error: Some(error), ..Used::default() },
        };
        if halt.why().is_some() {
            return Used::default();
        }
        let failed = |code: ErrorCode, doing: &str, fault: &Fault| {
            RunError::of_fault(code, doing, fault).at(&leased.held.place, &leased.provider)
        };
        let ended = match self.execute(&ready, task, halt).await {
            Ok(ended) => ended,
            Err(fault) => {
                let code = ErrorCode::TransportResolutionFailed;
                let error = failed(code, "the command", &fault);
                return Used { error: Some(error), ..Used::default() };
            }
        };
        let mut used = Used { ended: Some(ended), ..Used::default() };
        if let Err(fault) = self.bring_back_if_held(&ready, halt).await {
            let code = ErrorCode::WorkspaceRealizationFailed;
            used.error = Some(failed(code, "the workspace's files are not brought back", &fault));
            used.is_left_there = true;
        }
        used
    }

    async fn bring_back_if_held(&self, ready: &Ready, halt: &Halt) -> Result<(), Fault> {
        // The workspace may be another run's by now.
        if matches!(halt.why(), Some(Why::LeaseLost(_))) {
            return Ok(());
        }
        self.bring_back(ready).await.map(drop)
    }
}

/// What a run did with its lease.
#[derive(Debug, Default)]
struct Used {
    ended: Option<Ended>,
    error: Option<RunError>,
    /// Files of the run are at the place alone.
    is_left_there: bool,
}

impl Used {
    fn conclusion(
        &self,
        halt: &Halt,
        disposition: Option<Disposition>,
        ends_run: bool,
        leased: &Leased,
    ) -> Conclusion {
        let (outcome, reason) = self.outcome(halt);
        // What is nowhere else is not destroyed where it can be kept.
        let kept = Some(Disposition::StopAndRetain)
            .filter(|_| self.is_left_there && leased.capabilities.resumes);
        Conclusion { outcome, reason, disposition: kept.or(disposition), ends_run }
    }

    fn outcome(&self, halt: &Halt) -> (Outcome, Option<String>) {
        let told = |outcome: Outcome, why: String| (outcome, Some(why));
        match halt.why() {
            Some(Why::Asked(sign)) => {
                return told(Outcome::Cancelled, format!("stopped by {}", sign.signal()));
            }
            Some(Why::TimedOut) => {
                return told(Outcome::TimedOut, "the command took too long".to_owned());
            }
            Some(Why::LeaseLost(why)) => {
                return told(Outcome::Interrupted, format!("the lease was lost: {why}"));
            }
            None => {}
        }
        match (&self.error, self.ended) {
            (Some(error), _) => told(Outcome::Failed, error.to_string()),
            (None, Some(Ended::Code(0))) => (Outcome::Succeeded, None),
            (None, Some(Ended::Code(code))) => {
                told(Outcome::Failed, format!("the command ended with exit code {code}"))
            }
            // A terminal's Ctrl-C reaches the command itself.
            (None, Some(Ended::Signal(number))) if number == Signal::SIGINT as i32 => {
                told(Outcome::Cancelled, "the command was stopped by SIGINT".to_owned())
            }
            (None, Some(Ended::Signal(number))) => {
                told(Outcome::Failed, format!("the command was ended by signal {number}"))
            }
            (None, None) => told(Outcome::Interrupted, "the command did not begin".to_owned()),
        }
    }
}
