//! The ledger in this process: every guard on, a chosen key and a receipt for every command.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use leasehold_domain::company::Command;
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{Acquire, Cause, End, EndKind, Policy};
use leasehold_domain::text::Key;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use super::{Client, Contender};
use crate::bench::Error;
use crate::bench::settings::Settings;
use crate::bench::workload::{Cycle, Workload};
use crate::dispatch::{Body, Caller, Dispatcher, Order, Verdict};
use crate::ledger::{Ledger, Options};

pub(super) struct InProcess {
    ledgers: Vec<Ledger>,
    workload: Arc<Workload>,
    clients: AtomicUsize,
}

/// Opens so many ledgers on the one database, each with lanes of its own, as processes would. Clients
/// take them in turns.
pub(super) async fn open(
    database: &PgConnectOptions,
    settings: &Settings,
    workload: &Arc<Workload>,
    processes: usize,
) -> Result<InProcess, Error> {
    let mut ledgers = Vec::new();
    for _ in 0..processes.max(1) {
        let mut options = Options::default();
        options.dispatch.lanes = settings.lanes;
        ledgers.push(Ledger::open(database, options).await?);
    }
    Ok(InProcess { ledgers, workload: Arc::clone(workload), clients: AtomicUsize::new(0) })
}

impl InProcess {
    /// The dispatcher of a client.
    pub(super) fn dispatcher(&self, client: usize) -> &Dispatcher {
        &self.ledgers[client % self.ledgers.len()].dispatcher
    }

    pub(super) async fn end(self) {
        for ledger in self.ledgers {
            ledger.close().await;
        }
    }
}

#[async_trait]
impl Contender for InProcess {
    async fn client(&self) -> Result<Box<dyn Client>, Error> {
        let number = self.clients.fetch_add(1, Ordering::Relaxed);
        let dispatcher = self.dispatcher(number).clone();
        Ok(Box::new(Agent { dispatcher, workload: Arc::clone(&self.workload) }))
    }

    async fn close(self: Box<Self>) {
        self.end().await;
    }
}

struct Agent {
    dispatcher: Dispatcher,
    workload: Arc<Workload>,
}

#[async_trait]
impl Client for Agent {
    async fn run(&mut self, cycles: &[Cycle]) -> Result<(), Error> {
        for cycle in cycles {
            let acquire = Command::AcquireLease(Box::new(acquire(&self.workload, cycle)));
            let lease = self.dispatch(cycle, acquire).await?;
            self.dispatch(cycle, Command::ReleaseLease(lease, Box::new(end()))).await?;
        }
        Ok(())
    }
}

impl Agent {
    async fn dispatch(&self, cycle: &Cycle, command: Command) -> Result<LeaseId, Error> {
        let order = order(command, cycle)?;
        match self.dispatcher.dispatch(cycle.place.company, order).await {
            Verdict::Accepted { body: Body::Lease(row), .. } => Ok(LeaseId(row.id)),
            other @ (Verdict::Accepted { .. }
            | Verdict::Refused { .. }
            | Verdict::Failed { .. }
            | Verdict::NotApplied { .. }) => Err(Error::unexpected(format!("no lease: {other:?}"))),
        }
    }
}

/// A command under a key of its own, by the cycle's agent.
pub(super) fn order(command: Command, cycle: &Cycle) -> Result<Order, Error> {
    let key = Key::new(Uuid::now_v7().to_string()).map_err(Error::unexpected)?;
    let caller = Caller { actor: cycle.actor.clone(), authenticated_by: Some("bench".into()) };
    Ok(Order::new(command, Some(key), caller))
}

pub(super) fn acquire(workload: &Workload, cycle: &Cycle) -> Acquire {
    Acquire {
        environment_id: cycle.place.environment,
        heartbeat_run_id: Some(cycle.run),
        issue_id: None,
        execution_workspace_id: None,
        agent_id: Some(cycle.agent),
        lease_policy: Policy::Ephemeral,
        provider: Some(workload.provider.clone()),
        provider_lease_id: Some(workload.provider_lease_id.clone()),
        due: None,
        metadata: Some(workload.metadata.clone()),
        network_egress: None,
        replaces_lease_id: None,
        resumes_lease_id: None,
    }
}

pub(in crate::bench) fn end() -> End {
    End {
        status: EndKind::Released,
        cause: Cause::Release,
        failure_reason: None,
        cleanup_status: None,
        fence: None,
        provider_resource_disposition: None,
        remote_execution_termination: None,
    }
}
