//! `leasehold projections`: the tables that are derived from the log, and their rebuilding.

mod through;

use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use super::Global;
use super::commands::person;
use super::exit::{Failed, Kind};
use super::output::{self, confirm, note};
use super::progress::Progress;
use super::remote::Remote;
use super::session::Server;
use crate::database::prepare;
use crate::dispatch::Caller;
use crate::read::list_poisoned;
use crate::rebuild::{
    self, Options, Progress as Step, RebuildError, Verdict, cancel, drop_old, go_back, list_live,
    list_old, list_rebuilds, redrive,
};

/// What a table shows of what projections have stopped at.
const POISONED: [&str; 6] =
    ["projection", "companyId", "aggregateType", "aggregateId", "position", "error"];
/// Rebuilds that a list shows.
const REBUILDS_SHOWN: usize = 10;

/// The tables that are derived from the log.
#[derive(Debug, Args)]
pub(super) struct Projections {
    #[command(subcommand)]
    command: ProjectionsCommand,
}

#[derive(Debug, Subcommand)]
enum ProjectionsCommand {
    /// Each with its version and size, and the last rebuilds.
    List,
    /// Fill them anew from the log beside the live ones, compare every row, and swap. Commands go on
    /// meanwhile. One that was cut off is gone on with.
    Rebuild {
        /// Which; all of them when none is named.
        names: Vec<String>,
        /// Swap although rows differ: for a fold that was mended or a new column.
        #[arg(long)]
        allow_difference: bool,
        /// At most so many events a second.
        #[arg(long, value_name = "EVENTS", value_parser = clap::value_parser!(u32).range(1..))]
        rate: Option<u32>,
    },
    /// End the rebuild that runs, or that was cut off; nothing is left of it.
    Cancel,
    /// Drop the tables that the last rebuild replaced.
    DropOld,
    /// Go back to the tables that the last rebuild replaced; what has happened since is in them.
    GoBack {
        /// Which; all of them when none is named.
        names: Vec<String>,
    },
    /// What projections have stopped at, and why.
    Poisoned {
        /// Which; all of them when none is named.
        names: Vec<String>,
    },
    /// Drive what projections have stopped at through them again, after a fix.
    Redrive {
        /// Which; all of them when none is named.
        names: Vec<String>,
    },
}

impl Projections {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        if let Some(remote) = Remote::of(global)?
            && let Some(done) = self.command.run_through(global, &remote).await
        {
            return done;
        }
        let server = Server::open(global).await?;
        prepare(&server.options).await?;
        let done = self.command.run(global, &server).await;
        server.close().await?;
        done
    }
}

impl ProjectionsCommand {
    async fn run(self, global: &Global, server: &Server) -> Result<(), Failed> {
        match self {
            Self::List => list(global, server).await,
            Self::Rebuild { names, allow_difference, rate } => {
                let options = Options {
                    projections: names,
                    is_difference_allowed: allow_difference,
                    events_per_second_max: rate,
                    ..Options::new(Caller { actor: person(), authenticated_by: None })
                };
                let verdict = run_rebuild(server, &options).await?;
                output::one(global.output, &json!(verdict))
            }
            Self::Cancel => {
                let ended = cancel(&server.options, None).await?;
                let ended = ended.ok_or_else(|| Failed::not_found("no rebuild runs"))?;
                output::one(global.output, &json!(ended))
            }
            Self::Poisoned { names } => poisoned(global, server, &names).await,
            Self::Redrive { names } => drive_again(global, server, &names).await,
            Self::GoBack { names } => return_to_old(global, server, &names).await,
            Self::DropOld => forget_old(global, server).await,
        }
    }
}

async fn poisoned(global: &Global, server: &Server, names: &[String]) -> Result<(), Failed> {
    let mut connection = PgConnection::connect_with(&server.options).await?;
    let poisoned = list_poisoned(&mut connection, names).await?;
    connection.close().await?;
    let rows: Vec<Value> = poisoned.iter().map(|found| json!(found)).collect();
    output::list(global.output, &POISONED, &rows)
}

