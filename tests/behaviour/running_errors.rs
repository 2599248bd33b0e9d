//! What goes wrong between the steps of a run, by its code, and what becomes of its lease.

use std::path::PathBuf;

use leasehold::ledger::{Ledger, Options};
use leasehold::run::desk::Direct;
use leasehold::run::driver::{FaultKind, Workspace};
use leasehold::run::journal::Journal;
use leasehold::run::orchestrator::{Conclusion, Limits, Orchestrator};
use leasehold::run::state::State;
use leasehold::run::{
    ErrorCode, Halt, Leased, Levels, Machine, Registry, Wanted, resolve_environment,
};
use leasehold_domain::actor::Actor;
use leasehold_domain::environment::{Driver, Level};
use leasehold_domain::id::{CompanyId, RunId};
use leasehold_domain::lease::Policy;
use leasehold_domain::run::Outcome;
use uuid::Uuid;

use crate::support::everywhere::Everywhere;
use crate::support::runs::Runs;

fn orchestrator(runs: &Runs, ledger: &Ledger) -> Orchestrator {
    let program = env!("CARGO_BIN_EXE_leasehold").into();
    let machine = Machine { program, state: State::at(runs.root.join("state")) };
    let desk = Direct::to(ledger).desk(CompanyId(runs.company), Actor::system("heartbeat"));
    let (registry, journal) = (Registry::standard(&machine), Journal::of(&machine.state));
    Orchestrator { desk, registry, journal, limits: Limits::default() }
}

/// A lease of a new run.
async fn leased(of: &Orchestrator, name: &str, workspace: Option<Workspace>) -> Leased {
    let levels = Levels::none().with(Level::ExecutionWorkspace, Some(name));
    let resolved = resolve_environment(&of.desk, &levels, None).await.unwrap();
    let wanted = Wanted {
        run_id: RunId(Uuid::now_v7()),
        issue_id: None,
        agent_id: None,
        workspace,
        policy: Policy::Ephemeral,
        ttl_seconds: None,
    };
    of.acquire_for_run(&resolved, &wanted, None, &Halt::default()).await.unwrap()
}

fn failed(reason: String) -> Conclusion {
    let (outcome, reason) = (Outcome::Failed, Some(reason));
    Conclusion { outcome, reason, disposition: None, ends_run: true }
}

#[tokio::test]
async fn a_host_that_vanishes_is_no_way_and_what_it_has_is_the_janitors() {
    let all = Everywhere::new().await;
    let ledger = Ledger::open(&all.runs.database.options, Options::default()).await.unwrap();
    let orchestrator = orchestrator(&all.runs, &ledger);
    let leased = leased(&orchestrator, "ssh", None).await;
    all.host.vanish();
    let error = orchestrator.realize_for_run(&leased, &Halt::default()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::TransportResolutionFailed, "{error}");
    assert_eq!((error.driver, error.provider.as_deref()), (Some(Driver::Ssh), Some("ssh")));
    assert_eq!((error.cause, error.can_retry), (Some(FaultKind::Unreachable), true), "{error}");
    let released = orchestrator.release_for_run(&[leased], &failed(error.to_string())).await;
    let codes: Vec<ErrorCode> = released.errors.iter().map(|(_, error)| error.code).collect();
    assert_eq!(codes, [ErrorCode::LeaseCleanupFailed]);
    let lease = all.runs.leases().await.remove(0);
    assert_eq!((&*lease.status, &*lease.cleanup_state), ("failed", "failed"), "{lease:?}");
    let reason = lease.failure_reason.unwrap();
    assert!(reason.starts_with("transport_resolution_failed"), "the run's own: {reason}");
    drop(orchestrator);
    ledger.close().await;
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

#[tokio::test]
async fn a_workspace_that_is_gone_cannot_be_worked_in() {
    let runs = Runs::new().await;
    runs.environment("box", &["--driver", "local"]).await;
    let ledger = Ledger::open(&runs.database.options, Options::default()).await.unwrap();
    let orchestrator = orchestrator(&runs, &ledger);
    let workspace = Workspace { root: PathBuf::from("/no/such/workspace"), id: None };
    let leased = leased(&orchestrator, "box", Some(workspace)).await;
    let error = orchestrator.realize_for_run(&leased, &Halt::default()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::WorkspaceRealizationFailed, "{error}");
    assert!(error.message.contains("/no/such/workspace"), "{error}");
    let released = orchestrator.release_for_run(&[leased], &failed(error.to_string())).await;
    assert!(released.errors.is_empty(), "{released:?}");
    assert_eq!(runs.leases().await[0].cleanup_state, "succeeded");
    drop(orchestrator);
    ledger.close().await;
    runs.drop().await;
}
