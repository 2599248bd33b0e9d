//! What came out: every sample as it was measured, and medians and ratios of them.

use chrono::{DateTime, SecondsFormat, Utc};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::{Serialize, Serializer};

use super::footprint::Footprint;
use super::measure::Counted;
use super::processors::Processors;
use super::server::Server;
use super::settings::{Name, Settings};

/// One measurement.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// Of whom.
    pub contender: Name,
    /// With how many clients.
    pub clients: usize,
    /// In which round, counted from 1.
    pub round: usize,
    /// Cycles that were finished in the window.
    pub cycles: usize,
    /// How long that was.
    pub seconds: f64,
    /// Cycles in a second.
    pub rate: f64,
    /// The time of a cycle that half of them kept to, in microseconds.
    pub p50_us: u32,
    /// 99 of 100.
    pub p99_us: u32,
    /// 999 of 1,000.
    pub p999_us: u32,
    /// All of them.
    pub max_us: u32,
    /// What each cycle left on the server, where that was looked at.
    pub footprint: Option<Footprint>,
    /// What each cycle took of the processors, where that was looked at.
    pub processors: Option<Processors>,
}

impl Sample {
    pub(super) fn of(contender: Name, clients: usize, round: usize, counted: &Counted) -> Self {
        Self {
            contender,
            clients,
            round,
            cycles: counted.cycles,
            seconds: counted.seconds,
            rate: count(counted.cycles) / counted.seconds,
            p50_us: counted.p50_us,
            p99_us: counted.p99_us,
            p999_us: counted.p999_us,
            max_us: counted.max_us,
            footprint: counted.footprint.clone(),
            processors: counted.processors,
        }
    }
}

fn count(cycles: usize) -> f64 {
    u32::try_from(cycles).map_or(f64::MAX, f64::from)
}

/// A contender's rounds with one number of clients, in one line.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Whose.
    pub contender: Name,
    /// With how many clients.
    pub clients: usize,
    /// Cycles a second: the median of the rounds.
    pub rate: f64,
    /// In the slowest round.
    pub rate_min: f64,
    /// In the fastest round.
    pub rate_max: f64,
    /// How many times the hand-written SQL's rate in the same round: the median of the rounds.
    pub times_crud: Option<f64>,
    /// The same beside Paperclip's own service, where it was measured.
    pub times_paperclip: Option<f64>,
    /// The median of the rounds' medians, in microseconds.
    pub p50_us: u32,
    /// The median of the rounds' 99th percentiles, in microseconds.
    pub p99_us: u32,
    /// Bytes of write-ahead log for a cycle: the median of the rounds.
    pub wal_bytes: Option<f64>,
    /// Bytes of tables and indexes for a cycle: the median of the rounds.
    pub stored_bytes: Option<f64>,
    /// Processor time of a cycle in the bench's own process, in microseconds: the median.
    pub own_us: Option<f64>,
    /// The same of everything else, which is PostgreSQL: the median.
    pub rest_us: Option<f64>,
    /// The share of the processors that did nothing, 0 to 100: the median.
    pub idle_percent: Option<f64>,
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
    /// The database, when it was kept.
    pub database: Option<String>,
    /// Medians and ratios, for each number of clients and contender.
    pub lines: Vec<Line>,
    /// What they are made of.
    pub samples: Vec<Sample>,
}

