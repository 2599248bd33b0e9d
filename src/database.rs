//! The database as the ledger needs it: reachable, fit, migrated.

use std::io;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use tokio::time::timeout;

use crate::log::{DatabaseError, days_at, make_partitions, partition, read_clock};
use crate::read::{Readiness, find_how_it_is, find_newest_migration, readiness};

/// What this program brings a database to.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// PostgreSQL 14, as `server_version_num` has it.
const SERVER_VERSION_MIN: i32 = 140_000;
const ENCODING: &str = "UTF8";

/// How long a start waits for a server that says nothing.
const START_FOR: Duration = Duration::from_secs(10);

/// Brings the schema `leasehold` to this program's version and makes the coming days' receipt
/// partitions. Safe to run from several processes at once: the migrator takes an advisory lock.
///
/// # Errors
/// A [`DatabaseError`] that says what to do; a schema that is newer than this program is left alone.
pub async fn prepare(options: &PgConnectOptions) -> Result<(), DatabaseError> {
    let mut connection = connect(options).await?;
    check_settings(&mut connection).await?;
    // The migrator keeps its own table in the first schema of the search path: ours, not public.
    let made = sqlx::query("create schema if not exists leasehold").execute(&mut connection).await;
    match made {
        // Whoever may only write, as leasehold_writer may, finds the schema as its owner left it.
        Err(error) if is_code(&error, "42501") => check_migrated(&mut connection).await?,
        Err(error) if !is_race(&error) => return Err(error.into()),
        Ok(_) | Err(_) => {
            MIGRATIONS.run_direct(&mut connection).await.map_err(explain)?;
            let now = read_clock(&mut connection).await?;
            make_partitions(&mut connection, now).await?;
        }
    }
    connection.close().await?;
    Ok(())
}

/// Whether a session of the [`readers`] finds nothing to prepare: everything as this program would
/// leave it, and partitions for whatever comes. Any doubt is a no, and [`prepare`] says what is wrong.
pub async fn is_prepared(connection: &mut PgConnection) -> bool {
    let Ok(found) = find_how_it_is(connection).await else { return false };
    let known = MIGRATIONS.iter().map(|migration| (migration.version, &*migration.checksum));
    let applied = found.versions.iter().copied().zip(found.checksums.iter().map(Vec::as_slice));
    let has_partition = |day| found.partitions.contains(&partition(day));
    known.eq(applied)
        && found.server_version >= SERVER_VERSION_MIN
        && found.encoding == ENCODING
        && found.read_only == "on"
        && days_at(found.now).all(has_partition)
}

async fn check_migrated(connection: &mut PgConnection) -> Result<(), DatabaseError> {
    let applied = find_newest_migration(connection).await?;
    match readiness(applied) {
        Readiness::Ready => Ok(()),
        Readiness::Behind => Err(DatabaseError::NotMigrated),
        Readiness::Newer => Err(DatabaseError::Newer(applied.unwrap_or_default())),
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, DatabaseError> {
    let options = options
        .clone()
        .application_name("leasehold migration")
        .options([("search_path", "leasehold"), ("client_min_messages", "warning")])
        .disable_statement_logging();
    connect_within(START_FOR, &options).await.map_err(DatabaseError::of_connecting)
}

/// Connects. A server that takes the connection and says nothing is as good as none.
pub(crate) async fn connect_within(
    patience: Duration,
    options: &PgConnectOptions,
) -> sqlx::Result<PgConnection> {
    let connecting = timeout(patience, PgConnection::connect_with(options));
    connecting.await.unwrap_or_else(|_| Err(silence()))
}

/// The error of a server that says nothing.
pub(crate) fn silence() -> sqlx::Error {
    let what = "the server took the connection and said nothing";
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, what))
}

/// A database that loses what it acknowledged is no place for a ledger.
async fn check_settings(connection: &mut PgConnection) -> Result<(), DatabaseError> {
    let version: String =
        sqlx::query_scalar("show server_version_num").fetch_one(&mut *connection).await?;
    if version.parse::<i32>().is_ok_and(|version| version < SERVER_VERSION_MIN) {
        let (setting, needed) = ("server_version_num", "at least 140000");
        return Err(DatabaseError::Setting { setting, value: version, needed });
    }
    // Asked for when this connection was made. What comes in between and drops it drops time-outs and
    // plans too, and hands each statement to another session, where none was prepared.
    let path: String = sqlx::query_scalar("show search_path").fetch_one(&mut *connection).await?;
    if path != "leasehold" {
        let needed = "what it asked for: a pooler in between, such as PgBouncer, drops settings; \
                      connect to PostgreSQL itself";
        return Err(DatabaseError::Setting { setting: "search_path", value: path, needed });
    }
    let encoding: String =
        sqlx::query_scalar("show server_encoding").fetch_one(&mut *connection).await?;
    if encoding != ENCODING {
        let (setting, needed) = ("server_encoding", ENCODING);
        return Err(DatabaseError::Setting { setting, value: encoding, needed });
    }
    Ok(())
}

/// Two processes that start at once may both make the schema; one of them is told so.
fn is_race(error: &sqlx::Error) -> bool {
    is_code(error, "23505") || is_code(error, "42P06")
}

fn is_code(error: &sqlx::Error, code: &str) -> bool {
    let found = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    found.as_deref() == Some(code)
}

fn explain(error: MigrateError) -> DatabaseError {
    if let MigrateError::VersionMissing(version) = error {
        DatabaseError::Newer(version)
    } else if let MigrateError::VersionMismatch(version) = error {
        DatabaseError::Foreign(version)
    } else {
        DatabaseError::Migration(error)
    }
}

/// A pool for questions: short statements, never a command.
///
/// # Errors
/// [`DatabaseError::Unreachable`] when not one connection can be had.
pub async fn readers(options: &PgConnectOptions) -> Result<PgPool, DatabaseError> {
    let options =
        options.clone().application_name("leasehold reader").disable_statement_logging().options([
            ("default_transaction_read_only", "on"),
            ("statement_timeout", "30s"),
            ("jit", "off"),
        ]);
    PgPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options)
        .await
        .map_err(DatabaseError::of_connecting)
}

/// A pool for what is written and is no command; it connects when it is needed.
#[must_use]
pub fn keepers(options: &PgConnectOptions) -> PgPool {
    let options = options
        .clone()
        .application_name("leasehold keeper")
        .disable_statement_logging()
        .options([("statement_timeout", "10s"), ("lock_timeout", "5s"), ("jit", "off")]);
    PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(5))
        .connect_lazy_with(options)
}
