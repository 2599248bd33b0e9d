//! Who is measured: each in a file of its own, with the same three things to do.

mod bare;
mod connections;
mod crud;
mod http;
mod leasehold;
mod refused;
mod stock;

pub(super) use http::Elsewhere;

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};

use super::Error;
use super::measure::{self, Counted};
use super::paperclip::Installation;
use super::settings::{Name, Settings};
use super::workload::{Cycle, Workload};
use crate::dispatch::BY_KEYS;
use connections::Connections;
pub(super) use leasehold::end;

/// A contender with its connections open, for one measurement.
#[async_trait]
pub(super) trait Contender: Send + Sync {
    /// How many cycles a client does at once.
    fn cycles_at_once(&self) -> usize {
        1
    }

    /// One more client.
    async fn client(&self) -> Result<Box<dyn Client>, Error>;

    /// Lets the connections go. The clients are gone by then.
    async fn close(self: Box<Self>);
}

/// Commands in one request to `/dispatch`.
const DISPATCHED_AT_ONCE: usize = 100;
/// Cycles in one statement of the bare limit.
const COPIED_AT_ONCE: usize = 100;

/// One of the concurrent callers.
#[async_trait]
pub(super) trait Client: Send {
    /// Acquires leases and releases them, all of one company; that is durable when this returns.
    async fn run(&mut self, cycles: &[Cycle]) -> Result<(), Error>;
}

/// Makes the tables of those that have their own. The ledger's are there already.
pub(super) async fn create_tables(database: &PgConnectOptions) -> Result<(), Error> {
    let pool = pool(database, 1).await?;
    for tables in [crud::TABLES, stock::TABLES, bare::TABLES] {
        sqlx::raw_sql(tables).execute(&pool).await?;
    }
    pool.close().await;
    Ok(())
}

/// Takes away what peers have written: PostgreSQL would vacuum a million rows of one of them on the
/// processors of the next one.
pub(super) async fn clear(database: &PgConnectOptions) -> Result<(), Error> {
    let mut connection = PgConnection::connect_with(&as_peer(database)).await?;
    let clear = "truncate bare.events, bare.environment_leases, bare.activity_log,
                          crud.environment_leases, crud.activity_log,
                          stock.events, stock.lease_view";
    sqlx::query(clear).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Lives one cycle through the ledger and keeps its rows for the one that only copies.
pub(super) async fn take_sample(
    database: &PgConnectOptions,
    settings: &Settings,
    workload: &Arc<Workload>,
) -> Result<(), Error> {
    let ledger: Box<dyn Contender> =
        Box::new(leasehold::open(database, settings, workload, 1).await?);
    let lived = ledger.client().await?.run(&workload.cycles_of(0).next(1)?).await;
    ledger.close().await;
    lived?;
    let pool = pool(database, 1).await?;
    sqlx::raw_sql(bare::TAKE_SAMPLE).execute(&pool).await?;
    pool.close().await;
    Ok(())
}

/// Opens a contender for a number of clients, measures it and lets it go.
pub(super) async fn measure(
    name: Name,
    database: &PgConnectOptions,
    settings: &Settings,
    workload: &Arc<Workload>,
    clients: usize,
) -> Result<Counted, Error> {
    let connections = settings.connections(clients);
    let peer = as_peer(database);
    let kept = || Connections::open(&peer, connections);
    // Its plans are to be as good as the ledger's: one made on empty tables reads all of them later.
    let by_keys = peer.clone().options(BY_KEYS);
    let copying = || Connections::open(&by_keys, connections);
    let contender: Box<dyn Contender> = match name {
        Name::Leasehold => Box::new(leasehold::open(database, settings, workload, 1).await?),
        Name::Pair => Box::new(leasehold::open(database, settings, workload, 2).await?),
        Name::Refused => Box::new(refused::open(database, settings, workload).await?),
        Name::Http => Box::new(http::open(database, settings, workload, 1).await?),
        Name::Dispatch => {
            Box::new(http::open(database, settings, workload, DISPATCHED_AT_ONCE).await?)
        }
        Name::Bare => Box::new(bare::Bare::new(copying().await?, COPIED_AT_ONCE)),
        Name::BareAlone => Box::new(bare::Bare::new(copying().await?, 1)),
        Name::Crud => Box::new(crud::Crud::new(kept().await?, workload)),
        Name::Stock => {
            let database = database.clone().options([("search_path", stock::SCHEMA)]);
            Box::new(stock::Stock::new(pool(&database, connections).await?, workload))
        }
        Name::Paperclip => {
            return Installation::of(settings)?.measure(database, settings, clients).await;
        }
    };
    let counted = measure::measure(&*contender, database, workload, settings, clients).await;
    contender.close().await;
    counted
}

/// A peer's pool, all its connections open. A connection is not tried before each use; that it is
/// when it comes back cannot be turned off.
async fn pool(database: &PgConnectOptions, connections: u32) -> Result<PgPool, Error> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .test_before_acquire(false)
        .acquire_timeout(std::time::Duration::from_mins(1))
        .connect_with(as_peer(database))
        .await?;
    Ok(pool)
}

/// Settings of a peer's connection.
fn as_peer(database: &PgConnectOptions) -> PgConnectOptions {
    database
        .clone()
        .application_name("leasehold bench")
        .disable_statement_logging()
        .options([("synchronous_commit", "on"), ("jit", "off")])
}
