//! The companies that have a log, and where each log ends.

use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::log::Head;

/// At most `limit` heads after a company, in the order of their ids.
///
/// # Errors
/// The database's.
pub async fn list_companies(
    connection: &mut PgConnection,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Head>> {
    sqlx::query_as(
        "select company_id, position, epoch, recorded_at, digest
         from leasehold.heads
         where company_id > $1
         order by company_id
         limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// How far every company's log has come: its epoch and its position.
///
/// # Errors
/// The database's.
pub async fn list_heads(
    connection: &mut PgConnection,
) -> sqlx::Result<Vec<(CompanyId, Epoch, Position)>> {
    let heads: Vec<(Uuid, i64, i64)> = sqlx::query_as(
        "select company_id, epoch, position
         from leasehold.heads
         where position > 0
         order by company_id",
    )
    .fetch_all(connection)
    .await?;
    let read = |(company, epoch, position): (Uuid, i64, i64)| {
        (CompanyId(company), Epoch(epoch.unsigned_abs()), Position(position.unsigned_abs()))
    };
    Ok(heads.into_iter().map(read).collect())
}

/// Every company that has a log.
///
/// # Errors
/// The database's.
pub async fn list_company_ids(connection: &mut PgConnection) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select company_id
         from leasehold.heads
         order by company_id",
    )
    .fetch_all(connection)
    .await
}
