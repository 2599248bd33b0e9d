//! Whether the database is as this program needs it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::database::MIGRATIONS;

/// How the schema stands to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// It is what this program was built for.
    Ready,
    /// Migrations are missing.
    Behind,
    /// A newer program has migrated it.
    Newer,
}

/// How a database is found, in one question.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    /// PostgreSQL's version, as a number.
    pub server_version: i32,
    /// Its encoding.
    pub encoding: String,
    /// Whether this session is one that may only read, as `on` and `off`.
    pub read_only: String,
    /// Its clock.
    pub now: DateTime<Utc>,
    /// The names of the receipts' partitions.
    pub partitions: Vec<String>,
    /// The migrations that were applied, in order.
    pub versions: Vec<i64>,
    /// Their checksums, in the same order.
    pub checksums: Vec<Vec<u8>>,
}

/// Looks how the database is.
///
/// # Errors
/// The database's; also when the schema is not there at all.
pub async fn find_how_it_is(connection: &mut PgConnection) -> sqlx::Result<Found> {
    sqlx::query_as(
        "select current_setting('server_version_num')::int as server_version,
                current_setting('server_encoding') as encoding,
                current_setting('default_transaction_read_only') as read_only,
                clock_timestamp() as now,
                array(select c.relname::text
                      from pg_catalog.pg_inherits i
                      join pg_catalog.pg_class c on c.oid = i.inhrelid
                      where i.inhparent = 'leasehold.receipts'::regclass) as partitions,
                array(select version from leasehold._sqlx_migrations
                      where success order by version) as versions,
                array(select checksum from leasehold._sqlx_migrations
                      where success order by version) as checksums",
    )
    .fetch_one(connection)
    .await
}

/// The newest migration that was applied.
///
/// # Errors
/// The database's; also when the schema is not there at all.
pub async fn find_newest_migration(connection: &mut PgConnection) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "select max(version)
         from leasehold._sqlx_migrations
         where success",
    )
    .fetch_one(connection)
    .await
}

/// Compares what was applied with what this program knows.
#[must_use]
pub fn readiness(applied: Option<i64>) -> Readiness {
    let known = MIGRATIONS.iter().map(|migration| migration.version).max();
    match applied.cmp(&known) {
        std::cmp::Ordering::Less => Readiness::Behind,
        std::cmp::Ordering::Equal => Readiness::Ready,
        std::cmp::Ordering::Greater => Readiness::Newer,
    }
}
