//! Processor time, as Linux counts it; nought where nobody tells.

use std::fs;

/// Ticks of a second in `/proc`, the same on every Linux.
const TICKS: f64 = 100.0;

/// Reads the counters when it starts.
pub(super) struct Meter {
    server: u32,
    before: Counters,
}

#[derive(Debug, Clone, Copy)]
struct Counters {
    own: f64,
    server: f64,
    machine: f64,
}

/// Seconds of processor time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent {
    pub(super) server: f64,
    /// Everything else but this process.
    pub(super) rest: f64,
}

impl Meter {
    pub(super) fn start(server: u32) -> Self {
        Self { server, before: Counters::read(server) }
    }

    pub(super) fn stop(self) -> Spent {
        let (before, after) = (self.before, Counters::read(self.server));
        let server = after.server - before.server;
        let rest = (after.machine - before.machine) - (after.own - before.own) - server;
        Spent { server, rest: rest.max(0.0) }
    }
}

impl Counters {
    fn read(server: u32) -> Self {
        let own = of_process("self");
        Self { own, server: of_process(&server.to_string()), machine: of_machine() }
    }
}

/// User and system time of a process: the fourteenth and fifteenth field, counted after the name.
fn of_process(id: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = text.rsplit_once(") ").map_or("", |(_, fields)| fields);
    sum(after_name.split(' ').skip(11).take(2))
}

/// All but idle time and waiting for disks.
fn of_machine() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let busy = fields.take(8).enumerate().filter(|(place, _)| !matches!(place, 3 | 4));
    sum(busy.map(|(_, field)| field))
}

fn sum<'t>(fields: impl Iterator<Item = &'t str>) -> f64 {
    fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / TICKS
}
