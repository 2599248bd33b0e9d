//! `leasehold bench exec`: what a lease costs a run on this machine.

use clap::Args;
use serde_json::{Value, json};

use super::lifecycle::at_least_one;
use crate::bench::run_exec;
use crate::cli::Global;
use crate::cli::exit::Failed;
use crate::cli::output;
use crate::cli::session::Server;

/// What a table of the samples shows.
const COLUMNS: [&str; 5] = ["way", "runs", "p50Us", "p99Us", "overBareUs"];

/// Measure what a lease costs a run on this machine, beside the bare command, by each way to the
/// ledger; in a database of its own, which is dropped afterwards.
#[derive(Debug, Args)]
pub(in crate::cli) struct Exec {
    /// How often the command is run by each way.
    #[arg(long, default_value_t = 200, value_name = "N", value_parser = at_least_one)]
    rounds: usize,
}

impl Exec {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let server = Server::open(global).await?;
        let measured = run_exec(&server.options, self.rounds).await;
        server.close().await?;
        let rows: Vec<Value> = measured?.iter().map(|sample| json!(sample)).collect();
        output::list(global.output, &COLUMNS, &rows)
    }
}
