//! The feed under load: whether everybody hears everything, and what listeners cost those who write.
//!
//! The server is a process of its own; clients and listeners are in this one. All share the same
//! processors, so that a fall of the throughput alone says little: what listeners take to listen is
//! taken from the server too. Next to it stands what a cycle costs the server and the rest of the
//! machine, which is PostgreSQL: what they would have to give where listeners are elsewhere.

mod listener;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use leasehold_domain::id::CompanyId;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep};

use super::contender::Elsewhere;
use super::measure::measure;
use super::processors::{Spent, of_process};
use super::served::Served;
use super::server::BenchDatabase;
use super::settings::Settings;
use super::workload::Workload;
use super::{Error, prepare};
use crate::log::load_heads;
use listener::Listener;

/// How long listeners may take to hear the last event after the writing is over.
const HEARD_WITHIN: Duration = Duration::from_mins(1);
/// How long clients run before anything counts.
const WARM_UP: Duration = Duration::from_secs(1);

/// How many listen and write, and for how long.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedSettings {
    /// Listeners, each of one company, spread evenly.
    pub listeners: usize,
    /// Clients that write, each the next cycle when one is done.
    pub clients: usize,
    /// Companies that both are spread over.
    pub companies: usize,
    /// How often it is measured without listeners and with them, in turn.
    pub rounds: usize,
    /// Seconds of one measurement.
    pub seconds: u32,
}

/// One measurement.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedSample {
    /// In which round, counted from 1.
    pub round: usize,
    /// How many listened.
    pub listeners: usize,
    /// Acquire+release cycles a second.
    pub rate: f64,
    /// Processor time of the server for one cycle, in microseconds.
    pub server_micros: f64,
    /// The same of everything else but clients and listeners: PostgreSQL, on a quiet machine.
    pub database_micros: f64,
    /// Events that listeners were handed, all together.
    pub heard: u64,
}

/// Measures in a database of its own, which is dropped at the end.
///
/// # Errors
/// [`enum@Error`]; also when a listener missed an event, heard one twice or out of order.
pub async fn run_feed(
    server: &PgConnectOptions,
    settings: &FeedSettings,
    progress: &(dyn Fn(&FeedSample) + Sync),
) -> Result<Vec<FeedSample>, Error> {
    BenchDatabase::during(server, async |database| {
        run_in(&database.options, settings, progress).await
    })
    .await
}

async fn run_in(
    database: &PgConnectOptions,
    settings: &FeedSettings,
    progress: &(dyn Fn(&FeedSample) + Sync),
) -> Result<Vec<FeedSample>, Error> {
    let companies = settings.companies.max(1);
    let work = Settings { companies, ..Settings::default() };
    let bench = Bench {
        workload: prepare(database, &work).await?,
        served: Served::start(database).await?,
        database,
        settings,
    };
    let mut samples = Vec::new();
    bench.write(WARM_UP * 3).await?;
    for round in 1..=settings.rounds {
        let mut turns = [0, settings.listeners];
        // Whoever comes first in a round meets a smaller log.
        if round % 2 == 0 {
            turns.reverse();
        }
        for listeners in turns {
            samples.push(bench.sample(round, listeners).await?);
            samples.iter().last().into_iter().for_each(progress);
        }
    }
    Ok(samples)
}

/// What all measurements share.
struct Bench<'b> {
    database: &'b PgConnectOptions,
    settings: &'b FeedSettings,
    workload: Arc<Workload>,
    served: Served,
}

impl Bench<'_> {
    async fn sample(&self, round: usize, listeners: usize) -> Result<FeedSample, Error> {
        let companies = self.workload.companies();
        let open = (0..listeners).map(|number| {
            let company = companies[number % companies.len()];
            Listener::open(self.served.port, company)
        });
        let open = try_join_all(open).await?;
        self.write(WARM_UP).await?;
        let process = self.served.process.to_string();
        let before = (Spent::read(), of_process(&process));
        let cycles = self.write(Duration::from_secs(self.settings.seconds.into())).await?;
        let server = of_process(&process) - before.1;
        let spent = Spent::read().since(before.0);
        let rest = (spent.busy - spent.own - server).max(0.0);
        self.all_heard(&companies, &open).await?;
        let rate = cycles / f64::from(self.settings.seconds);
        let micros = |seconds: f64| seconds * 1e6 / cycles.max(1.0);
        let heard = open.iter().map(Listener::heard).sum();
        let (server_micros, database_micros) = (micros(server), micros(rest));
        Ok(FeedSample { round, listeners, rate, server_micros, database_micros, heard })
    }

    /// Writes for some time; how many cycles there were.
    async fn write(&self, measure_for: Duration) -> Result<f64, Error> {
        let settings = Settings { measure_for, warm_up_for: Duration::ZERO, ..Settings::default() };
        let clients = Elsewhere::new(self.served.port, &self.workload);
        let (database, clients_number) = (self.database, self.settings.clients);
        let counted =
            measure(&clients, database, &self.workload, &settings, clients_number).await?;
        Ok(f64::from(u32::try_from(counted.cycles).unwrap_or(u32::MAX)))
    }

    /// Waits until every listener has heard the last event of its company.
    async fn all_heard(&self, companies: &[CompanyId], open: &[Listener]) -> Result<(), Error> {
        let mut connection = PgConnection::connect_with(self.database).await?;
        let ids: Vec<_> = companies.iter().map(|company| company.0).collect();
        let heads = load_heads(&mut connection, &ids).await?;
        connection.close().await?;
        let ends: HashMap<_, _> = heads.iter().map(|h| (h.company_id, h.position.0)).collect();
        let until = Instant::now() + HEARD_WITHIN;
        for listener in open {
            let end = ends.get(&listener.company).copied().unwrap_or(0);
            while listener.check()? < end {
                if Instant::now() > until {
                    return Err(Error::unexpected("a listener did not hear the last event"));
                }
                sleep(Duration::from_millis(10)).await;
            }
        }
        Ok(())
    }
}
