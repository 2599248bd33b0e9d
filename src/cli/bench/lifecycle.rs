//! `leasehold bench lifecycle`: what is due, and who waits.

use clap::Args;

use crate::bench::lifecycle::{Settings, run};
use crate::cli::Global;
use crate::cli::exit::Failed;
use crate::cli::output::{self, Format, note};
use crate::cli::session::Server;

/// Measure how late what is due ends, what 10,000 that fall due at once cost everybody else, and how
/// soon who waits is woken; in a database of its own, which is dropped afterwards.
#[derive(Debug, Args)]
pub(in crate::cli) struct Lifecycle {
    /// Leases that are open all the time.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    open: usize,
    /// Leases that fall due at once.
    #[arg(long, default_value_t = 10_000, value_name = "N", value_parser = at_least_one)]
    due: usize,
    /// How often that happens.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = at_least_one)]
    rounds: usize,
    /// How long lateness, and the foreground before each wave, are measured.
    #[arg(long, default_value_t = 15, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Cycles of acquire and release that the foreground begins in a second.
    #[arg(long, default_value_t = 250.0, value_name = "CYCLES")]
    rate: f64,
    /// Waits of each kind.
    #[arg(long, default_value_t = 240, value_name = "N", value_parser = at_least_one)]
    waits: usize,
}

pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=10_000_000) => Ok(number),
        _ => Err("is a number from 1 to 10000000".to_owned()),
    }
}

impl Lifecycle {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        if !(self.rate > 0.0 && self.rate <= 1e5) {
            return Err(Failed::usage("--rate is above 0 and at most 100000"));
        }
        let settings = Settings {
            open_leases: self.open.min(10_000_000),
            due_at_once: self.due,
            rounds: self.rounds,
            seconds: self.seconds,
            rate: self.rate,
            waits: self.waits,
            ..Settings::default()
        };
        let server = Server::open(global).await?;
        let measured = run(&server.options, &settings, &|what| note(&what)).await;
        server.close().await?;
        let report = measured?;
        match global.output {
            Format::Table => output::line(&report.to_table()),
            format @ (Format::Json | Format::Jsonl | Format::Csv) => {
                output::one(format, &report.to_json())
            }
        }
    }
}
