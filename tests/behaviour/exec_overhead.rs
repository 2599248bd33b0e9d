//! What a lease costs a run on this machine: the orchestrator in a program that goes on, as a
//! heartbeat is, and a process of its own; each beside the bare command. The figures are printed.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use leasehold::ledger::{Ledger, Options};
use leasehold::run::desk::Desk;
use leasehold::run::driver::Streams;
use leasehold::run::journal::Journal;
use leasehold::run::orchestrator::{Assignment, Limits, Orchestrator, Task};
use leasehold::run::state::State;
use leasehold::run::{Halt, Levels, Machine, Registry, Wanted};
use leasehold_domain::actor::Actor;
use leasehold_domain::id::{CompanyId, RunId};
use leasehold_domain::lease::Policy;
use serde_json::Map;
use uuid::Uuid;

use crate::support::runs::{Runs, output};

const ROUNDS: usize = 31;

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn assignment() -> Assignment {
    let (streams, _) = Streams::captured().unwrap();
    let (command, variables) = (vec!["true".to_owned()], Map::new());
    let wanted = Wanted {
        run_id: RunId(Uuid::now_v7()),
        issue_id: None,
        agent_id: None,
        workspace: None,
        policy: Policy::Ephemeral,
        ttl_seconds: None,
    };
    Assignment {
        levels: Levels::none(),
        adapter: None,
        wanted,
        disposition: None,
        task: Task { command, streams, variables, limit: Duration::from_mins(1) },
        ends_run: true,
    }
}

fn orchestrator(runs: &Runs, ledger: &Ledger) -> Orchestrator {
    let program = env!("CARGO_BIN_EXE_leasehold").into();
    let machine = Machine { program, state: State::at(runs.root.join("state")) };
    let desk = Desk {
        dispatcher: ledger.dispatcher.clone(),
        readers: ledger.readers.clone(),
        company: CompanyId(runs.company),
        actor: Actor::system("heartbeat"),
    };
    let (registry, journal) = (Registry::standard(&machine), Journal::of(&machine.state));
    Orchestrator { desk, registry, journal, limits: Limits::default() }
}

#[tokio::test]
async fn a_lease_costs_a_run_what_is_printed() {
    let runs = Runs::new().await;
    let ledger = Ledger::open(&runs.database.options, Options::default()).await.unwrap();
    let orchestrator = orchestrator(&runs, &ledger);
    let (mut bare, mut leased, mut processes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        output(Command::new("true")).await;
        bare.push(began.elapsed());
        let (assignment, halt) = (assignment(), Arc::new(Halt::default()));
        let began = Instant::now();
        let finished = orchestrator.run(assignment, &halt).await;
        leased.push(began.elapsed());
        assert!(finished.error.is_none() && finished.released.errors.is_empty(), "{finished:?}");
        let began = Instant::now();
        assert!(runs.run(&[], "true").await.status.success());
        processes.push(began.elapsed());
    }
    assert_eq!(runs.leases().await.len(), 2 * ROUNDS);
    let bare = median(bare);
    println!(
        "p50 over the bare command ({bare:?}): {:?} in a heartbeat, {:?} as a process",
        median(leased).saturating_sub(bare),
        median(processes).saturating_sub(bare),
    );
    drop(orchestrator);
    ledger.close().await;
    runs.drop().await;
}
