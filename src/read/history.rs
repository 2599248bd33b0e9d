//! What a lease went through: the events of its stream.

use leasehold_domain::id::{CompanyId, LeaseId};
use sqlx::PgConnection;

use super::bind::signed;
use crate::log::Recorded;

/// At most `limit` events of a lease after a sequence, oldest first.
///
/// # Errors
/// The database's.
pub async fn list_lease_history(
    connection: &mut PgConnection,
    company: CompanyId,
    lease: LeaseId,
    after: u64,
    limit: i64,
) -> sqlx::Result<Vec<Recorded>> {
    sqlx::query_as(
        "select position, sequence, occurred_at, recorded_at, company_id, event_id,
                aggregate_type, aggregate_id, event_type, event_version,
                payload::text as payload, metadata::text as metadata, digest
         from leasehold.events
         where aggregate_type = 'lease'
           and aggregate_id = $2
           and company_id = $1
           and sequence > $3
         order by sequence
         limit $4",
    )
    .bind(company.0)
    .bind(lease.to_string())
    .bind(signed(after))
    .bind(limit)
    .fetch_all(connection)
    .await
}
