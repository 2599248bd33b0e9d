//! What came out: every figure, and the bars that it is held against.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Settings;
use crate::bench::Server;
use crate::bench::bar::{self, Bar};
use crate::bench::report::iso;

/// How something is spread, in microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spread {
    /// How many there were.
    pub count: usize,
    /// Half of them kept to it.
    pub p50_us: u32,
    /// 99 of 100.
    pub p99_us: u32,
    /// 999 of 1,000.
    pub p999_us: u32,
    /// All of them.
    pub max_us: u32,
}

impl Spread {
    pub(in crate::bench) fn of(mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        let count = micros.len();
        let within = |thousandth: usize| {
            let last = count.saturating_sub(1);
            micros.get((count * thousandth / 1_000).min(last)).copied().unwrap_or(0)
        };
        Self {
            count,
            p50_us: within(500),
            p99_us: within(990),
            p999_us: within(999),
            max_us: within(1_000),
        }
    }
}

/// How late leases ended that fell due one after the other.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lateness {
    /// Leases that were open besides.
    pub open_leases: usize,
    /// From the time that was promised until the end was seen.
    pub late: Spread,
}

/// Commands of the foreground in some time.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Commands {
    /// How long that was.
    pub seconds: f64,
    /// From when each was due until its verdict.
    pub took: Spread,
}

/// Leases that fell due at once.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wave {
    /// How many.
    pub leases: usize,
    /// Between the first that was due and the last.
    pub due_within_us: u32,
    /// From the first that was due until the last was seen to have ended.
    pub drained_us: u32,
    /// Of each lease.
    pub late: Spread,
    /// How much more the foreground's 99th percentile was meanwhile, as a part of what it was.
    pub p99_rise: f64,
    /// The foreground before.
    pub before: Commands,
    /// The foreground meanwhile.
    pub during: Commands,
}

/// Who commits what is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Committer {
    /// The server at which it is waited for.
    SameProcess,
    /// Another one.
    OtherProcess,
}

/// When the wait began, as seen from the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Began {
    /// Well before.
    Before,
    /// With it, give or take some milliseconds.
    During,
    /// When it was acknowledged.
    After,
}

/// Waits of one kind.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitedFor {
    /// Who committed.
    pub committed_by: Committer,
    /// When the waits began.
    pub began: Began,
    /// From when the end was sent (its commit is part of it), or the wait when that was later,
    /// until the answer.
    pub took: Spread,
}

/// Everything of one run.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The ledger's version.
    pub version: &'static str,
    /// When it was begun.
    #[serde(serialize_with = "iso")]
    pub begun_at: DateTime<Utc>,
    /// On what server.
    pub server: Server,
    /// What was measured.
    pub settings: Settings,
    /// The bars.
    pub bars: Vec<Bar>,
    /// How late leases ended.
    pub lateness: Lateness,
    /// Round by round.
    pub waves: Vec<Wave>,
    /// Kind by kind.
    pub waits: Vec<WaitedFor>,
}

impl Report {
    pub(super) fn of(
        begun_at: DateTime<Utc>,
        server: Server,
        settings: Settings,
        (lateness, waves, waits): (Lateness, Vec<Wave>, Vec<WaitedFor>),
    ) -> Self {
        let bars = bars(&lateness, &waves, &waits);
        let version = env!("CARGO_PKG_VERSION");
        Self { version, begun_at, server, settings, bars, lateness, waves, waits }
    }

    /// Everything, as it is kept.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        // Maps with string keys, finite numbers: nothing that JSON does not have.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The bars as a table for people, with what they were measured on above it.
    #[must_use]
    pub fn to_table(&self) -> String {
        let table = bar::table(&self.bars);
        let (server, settings) = (&self.server, &self.settings);
        let durable = if server.is_durable { "durable" } else { "NOT DURABLE" };
        format!(
            "{} open leases, {} cycles a second in the foreground\n\
             PostgreSQL {} ({durable}) on {} processors shared with the clients; one commit {}\n\
             {table}",
            settings.open_leases,
            settings.rate,
            server.version,
            server.processors,
            millis(server.commit_us),
        )
    }
}

fn bars(lateness: &Lateness, waves: &[Wave], waits: &[WaitedFor]) -> Vec<Bar> {
    let below = |name: String, wanted: u32, measured: u32| Bar {
        name,
        wanted: format!("< {}", millis(wanted)),
        measured: millis(measured),
        holds: measured < wanted,
    };
    let late = format!("lateness at p99, {} open leases", lateness.open_leases);
    let mut bars = vec![below(late, 1_000_000, lateness.late.p99_us)];
    if let Some(slowest) = waves.iter().max_by_key(|wave| wave.drained_us) {
        let name = format!("{} due at once drained, slowest of {}", slowest.leases, waves.len());
        bars.push(below(name, 10_000_000, slowest.drained_us));
        let rise = median(waves.iter().map(|wave| wave.p99_rise).collect());
        bars.push(Bar {
            name: format!("foreground's p99 meanwhile, median of {}", waves.len()),
            wanted: "< +20 %".to_owned(),
            measured: format!("{:+.0} %", rise * 100.0),
            holds: rise < 0.2,
        });
    }
    if let Some(slowest) = waits.iter().max_by_key(|waits| waits.took.p99_us) {
        let name = "woken at p99, slowest kind of wait".to_owned();
        bars.push(below(name, 50_000, slowest.took.p99_us));
    }
    bars
}

fn millis(micros: u32) -> String {
    format!("{:.1} ms", f64::from(micros) / 1_000.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
