//! `leasehold exec`: a command as a leased run.

mod args;
mod through;

use std::sync::Arc;
use std::time::Duration;

use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::environment::Level;
use leasehold_domain::id::{AgentId, CompanyId, EnvironmentId, RunId, WorkspaceId};
use leasehold_domain::text::Label;
use serde_json::{Map, Value, json};
use sqlx::PgPool;
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use super::Global;
use super::commands::{Target, company_of, first_company, person};
use super::exit::{Failed, Kind};
use super::output::note;
use super::remote::Remote;
use super::session::Session;
use crate::ledger::Ledger;
use crate::run::desk::{Desk, Direct, Way};
use crate::run::driver::{FaultKind, Sign, Streams, Workspace};
use crate::run::journal::Journal;
use crate::run::orchestrator::{Assignment, Finished, Limits, Orchestrator, Task};
use crate::run::state::State;
use crate::run::{ErrorCode, Halt, Levels, Machine, Registry, RunError, Wanted, Why};

pub(super) use args::Exec;
use through::Through;

impl Exec {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let workspace = self.workspace()?;
        let variables = self.variables()?;
        let streams = Streams::inherited()?;
        let machine = machine()?;
        let halt = Arc::new(Halt::default());
        listen(&halt)?;
        let given = Given { machine, workspace, variables, streams };
        if let Some(remote) = Remote::of(global)? {
            let through = Through::to(remote);
            let company = self.company_through(&through, global).await?;
            return finish(self.run_for(Arc::new(through), company, given, &halt).await);
        }
        let mut session = Session::open(global).await?;
        let work = |ledger| self.run_on(ledger, global, given, &halt);
        let finished = session.during(work).await;
        session.close().await?;
        finish(finished?)
    }

    async fn run_on(
        self,
        ledger: &Ledger,
        global: &Global,
        given: Given,
        halt: &Arc<Halt>,
    ) -> Result<Finished, Failed> {
        let company = self.company(&ledger.readers, global).await?;
        Ok(self.run_for(Arc::new(Direct::to(ledger)), company, given, halt).await)
    }

    async fn run_for(
        self,
        way: Arc<dyn Way>,
        company: CompanyId,
        given: Given,
        halt: &Arc<Halt>,
    ) -> Finished {
        let Given { machine, workspace, variables, streams } = given;
        let run_id = RunId(self.run.unwrap_or_else(Uuid::now_v7));
        let actor = actor(self.agent.map(AgentId), run_id);
        let orchestrator = Orchestrator {
            desk: Desk { way, company, actor },
            registry: Registry::standard(&machine),
            journal: Journal::of(&machine.state),
            limits: Limits::default(),
        };
        let assignment = self.assignment(run_id, named(workspace, company), variables, streams);
        let finished = orchestrator.run(assignment, halt).await;
        // The ledger has just answered: what waited for it is told, too.
        if finished.released.errors.is_empty() {
            orchestrator.journal.deliver(&orchestrator.desk.way).await;
        }
        finished
    }

    fn assignment(
        self,
        run_id: RunId,
        workspace: Option<Workspace>,
        variables: Map<String, Value>,
        streams: Streams,
    ) -> Assignment {
        let levels = Levels::none()
            .with(Level::ExecutionWorkspace, self.environment.as_deref())
            .with(Level::Issue, self.issue_environment.as_deref())
            .with(Level::Project, self.project_environment.as_deref())
            .with(Level::Agent, self.agent_environment.as_deref())
            .with(Level::Company, self.company_environment.as_deref());
        let wanted = Wanted {
            run_id,
            issue_id: self.issue.map(leasehold_domain::id::IssueId),
            agent_id: self.agent.map(AgentId),
            workspace,
            policy: self.policy,
            ttl_seconds: self.ttl,
        };
        let limit =
            self.timeout.map_or(Duration::MAX, |seconds| Duration::from_secs(seconds.into()));
        let task = Task { command: self.command, streams, variables, limit };
        Assignment {
            levels,
            adapter: self.adapter,
            wanted,
            disposition: self.disposition,
            task,
            ends_run: self.run.is_none(),
        }
    }

    /// The named company, the one of the environment, the only one, or the first of a new ledger.
    async fn company(&self, pool: &PgPool, global: &Global) -> Result<CompanyId, Failed> {
        let named = self.environment_id().map_or(Target::First, Target::Environment);
        company_of(pool, global, named).await
    }

    /// The same, told by a server.
    async fn company_through(
        &self,
        through: &Through,
        global: &Global,
    ) -> Result<CompanyId, Failed> {
        if let Some(company) = global.company {
            return Ok(company);
        }
        let found = through.find_company(self.environment_id().map(EnvironmentId)).await?;
        Ok(found.unwrap_or_else(first_company))
    }

    fn environment_id(&self) -> Option<Uuid> {
        self.environment.as_deref().and_then(|named| named.parse().ok())
    }
}

