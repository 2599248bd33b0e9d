//! Whether the database is as this program needs it.

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
