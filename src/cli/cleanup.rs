//! `leasehold cleanup`: what is left at providers, and who is at it.

use clap::{Args, Subcommand};
use leasehold_domain::company::CommandType;
use leasehold_domain::lease::CleanupState;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::Global;
use super::commands::{Fill, Keyed, Target, send};
use super::company::companies;
use super::exit::Failed;
use super::output;
use super::remote::{Remote, maybe};
use super::session::Session;
use crate::read::{CleanupFilter, Keyset, list_cleanups};

/// What a table of cleanups shows.
const COLUMNS: [&str; 6] =
    ["id", "cleanupState", "cleanupDueAt", "provider", "providerLeaseId", "environmentId"];

/// The same of an item of a server's queue.
pub(super) const ITEM_COLUMNS: [&str; 6] =
    ["leaseId", "state", "dueAt", "provider", "providerLeaseId", "environmentId"];

/// Cleanups: what is left at providers.
#[derive(Debug, Args)]
pub(super) struct Cleanup {
    #[command(subcommand)]
    command: CleanupCommand,
}

#[derive(Debug, Subcommand)]
enum CleanupCommand {
    /// Cleanups that are not done, those that may be claimed earliest first.
    List {
        /// Only those in this state; several separated by commas.
        #[arg(long, value_name = "WORDS", value_delimiter = ',')]
        state: Vec<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: u32,
    },
    /// Take the cleanups that have waited longest.
    Claim {
        /// Who takes them.
        #[arg(long, value_name = "NAME")]
        owner: String,
        /// At most so many.
        #[arg(long, default_value_t = 10, value_name = "N")]
        limit: u32,
        /// For how long, in seconds.
        #[arg(long, default_value_t = 300, value_name = "SECONDS")]
        ttl: u32,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Keep a claim for longer.
    Renew {
        #[command(flatten)]
        step: Step,
        /// From now on, in seconds.
        #[arg(long, default_value_t = 300, value_name = "SECONDS")]
        ttl: u32,
    },
    /// It is done.
    Succeed {
        #[command(flatten)]
        step: Step,
        /// The evidence, as JSON.
        #[arg(long, value_name = "JSON")]
        proof: Option<String>,
    },
    /// The attempt failed.
    Fail {
        #[command(flatten)]
        step: Step,
        /// What went wrong, in a word.
        #[arg(long, value_name = "WORD")]
        kind: String,
        /// In words.
        #[arg(long, value_name = "TEXT")]
        message: Option<String>,
    },
    /// Put it off without an attempt.
    Defer {
        #[command(flatten)]
        step: Step,
        /// For how long.
        #[arg(long, value_name = "SECONDS")]
        seconds: Option<u32>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        message: Option<String>,
    },
}

/// A janitor's step.
#[derive(Debug, Args)]
struct Step {
    /// The lease that left something behind.
    lease: Uuid,
    /// The fence of the claim.
    #[arg(long, value_name = "N")]
    claim_fence: u64,
    #[command(flatten)]
    keyed: Keyed,
}

impl Cleanup {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let (kind, step, fill) = match self.command {
            CleanupCommand::List { state, limit } => return list(global, &state, limit).await,
            CleanupCommand::Claim { owner, limit, ttl, keyed } => {
                let fill = Fill::default().text("owner", Some(&owner));
                let fill = fill.set("limit", limit).set("ttlSeconds", ttl);
                return send(global, &keyed, CommandType::ClaimCleanups, Target::Nobody, fill)
                    .await;
            }
            CleanupCommand::Renew { step, ttl } => {
                (CommandType::RenewCleanup, step, Fill::default().set("ttlSeconds", ttl))
            }
            CleanupCommand::Succeed { step, proof } => {
                let fill = Fill::default().json("proof", proof.as_deref())?;
                (CommandType::SucceedCleanup, step, fill)
            }
            CleanupCommand::Fail { step, kind, message } => {
                let fill = Fill::default().text("kind", Some(&kind));
                (CommandType::FailCleanup, step, fill.text("message", message.as_deref()))
            }
            CleanupCommand::Defer { step, seconds, message } => {
                let fill = Fill::default().maybe("seconds", seconds.map(Value::from));
                (CommandType::DeferCleanup, step, fill.text("message", message.as_deref()))
            }
        };
        let fill = fill.id("leaseId", Some(step.lease)).set("claimFence", step.claim_fence);
        send(global, &step.keyed, kind, Target::Lease(step.lease), fill).await
    }
}

async fn list(global: &Global, states: &[String], limit: u32) -> Result<(), Failed> {
    let states: Result<Vec<CleanupState>, _> = states.iter().map(|word| word.parse()).collect();
    let states =
        states.map_err(|error: leasehold_domain::UnknownWord| Failed::usage(error.to_string()))?;
    let states = Some(states).filter(|states| !states.is_empty());
    if let Some(remote) = Remote::of(global)? {
        let word = |state: &CleanupState| state.as_str();
        let words = states.iter().flatten().map(word).collect::<Vec<_>>().join(",");
        let query = maybe([("state", Some(words).filter(|words| !words.is_empty()))]);
        let rows = remote.list(&remote.path("cleanups"), &query, limit as usize).await?;
        return output::list(global.output, &ITEM_COLUMNS, &rows);
    }
    let filter = CleanupFilter { states, ..CleanupFilter::default() };
    let session = Session::open(global).await?;
    let rows = rows(&session.ledger.readers, global, &filter, limit).await;
    session.close().await?;
    output::list(global.output, &COLUMNS, &rows?)
}

async fn rows(
    pool: &PgPool,
    global: &Global,
    filter: &CleanupFilter,
    limit: u32,
) -> Result<Vec<Value>, Failed> {
    let companies: Vec<Uuid> = companies(pool, global).await?.into_iter().map(Into::into).collect();
    let connection = &mut *pool.acquire().await?;
    let found = list_cleanups(connection, &companies, filter, Keyset::OLDEST, limit.into()).await?;
    Ok(found.iter().map(|row| json!(row)).collect())
}
