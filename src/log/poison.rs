//! What projections could not take: marked by whoever meets it, unmarked when it has been taken.

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{AggregateType, StreamId};
use leasehold_projections::activity_log::PROJECTION as ACTIVITY_LOG;
use leasehold_projections::environment_leases::PROJECTION as LEASES;
use leasehold_projections::environments::PROJECTION as ENVIRONMENTS;
use sqlx::PgConnection;
use uuid::Uuid;

/// An aggregate that a projection stops at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poison {
    /// Whose it is.
    pub company: CompanyId,
    /// Which projection.
    pub projection: &'static str,
    /// Which aggregate.
    pub stream: StreamId,
    /// The first event that it could not take.
    pub position: Position,
    /// Why.
    pub error: String,
}

/// The projections that have something of a kind of aggregate: its own, if it has one, and the
/// activity log.
#[must_use]
pub const fn projections_of(kind: AggregateType) -> &'static [&'static str] {
    match kind {
        AggregateType::Environment => &[ENVIRONMENTS.name, ACTIVITY_LOG.name],
        AggregateType::Lease => &[LEASES.name, ACTIVITY_LOG.name],
        AggregateType::Run | AggregateType::Operation => &[ACTIVITY_LOG.name],
    }
}

/// Marks what could not be taken. What is marked already keeps its first position.
///
/// # Errors
/// The database's.
pub async fn mark_poisoned(connection: &mut PgConnection, poisons: &[Poison]) -> sqlx::Result<()> {
    if poisons.is_empty() {
        return Ok(());
    }
    let of = |get: fn(&Poison) -> String| poisons.iter().map(get).collect::<Vec<String>>();
    let companies: Vec<Uuid> = poisons.iter().map(|poison| poison.company.0).collect();
    let ids: Vec<Uuid> = poisons.iter().map(|poison| poison.stream.id).collect();
    let positions: Vec<i64> =
        poisons.iter().map(|p| i64::try_from(p.position.0).unwrap_or(i64::MAX)).collect();
    // The same one may be met several times at once: one statement may not touch a row twice.
    sqlx::query(
        "insert into leasehold.poisoned
           (company_id, projection, aggregate_type, aggregate_id, position, error, noted_at)
         select distinct on (company_id, projection, aggregate_type, aggregate_id)
                company_id, projection, aggregate_type, aggregate_id, position, error,
                clock_timestamp()
         from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::text[])
           as met (company_id, projection, aggregate_type, aggregate_id, position, error)
         order by company_id, projection, aggregate_type, aggregate_id, position
         on conflict (company_id, projection, aggregate_type, aggregate_id) do update
         set position = least(poisoned.position, excluded.position),
             error = excluded.error",
    )
    .bind(companies)
    .bind(of(|poison| poison.projection.to_owned()))
    .bind(of(|poison| poison.stream.kind.to_string()))
    .bind(ids)
    .bind(positions)
    .bind(of(|poison| poison.error.clone()))
    .execute(connection)
    .await
    .map(|_| ())
}

/// Takes a mark away.
///
/// # Errors
/// The database's.
pub async fn unmark_poisoned(
    connection: &mut PgConnection,
    company: CompanyId,
    projection: &str,
    stream: StreamId,
) -> sqlx::Result<()> {
    sqlx::query(
        "delete from leasehold.poisoned
         where company_id = $1
           and projection = $2
           and aggregate_type = $3
           and aggregate_id = $4",
    )
    .bind(company.0)
    .bind(projection)
    .bind(stream.kind.as_str())
    .bind(stream.id)
    .execute(connection)
    .await
    .map(|_| ())
}
