//! What a server counts and measures, in Prometheus' words. Names stand here and nowhere else.
//!
//! No label has a value that callers choose: no company, no token, no key.

use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::dispatch::Verdict;

/// Commands by `type` and `verdict`.
pub const COMMANDS: &str = "leasehold_commands_total";
/// Commands of one batch.
pub const BATCH_COMMANDS: &str = "leasehold_batch_commands";
/// How long the statement took that appends a batch.
pub const APPEND_SECONDS: &str = "leasehold_append_seconds";
/// Jobs that wait for a lane, by `lane`.
pub const LANE_DEPTH: &str = "leasehold_lane_depth";
/// Requests by `method`, `route` and `status`.
pub const REQUESTS: &str = "leasehold_http_requests_total";
/// How long answers took, by `route`; streams until they began.
pub const REQUEST_SECONDS: &str = "leasehold_http_request_seconds";
/// Leases that are open, by `state`.
pub const OPEN_LEASES: &str = "leasehold_open_leases";
/// Events that a projection's tables are behind the log, by `projection`.
pub const PROJECTION_LAG: &str = "leasehold_projection_lag_events";
/// The sweeper's term while this process has it, else 0.
pub const SWEEPER_TERM: &str = "leasehold_sweeper_term";
/// How long after they were due leases were ended.
pub const SWEEPER_LATENESS: &str = "leasehold_sweeper_lateness_seconds";
/// Leases that one cycle of the sweeper ended.
pub const SWEEPER_ENDED: &str = "leasehold_sweeper_cycle_leases";
/// Cleanups that are not done, by `state`.
pub const CLEANUPS: &str = "leasehold_cleanups";
/// For how long the oldest of them has waited, by `state`.
pub const CLEANUP_AGE: &str = "leasehold_cleanup_oldest_age_seconds";
/// Connections to the database, by `pool` and `state` (`used`, `idle`).
pub const CONNECTIONS: &str = "leasehold_database_connections";
/// Who listens to the feed.
pub const LISTENERS: &str = "leasehold_feed_listeners";
/// Listeners that were sent away, by `reason`.
pub const LISTENERS_CUT: &str = "leasehold_feed_listeners_cut_total";
/// Events that rebuilds in this process have read.
pub const REBUILT_EVENTS: &str = "leasehold_rebuild_events_total";
/// 1 for the `step` that a rebuild in this process is at.
pub const REBUILDING: &str = "leasehold_rebuild_running";
/// How long a rebuild in this process pauses after each piece, because appends suffer.
pub const REBUILD_PAUSE: &str = "leasehold_rebuild_pause_seconds";
/// Events that were taken up into `lease_spans`.
pub const PROJECTED_EVENTS: &str = "leasehold_projected_events_total";
/// Always 1, with the `version`.
pub const BUILD: &str = "leasehold_build_info";

/// Every name with what it is.
pub const ALL: [(&str, &str); 21] = [
    (COMMANDS, "Commands by type and verdict."),
    (BATCH_COMMANDS, "Commands of one batch."),
    (APPEND_SECONDS, "How long the statement took that appends a batch."),
    (LANE_DEPTH, "Jobs that wait for a lane."),
    (REQUESTS, "Requests by method, route and status."),
    (REQUEST_SECONDS, "How long answers took by route; streams until they began."),
    (OPEN_LEASES, "Leases that are open, by state."),
    (PROJECTION_LAG, "Events that a projection's tables are behind the log: 0 but in a rebuild."),
    (SWEEPER_TERM, "The sweeper's term while this process has it, else 0."),
    (SWEEPER_LATENESS, "How long after they were due leases were ended."),
    (SWEEPER_ENDED, "Leases that one cycle of the sweeper ended."),
    (CLEANUPS, "Cleanups that are not done, by state."),
    (CLEANUP_AGE, "For how long the oldest of them has waited, by state."),
    (CONNECTIONS, "Connections to the database by pool and state."),
    (LISTENERS, "Who listens to the feed."),
    (LISTENERS_CUT, "Listeners that were sent away, by reason."),
    (REBUILT_EVENTS, "Events that rebuilds in this process have read."),
    (REBUILDING, "1 for the step that a rebuild in this process is at."),
    (REBUILD_PAUSE, "How long a rebuild in this process pauses, because appends suffer."),
    (PROJECTED_EVENTS, "Events that were taken up into lease_spans."),
    (BUILD, "Always 1, with the version."),
];

/// How often what was measured is counted into its buckets. Until then each measurement is kept, and
/// nobody may ever ask.
const SETTLED_EVERY: Duration = Duration::from_secs(1);

const SECONDS: [f64; 14] =
    [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];
const COUNTS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0];

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to count, once in a process. What happened before is not counted.
pub fn start() {
    RECORDER.get_or_init(install);
}

fn install() -> Option<PrometheusHandle> {
    let full = |name: &str| Matcher::Full(name.to_owned());
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(full(APPEND_SECONDS), &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(full(REQUEST_SECONDS), &SECONDS))
        .and_then(|builder| builder.set_buckets_for_metric(full(SWEEPER_LATENESS), &SECONDS))
        .and_then(|builder| builder.set_buckets_for_metric(full(BATCH_COMMANDS), &COUNTS))
        .and_then(|builder| builder.set_buckets_for_metric(full(SWEEPER_ENDED), &COUNTS));
    let installed = builder.and_then(PrometheusBuilder::install_recorder);
    for (name, about) in ALL {
        match name {
            COMMANDS | REQUESTS | LISTENERS_CUT | REBUILT_EVENTS | PROJECTED_EVENTS => {
                describe_counter!(name, about);
            }
            BATCH_COMMANDS | APPEND_SECONDS | REQUEST_SECONDS | SWEEPER_LATENESS
            | SWEEPER_ENDED => describe_histogram!(name, about),
            _ => describe_gauge!(name, about),
        }
    }
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let handle =
        installed.inspect_err(|error| tracing::warn!(%error, "nothing is counted")).ok()?;
    settle(handle.clone());
    Some(handle)
}

