//! What came out: every figure, and the bars that it is held against.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Idle, Loaded, Log, Questions, Settings, Spent};
use crate::bench::Server;
use crate::bench::bar::{self, Bar};
use crate::bench::lifecycle::Spread;
use crate::bench::report::iso;

/// Events that a rebuild reads in a second on two processors.
const REBUILD_RATE: f64 = 100_000.0;
/// Or this part of what PostgreSQL itself does.
const REBUILD_TO_POSTGRES: f64 = 0.6;
/// Events that a verification reads in a second.
const VERIFY_RATE: f64 = 150_000.0;
const PEAK_BYTES: u64 = 300 << 20;
const ANSWER_US: u32 = 20_000;
const SWAP_US: u32 = 50_000;
/// When something was measured.
const AS_FILLED: &str = "as filled";
const AFTER_A_REBUILD: &str = "right after a rebuild";

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
    /// On which log.
    pub log: Log,
    /// The bars.
    pub bars: Vec<Bar>,
    /// While nobody did anything else.
    pub idle: Option<Idle>,
    /// Questions about the past, on the log as it was filled.
    pub questions_before: Option<Questions>,
    /// The same when a rebuild has just written as much again.
    pub questions: Option<Questions>,
    /// While clients wrote.
    pub loaded: Option<Loaded>,
}

impl Report {
    pub(super) const fn of(
        begun_at: DateTime<Utc>,
        server: Server,
        settings: Settings,
        log: Log,
    ) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            begun_at,
            server,
            settings,
            log,
            bars: Vec::new(),
            idle: None,
            questions_before: None,
            questions: None,
            loaded: None,
        }
    }

    /// Holds the figures against the bars.
    pub(super) fn judge(&mut self) {
        let idle = self.idle.iter().flat_map(bars_of_idle);
        let of = |questions: &Option<Questions>, when| {
            questions.iter().flat_map(|all| bars_of_questions(all, when)).collect::<Vec<_>>()
        };
        let before = of(&self.questions_before, AS_FILLED);
        let after = of(&self.questions, AFTER_A_REBUILD);
        let loaded = self.loaded.iter().flat_map(bars_of_loaded);
        self.bars = idle.chain(before).chain(after).chain(loaded).collect();
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
        let (server, log) = (&self.server, &self.log);
        let durable = if server.is_durable { "durable" } else { "NOT DURABLE" };
        let bytes = |bytes: i64| mebibytes(bytes.unsigned_abs());
        format!(
            "{} events of {} leases, {} in the log; shared_buffers {}\n\
             PostgreSQL {} ({durable}) on {} processors shared with everything\n\
             {table}",
            log.events,
            log.leases,
            bytes(log.bytes),
            bytes(log.shared_buffers_bytes),
            server.version,
            server.processors,
        )
    }
}

fn bars_of_idle(idle: &Idle) -> Vec<Bar> {
    let rebuild = &idle.rebuild;
    let mut bars = vec![Bar {
        name: "rebuild of three projections, every column compared".to_owned(),
        wanted: "100000 events/s, or 60 % of PostgreSQL's own".to_owned(),
        measured: format!(
            "{:.0} events/s, {:.0} %",
            rebuild.events_per_second,
            100.0 * idle.rebuild_to_postgres
        ),
        holds: rebuild.events_per_second >= REBUILD_RATE
            || idle.rebuild_to_postgres >= REBUILD_TO_POSTGRES,
    }];
    bars.extend(rebuild.peak_bytes.map(|bytes| memory("memory of the rebuild", bytes)));
    bars.extend(bars_of_verify(&idle.verify_before, AS_FILLED));
    bars.extend(bars_of_verify(&idle.verify, AFTER_A_REBUILD));
    bars
}

fn bars_of_verify(verify: &Spent, when: &str) -> Vec<Bar> {
    let mut bars = vec![Bar {
        name: format!("verification without the stock reader, {when}"),
        wanted: "150000 events/s".to_owned(),
        measured: format!("{:.0} events/s", verify.events_per_second),
        holds: verify.events_per_second >= VERIFY_RATE,
    }];
    let name = format!("memory of the verification, {when}");
    bars.extend(verify.peak_bytes.map(|bytes| memory(&name, bytes)));
    bars
}

fn bars_of_questions(questions: &Questions, when: &str) -> Vec<Bar> {
    let bar =
        |name: &str, took: &Spread| below(format!("{name}, p99, {when}"), ANSWER_US, took.p99_us);
    vec![
        bar("who held an environment at a time", &questions.holders_at),
        bar("who used an environment at a time", &questions.usage_at),
        bar("who used it at a position", &questions.usage_at_position),
        bar("leases of each agent through a day", &questions.agents_through_day),
    ]
}

fn bars_of_loaded(loaded: &Loaded) -> Vec<Bar> {
    let rounds = &loaded.rounds;
    let name = format!("longest append at a swap, {} rebuilds", rounds.len());
    let mut bars = vec![below(name, SWAP_US, loaded.swap_longest_append_us)];
    let mut rises: Vec<f64> = rounds.iter().map(|round| round.p99_rise).collect();
    rises.sort_unstable_by(f64::total_cmp);
    let median = rises.get(rises.len() / 2).copied().unwrap_or_default();
    let most = rises.last().copied().unwrap_or_default();
    bars.push(Bar {
        name: "foreground's p99 meanwhile, median (most)".to_owned(),
        wanted: "< +100 %".to_owned(),
        measured: format!("{:+.0} % ({:+.0} %)", 100.0 * median, 100.0 * most),
        holds: median < 1.0,
    });
    let peak = rounds.iter().filter_map(|round| round.peak_bytes).max();
    bars.extend(peak.map(|bytes| memory("memory of the rebuilds", bytes)));
    bars
}

fn below(name: String, wanted: u32, measured: u32) -> Bar {
    let (holds, millis) = (measured < wanted, |us: u32| format!("{:.1} ms", f64::from(us) / 1e3));
    Bar { name, wanted: format!("< {}", millis(wanted)), measured: millis(measured), holds }
}

fn memory(name: &str, bytes: u64) -> Bar {
    Bar {
        name: name.to_owned(),
        wanted: format!("< {}", mebibytes(PEAK_BYTES)),
        measured: mebibytes(bytes),
        holds: bytes < PEAK_BYTES,
    }
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MB", bytes >> 20)
}
