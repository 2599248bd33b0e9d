//! `leasehold bench rebuild`: the admin's hour, measured.

use clap::Args;

use crate::bench::rebuild::{Settings, Work, run};
use crate::cli::Global;
use crate::cli::exit::Failed;
use crate::cli::output::{self, Format, note};
use crate::cli::session::Server;
use crate::fill::Lives;

/// Measure a rebuild and a verification of a large log beside what PostgreSQL itself needs for the
/// same rows, and questions about the past; or those alone; or rebuilds while clients write. In a
/// database of its own, which is dropped afterwards.
#[derive(Debug, Args)]
pub(in crate::cli) struct Rebuild {
    /// Events that the log has, about.
    #[arg(long, default_value_t = 1_000_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1_000..=1_000_000_000))]
    events: u64,
    /// Companies that share them.
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    companies: u64,
    /// Questions of each kind about the past.
    #[arg(long, default_value_t = 300, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    questions: u32,
    /// Measure nothing but questions about the past.
    #[arg(long)]
    questions_only: bool,
    /// Leases that begin and end, with nothing between: twice as many for the events, in half the
    /// bytes.
    #[arg(long)]
    short_lives: bool,
    /// Rebuild while clients write, and measure what they notice.
    #[arg(long, conflicts_with = "questions_only")]
    under_load: bool,
    /// How often that is done.
    #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rebuilds: u32,
    /// Clients that write.
    #[arg(long, default_value_t = 32, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    clients: u32,
    /// Cycles of acquire and release that they begin in a second, all together, on schedule.
    #[arg(long, default_value_t = 250.0, value_name = "CYCLES")]
    rate: f64,
    /// How long the clients are measured before each rebuild.
    #[arg(long, default_value_t = 10, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
}

impl Rebuild {
    fn work(&self) -> Work {
        if self.under_load {
            Work::UnderLoad(usize::try_from(self.rebuilds).unwrap_or(usize::MAX))
        } else if self.questions_only {
            Work::Questions
        } else {
            Work::Idle
        }
    }

    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        if !(self.rate > 0.0 && self.rate <= 1e5) {
            return Err(Failed::usage("--rate is above 0 and at most 100000"));
        }
        let settings = Settings {
            events: self.events,
            companies: self.companies,
            questions: usize::try_from(self.questions).unwrap_or(usize::MAX),
            lives: if self.short_lives { Lives::Short } else { Lives::Whole },
            work: self.work(),
            clients: self.clients,
            rate: self.rate,
            calm_seconds: self.seconds,
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
