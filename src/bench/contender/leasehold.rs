//! The ledger in this process: every guard on, a chosen key and a receipt for every command.

use std::sync::Arc;

use async_trait::async_trait;
use leasehold_domain::company::Command;
use leasehold_domain::id::{CompanyId, LeaseId};
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
    ledger: Ledger,
    workload: Arc<Workload>,
}

pub(super) async fn open(
    database: &PgConnectOptions,
    settings: &Settings,
    workload: &Arc<Workload>,
) -> Result<InProcess, Error> {
    let mut options = Options::default();
    options.dispatch.lanes = settings.lanes;
    let ledger = Ledger::open(database, options).await?;
    Ok(InProcess { ledger, workload: Arc::clone(workload) })
}

#[async_trait]
impl Contender for InProcess {
    async fn client(&self) -> Result<Box<dyn Client>, Error> {
        let dispatcher = self.ledger.dispatcher.clone();
        Ok(Box::new(Agent { dispatcher, workload: Arc::clone(&self.workload) }))
    }

    async fn close(self: Box<Self>) {
        self.ledger.close().await;
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
            let company = cycle.place.company;
            let by = Some("bench".into());
            let caller = Caller { actor: cycle.actor.clone(), authenticated_by: by };
            let acquire = Command::AcquireLease(Box::new(acquire(&self.workload, cycle)));
            let lease = self.dispatch(company, acquire, caller.clone()).await?;
            let release = Command::ReleaseLease(lease, Box::new(end()));
            self.dispatch(company, release, caller).await?;
        }
        Ok(())
    }
}

impl Agent {
    async fn dispatch(
        &self,
        company: CompanyId,
        command: Command,
        caller: Caller,
    ) -> Result<LeaseId, Error> {
        let key = Key::new(Uuid::now_v7().to_string()).map_err(Error::unexpected)?;
        let order = Order::new(command, Some(key), caller);
        match self.dispatcher.dispatch(company, order).await {
            Verdict::Accepted { body: Body::Lease(row), .. } => Ok(LeaseId(row.id)),
            other @ (Verdict::Accepted { .. }
            | Verdict::Refused { .. }
            | Verdict::Failed { .. }
            | Verdict::NotApplied { .. }) => Err(Error::unexpected(format!("no lease: {other:?}"))),
        }
    }
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
