//! `leasehold bench`: the ledger beside its peers.

mod exec;
mod lifecycle;
mod rebuild;
mod serving;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Global;
use super::exit::{Failed, Kind};
use super::output::{self, Format, note};
use super::serve::raise_open_files;
use super::session::Server;
use crate::bench::{
    self, FeedSample, FeedSettings, Installation, Name, NotInstalled, Settings, Step,
};

/// Measure acquire+release cycles beside hand-written SQL and a stock framework, in a database of
/// its own on the given or the private PostgreSQL, which is dropped afterwards.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Bench {
    #[command(subcommand)]
    what: Option<What>,
    /// Numbers of concurrent clients.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 32, 256], value_name = "N,…")]
    clients: Vec<usize>,
    /// How often each contender is measured at each number of clients.
    #[arg(long, default_value_t = 3, value_name = "N")]
    rounds: usize,
    /// How long one measurement lasts.
    #[arg(long, default_value_t = 5.0, value_name = "S")]
    seconds: f64,
    /// Who is measured; by default everybody who is there.
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    only: Option<Vec<Name>>,
    /// Measure Paperclip's own service too: its npm packages are installed in this directory.
    #[arg(long, value_name = "DIR")]
    paperclip: Option<PathBuf>,
    /// The share of cycles that goes to one company, in percent.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=100), value_name = "PERCENT")]
    skew: u8,
    /// Begin so many cycles a second on schedule, and count latency from when each was due.
    #[arg(long, value_name = "CYCLES")]
    rate: Option<f64>,
    /// Connections of each peer; fewer when there are fewer clients.
    #[arg(long, default_value_t = 32, value_name = "N")]
    connections: usize,
    /// Lanes of the ledger.
    #[arg(long, value_name = "N")]
    lanes: Option<usize>,
    /// Fill the log with so many events of made history first.
    #[arg(long, default_value_t = 0, value_name = "EVENTS")]
    filled: u64,
    /// Leave the database there, to be looked at; of the peers it has what the last one wrote.
    #[arg(long)]
    keep: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Whether everybody hears everything on the live feed, and what listeners cost those who write:
    /// without and with them, in turn, on a server in a process of its own.
    Feed {
        /// Listeners, each of one company.
        #[arg(long, default_value_t = 2_000, value_name = "N")]
        listeners: usize,
        /// Clients that write.
        #[arg(long, default_value_t = 32, value_name = "N")]
        clients: usize,
        /// Companies that both are spread over.
        #[arg(long, default_value_t = 50, value_name = "N")]
        companies: usize,
        /// How often both are measured.
        #[arg(long, default_value_t = 3, value_name = "N")]
        rounds: usize,
        /// Seconds of one measurement.
        #[arg(long, default_value_t = 5, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=3_600))]
        seconds: u32,
    },
    /// What a lease costs a run on this machine, beside the bare command.
    Exec(exec::Exec),
    /// How late what is due ends, what much that is due at once costs everybody else, and how soon
    /// who waits is woken.
    Lifecycle(lifecycle::Lifecycle),
    /// How soon a server serves on a log with a history, and how much memory it takes while clients
    /// write; the server is a process of its own.
    Serving(serving::Serving),
    /// Rebuilds, verification and questions about the past, on a large log.
    Rebuild(rebuild::Rebuild),
}

/// What a table of the feed's samples shows.
const FEED_COLUMNS: [&str; 6] =
    ["round", "listeners", "rate", "serverMicros", "databaseMicros", "heard"];

async fn feed(global: &Global, settings: &FeedSettings) -> Result<(), Failed> {
    raise_open_files();
    let server = Server::open(global).await?;
    let tell = |sample: &FeedSample| {
        let FeedSample { round, listeners, rate, .. } = sample;
        note(&format!("round {round}, {listeners} listeners: {rate:.0} cycles a second"));
    };
    let measured = bench::run_feed(&server.options, settings, &tell).await;
    server.close().await?;
    let rows: Vec<Value> = measured?.iter().map(|sample| json!(sample)).collect();
    output::list(global.output, &FEED_COLUMNS, &rows)
}

impl Bench {
    pub(super) async fn run(mut self, global: &Global) -> Result<(), Failed> {
        match self.what.take() {
            Some(What::Feed { listeners, clients, companies, rounds, seconds }) => {
                let settings = FeedSettings { listeners, clients, companies, rounds, seconds };
                return feed(global, &settings).await;
            }
            Some(What::Exec(exec)) => return exec.run(global).await,
            Some(What::Lifecycle(lifecycle)) => return lifecycle.run(global).await,
            Some(What::Serving(serving)) => return serving.run(global).await,
            Some(What::Rebuild(rebuild)) => return rebuild.run(global).await,
            None => {}
        }
        let settings = self.settings()?;
        let server = Server::open(global).await?;
        let measured = bench::run(&server.options, &settings, &tell).await;
        server.close().await?;
        let report = measured?;
        if let Some(database) = &report.database {
            note(&format!("the database {database} is left there"));
        }
        match global.output {
            Format::Table => output::line(&report.to_table()),
            format @ (Format::Json | Format::Jsonl | Format::Csv) => {
                output::one(format, &report.to_json())
            }
        }
    }

    fn settings(self) -> Result<Settings, Failed> {
        let defaults = Settings::default();
        let measure_for = Duration::try_from_secs_f64(self.seconds)
            .ok()
            .filter(|duration| !duration.is_zero() && self.seconds <= 3_600.0)
            .ok_or_else(|| Failed::usage("--seconds is above 0 and at most 3600"))?;
        if self.clients.iter().any(|clients| !(1..=10_000).contains(clients)) {
            return Err(Failed::usage("--clients are 1 to 10000"));
        }
        if self.rate.is_some_and(|rate| !(rate > 0.0 && rate <= 1e6)) {
            return Err(Failed::usage("--rate is above 0 and at most 1000000"));
        }
        let paperclip = self.paperclip.as_deref().map(Installation::find).transpose()?;
        let guests = paperclip.as_ref().map(|_| Name::Paperclip);
        let everybody = || Name::INCLUDED.into_iter().chain(guests).collect();
        let contenders = self.only.unwrap_or_else(everybody);
        if contenders.contains(&Name::Paperclip) && paperclip.is_none() {
            return Err(NotInstalled::Nowhere.into());
        }
        Ok(Settings {
            contenders,
            clients: self.clients,
            rounds: self.rounds.max(1),
            measure_for,
            rate: self.rate,
            skew_percent: self.skew,
            lanes: self.lanes.unwrap_or(defaults.lanes).clamp(1, 64),
            pool_connections_max: self.connections.clamp(1, 1_000),
            filled_events: self.filled,
            keep_database: self.keep,
            paperclip,
            ..defaults
        })
    }
}

fn tell(step: Step) {
    let Step { contender, clients, round, done, total } = step;
    note(&format!("{}/{total}  {contender}, {clients} clients, round {round}", done + 1));
}

impl From<NotInstalled> for Failed {
    fn from(error: NotInstalled) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<bench::Error> for Failed {
    fn from(error: bench::Error) -> Self {
        match error {
            bench::Error::Database(error) => error.into(),
            bench::Error::Ledger(error) => error.into(),
            bench::Error::NotInstalled(error) => error.into(),
            other @ (bench::Error::Cycle(_) | bench::Error::Interrupted) => {
                Self::new(Kind::Error, other.to_string())
            }
        }
    }
}
