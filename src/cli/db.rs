//! `leasehold db`: the private PostgreSQL.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Failed;
use super::output::{self, line, note};
use super::session::managed;
use super::{Global, backup};
use crate::pg::binaries::Search;
use crate::pg::{self, Cluster, Mode, Notice};

/// The private PostgreSQL, which runs while somebody uses it.
#[derive(Debug, Args)]
pub(super) struct Db {
    #[command(subcommand)]
    command: DbCommand,
}

#[derive(Debug, Subcommand)]
enum DbCommand {
    /// What is known of it, without starting it.
    Status,
    /// Start it, and let it run until `db stop`.
    Start,
    /// Stop it.
    Stop,
    /// Start it if need be, keep it running, and print its URL.
    Url,
    /// Open psql on it.
    Psql {
        /// What psql is to get.
        #[arg(trailing_var_arg = true)]
        args: Vec<String>,
    },
    /// Find PostgreSQL's programs, or get them.
    Install,
    /// Write the ledger, as it is at one moment, into a file.
    Backup {
        /// The file; it must not be there yet.
        file: PathBuf,
    },
    /// Bring a backup into an empty data directory, under a new epoch.
    Restore {
        /// The file.
        file: PathBuf,
    },
}

impl Db {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let data_dir = match &global.data_dir {
            Some(dir) => dir.clone(),
            None => pg::default_data_dir()?,
        };
        match self.command {
            DbCommand::Status => status(global, &data_dir),
            DbCommand::Start => start(data_dir).await.map(|_| ()),
            DbCommand::Stop => stop(data_dir).await,
            DbCommand::Url => {
                let url = start(data_dir).await?;
                line(&url)
            }
            DbCommand::Psql { args } => psql(data_dir, args).await,
            DbCommand::Install => install(&data_dir).await,
            DbCommand::Backup { file } => {
                backup::back_up(global, open(data_dir).await?, &file).await
            }
            DbCommand::Restore { file } => {
                backup::restore(global, open(data_dir).await?, &file).await
            }
        }
    }
}

fn status(global: &Global, data_dir: &Path) -> Result<(), Failed> {
    let status = pg::status(data_dir)?;
    let server = status.server.as_ref();
    output::one(
        global.output,
        &json!({
            "dataDir": status.data_dir,
            "major": status.major,
            "log": status.log,
            "running": server.is_some(),
            "pid": server.map(|server| server.pid),
            "ready": server.is_some_and(|server| server.is_ready),
            "inUse": server.is_some_and(|server| server.is_in_use),
            "kept": server.is_some_and(|server| server.is_kept),
            "url": server.map(|server| server.url.clone()),
        }),
    )
}

/// Starts the server so that it outlives this process; its URL.
async fn start(data_dir: PathBuf) -> Result<String, Failed> {
    let cluster = open(data_dir).await?;
    let url = cluster.url();
    note(&format!("PostgreSQL runs on {}", cluster.data_dir().display()));
    cluster.keep_running()?;
    Ok(url)
}

async fn open(data_dir: PathBuf) -> Result<Cluster, Failed> {
    let mut settings = managed(Mode::Durable)?;
    settings.data_dir = Some(data_dir);
    Ok(Cluster::start(&settings).await?)
}

async fn stop(data_dir: PathBuf) -> Result<(), Failed> {
    let stopped = pg::stop(&data_dir, &Notice::new(note)).await?;
    note(if stopped { "PostgreSQL is stopped" } else { "PostgreSQL was not running" });
    Ok(())
}

async fn psql(data_dir: PathBuf, args: Vec<String>) -> Result<(), Failed> {
    let cluster = open(data_dir).await?;
    let psql = cluster.bin_dir().join("psql");
    let status =
        tokio::process::Command::new(&psql)
            .arg(cluster.url())
            .args(args)
            .status()
            .await
            .map_err(|error| Failed::error(format!("cannot run {}: {error}", psql.display())))?;
    cluster.stop().await?;
    if status.success() { Ok(()) } else { Err(Failed::error(format!("psql ended with {status}"))) }
}

/// Says where the programs are; where there are none, gets them by the means the machine has.
async fn install(data_dir: &Path) -> Result<(), Failed> {
    let major = pg::status(data_dir)?.major;
    if let Ok(found) = pg::binaries::find(&Search::from_env(), major) {
        return line(&format!("PostgreSQL {} in {}", found.version(), found.dir().display()));
    }
    let plan = pg::install::plan(&pg::install::Machine::here(), major);
    // Where the usual search looks, whatever the data directory.
    let home = pg::default_data_dir()?;
    let found = pg::install::execute(&plan, &home, major, &Notice::new(note)).await?;
    line(&format!("PostgreSQL {} in {}", found.version(), found.dir().display()))
}
