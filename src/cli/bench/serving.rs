//! `leasehold bench serving`: a server on a log with a history.

use clap::Args;
use serde_json::{Value, json};

use super::lifecycle::at_least_one;
use crate::bench::{ServingSample, ServingSettings, run_serving};
use crate::cli::Global;
use crate::cli::exit::Failed;
use crate::cli::output::{self, note};
use crate::cli::serve::raise_open_files;
use crate::cli::session::Server;

/// What a table of the samples shows.
const COLUMNS: [&str; 8] =
    ["round", "listeningMs", "firstCycleMs", "rate", "p50Us", "p99Us", "idleBytes", "peakBytes"];

/// Measure how soon a server serves on a log with a history, and how much memory it takes while
/// clients write; in a database of its own, which is dropped afterwards.
#[derive(Debug, Args)]
pub(in crate::cli) struct Serving {
    /// Events of made history.
    #[arg(long, default_value_t = 2_000_000, value_name = "EVENTS")]
    filled: u64,
    /// Leases that are open all the time.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    open: usize,
    /// Clients that write.
    #[arg(long, default_value_t = 256, value_name = "N", value_parser = at_least_one)]
    clients: usize,
    /// How often a server is started and written to.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = at_least_one)]
    rounds: usize,
    /// Seconds of one measurement.
    #[arg(long, default_value_t = 10, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=3_600))]
    seconds: u32,
}

impl Serving {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        raise_open_files();
        let settings = ServingSettings {
            filled_events: self.filled,
            open_leases: self.open.min(10_000_000),
            clients: self.clients,
            rounds: self.rounds,
            seconds: self.seconds,
        };
        let server = Server::open(global).await?;
        let tell = |sample: &ServingSample| {
            let ServingSample { round, first_cycle_ms, rate, peak_bytes, .. } = sample;
            let megabytes = peak_bytes >> 20;
            note(&format!(
                "round {round}: serving after {first_cycle_ms} ms, {rate:.0} cycles a second, {megabytes} MB"
            ));
        };
        let measured = run_serving(&server.options, &settings, &tell).await;
        server.close().await?;
        let rows: Vec<Value> = measured?.iter().map(|sample| json!(sample)).collect();
        output::list(global.output, &COLUMNS, &rows)
    }
}
