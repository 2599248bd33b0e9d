//! Rebuilds while clients write: what they notice of it, and of the swap.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::appends::Appends;
use super::child::{Ran, run};
use super::{Settings, connect};
use crate::bench::Error;
use crate::bench::lifecycle::{self, Commands, Foreground, Stage, rise};
use crate::bench::server::BenchDatabase;

/// Companies that clients write in; the made history is of others.
const COMPANIES: usize = 20;
/// How long clients run before anything counts.
const WARM_UP: Duration = Duration::from_secs(3);
/// What is looked at around a swap, on either side.
const AROUND: Duration = Duration::from_millis(100);
/// How long a command may still be on its way when a rebuild is over.
const STRAGGLING: Duration = Duration::from_millis(500);

/// What a rebuild says as it begins with something, and the name of that.
const STEPS: [(&str, &str); 3] =
    [("making the indexes", "indexing"), ("comparing", "comparing"), ("swapping", "swapping")];

/// One step of a rebuild, from when it says so.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// `loading`, `indexing`, `comparing` or `swapping`.
    pub name: &'static str,
    /// The foreground meanwhile.
    pub during: Commands,
    /// The longest append.
    pub longest_append_us: u32,
}

/// One rebuild, and the calm before it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// From the start of its process to the end.
    pub rebuild_seconds: f64,
    /// The most memory that its process had; none where the kernel does not say.
    pub peak_bytes: Option<u64>,
    /// From when the swap was first tried until it was done, in microseconds.
    pub swap_us: u32,
    /// Appends that were on their way around that.
    pub swap_appends: usize,
    /// The longest of them.
    pub swap_longest_append_us: u32,
    /// The longest append of the calm before.
    pub before_longest_append_us: u32,
    /// The longest append of the whole rebuild.
    pub during_longest_append_us: u32,
    /// How much more the foreground's 99th percentile was meanwhile, as a part of what it was.
    pub p99_rise: f64,
    /// The foreground before.
    pub before: Commands,
    /// The foreground meanwhile.
    pub during: Commands,
    /// The same, step by step.
    pub steps: Vec<Step>,
}

/// All of them.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Loaded {
    /// The foreground's slowest 99th percentile without a rebuild, in microseconds.
    pub before_p99_us: u32,
    /// The longest append around any swap.
    pub swap_longest_append_us: u32,
    /// Round by round.
    pub rounds: Vec<Round>,
}

pub(super) async fn measure(
    database: &BenchDatabase,
    settings: &Settings,
    rebuilds: usize,
    told: &(dyn Fn(String) + Sync),
) -> Result<Loaded, Error> {
    let appends = Appends::listen()?;
    let stage = lifecycle::Settings {
        open_leases: 0,
        companies: COMPANIES,
        ..lifecycle::Settings::default()
    };
    let stage = Stage::open(&database.options, &stage).await?;
    let foreground = Foreground::start(&stage, settings.rate, settings.clients);
    let bench = Bench { database, settings, stage: &stage, foreground: &foreground, appends };
    let measured = bench.measure(rebuilds, told).await;
    let stopped = foreground.stop().await;
    stage.close().await;
    let rounds = measured?;
    // A command that was refused or got lost is an error here.
    stopped?;
    let most = |get: fn(&Round) -> u32| rounds.iter().map(get).max().unwrap_or_default();
    Ok(Loaded {
        before_p99_us: most(|round| round.before.took.p99_us),
        swap_longest_append_us: most(|round| round.swap_longest_append_us),
        rounds,
    })
}

struct Bench<'b> {
    database: &'b BenchDatabase,
    settings: &'b Settings,
    stage: &'b Stage,
    foreground: &'b Foreground,
    appends: Appends,
}

impl Bench<'_> {
    async fn measure(
        &self,
        rebuilds: usize,
        told: &(dyn Fn(String) + Sync),
    ) -> Result<Vec<Round>, Error> {
        sleep(WARM_UP).await;
        let mut rounds = Vec::new();
        for number in 1..=rebuilds {
            let round = self.round().await?;
            told(format!(
                "rebuild {number} of {rebuilds}: {:.1} s; longest append at the swap {} µs; p99 \
                 {} µs before, {} µs meanwhile",
                round.rebuild_seconds,
                round.swap_longest_append_us,
                round.before.took.p99_us,
                round.during.took.p99_us
            ));
            rounds.push(round);
        }
        Ok(rounds)
    }

    async fn round(&self) -> Result<Round, Error> {
        let calm_from = Instant::now();
        sleep(Duration::from_secs(u64::from(self.settings.calm_seconds))).await;
        let from = Instant::now();
        let ran = run(&self.database.options, &["projections", "rebuild"]).await?;
        let to = Instant::now();
        sleep(STRAGGLING).await;
        let tried_at = ran.said_at("swapping").ok_or_else(|| Error::unexpected("no swap"))?;
        let swapped_at = self.stage.instant(self.find_swap().await?).max(tried_at);
        let (swap_appends, swap_longest_append_us) =
            self.appends.longest(tried_at - AROUND, swapped_at + AROUND);
        let before = self.foreground.during(calm_from..from);
        let during = self.foreground.during(from..to);
        Ok(Round {
            rebuild_seconds: ran.took.as_secs_f64(),
            peak_bytes: ran.peak_bytes,
            swap_us: u32::try_from((swapped_at - tried_at).as_micros()).unwrap_or(u32::MAX),
            swap_appends,
            swap_longest_append_us,
            before_longest_append_us: self.appends.longest(calm_from, from).1,
            during_longest_append_us: self.appends.longest(from, to).1,
            p99_rise: rise(before.took.p99_us, during.took.p99_us),
            before,
            during,
            steps: self.steps(&ran, from, to),
        })
    }

    fn steps(&self, ran: &Ran, from: Instant, to: Instant) -> Vec<Step> {
        let said = STEPS.iter().filter_map(|(said, name)| Some((*name, ran.said_at(said)?)));
        let begun: Vec<(&str, Instant)> = std::iter::once(("loading", from)).chain(said).collect();
        let ends = begun.iter().skip(1).map(|(_, at)| *at).chain([to]);
        let step = |((name, from), to): (&(&'static str, Instant), Instant)| Step {
            name,
            during: self.foreground.during(*from..to),
            longest_append_us: self.appends.longest(*from, to).1,
        };
        begun.iter().zip(ends).map(step).collect()
    }

    /// When the last swap was made, by the database's clock.
    async fn find_swap(&self) -> Result<DateTime<Utc>, Error> {
        let mut connection = connect(&self.database.options).await?;
        let at = sqlx::query_scalar(
            "select changed_at
             from leasehold.rebuilds
             where state = 'swapped'
             order by started_at desc
             limit 1",
        );
        Ok(at.fetch_one(&mut connection).await?)
    }
}
