//! `leasehold bench`: the ledger beside its peers, in one run on one server.
//!
//! A cycle acquires a lease and releases it; both are durable when it counts. In a round every
//! contender is measured once at every number of clients, and the order turns from round to round,
//! so that whatever else the machine does meets all of them. Figures are medians of rounds, ratios
//! are taken within a round. `docs/benchmark.md` says what is the same for all and what is not.

mod bar;
mod contender;
mod exec;
mod feed;
mod footprint;
pub mod lifecycle;
mod link;
mod measure;
mod paperclip;
mod processors;
pub mod rebuild;
mod report;
mod served;
mod server;
mod serving;
mod settings;
mod workload;

use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use thiserror::Error;

pub use bar::Bar;
pub use exec::{ExecSample, Way, run_exec};
pub use feed::{FeedSample, FeedSettings, run_feed};
pub use footprint::Footprint;
pub use paperclip::{Installation, NotInstalled};
pub use processors::Processors;
pub use report::{Line, Report, Sample};
pub use server::{Server, Setting};
pub use serving::{ServingSample, ServingSettings, run_serving};
pub use settings::{Name, Settings, UnknownName};

use crate::fill::{self, Lives, Shape};
use crate::ledger::{Ledger, Options};
use crate::log::DatabaseError;
use crate::spans::keep_once;
use server::BenchDatabase;
use workload::Workload;

/// Companies that made history is spread over; the cycles are about others.
const FILLED_COMPANIES: u64 = 50;

/// Why there is no report.
#[derive(Debug, Error)]
pub enum Error {
    /// The database refused or was lost.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The ledger could not be opened.
    #[error("the ledger could not be opened")]
    Ledger(#[from] DatabaseError),
    /// Paperclip's service is to be measured and its packages are not there.
    #[error(transparent)]
    NotInstalled(#[from] NotInstalled),
    /// A contender did not do what it was asked.
    #[error("a cycle failed: {0}")]
    Cycle(String),
    /// Somebody pressed control-C.
    #[error("interrupted; the bench's database is dropped")]
    Interrupted,
}

impl Error {
    fn unexpected(what: impl std::fmt::Display) -> Self {
        Self::Cycle(what.to_string())
    }
}

/// A measurement that is about to begin.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Who is measured.
    pub contender: Name,
    /// With how many clients.
    pub clients: usize,
    /// In which round, counted from 1.
    pub round: usize,
    /// Measurements that are done.
    pub done: usize,
    /// All of them.
    pub total: usize,
}

/// Measures in a database of its own, which is dropped at the end, also when something fails or
/// the process is interrupted. Nothing else on the server is touched.
///
/// # Errors
/// [`enum@Error`]; there are no figures of half a run.
pub async fn run(
    server: &PgConnectOptions,
    settings: &Settings,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Report, Error> {
    let database = BenchDatabase::create(server).await?;
    let measured = database
        .unless_interrupted(async |database| run_in(database, settings, progress).await)
        .await;
    if !settings.keep_database {
        database.drop().await?;
    }
    measured
}

async fn run_in(
    database: &BenchDatabase,
    settings: &Settings,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Report, Error> {
    let begun_at = chrono::Utc::now();
    let server = Server::look_at(&database.options).await?;
    let workload = prepare(&database.options, settings).await?;
    let mut samples = Vec::new();
    let steps = steps(settings);
    for step in &steps {
        progress(*step);
        samples.push(sample(database, settings, &workload, *step).await?);
    }
    Ok(Report {
        version: env!("CARGO_PKG_VERSION"),
        begun_at,
        server,
        settings: settings.clone(),
        database: settings.keep_database.then(|| database.name.clone()),
        lines: report::lines(settings, &samples),
        samples,
    })
}

/// Tables and environments, the same for all.
async fn prepare(database: &PgConnectOptions, settings: &Settings) -> Result<Arc<Workload>, Error> {
    let ledger = Ledger::open(database, Options::default()).await?;
    contender::create_tables(database).await?;
    if settings.filled_events > 0 {
        let (companies, events) = (FILLED_COMPANIES, settings.filled_events);
        let shape = Shape { companies, events, lives: Lives::Whole };
        fill::fill(database, shape, Arc::new(|_| {})).await?;
        // What a server does once with a history is not what is measured.
        let mut connection = PgConnection::connect_with(database).await?;
        keep_once(&mut connection).await?;
        sqlx::query("vacuum (analyze)").execute(&mut connection).await?;
        connection.close().await?;
    }
    let workload = Arc::new(Workload::prepare(&ledger.dispatcher, settings).await?);
    ledger.close().await;
    contender::take_sample(database, settings, &workload).await?;
    if settings.contenders.contains(&Name::Paperclip) {
        Installation::of(settings)?.prepare(database).await?;
    }
    Ok(workload)
}

/// All measurements in their order: in each round another contender begins.
fn steps(settings: &Settings) -> Vec<Step> {
    let total = settings.rounds * settings.clients.len() * settings.contenders.len();
    let mut steps = Vec::new();
    for round in 1..=settings.rounds {
        let mut contenders = settings.contenders.clone();
        let turn = (round - 1) % contenders.len().max(1);
        contenders.rotate_left(turn);
        for clients in settings.clients.iter().copied() {
            for contender in contenders.iter().copied() {
                steps.push(Step { contender, clients, round, done: steps.len(), total });
            }
        }
    }
    steps
}

async fn sample(
    database: &BenchDatabase,
    settings: &Settings,
    workload: &Arc<Workload>,
    step: Step,
) -> Result<Sample, Error> {
    contender::clear(&database.options).await?;
    database.settle().await?;
    let Step { contender: name, clients, round, .. } = step;
    let counted = contender::measure(name, &database.options, settings, workload, clients).await?;
    Ok(Sample::of(name, clients, round, &counted))
}
