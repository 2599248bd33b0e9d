//! The ledger that is measured: companies, environments, and a great many open leases.

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream};
use leasehold_domain::actor::Actor;
use leasehold_domain::company::Command;
use leasehold_domain::id::{AgentId, CompanyId, RunId};
use leasehold_domain::lease::{Acquire, Due, Policy, Ttl};
use leasehold_domain::limits::CAPACITY_MAX;
use leasehold_domain::text::Label;
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::time::Instant;
use uuid::Uuid;

use super::Settings;
use crate::bench::Error;
use crate::bench::workload::{Place, create, metadata};
use crate::dispatch::{Body, Caller, Dispatcher, Order, Verdict};
use crate::ledger::{Ledger, Options};
use crate::log::read_clock;
use crate::sweep;

/// The promise of the leases that are open all the time, in seconds.
const OPEN_TTL: u32 = 3_600;
/// Leases that are acquired with one dispatch.
const AT_ONCE: usize = 500;
/// Dispatches side by side.
const SIDE_BY_SIDE: usize = 4;

/// A lease, and until when it was promised.
#[derive(Debug, Clone, Copy)]
pub(super) struct Promised {
    pub(super) lease: Uuid,
    pub(super) due: DateTime<Utc>,
}

/// The ledger with its sweeper, and where leases are taken.
#[derive(Debug)]
pub(in crate::bench) struct Stage {
    pub(super) ledger: Ledger,
    pub(super) places: Vec<Place>,
    /// The database's clock, and ours at the same time.
    clock: (DateTime<Utc>, Instant),
}

impl Stage {
    /// Opens the ledger and acquires what is open all the time, by commands as any caller would.
    pub(in crate::bench) async fn open(
        database: &PgConnectOptions,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let mut ledger = Ledger::open(database, Options::default()).await?;
        ledger.sweep(database, sweep::Settings::default());
        let mut places = Vec::new();
        for _ in 0..settings.companies.max(1) {
            let body = json!({"name": "box", "driver": "sandbox", "capacity": CAPACITY_MAX});
            places.push(create(&ledger.dispatcher, CompanyId(Uuid::now_v7()), body).await?);
        }
        let mut connection = PgConnection::connect_with(database).await?;
        let clock = (read_clock(&mut connection).await?, Instant::now());
        let stage = Self { ledger, places, clock };
        stage.acquire(settings.open_leases, OPEN_TTL).await?;
        sqlx::query("vacuum (analyze) leasehold.environment_leases")
            .execute(&mut connection)
            .await?;
        sqlx::query("vacuum (analyze) leasehold.events").execute(&mut connection).await?;
        connection.close().await?;
        Ok(stage)
    }

    /// Acquires what is open all the time, and leaves it there.
    pub(in crate::bench) async fn leave_open(
        database: &PgConnectOptions,
        open_leases: usize,
        companies: usize,
    ) -> Result<(), Error> {
        let settings = Settings { open_leases, companies, ..Settings::default() };
        Self::open(database, &settings).await?.close().await;
        Ok(())
    }

    pub(in crate::bench) async fn close(self) {
        self.ledger.close().await;
    }

    pub(super) fn companies(&self) -> Vec<CompanyId> {
        self.places.iter().map(|place| place.company).collect()
    }

    pub(super) const fn dispatcher(&self) -> &Dispatcher {
        &self.ledger.dispatcher
    }

    /// An instant of the database's clock in ours.
    pub(in crate::bench) fn instant(&self, at: DateTime<Utc>) -> Instant {
        let (then, instant) = self.clock;
        (at - then).to_std().map_or(instant, |since| instant + since)
    }

    /// Acquires leases everywhere, as quickly as it goes.
    pub(super) async fn acquire(&self, count: usize, ttl: u32) -> Result<Vec<Promised>, Error> {
        let parts = (0..count.div_ceil(AT_ONCE)).map(|part| {
            let left = count - part * AT_ONCE;
            self.acquire_in(part, left.min(AT_ONCE), ttl)
        });
        let parts: Vec<Vec<Promised>> =
            stream::iter(parts).buffer_unordered(SIDE_BY_SIDE).try_collect().await?;
        Ok(parts.into_iter().flatten().collect())
    }

    /// Acquires leases in one company, whichever has its turn.
    pub(super) async fn acquire_in(
        &self,
        turn: usize,
        count: usize,
        ttl: u32,
    ) -> Result<Vec<Promised>, Error> {
        let place = self.places[turn % self.places.len()];
        let order = |_| Ok(Order::new(acquire(place, Some(ttl))?, None, caller()));
        let orders = (0..count).map(order).collect::<Result<Vec<_>, Error>>()?;
        let verdicts = self.dispatcher().dispatch_all(place.company, orders, false).await;
        verdicts.iter().map(promised).collect()
    }
}

/// An acquisition with the notes that runs of Paperclip write.
pub(super) fn acquire(place: Place, ttl: Option<u32>) -> Result<Command, Error> {
    let run = RunId(Uuid::now_v7());
    let label = |text: String| Label::new(text).map_err(Error::unexpected);
    Ok(Command::AcquireLease(Box::new(Acquire {
        environment_id: place.environment,
        heartbeat_run_id: Some(run),
        issue_id: None,
        execution_workspace_id: None,
        agent_id: Some(AgentId(run.0)),
        lease_policy: Policy::Ephemeral,
        provider: Some(label("metal".to_owned())?),
        provider_lease_id: Some(label(format!("metal-{run}"))?),
        due: ttl.map(Ttl).map(Due::TtlSeconds),
        metadata: Some(metadata()?),
        network_egress: None,
        replaces_lease_id: None,
        resumes_lease_id: None,
    })))
}

pub(super) fn caller() -> Caller {
    Caller { actor: Actor::system("bench"), authenticated_by: Some("bench".into()) }
}

fn promised(verdict: &Verdict) -> Result<Promised, Error> {
    if let Verdict::Accepted { body: Body::Lease(row), .. } = verdict
        && let Some(due) = row.expires_at
    {
        return Ok(Promised { lease: row.id, due });
    }
    Err(Error::unexpected(format!("no lease: {verdict:?}")))
}
