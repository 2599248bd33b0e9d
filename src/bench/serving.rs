//! What a server in a process of its own needs on a log with a history: the time until it has done
//! its first cycle, and memory while clients write.

use std::fs;
use std::time::Duration;

use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use tokio::time::Instant;

use super::contender::{Contender, Elsewhere};
use super::lifecycle::Stage;
use super::measure::measure;
use super::served::Served;
use super::server::BenchDatabase;
use super::settings::Settings;
use super::{Error, prepare};

/// How large the history is, and who writes for how long.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServingSettings {
    /// Events of made history.
    pub filled_events: u64,
    /// Leases that are open all the time.
    pub open_leases: usize,
    /// Clients that write, each the next cycle when one is done.
    pub clients: usize,
    /// How often a server is started and written to.
    pub rounds: usize,
    /// Seconds of one measurement.
    pub seconds: u32,
}

/// One server's life.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServingSample {
    /// In which round, counted from 1.
    pub round: usize,
    /// From before the process was made until it listened, in milliseconds.
    pub listening_ms: u64,
    /// Until its first cycle was done.
    pub first_cycle_ms: u64,
    /// Acquire+release cycles a second.
    pub rate: f64,
    /// The median of their times, in microseconds.
    pub p50_us: u32,
    /// 99 of 100.
    pub p99_us: u32,
    /// Memory of the process before clients wrote, in bytes; nought where nobody tells.
    pub idle_bytes: u64,
    /// The most that it had.
    pub peak_bytes: u64,
}

/// Measures in a database of its own, which is dropped at the end.
///
/// # Errors
/// [`enum@Error`]; there are no figures of half a run.
pub async fn run_serving(
    server: &PgConnectOptions,
    settings: &ServingSettings,
    progress: &(dyn Fn(&ServingSample) + Sync),
) -> Result<Vec<ServingSample>, Error> {
    BenchDatabase::during(server, async |database| {
        run_in(&database.options, settings, progress).await
    })
    .await
}

async fn run_in(
    database: &PgConnectOptions,
    settings: &ServingSettings,
    progress: &(dyn Fn(&ServingSample) + Sync),
) -> Result<Vec<ServingSample>, Error> {
    let seconds = Duration::from_secs(settings.seconds.into());
    let work = Settings {
        filled_events: settings.filled_events,
        measure_for: seconds,
        ..Settings::default()
    };
    let workload = prepare(database, &work).await?;
    Stage::leave_open(database, settings.open_leases, work.companies).await?;
    let mut samples = Vec::new();
    for round in 1..=settings.rounds {
        let began = Instant::now();
        let served = Served::start(database).await?;
        let listening_ms = millis(began);
        let clients = Elsewhere::new(served.port, &workload);
        clients.client().await?.run(&workload.cycles_of(0).next(1)?).await?;
        let first_cycle_ms = millis(began);
        let idle_bytes = memory(served.process, "VmRSS:");
        let counted = measure(&clients, database, &workload, &work, settings.clients).await?;
        samples.push(ServingSample {
            round,
            listening_ms,
            first_cycle_ms,
            rate: f64::from(u32::try_from(counted.cycles).unwrap_or(u32::MAX)) / counted.seconds,
            p50_us: counted.p50_us,
            p99_us: counted.p99_us,
            idle_bytes,
            // The kernel notes the high-water mark a little behind what it counts.
            peak_bytes: memory(served.process, "VmHWM:").max(idle_bytes),
        });
        samples.iter().last().into_iter().for_each(progress);
    }
    Ok(samples)
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// A figure of a process as Linux tells it, in kilobytes there.
fn memory(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) * 1_024
}