/// A time as results have it: RFC 3339, to the second.
pub(super) fn iso<S: Serializer>(time: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Medians and ratios, in the order in which they are read.
pub(super) fn lines(settings: &Settings, samples: &[Sample]) -> Vec<Line> {
    let mut lines = Vec::new();
    for clients in &settings.clients {
        for contender in &settings.contenders {
            let own: Vec<&Sample> = samples
                .iter()
                .filter(|sample| sample.clients == *clients && sample.contender == *contender)
                .collect();
            lines.extend(line(&own, samples));
        }
    }
    lines
}

fn line(own: &[&Sample], samples: &[Sample]) -> Option<Line> {
    let first = own.first()?;
    let rates = || own.iter().map(|sample| sample.rate);
    let footprints = || own.iter().filter_map(|sample| sample.footprint.as_ref());
    let processors = |part: fn(&Processors) -> f64| {
        median(own.iter().filter_map(|sample| sample.processors.as_ref()).map(part).collect())
    };
    let times =
        |peer: Name| median(own.iter().filter_map(|sample| times(peer, sample, samples)).collect());
    Some(Line {
        contender: first.contender,
        clients: first.clients,
        rate: median(rates().collect())?,
        rate_min: rates().fold(f64::INFINITY, f64::min),
        rate_max: rates().fold(0.0, f64::max),
        times_crud: times(Name::Crud),
        times_paperclip: times(Name::Paperclip),
        p50_us: middle(own.iter().map(|sample| sample.p50_us).collect()),
        p99_us: middle(own.iter().map(|sample| sample.p99_us).collect()),
        wal_bytes: median(footprints().map(|left| left.wal_bytes).collect()),
        stored_bytes: median(footprints().map(Footprint::stored_bytes).collect()),
        own_us: processors(|taken| taken.own_us),
        rest_us: processors(|taken| taken.rest_us),
        idle_percent: processors(|taken| taken.idle_percent),
    })
}

/// Beside a peer in the same round: what slows the machine for a while slows both.
fn times(peer: Name, sample: &Sample, samples: &[Sample]) -> Option<f64> {
    let beside = samples.iter().find(|beside| {
        let is_same = beside.round == sample.round && beside.clients == sample.clients;
        beside.contender == peer && is_same && beside.rate > 0.0
    })?;
    Some(sample.rate / beside.rate)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get((values.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

fn middle(mut values: Vec<u32>) -> u32 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

impl Report {
    /// Everything, as it is kept.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        // Maps with string keys, finite numbers: nothing that JSON does not have.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The figures as a table for people, with what they were measured on above it.
    #[must_use]
    pub fn to_table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header([
            "clients",
            "contender",
            "cycles/s",
            "slowest-fastest",
            "x crud",
            "x paperclip",
            "p50 ms",
            "p99 ms",
            "WAL kB",
            "stored kB",
            "own us",
            "rest us",
            "idle %",
        ]);
        for line in &self.lines {
            table.add_row(cells(line));
        }
        for number in (0..13).filter(|number| *number != 1) {
            if let Some(column) = table.column_mut(number) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        format!("{}\n{table}", self.preamble())
    }

    fn preamble(&self) -> String {
        let (server, settings) = (&self.server, &self.settings);
        let durable = if server.is_durable {
            "durable: fsync, full_page_writes and synchronous_commit are on".to_owned()
        } else {
            "NOT DURABLE: fsync or full_page_writes is off on this server, and what is \
             acknowledged can be lost. These figures say nothing of a ledger."
                .to_owned()
        };
        format!(
            "acquire+release cycles a second, medians of {} rounds of {} s\n\
             PostgreSQL {} on {} processors shared with the clients; one commit {:.2} ms\n{durable}",
            settings.rounds,
            settings.measure_for.as_secs_f64(),
            server.version,
            server.processors,
            f64::from(server.commit_us) / 1_000.0,
        )
    }
}

fn cells(line: &Line) -> Vec<String> {
    let millis = |micros: u32| format!("{:.2}", f64::from(micros) / 1_000.0);
    let times = |times: Option<f64>| times.map_or_else(String::new, |times| format!("{times:.2}"));
    let whole =
        |number: Option<f64>| number.map_or_else(String::new, |number| format!("{number:.0}"));
    let kilobytes = |bytes: Option<f64>| {
        bytes.map_or_else(String::new, |bytes| format!("{:.2}", bytes / 1_000.0))
    };
    vec![
        line.clients.to_string(),
        line.contender.to_string(),
        format!("{:.0}", line.rate),
        format!("{:.0}-{:.0}", line.rate_min, line.rate_max),
        times(line.times_crud),
        times(line.times_paperclip),
        millis(line.p50_us),
        millis(line.p99_us),
        kilobytes(line.wal_bytes),
        kilobytes(line.stored_bytes),
        whole(line.own_us),
        whole(line.rest_us),
        whole(line.idle_percent),
    ]
}