/// What a run is given beside its place.
struct Given {
    machine: Machine,
    workspace: Option<Workspace>,
    variables: Map<String, Value>,
    streams: Streams,
}

/// A workspace has an id of its own: the one that was given, or one made of where it is, so that
/// two runs in one directory are in one workspace.
fn named(workspace: Option<Workspace>, company: CompanyId) -> Option<Workspace> {
    workspace.map(|workspace| {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let place = format!("{}:{}", host.trim(), workspace.root.display());
        let made = || WorkspaceId(Uuid::new_v5(&company.0, place.as_bytes()));
        Workspace { id: workspace.id.or_else(|| Some(made())), ..workspace }
    })
}

/// What drivers need of this machine.
pub(super) fn machine() -> Result<Machine, Failed> {
    Ok(Machine { program: std::env::current_exe()?, state: State::of_user()? })
}

fn actor(agent: Option<AgentId>, run_id: RunId) -> Actor {
    let own = person();
    let id = agent.and_then(|agent| Label::new(agent.to_string()).ok());
    match id {
        Some(id) => {
            Actor { kind: ActorType::Agent, id, agent_id: agent, run_id: Some(run_id), ..own }
        }
        None => Actor { run_id: Some(run_id), ..own },
    }
}

/// Ctrl-C, `kill` and a terminal that goes away ask for an end; asked twice, it is made one.
fn listen(halt: &Arc<Halt>) -> Result<(), Failed> {
    let signals = [
        (SignalKind::interrupt(), Sign::Interrupt),
        (SignalKind::terminate(), Sign::Terminate),
        (SignalKind::hangup(), Sign::Hangup),
    ];
    for (kind, sign) in signals {
        let (mut stream, halt) = (signal(kind)?, Arc::clone(halt));
        tokio::spawn(async move {
            while stream.recv().await.is_some() {
                halt.ask(Why::Asked(sign));
            }
        });
    }
    Ok(())
}

/// The command's own exit code, unless there is none.
fn finish(finished: Finished) -> Result<(), Failed> {
    for (lease, error) in &finished.released.errors {
        note(&format!("lease {lease}: {error}"));
    }
    if let Some(Why::LeaseLost(why)) = &finished.why {
        note(&format!("the lease was lost, and the command stopped: {why}"));
    }
    match (finished.error, finished.ended, finished.why) {
        (_, Some(_), Some(Why::TimedOut)) => {
            Err(Failed::new(Kind::TimedOut, "the command took too long and was stopped"))
        }
        (Some(error), ended, _) if ended.is_none_or(|ended| ended.exit_code() == 0) => {
            Err(failed(&error))
        }
        (error, Some(ended), why) => {
            if let Some(error) = error {
                note(&error.to_string());
            }
            match (ended.exit_code(), why) {
                // It was stopped, whatever it says of itself, and its files are not brought back.
                (0, Some(Why::LeaseLost(_))) => {
                    Err(Failed::new(Kind::Error, "the command was stopped before it was done"))
                }
                (0, _) => Ok(()),
                (code, _) => Err(Failed::of_command(code)),
            }
        }
        (None | Some(_), None, _) => {
            Err(Failed::new(Kind::Error, "stopped before the command began"))
        }
    }
}

fn failed(error: &RunError) -> Failed {
    let kind = match error.code {
        ErrorCode::EnvironmentNotFound => match error.cause {
            Some(FaultKind::Denied) => Kind::NotAllowed,
            Some(FaultKind::Unreachable) => Kind::Unavailable,
            _ => Kind::NotFound,
        },
        ErrorCode::EnvironmentInactive
        | ErrorCode::UnsupportedEnvironment
        | ErrorCode::UnsupportedAdapterEnvironment => Kind::Refused,
        ErrorCode::ProbeFailed
        | ErrorCode::LeaseAcquireFailed
        | ErrorCode::WorkspaceRealizationFailed
        | ErrorCode::TransportResolutionFailed
        | ErrorCode::LeaseReleaseFailed
        | ErrorCode::LeaseCleanupFailed => Kind::Error,
    };
    let evidence = json!({
        "code": error.code.as_str(),
        "environmentId": error.environment_id,
        "driver": error.driver,
        "provider": error.provider,
        "cause": error.cause.map(crate::run::driver::FaultKind::as_str),
        "canRetry": error.can_retry,
    });
    Failed::new(kind, format!("{error}\n  {evidence}"))
}
