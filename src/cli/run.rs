//! `leasehold run`: all leases of one run at once.

use clap::{Args, Subcommand};
use leasehold_domain::company::CommandType;
use leasehold_domain::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::Global;
use super::commands::{Fill, Keyed, Target, send};
use super::exit::Failed;

/// All leases of one run at once.
#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(subcommand)]
    command: RunCommand,
}

#[derive(Debug, Subcommand)]
enum RunCommand {
    /// End every active lease of a run.
    Release {
        /// The run.
        run: Uuid,
        /// released, expired or failed.
        #[arg(long, value_name = "WORD")]
        status: Option<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Record that a run has ended; its active leases end with it.
    End {
        /// The run.
        run: Uuid,
        /// `succeeded`, `failed`, `timed_out`, `cancelled` or `interrupted`.
        #[arg(long, value_name = "WORD")]
        outcome: String,
        /// When it was over, if that was before now.
        #[arg(long, value_name = "TIME")]
        ended_at: Option<Timestamp>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Promise anew for every active lease of a run.
    Renew {
        /// The run.
        run: Uuid,
        /// From now on, in seconds.
        #[arg(long, value_name = "SECONDS")]
        ttl: u32,
        #[command(flatten)]
        keyed: Keyed,
    },
}

impl Run {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let (kind, run, keyed, fill) = match self.command {
            RunCommand::Release { run, status, reason, keyed } => {
                let fill = Fill::default()
                    .text("status", status.as_deref())
                    .text("failureReason", reason.as_deref());
                (CommandType::ReleaseRun, run, keyed, fill)
            }
            RunCommand::End { run, outcome, ended_at, reason, keyed } => {
                let fill = Fill::default()
                    .set("outcome", outcome)
                    .text("reason", reason.as_deref())
                    .maybe("endedAt", ended_at.map(|at| json!(at)));
                (CommandType::EndRun, run, keyed, fill)
            }
            RunCommand::Renew { run, ttl, keyed } => {
                (CommandType::RenewRun, run, keyed, Fill::default().set("ttlSeconds", ttl))
            }
        };
        let fill = fill.id("runId", Some(run));
        send(global, &keyed, kind, Target::Run(run), fill).await
    }
}
