//! The ledger behind its HTTP door, on a loopback port of this process. Clients keep their
//! connections; the load generator's own work is on the same processors and counts against it.

use std::sync::Arc;

use async_trait::async_trait;
use leasehold_domain::actor::Actor;
use leasehold_domain::id::{AgentId, EnvironmentId, RunId};
use leasehold_domain::json::JsonObject;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Client, Contender};
use crate::bench::Error;
use crate::bench::link::Link;
use crate::bench::settings::Settings;
use crate::bench::workload::{Cycle, Workload};
use crate::http::{Door, Rules, serve};
use crate::ledger::{Ledger, Options};

pub(super) struct Served {
    ledger: Ledger,
    workload: Arc<Workload>,
    port: u16,
    at_once: usize,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// Opens the ledger and its door. `at_once` cycles go in one request to `/dispatch`; one goes by
/// the leases' own routes.
pub(super) async fn open(
    database: &PgConnectOptions,
    settings: &Settings,
    workload: &Arc<Workload>,
    at_once: usize,
) -> Result<Served, Error> {
    let mut options = Options::default();
    options.dispatch.lanes = settings.lanes;
    let ledger = Ledger::open(database, options).await?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(Error::unexpected)?;
    let port = listener.local_addr().map_err(Error::unexpected)?.port();
    let (stop, stopping) = oneshot::channel::<()>();
    let door = Door::new(&ledger, Rules::default());
    let serving = tokio::spawn(serve(listener, door, async move {
        // An error is as good a reason to stop as the word.
        let _ = stopping.await;
    }));
    Ok(Served { ledger, workload: Arc::clone(workload), port, at_once, stop, serving })
}

#[async_trait]
impl Contender for Served {
    fn cycles_at_once(&self) -> usize {
        self.at_once
    }

    async fn client(&self) -> Result<Box<dyn Client>, Error> {
        Caller::open(self.port, &self.workload, self.at_once == 1).await
    }

    async fn close(self: Box<Self>) {
        // It may have stopped by itself.
        let _ = self.stop.send(());
        let _ = self.serving.await;
        self.ledger.close().await;
    }
}

struct Caller {
    link: Link,
    workload: Arc<Workload>,
    is_single: bool,
}

/// What a client wants of a lease.
#[derive(Debug, Deserialize)]
struct Granted {
    id: Uuid,
}

/// What it wants of a verdict.
#[derive(Debug, Deserialize)]
struct Verdict {
    status: String,
    lease: Option<Granted>,
}

#[derive(Debug, Deserialize)]
struct Verdicts {
    verdicts: Vec<Verdict>,
}

#[async_trait]
impl Client for Caller {
    async fn run(&mut self, cycles: &[Cycle]) -> Result<(), Error> {
        match cycles {
            [cycle] if self.is_single => self.cycle(cycle).await,
            _ => self.dispatch_all(cycles).await,
        }
    }
}

/// A server in a process of its own.
pub(in crate::bench) struct Elsewhere {
    port: u16,
    workload: Arc<Workload>,
}

impl Elsewhere {
    pub(in crate::bench) fn new(port: u16, workload: &Arc<Workload>) -> Self {
        Self { port, workload: Arc::clone(workload) }
    }
}

#[async_trait]
impl Contender for Elsewhere {
    async fn client(&self) -> Result<Box<dyn Client>, Error> {
        Caller::open(self.port, &self.workload, true).await
    }

    async fn close(self: Box<Self>) {}
}

impl Caller {
    async fn open(
        port: u16,
        workload: &Arc<Workload>,
        is_single: bool,
    ) -> Result<Box<dyn Client>, Error> {
        let link = Link::open(port).await?;
        Ok(Box::new(Self { link, workload: Arc::clone(workload), is_single }))
    }

    async fn cycle(&mut self, cycle: &Cycle) -> Result<(), Error> {
        let leases = format!("/v1/companies/{}/leases", cycle.place.company);
        let acquire = acquire(cycle, &self.workload);
        let granted: Granted = self.link.post(&leases, &acquire, Some(Uuid::now_v7()), 201).await?;
        let path = format!("{leases}/{}/release", granted.id);
        let release = Release { lease_id: None, actor: &cycle.actor };
        let _: Granted = self.link.post(&path, &release, Some(Uuid::now_v7()), 200).await?;
        Ok(())
    }

    async fn dispatch_all(&mut self, cycles: &[Cycle]) -> Result<(), Error> {
        let Some(first) = cycles.first() else { return Ok(()) };
        let path = format!("/v1/companies/{}/dispatch", first.place.company);
        let acquires = cycles.iter().map(|cycle| acquire(cycle, &self.workload));
        let acquires = Commands::new("acquireLease", acquires);
        let granted: Verdicts = self.link.post(&path, &acquires, None, 200).await?;
        let releases = cycles.iter().zip(accepted(&granted)?);
        let releases =
            releases.map(|(cycle, lease)| Release { lease_id: Some(lease), actor: &cycle.actor });
        let releases = Commands::new("releaseLease", releases);
        let ended: Verdicts = self.link.post(&path, &releases, None, 200).await?;
        accepted(&ended).map(|_| ())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Acquire<'c> {
    environment_id: EnvironmentId,
    heartbeat_run_id: RunId,
    agent_id: AgentId,
    provider: &'c str,
    provider_lease_id: &'c str,
    metadata: &'c JsonObject,
    actor: &'c Actor,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Release<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    lease_id: Option<Uuid>,
    actor: &'c Actor,
}

/// The body of a dispatch.
#[derive(Serialize)]
struct Commands<T> {
    commands: Vec<Command<T>>,
}

/// A command of `/dispatch`, with a key of its own.
#[derive(Serialize)]
struct Command<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    key: Uuid,
    #[serde(flatten)]
    fields: T,
}

impl<T> Commands<T> {
    fn new(kind: &'static str, commands: impl Iterator<Item = T>) -> Self {
        let command = |fields| Command { kind, key: Uuid::now_v7(), fields };
        Self { commands: commands.map(command).collect() }
    }
}

fn acquire<'c>(cycle: &'c Cycle, workload: &'c Workload) -> Acquire<'c> {
    Acquire {
        environment_id: cycle.place.environment,
        heartbeat_run_id: cycle.run,
        agent_id: cycle.agent,
        provider: workload.provider.as_str(),
        provider_lease_id: workload.provider_lease_id.as_str(),
        metadata: &workload.metadata,
        actor: &cycle.actor,
    }
}

fn accepted(answer: &Verdicts) -> Result<Vec<Uuid>, Error> {
    let lease = |verdict: &Verdict| {
        let lease = verdict.lease.as_ref().filter(|_| verdict.status == "accepted");
        lease.map(|lease| lease.id).ok_or_else(|| Error::unexpected(format!("{verdict:?}")))
    };
    answer.verdicts.iter().map(lease).collect()
}
