//! Where rows are read from: a directory of JSON lines, or a live Paperclip database. Both give the
//! same: tables page by page, and single rows again by their [`Handle`].

mod database;
mod directory;

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use sqlx::postgres::PgConnectOptions;
use thiserror::Error;
use uuid::Uuid;

use database::Database;
use directory::Directory;

/// The tables that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// The tenants.
    Companies,
    /// The agents, which the ledger knows by their ids alone.
    Agents,
    /// Environments, of a company or of the whole installation.
    Environments,
    /// Leases.
    Leases,
    /// Who did what.
    Activity,
}

impl Table {
    /// Its name in a database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::Agents => "agents",
            Self::Environments => "environments",
            Self::Leases => "environment_leases",
            Self::Activity => "activity_log",
        }
    }

    /// Its file in a directory.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Companies => "companies.jsonl",
            Self::Agents => "agents.jsonl",
            Self::Environments => "environments.jsonl",
            Self::Leases => "environment_leases.jsonl",
            Self::Activity => "activity_log.jsonl",
        }
    }

    /// Whether an import can do without it.
    #[must_use]
    pub const fn is_required(self) -> bool {
        match self {
            Self::Companies | Self::Agents => false,
            Self::Environments | Self::Leases | Self::Activity => true,
        }
    }

    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Companies, Self::Agents, Self::Environments, Self::Leases, Self::Activity];
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// Why a source cannot be read at all.
#[derive(Debug, Error)]
pub enum SourceError {
    /// A file that an import cannot do without is not there.
    #[error("{} is not there", .0.display())]
    Missing(PathBuf),
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A table that an import cannot do without is not there.
    #[error("the database has no table {0} in its search path; is it Paperclip's?")]
    NoTable(Table),
    /// A table of that name is there, but not Paperclip's.
    #[error("the table {0} has no column id of type uuid; is it Paperclip's?")]
    Foreign(Table),
    /// The database does not answer.
    #[error("the source database does not answer")]
    Database(#[from] sqlx::Error),
}

/// Finds a row again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handle {
    /// A line of a file.
    Line { number: u32, offset: u64, bytes: u32 },
    /// A row of a database.
    Row(Uuid),
}

/// One row as its source holds it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) handle: Handle,
    /// The row as a JSON object; none when it is longer than any row may be.
    pub(super) text: Option<Vec<u8>>,
}

/// Where rows are read from. What it shows does not change while it is open.
#[derive(Debug)]
pub struct Source(Kind);

#[derive(Debug)]
enum Kind {
    Directory(Directory),
    Database(Box<Database>),
}

impl Source {
    /// A directory with a file of JSON lines for each table.
    ///
    /// # Errors
    /// [`SourceError::Missing`] or [`SourceError::Unreadable`], naming the file.
    pub async fn directory(path: &Path) -> Result<Self, SourceError> {
        Directory::open(path).await.map(Kind::Directory).map(Self)
    }

    /// A live database, seen in one snapshot that lasts as long as this does. Nothing is written.
    ///
    /// # Errors
    /// The database's, or that it is not Paperclip's.
    pub async fn database(options: &PgConnectOptions) -> Result<Self, SourceError> {
        Database::open(options).await.map(Box::new).map(Kind::Database).map(Self)
    }

    /// Begins to read a table from its start. One that is not there has no rows.
    pub(super) async fn begin(&mut self, table: Table) -> Result<(), SourceError> {
        match &mut self.0 {
            Kind::Directory(directory) => directory.begin(table).await,
            Kind::Database(database) => database.begin(table).await,
        }
    }

    /// The next rows of the table that was begun; none when it is over.
    pub(super) async fn next(&mut self) -> Result<Vec<Entry>, SourceError> {
        match &mut self.0 {
            Kind::Directory(directory) => directory.next().await,
            Kind::Database(database) => database.next().await,
        }
    }

    /// Some rows again, in the order of their handles.
    pub(super) async fn get(
        &mut self,
        table: Table,
        handles: Vec<Handle>,
    ) -> Result<Vec<Entry>, SourceError> {
        match &mut self.0 {
            _ if handles.is_empty() => Ok(Vec::new()),
            Kind::Directory(directory) => directory.get(table, handles).await,
            Kind::Database(database) => database.get(table, &handles).await,
        }
    }
}
