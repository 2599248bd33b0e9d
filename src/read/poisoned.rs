//! What projections have stopped at.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// An aggregate that a projection has stopped at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Poisoned {
    /// Which projection.
    pub projection: String,
    /// Whose it is.
    pub company_id: Uuid,
    /// Of which kind.
    pub aggregate_type: String,
    /// Which one.
    pub aggregate_id: Uuid,
    /// The first event that could not be taken.
    pub position: i64,
    /// Why.
    pub error: String,
    /// When that was noted.
    pub noted_at: DateTime<Utc>,
}

/// Everything that projections have stopped at, of those that are named, or of all when none is.
///
/// # Errors
/// The database's.
pub async fn list_poisoned(
    connection: &mut PgConnection,
    projections: &[String],
) -> sqlx::Result<Vec<Poisoned>> {
    sqlx::query_as(
        "select projection, company_id, aggregate_type, aggregate_id, position, error, noted_at
         from leasehold.poisoned
         where cardinality($1::text[]) = 0
            or projection = any($1)
         order by noted_at, company_id, projection, aggregate_type, aggregate_id",
    )
    .bind(projections)
    .fetch_all(connection)
    .await
}
