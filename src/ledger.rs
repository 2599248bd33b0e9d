//! An open ledger: the dispatcher for commands and the pool for questions, on one database.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use tokio::task::JoinHandle;

use crate::database;
use crate::dispatch::{Dispatcher, Lanes, Settings};
use crate::log::{DatabaseError, drop_old_receipts, make_partitions, read_clock};
use crate::rebuild::check_versions;
use crate::spans;
use crate::sweep::{self, Sweeper, Sweeping};

/// How often the receipts' partitions are looked after.
const UPKEEP_EVERY: Duration = Duration::from_hours(1);

/// How a ledger is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How commands are dispatched.
    pub dispatch: Settings,
    /// How long receipts are kept at least; a retried command hears the same for so long.
    pub receipts_kept_for: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let receipts_kept_for = Duration::from_hours(7 * 24);
        Self { dispatch: Settings::default(), receipts_kept_for }
    }
}

/// A ledger on one database.
#[derive(Debug)]
pub struct Ledger {
    /// Takes commands.
    pub dispatcher: Dispatcher,
    /// For questions.
    pub readers: PgPool,
    /// How its database is reached.
    pub database: PgConnectOptions,
    /// For what is written and is no command, such as tokens.
    pub keepers: PgPool,
    lanes: Lanes,
    upkeep: JoinHandle<()>,
    sweeping: Option<Sweeping>,
    spanning: Option<JoinHandle<()>>,
}

impl Ledger {
    /// Migrates the database where needed and starts the lanes.
    ///
    /// # Errors
    /// A [`DatabaseError`] that says what to do.
    pub async fn open(
        database: &PgConnectOptions,
        options: Options,
    ) -> Result<Self, DatabaseError> {
        let readers = Self::prepared(database).await?;
        let keepers = database::keepers(database);
        let (dispatcher, lanes) = Dispatcher::start(database, options.dispatch);
        let upkeep = tokio::spawn(look_after(database.clone(), options.receipts_kept_for));
        let database = database.clone();
        Ok(Self {
            dispatcher,
            readers,
            database,
            keepers,
            lanes,
            upkeep,
            sweeping: None,
            spanning: None,
        })
    }

    /// Readers of a database that is as it has to be. Most often it is, and one question says so.
    async fn prepared(database: &PgConnectOptions) -> Result<PgPool, DatabaseError> {
        let opened = database::readers(database).await;
        if opened.is_err() {
            // Says what is wrong, where a pool only says that it waited.
            database::prepare(database).await?;
        }
        let readers = match opened {
            Ok(readers) => readers,
            Err(_) => database::readers(database).await?,
        };
        let mut connection = readers.acquire().await?;
        if !database::is_prepared(&mut connection).await {
            database::prepare(database).await?;
        }
        check_versions(&mut connection).await?;
        drop(connection);
        Ok(readers)
    }

    /// Lets this process end what falls due, unless another one of the installation does.
    pub fn sweep(&mut self, database: &PgConnectOptions, settings: sweep::Settings) {
        let sweeper = Sweeper::new(self.dispatcher.clone(), database, settings);
        self.sweeping.get_or_insert_with(|| Sweeping::start(sweeper));
    }

    /// Lets this process keep `lease_spans` up, unless another one of the installation does.
    pub fn keep_spans(&mut self) {
        let wake = self.dispatcher.wake().clone();
        self.spanning.get_or_insert_with(|| spans::start(&self.database, wake));
    }

    /// Finishes what was accepted and lets the database go. Dispatchers that were cloned from this
    /// ledger's must be gone, else this waits for them.
    pub async fn close(self) {
        if let Some(sweeping) = self.sweeping {
            sweeping.stop().await;
        }
        if let Some(spanning) = self.spanning {
            spanning.abort();
            // It is over when it lets go of what it holds; that it was told to is no news.
            let _ = spanning.await;
        }
        drop(self.dispatcher);
        self.lanes.finish().await;
        self.upkeep.abort();
        self.readers.close().await;
        self.keepers.close().await;
    }
}

/// Makes the coming days' receipt partitions and drops the old ones, for as long as it runs.
async fn look_after(database: PgConnectOptions, keep_for: Duration) {
    let database = database.application_name("leasehold upkeep").disable_statement_logging();
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        if let Err(error) = look_after_once(&database, keep_for).await {
            tracing::warn!(%error, "receipts could not be looked after; tried again in an hour");
        }
    }
}

async fn look_after_once(database: &PgConnectOptions, keep_for: Duration) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect_with(database).await?;
    let now = read_clock(&mut connection).await?;
    make_partitions(&mut connection, now).await?;
    drop_old_receipts(&mut connection, now, keep_for).await?;
    connection.close().await
}