async fn drive_again(global: &Global, server: &Server, names: &[String]) -> Result<(), Failed> {
    let caller = Caller { actor: person(), authenticated_by: None };
    let redriven = redrive(&server.options, names, caller).await?;
    output::one(global.output, &json!(redriven))?;
    match redriven.left.len() {
        0 => Ok(()),
        left => Err(Failed::error(format!("{left} still cannot be taken"))),
    }
}

async fn return_to_old(global: &Global, server: &Server, names: &[String]) -> Result<(), Failed> {
    confirm(global, "Go back to the tables from before the last rebuild?")?;
    let caller = Caller { actor: person(), authenticated_by: None };
    let id = go_back(&server.options, names, caller).await?;
    output::one(global.output, &json!({"rebuildId": id}))
}

async fn forget_old(global: &Global, server: &Server) -> Result<(), Failed> {
    let mut connection = PgConnection::connect_with(&server.options).await?;
    let names = list_old(&mut connection).await?;
    if !names.is_empty() {
        confirm(global, &format!("Drop {}?", names.join(", ")))?;
    }
    let dropped = drop_old(&mut connection).await?;
    connection.close().await?;
    output::one(global.output, &json!({"dropped": dropped}))
}

async fn list(global: &Global, server: &Server) -> Result<(), Failed> {
    let mut connection = PgConnection::connect_with(&server.options).await?;
    let live: Vec<Value> = list_live(&mut connection).await?.iter().map(|l| json!(l)).collect();
    let old = list_old(&mut connection).await?;
    let mut rebuilds = list_rebuilds(&mut connection).await?;
    connection.close().await?;
    rebuilds.truncate(REBUILDS_SHOWN);
    let rebuilds: Vec<Value> = rebuilds.iter().map(|rebuild| json!(rebuild)).collect();
    show(global, &live, &rebuilds, &old)
}

fn show(global: &Global, live: &[Value], rebuilds: &[Value], old: &[String]) -> Result<(), Failed> {
    if global.output != output::Format::Table {
        return output::one(
            global.output,
            &json!({"projections": live, "rebuilds": rebuilds, "old": old}),
        );
    }
    output::list(global.output, &["name", "version", "rows", "bytes"], live)?;
    if !rebuilds.is_empty() {
        let columns = ["id", "state", "projections", "askedBy", "startedAt", "events", "rows"];
        output::list(global.output, &columns, rebuilds)?;
    }
    if !old.is_empty() {
        note(&format!("kept from before the last swap: {}", old.join(", ")));
    }
    Ok(())
}

async fn run_rebuild(server: &Server, options: &Options) -> Result<Verdict, RebuildError> {
    let progress = Arc::new(Progress::new("events", 0));
    let bar = Arc::clone(&progress);
    let told = move |step| match step {
        Step::Expected(events) => bar.expect(events),
        Step::Loaded(events) => bar.advance(events),
        Step::Indexing => {
            bar.finish();
            note("making the indexes");
        }
        Step::Comparing => note("comparing every row and column"),
        Step::Swapping => note("swapping"),
    };
    let done = rebuild::rebuild(&server.options, options, Arc::new(told)).await;
    progress.finish();
    done
}

impl From<RebuildError> for Failed {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::Database(error) => error.into(),
            RebuildError::Unknown(_) | RebuildError::NothingOld => {
                Self::not_found(error.to_string())
            }
            RebuildError::Running(_) => {
                Self::new(Kind::Refused, format!("refused (rebuild_running): {error}"))
            }
            RebuildError::Differs(verdict) => {
                let first = json!(verdict.first);
                let message = format!("refused (rebuild_differs): {verdict}\n  {first}");
                Self::new(Kind::Refused, message)
            }
            RebuildError::OtherFold { .. } => {
                Self::new(Kind::Refused, format!("refused (upgrade_required): {error}"))
            }
            RebuildError::Untold(_) => Self::new(Kind::Unavailable, error.to_string()),
            RebuildError::Cancelled
            | RebuildError::Busy
            | RebuildError::Ending
            | RebuildError::TakenOver => Self::error(error.to_string()),
        }
    }
}
