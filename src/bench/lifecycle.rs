//! `leasehold bench lifecycle`: how late what is due ends, what it costs everybody else when much is
//! due at once, and how soon whoever waits is woken.
//!
//! All of it with many open leases, and beside a foreground of commands that begin on schedule, each
//! timed from when it was due. Ends are timed by when a reader of the log sees them, against the
//! database's clock. Waits are at a server in a process of its own.

mod foreground;
mod report;
mod stage;
mod tail;
mod waking;
mod wave;

use std::time::Duration;

use serde::Serialize;
use sqlx::postgres::PgConnectOptions;

pub(super) use foreground::Foreground;
pub use report::{Commands, Lateness, Report, Spread, WaitedFor, Wave};
pub(super) use stage::Stage;
pub(super) use wave::rise;

use super::server::BenchDatabase;
use super::{Error, Server};
use tail::Tail;

/// How long leases of the trickle last, in seconds.
const TRICKLE_TTL: u32 = 2;
/// Clients of the foreground, which take turns: so many cycles may be late at once before the schedule
/// slips.
const CLIENTS: u32 = 64;
/// In how many handfuls those of a second come.
const HANDFULS_PER_SECOND: usize = 20;
const HANDFUL_EVERY: Duration = Duration::from_millis(50);
/// How long an end that is due may take to be seen before the bench gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is measured.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Leases that are open all the time, each with a promise of an hour.
    pub open_leases: usize,
    /// Companies that they are spread over.
    pub companies: usize,
    /// Leases that fall due at once.
    pub due_at_once: usize,
    /// How often that happens.
    pub rounds: usize,
    /// Leases that fall due in a second otherwise.
    pub due_per_second: usize,
    /// How long lateness, and the foreground before each wave, are measured, in seconds.
    pub seconds: u32,
    /// Cycles of acquire and release that the foreground begins in a second.
    pub rate: f64,
    /// Waits of each kind.
    pub waits: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            open_leases: 100_000,
            companies: 20,
            due_at_once: 10_000,
            rounds: 3,
            due_per_second: 200,
            seconds: 15,
            rate: 250.0,
            waits: 240,
        }
    }
}

/// Measures in a database of its own, which is dropped at the end. `told` hears what is done next.
///
/// # Errors
/// [`enum@Error`]; there are no figures of half a run.
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
    told(format!("{} leases are acquired", settings.open_leases));
    let stage = Stage::open(&database.options, settings).await?;
    database.settle().await?;
    let tail = Tail::start(&database.options, &stage.companies()).await?;
    let foreground = Foreground::start(&stage, settings.rate, CLIENTS);
    let bench = Bench { stage: &stage, foreground: &foreground, tail: &tail, settings };
    let measured = bench.measure(&database.options, told).await;
    let stopped = foreground.stop().await;
    tail.stop().await?;
    stage.close().await;
    let measured = measured?;
    stopped?;
    Ok(Report::of(begun_at, server, *settings, measured))
}

/// The parts of a run.
struct Bench<'b> {
    stage: &'b Stage,
    foreground: &'b Foreground,
    tail: &'b Tail,
    settings: &'b Settings,
}

impl Bench<'_> {
    async fn measure(
        &self,
        database: &PgConnectOptions,
        told: &(dyn Fn(String) + Sync),
    ) -> Result<(Lateness, Vec<Wave>, Vec<WaitedFor>), Error> {
        let settings = self.settings;
        told(format!("{} fall due in a second", settings.due_per_second));
        let lateness = self.trickle().await?;
        let mut waves = Vec::new();
        for round in 1..=settings.rounds {
            told(format!("{} fall due at once, round {round}", settings.due_at_once));
            waves.push(wave::measure(self.stage, self.foreground, self.tail, settings).await?);
        }
        told("who waits is woken".to_owned());
        let waits = waking::measure(database, self.stage, settings.waits).await?;
        Ok((lateness, waves, waits))
    }

    /// How late leases end that fall due one after the other.
    async fn trickle(&self) -> Result<Lateness, Error> {
        let each = self.settings.due_per_second.div_ceil(HANDFULS_PER_SECOND);
        let mut promised = Vec::new();
        let mut ticks = tokio::time::interval(HANDFUL_EVERY);
        for handful in 0..HANDFULS_PER_SECOND * self.settings.seconds as usize {
            ticks.tick().await;
            promised.extend(self.stage.acquire_in(handful, each, TRICKLE_TTL).await?);
        }
        let ends = self.tail.wait_for(&promised, PATIENCE).await?;
        let late = ends.iter().map(|end| tail::micros_between(end.due, end.seen)).collect();
        Ok(Lateness { open_leases: self.settings.open_leases, late: Spread::of(late) })
    }
}
