//! What the processors did, as Linux counts it; nought where nobody tells.
//!
//! Contenders share the processors with PostgreSQL and with their clients, so that a rate alone does
//! not say what it is that takes the time: next to it stands what a cycle costs this process (the
//! clients, and the ledger that runs in it), what it costs everybody else, and what was left over.

use std::fs;

use serde::Serialize;

/// Ticks of a second in `/proc`, the same on every Linux.
const TICKS: f64 = 100.0;

/// Seconds of processor time until now, or between two times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent {
    /// By this process.
    pub(super) own: f64,
    /// By everybody, this process too.
    pub(super) busy: f64,
    /// By nobody, waiting for disks among it.
    idle: f64,
}

/// What a cycle took of the processors, on average.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Processors {
    /// Microseconds of this process: clients, and the ledger where it runs in it.
    pub own_us: f64,
    /// Microseconds of everything else: PostgreSQL, where the machine does nothing besides.
    pub rest_us: f64,
    /// The share of all processors that did nothing, 0 to 100.
    pub idle_percent: f64,
}

impl Spent {
    /// Until now, of the whole machine.
    pub(super) fn read() -> Self {
        let text = fs::read_to_string("/proc/stat").unwrap_or_default();
        let fields = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
        // Time of guests is in the first eight already.
        let (idle, busy): (Vec<_>, Vec<_>) =
            fields.take(8).enumerate().partition(|(place, _)| matches!(place, 3 | 4));
        let sum =
            |counted: Vec<(usize, &str)>| seconds(counted.into_iter().map(|(_, ticks)| ticks));
        Self { own: of_process("self"), busy: sum(busy), idle: sum(idle) }
    }

    pub(super) fn since(self, earlier: Self) -> Self {
        Self {
            own: self.own - earlier.own,
            busy: self.busy - earlier.busy,
            idle: self.idle - earlier.idle,
        }
    }

    /// What each of so many cycles took.
    pub(super) fn of_each(self, cycles: usize) -> Option<Processors> {
        let cycles = u32::try_from(cycles).ok().filter(|cycles| *cycles > 0).map(f64::from)?;
        let all = self.busy + self.idle;
        (all > 0.0).then(|| Processors {
            own_us: self.own * 1e6 / cycles,
            rest_us: (self.busy - self.own).max(0.0) * 1e6 / cycles,
            idle_percent: self.idle * 100.0 / all,
        })
    }
}

/// Until now, of one process: the fourteenth and fifteenth field, counted after the name.
pub(super) fn of_process(id: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = text.rsplit_once(") ").map_or("", |(_, fields)| fields);
    seconds(after_name.split(' ').skip(11).take(2))
}

fn seconds<'t>(ticks: impl Iterator<Item = &'t str>) -> f64 {
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}
