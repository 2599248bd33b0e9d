//! `leasehold bench rebuild`: what rebuilding and verifying cost on a large log, beside what
//! PostgreSQL itself needs for the same rows; what writers notice of a rebuild; and how soon
//! questions about the past are answered.
//!
//! Rebuilds and verifications are this program again, in processes of their own: their time counts
//! from their start to their end, and their memory is what the kernel says was the most. The log is
//! made history that real plans decided, one lease in ten with a kilobyte of notes.

mod appends;
mod child;
mod idle;
mod loaded;
mod plain;
mod questions;
mod report;

use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

pub use idle::{Idle, Spent};
pub use loaded::{Loaded, Round, Step};
pub use plain::Plain;
pub use questions::Questions;
pub use report::Report;

use super::server::BenchDatabase;
use super::{Error, Server};
use crate::fill::{Lives, Shape, fill};
use crate::ledger::{Ledger, Options};
use crate::spans::keep_once;

/// What is measured.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Events that the log has, about.
    pub events: u64,
    /// Companies that share them.
    pub companies: u64,
    /// Questions of each kind about the past.
    pub questions: usize,
    /// What happens to a lease of the history.
    pub lives: Lives,
    /// What is done with it.
    pub work: Work,
    /// Clients that write under load.
    pub clients: u32,
    /// Cycles of acquire and release that they begin in a second, all together.
    pub rate: f64,
    /// How long the foreground is measured before each rebuild, in seconds.
    pub calm_seconds: u32,
}

/// What is measured on the history.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Work {
    /// A rebuild, verifications and questions about the past, while nobody else does anything.
    Idle,
    /// So many rebuilds while clients write.
    UnderLoad(usize),
    /// Questions about the past alone.
    Questions,
}

/// Measures in a database of its own, which is dropped at the end. `told` hears what is done next.
///
/// # Errors
/// [`enum@Error`]; there are no figures of half a run. A rebuild that finds a difference, a
/// verification that finds anything and a command that is refused are errors too.
pub async fn run(
    server: &PgConnectOptions,
    settings: &Settings,
    told: &(dyn Fn(String) + Sync),
) -> Result<Report, Error> {
    BenchDatabase::during(server, async |database| run_in(database, settings, told).await).await
}

async fn run_in(
    database: &BenchDatabase,
    settings: &Settings,
    told: &(dyn Fn(String) + Sync),
) -> Result<Report, Error> {
    let begun_at = chrono::Utc::now();
    let server = Server::look_at(&database.options).await?;
    told(format!("{} events are made", settings.events));
    let log = make(&database.options, settings).await?;
    database.settle().await?;
    let mut report = Report::of(begun_at, server, *settings, log);
    match settings.work {
        Work::Idle => {
            report.questions_before = Some(ask(database, settings, told).await?);
            report.idle = Some(idle::measure(database, &log, told).await?);
            report.questions = Some(ask(database, settings, told).await?);
        }
        Work::UnderLoad(rebuilds) => {
            report.loaded = Some(loaded::measure(database, settings, rebuilds, told).await?);
        }
        Work::Questions => {
            report.questions_before = Some(ask(database, settings, told).await?);
        }
    }
    report.judge();
    Ok(report)
}

async fn ask(
    database: &BenchDatabase,
    settings: &Settings,
    told: &(dyn Fn(String) + Sync),
) -> Result<Questions, Error> {
    told("the past is asked about".to_owned());
    questions::measure(&database.options, settings).await
}

/// The log that is measured on.
#[derive(Debug, Clone, Copy, Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Log {
    /// Events.
    pub events: i64,
    /// Leases.
    pub leases: i64,
    /// The table of events with its indexes.
    pub bytes: i64,
    /// What the server keeps in memory of all tables.
    pub shared_buffers_bytes: i64,
}

async fn make(database: &PgConnectOptions, settings: &Settings) -> Result<Log, Error> {
    Ledger::open(database, Options::default()).await?.close().await;
    let Settings { companies, events, lives, .. } = *settings;
    let shape = Shape { companies, events, lives };
    fill(database, shape, std::sync::Arc::new(|_| {})).await?;
    let mut connection = connect(database).await?;
    keep_once(&mut connection).await?;
    sqlx::query("vacuum (analyze) leasehold.lease_spans").execute(&mut connection).await?;
    let log = sqlx::query_as(
        "select (select sum(position)::bigint from leasehold.heads) as events,
                (select count(*) from leasehold.environment_leases) as leases,
                pg_catalog.pg_total_relation_size('leasehold.events') as bytes,
                pg_catalog.pg_size_bytes(current_setting('shared_buffers')) as shared_buffers_bytes",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    Ok(log)
}

async fn connect(database: &PgConnectOptions) -> Result<PgConnection, Error> {
    let options = database.clone().disable_statement_logging();
    Ok(PgConnection::connect_with(&options.options([("statement_timeout", "0")])).await?)
}
