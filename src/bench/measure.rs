//! One measurement: clients run side by side, and what they finish inside a window is counted.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use sqlx::postgres::PgConnectOptions;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::Error;
use super::contender::{Client, Contender};
use super::footprint::{Footprint, Mark};
use super::processors::{Processors, Spent};
use super::settings::Settings;
use super::workload::Workload;

/// The time in which finished cycles count.
#[derive(Debug, Clone, Copy)]
struct Window {
    starts: Instant,
    opens: Instant,
    closes: Instant,
}

/// When a client begins its cycles.
#[derive(Debug, Clone, Copy)]
enum Pace {
    /// The next when one is done.
    Closed,
    /// On schedule, whatever became of those before: a cycle that had to wait is as late as it is.
    Scheduled { first: Instant, every: Duration },
}

/// What was counted.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counted {
    pub(super) cycles: usize,
    pub(super) seconds: f64,
    /// The time of a cycle that half of them kept to, in microseconds.
    pub(super) p50_us: u32,
    pub(super) p99_us: u32,
    pub(super) p999_us: u32,
    pub(super) max_us: u32,
    /// What each cycle left, where that was looked at.
    #[serde(skip)]
    pub(super) footprint: Option<Footprint>,
    /// What each cycle took of the processors, where that was looked at.
    #[serde(skip)]
    pub(super) processors: Option<Processors>,
}

impl Counted {
    fn of(seconds: f64, mut latencies: Vec<u32>) -> Self {
        latencies.sort_unstable();
        let cycles = latencies.len();
        let within = |thousandth: usize| {
            let last = cycles.saturating_sub(1);
            latencies.get((cycles * thousandth / 1_000).min(last)).copied().unwrap_or(0)
        };
        Self {
            cycles,
            seconds,
            p50_us: within(500),
            p99_us: within(990),
            p999_us: within(999),
            max_us: within(1_000),
            footprint: None,
            processors: None,
        }
    }
}

/// Runs clients for the warm-up and the window.
pub(super) async fn measure(
    contender: &dyn Contender,
    database: &PgConnectOptions,
    workload: &Arc<Workload>,
    settings: &Settings,
    clients: usize,
) -> Result<Counted, Error> {
    let at_once = contender.cycles_at_once();
    let mut callers = Vec::new();
    for number in 0..clients {
        callers.push(Caller { client: contender.client().await?, number, at_once });
    }
    let starts = Instant::now();
    let opens = starts + settings.warm_up_for;
    let window = Window { starts, opens, closes: opens + settings.measure_for };
    let mut running = JoinSet::new();
    for caller in callers {
        let pace = Pace::of(caller.number, clients, settings.rate, window);
        running.spawn(caller.run(Arc::clone(workload), pace, window));
    }
    let (before, after) =
        tokio::try_join!(mark(database, window.opens), mark(database, window.closes))?;
    let mut latencies = Vec::new();
    while let Some(ended) = running.join_next().await {
        latencies.append(&mut ended.map_err(Error::unexpected)??);
    }
    let footprint = after.0.since(&before.0, latencies.len());
    let processors = after.1.since(before.1).of_each(latencies.len());
    let seconds = settings.measure_for.as_secs_f64();
    Ok(Counted { footprint, processors, ..Counted::of(seconds, latencies) })
}

/// How far the server is at a time, and what the processors have done until then.
async fn mark(database: &PgConnectOptions, at: Instant) -> Result<(Mark, Spent), Error> {
    sleep_until(at).await;
    let spent = Spent::read();
    Ok((Mark::read(database).await?, spent))
}

/// A client and what it does.
struct Caller {
    client: Box<dyn Client>,
    number: usize,
    at_once: usize,
}

impl Caller {
    async fn run(
        mut self,
        workload: Arc<Workload>,
        mut pace: Pace,
        window: Window,
    ) -> Result<Vec<u32>, Error> {
        let mut cycles = workload.cycles_of(self.number);
        let mut latencies = Vec::new();
        loop {
            let due = pace.next().await;
            if Instant::now() >= window.closes {
                return Ok(latencies);
            }
            self.client.run(&cycles.next(self.at_once)?).await?;
            let ended = Instant::now();
            if window.opens <= ended && ended < window.closes {
                let micros = u32::try_from((ended - due).as_micros()).unwrap_or(u32::MAX);
                latencies.extend(std::iter::repeat_n(micros, self.at_once));
            }
        }
    }
}

impl Pace {
    /// Clients take turns, so that cycles are due evenly.
    fn of(number: usize, clients: usize, rate: Option<f64>, window: Window) -> Self {
        let Some(rate) = rate.filter(|rate| *rate > 0.0) else { return Self::Closed };
        let turn = Duration::from_secs_f64(1.0 / rate);
        let nth = u32::try_from(number).unwrap_or(u32::MAX);
        let every = turn * u32::try_from(clients).unwrap_or(u32::MAX);
        Self::Scheduled { first: window.starts + turn * nth, every }
    }

    /// Waits until the next cycle is due; the time at which it is, which may have passed.
    async fn next(&mut self) -> Instant {
        match self {
            Self::Closed => Instant::now(),
            Self::Scheduled { first, every } => {
                let due = *first;
                *first += *every;
                sleep_until(due).await;
                due
            }
        }
    }
}