/// Counts what was measured, again and again. On a thread of its own: a runtime may end before the
/// process does.
fn settle(handle: PrometheusHandle) {
    let settling = thread::Builder::new().name("metrics".to_owned()).spawn(move || {
        loop {
            thread::sleep(SETTLED_EVERY);
            handle.run_upkeep();
        }
    });
    if let Err(error) = settling {
        tracing::warn!(%error, "what is measured is counted when it is asked for alone");
    }
}

/// What was counted, as text.
#[must_use]
pub fn render() -> String {
    let Some(handle) = RECORDER.get_or_init(install) else { return String::new() };
    handle.run_upkeep();
    handle.render()
}

/// One command was answered.
pub fn command(kind: &'static str, verdict: &Verdict) {
    let verdict = match verdict {
        Verdict::Accepted { is_replayed: false, .. } => "accepted",
        Verdict::Accepted { is_replayed: true, .. } => "replayed",
        Verdict::Refused { .. } => "refused",
        Verdict::Failed { .. } => "failed",
        Verdict::NotApplied { .. } => "not_applied",
    };
    counter!(COMMANDS, "type" => kind, "verdict" => verdict).increment(1);
}

/// A batch was sent to the database and came back.
pub fn appended(commands: usize, took: Duration) {
    histogram!(BATCH_COMMANDS).record(number(commands));
    histogram!(APPEND_SECONDS).record(took.as_secs_f64());
}

/// A request was answered.
pub fn request(method: &'static str, route: &str, status: u16, took: Duration) {
    let (route, status) = (route.to_owned(), status.to_string());
    histogram!(REQUEST_SECONDS, "route" => route.clone()).record(took.as_secs_f64());
    counter!(REQUESTS, "method" => method, "route" => route, "status" => status).increment(1);
}

/// The sweeper went round: under which term, and how many leases it ended.
pub fn swept(term: i64, ended: usize) {
    gauge!(SWEEPER_TERM).set(whole(term));
    histogram!(SWEEPER_ENDED).record(number(ended));
}

/// Another process is the sweeper, or none.
pub fn not_sweeping() {
    gauge!(SWEEPER_TERM).set(0.0);
}

/// A lease was ended so long after it was due.
pub fn ended_after(late: Duration) {
    histogram!(SWEEPER_LATENESS).record(late.as_secs_f64());
}

/// How many cleanups are in a state, and for how long the oldest of them has waited.
pub fn cleanups(state: &'static str, cleanups: i64, oldest_seconds: f64) {
    gauge!(CLEANUPS, "state" => state).set(whole(cleanups));
    gauge!(CLEANUP_AGE, "state" => state).set(oldest_seconds);
}

/// How many events a projection is behind the log.
pub fn projection_lag(projection: &'static str, events: i64) {
    gauge!(PROJECTION_LAG, "projection" => projection).set(whole(events));
}

/// A listener was sent away.
pub fn cut(reason: &'static str) {
    counter!(LISTENERS_CUT, "reason" => reason).increment(1);
}

/// How many jobs wait for a lane.
pub fn lane_depth(lane: usize, jobs: usize) {
    gauge!(LANE_DEPTH, "lane" => lane.to_string()).set(number(jobs));
}

/// How many connections a pool has.
pub fn connections(pool: &'static str, used: usize, idle: usize) {
    gauge!(CONNECTIONS, "pool" => pool, "state" => "used").set(number(used));
    gauge!(CONNECTIONS, "pool" => pool, "state" => "idle").set(number(idle));
}

/// How many leases are in a state.
pub fn open_leases(state: &'static str, leases: i64) {
    gauge!(OPEN_LEASES, "state" => state).set(whole(leases));
}

/// So many events more were taken up into `lease_spans`.
pub fn projected(events: u64) {
    counter!(PROJECTED_EVENTS).increment(events);
}

/// A rebuild in this process has read so many events more.
pub fn rebuilt_events(events: u64) {
    counter!(REBUILT_EVENTS).increment(events);
}

/// A rebuild in this process pauses for so long after each piece.
pub fn rebuild_pause(pause: Duration) {
    gauge!(REBUILD_PAUSE).set(pause.as_secs_f64());
}

/// Which step a rebuild in this process is at; none when it is over.
pub fn rebuilding(step: Option<&'static str>) {
    for known in ["loading", "indexing", "comparing", "swapping"] {
        gauge!(REBUILDING, "step" => known).set(if step == Some(known) { 1.0 } else { 0.0 });
    }
}

/// How many listen.
pub fn listeners(listeners: usize) {
    gauge!(LISTENERS).set(number(listeners));
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn whole(count: i64) -> f64 {
    f64::from(u32::try_from(count.max(0)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn kilobytes() -> i64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }

    #[test]
    fn what_is_measured_does_not_pile_up_while_nobody_asks() {
        start();
        let mut after = Vec::new();
        for _ in 0..3 {
            for _ in 0..2_000_000 {
                appended(1, Duration::from_millis(1));
            }
            thread::sleep(SETTLED_EVERY * 2);
            after.push(kilobytes());
        }
        // Each round measures 32 megabytes.
        assert!(after[0] > 0 && after[2] - after[0] < 32_000, "{after:?}");
    }
}
