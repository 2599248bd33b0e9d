//! What has fallen due, of every company: the sweeper's question.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A lease of which something falls due, as its row has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct DueLease {
    /// The company.
    pub company_id: Uuid,
    /// The lease.
    pub id: Uuid,
    /// Its version.
    pub version: i64,
    /// When.
    pub due_at: DateTime<Utc>,
}

/// At most `limit` leases that fall due until a time, the longest overdue first, without those that
/// are to be left alone for now.
///
/// # Errors
/// The database's.
pub async fn list_due_leases(
    connection: &mut PgConnection,
    until: DateTime<Utc>,
    left_alone: &[Uuid],
    limit: i64,
) -> sqlx::Result<Vec<DueLease>> {
    sqlx::query_as(
        "select company_id, id, version, due_at
         from leasehold.environment_leases
         where due_at is not null
           and due_at <= $1
           and id <> all($2::uuid[])
         order by due_at
         limit $3",
    )
    .bind(until)
    .bind(left_alone)
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// How many leases of which something fell due until a time; more than a million are a million.
///
/// # Errors
/// The database's.
pub async fn count_due(connection: &mut PgConnection, until: DateTime<Utc>) -> sqlx::Result<usize> {
    let count: i64 = sqlx::query_scalar(
        "select count(*)
         from (
           select
           from leasehold.environment_leases
           where due_at is not null
             and due_at <= $1
           limit 1000000
         ) as due",
    )
    .bind(until)
    .fetch_one(connection)
    .await?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// How many leases that are held had fallen due by a time.
///
/// # Errors
/// The database's.
pub async fn count_due_holders(
    connection: &mut PgConnection,
    by: DateTime<Utc>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select count(*)
         from leasehold.environment_leases
         where due_at is not null
           and due_at <= $1
           and status = 'active'",
    )
    .bind(by)
    .fetch_one(connection)
    .await
}
