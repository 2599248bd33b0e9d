//! The command line: data on stdout, everything else on stderr, an exit code for each kind of end.

mod activity;
mod backup;
mod bench;
mod cleanup;
mod commands;
mod company;
mod db;
mod demo;
mod env;
mod events;
mod exec;
mod exit;
mod export;
mod fill;
mod follow;
mod import;
mod janitor;
mod lease;
mod manual;
mod openapi;
mod output;
mod progress;
mod projections;
mod remote;
mod replay;
mod run;
mod serve;
mod session;
mod token;
mod verify;

use std::error::Error as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ErrorKind};
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::time::Timestamp;

use exit::Failed;
use output::Format;

use crate::read::Moment;

/// An event-sourced ledger of execution environments and of the leases on them.
#[derive(Debug, Parser)]
#[command(name = "leasehold", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Global {
    /// The company; without it, all of them, or the one that an id belongs to.
    #[arg(long, global = true, env = "LEASEHOLD_COMPANY", value_name = "ID")]
    company: Option<CompanyId>,
    /// How to print data.
    #[arg(short, long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
    /// Work through this server instead of a database, such as `https://ledger.example:5327`.
    #[arg(long, global = true, env = "LEASEHOLD_SERVER", value_name = "URL")]
    server: Option<String>,
    /// With --server: the token to show; better given by the variable, where no other user sees it.
    #[arg(
        long,
        global = true,
        env = "LEASEHOLD_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
    /// A PostgreSQL server; without it (and without PG* variables), a private one.
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Where the private PostgreSQL keeps its data.
    #[arg(long, global = true, env = "LEASEHOLD_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Answer for this moment: what had happened by then.
    #[arg(long, global = true, value_name = "TIME", conflicts_with = "at_position")]
    at: Option<Timestamp>,
    /// Answer for this position of the log.
    #[arg(long, global = true, value_name = "N")]
    at_position: Option<u64>,
    /// With --at: only what the ledger had learnt by then.
    #[arg(long, global = true, requires = "at")]
    as_known: bool,
    /// Say nothing but data and errors.
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say more; twice for everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Do what destroys without asking.
    #[arg(long, global = true)]
    yes: bool,
    /// Whether to use colour.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: output::Color,
}

impl Global {
    /// The moment that is asked about, in the words of the HTTP interface.
    fn moment_query(&self) -> remote::Query {
        remote::maybe([
            ("at", self.at.map(|at| at.to_string())),
            ("asKnown", self.as_known.then(|| "true".to_owned())),
            ("atPosition", self.at_position.map(|position| position.to_string())),
        ])
    }

    /// The moment that is asked about; none for now.
    fn moment(&self) -> Option<Moment> {
        match (self.at, self.at_position) {
            (Some(at), _) if self.as_known => Some(Moment::Known(at)),
            (Some(at), _) => Some(Moment::Happened(at)),
            (None, position) => position.map(|position| Moment::At(Position(position))),
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The tour: a private PostgreSQL, a sample history dispatched live, what came of it.
    Demo(demo::Demo),
    /// Run the ledger and its HTTP door.
    Serve(serve::Serve),
    /// Take in the history of another installation.
    Import(import::Import),
    /// The companies that the ledger knows.
    Company(company::Company),
    /// Environments: the places where runs execute.
    Env(env::Env),
    /// Leases: who holds what.
    Lease(lease::Lease),
    /// Runs: all leases of one at once.
    Run(run::Run),
    /// Run a command under a lease.
    Exec(exec::Exec),
    /// Finish cleanups and reconcile providers.
    Janitor(janitor::Janitor),
    /// Cleanups: what is left at providers, and who is at it.
    Cleanup(cleanup::Cleanup),
    /// The activity log: who did what.
    Activity(activity::Activity),
    /// The log itself.
    Events(events::Events),
    /// What happened, event by event, with the state after each.
    Replay(replay::Replay),
    /// The tables that are derived from the log, and their rebuilding.
    Projections(projections::Projections),
    /// Let the ledger check itself.
    Verify(verify::Verify),
    /// The private PostgreSQL.
    Db(db::Db),
    /// Measure the ledger beside its peers.
    Bench(bench::Bench),
    /// Tokens: who may come in over HTTP.
    Token(token::Token),
    /// The OpenAPI document of the HTTP interface.
    Openapi,
    /// Fill a database with made history.
    #[command(hide = true)]
    Fill(fill::Fill),
    /// Completions for a shell, to be sourced by it.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Man pages, one a command, into a directory.
    Man {
        /// The directory, made if it is not there.
        dir: PathBuf,
    },
    /// The version, as data.
    Version,
}

/// Reads the arguments, does what they say, and ends with the exit code that says how it went.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| legible(error).exit());
    output::set_up(&cli.global, matches!(cli.command, Command::Serve(_)));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit::report(&Failed::error(format!("no runtime: {error}"))),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => exit::report(&failed),
    }
}

/// A wrong id is told as every door tells it; its parser speaks of the character where it stopped.
fn legible(error: clap::Error) -> clap::Error {
    if !matches!(error.source(), Some(source) if source.is::<uuid::Error>()) {
        return error;
    }
    let (argument, value) =
        (error.get(ContextKind::InvalidArg), error.get(ContextKind::InvalidValue));
    let (Some(argument), Some(value)) = (argument, value) else { return error };
    let message = format!("invalid value '{value}' for '{argument}': is not a UUID");
    Cli::command().error(ErrorKind::ValueValidation, message)
}

impl Command {
    /// Whether it answers for a moment of the past.
    const fn looks_back(&self) -> bool {
        if let Self::Env(env) = self {
            return env.looks_back();
        }
        if let Self::Lease(lease) = self {
            return lease.looks_back();
        }
        matches!(self, Self::Activity(_) | Self::Replay(_))
    }
}

async fn run(cli: Cli) -> Result<(), Failed> {
    let global = &cli.global;
    if global.moment().is_some() && !cli.command.looks_back() {
        return Err(Failed::usage("this command knows of no moment but now: leave --at away"));
    }
    match cli.command {
        Command::Demo(demo) => demo.run(global).await,
        Command::Serve(serve) => serve.run(global).await,
        Command::Import(import) => import.run(global).await,
        Command::Company(company) => company.run(global).await,
        Command::Env(env) => env.run(global).await,
        Command::Lease(lease) => lease.run(global).await,
        Command::Run(run) => run.run(global).await,
        Command::Exec(exec) => Box::pin(exec.run(global)).await,
        Command::Janitor(janitor) => Box::pin(janitor.run(global)).await,
        Command::Cleanup(cleanup) => cleanup.run(global).await,
        Command::Activity(activity) => activity.run(global).await,
        Command::Events(events) => events.run(global).await,
        Command::Replay(replay) => replay.run(global).await,
        Command::Projections(projections) => projections.run(global).await,
        Command::Verify(verify) => verify.run(global).await,
        Command::Db(db) => db.run(global).await,
        Command::Bench(bench) => bench.run(global).await,
        Command::Token(token) => token.run(global).await,
        Command::Openapi => openapi::print(),
        Command::Fill(fill) => fill.run(global).await,
        Command::Completions { shell } => manual::complete(shell),
        Command::Man { dir } => manual::write(&dir),
        Command::Version => output::version(global.output),
    }
}
