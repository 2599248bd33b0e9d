//! Reading events: by stream for decisions, by position for everybody else.

use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{AggregateType, StreamId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::stored::Recorded;

/// The events of some streams of a company up to a position, in the log's order.
///
/// # Errors
/// The database's.
pub async fn list_stream_events(
    connection: &mut PgConnection,
    company: CompanyId,
    streams: &[StreamId],
    up_to: Position,
) -> sqlx::Result<Vec<Recorded>> {
    let kinds: Vec<&str> = streams.iter().map(|stream| stream.kind.as_str()).collect();
    let ids: Vec<String> = streams.iter().map(|stream| stream.id.to_string()).collect();
    sqlx::query_as(
        "select e.position, e.sequence, e.occurred_at, e.recorded_at, e.company_id, e.event_id,
                e.aggregate_type, e.aggregate_id, e.event_type, e.event_version,
                e.payload::text as payload, e.metadata::text as metadata, e.digest
         from unnest($2::text[], $3::text[]) as wanted (aggregate_type, aggregate_id)
         join leasehold.events e
           on e.aggregate_type = wanted.aggregate_type
          and e.aggregate_id = wanted.aggregate_id
          and e.company_id = $1
         where e.position <= $4
         order by e.position",
    )
    .bind(company.0)
    .bind(kinds)
    .bind(ids)
    .bind(signed(up_to))
    .fetch_all(connection)
    .await
}

/// At most `limit` events of a company after a position, in the log's order.
///
/// # Errors
/// The database's.
pub async fn list_events(
    connection: &mut PgConnection,
    company: CompanyId,
    after: Position,
    limit: i64,
) -> sqlx::Result<Vec<Recorded>> {
    sqlx::query_as(
        "select position, sequence, occurred_at, recorded_at, company_id, event_id,
                aggregate_type, aggregate_id, event_type, event_version,
                payload::text as payload, metadata::text as metadata, digest
         from leasehold.events
         where company_id = $1
           and position > $2
         order by position
         limit $3",
    )
    .bind(company.0)
    .bind(signed(after))
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// The same of a log of an epoch: none of a log that was restored since.
///
/// # Errors
/// The database's.
pub async fn list_events_of_epoch(
    connection: &mut PgConnection,
    company: CompanyId,
    (epoch, after): (Epoch, Position),
    limit: i64,
) -> sqlx::Result<Vec<Recorded>> {
    sqlx::query_as(
        "select position, sequence, occurred_at, recorded_at, company_id, event_id,
                aggregate_type, aggregate_id, event_type, event_version,
                payload::text as payload, metadata::text as metadata, digest
         from leasehold.events
         where company_id = $1
           and position > $2
           and exists (select from leasehold.heads where company_id = $1 and epoch = $4)
         order by position
         limit $3",
    )
    .bind(company.0)
    .bind(signed(after))
    .bind(limit)
    .bind(i64::try_from(epoch.0).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await
}

/// The events of a company between two positions, the first not included.
///
/// # Errors
/// The database's.
pub async fn list_touched_events(
    connection: &mut PgConnection,
    company: CompanyId,
    after: Position,
    up_to: Position,
) -> sqlx::Result<Vec<Recorded>> {
    sqlx::query_as(
        "select position, sequence, occurred_at, recorded_at, company_id, event_id,
                aggregate_type, aggregate_id, event_type, event_version,
                payload::text as payload, metadata::text as metadata, digest
         from leasehold.events
         where company_id = $1
           and position > $2
           and position <= $3
         order by position",
    )
    .bind(company.0)
    .bind(signed(after))
    .bind(signed(up_to))
    .fetch_all(connection)
    .await
}

/// The same of several companies at once; each company's in order.
///
/// # Errors
/// The database's.
pub async fn list_events_between(
    connection: &mut PgConnection,
    ranges: &[(CompanyId, Position, Position)],
) -> sqlx::Result<Vec<Recorded>> {
    let companies: Vec<Uuid> = ranges.iter().map(|range| range.0.0).collect();
    let after: Vec<i64> = ranges.iter().map(|range| signed(range.1)).collect();
    let up_to: Vec<i64> = ranges.iter().map(|range| signed(range.2)).collect();
    sqlx::query_as(
        "select e.position, e.sequence, e.occurred_at, e.recorded_at, e.company_id, e.event_id,
                e.aggregate_type, e.aggregate_id, e.event_type, e.event_version,
                e.payload::text as payload, e.metadata::text as metadata, e.digest
         from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as range (company_id, after, up_to)
         cross join lateral (
           select *
           from leasehold.events e
           where e.company_id = range.company_id
             and e.position > range.after
             and e.position <= range.up_to
           order by e.position
           limit range.up_to - range.after
         ) e
         order by e.company_id, e.position",
    )
    .bind(companies)
    .bind(after)
    .bind(up_to)
    .fetch_all(connection)
    .await
}

/// The streams that a company's index is made of: every environment, and every lease that is open
/// or not cleaned up. Found through the tables; what they mean is decided from their events.
///
/// # Errors
/// The database's.
pub async fn list_open_streams(
    connection: &mut PgConnection,
    company: CompanyId,
) -> sqlx::Result<Vec<StreamId>> {
    let rows: Vec<(bool, Uuid)> = sqlx::query_as(
        "select true, id
         from leasehold.environments
         where company_id = $1
         union all
         select false, id
         from leasehold.environment_leases
         where company_id = $1
           and (status in ('active', 'retained') or cleanup_status in ('pending', 'failed'))",
    )
    .bind(company.0)
    .fetch_all(connection)
    .await?;
    let stream = |(environment, id)| {
        let kind = if environment { AggregateType::Environment } else { AggregateType::Lease };
        StreamId { kind, id }
    };
    Ok(rows.into_iter().map(stream).collect())
}

/// The events by which runs of a company ended. Found through the activity log, which names them;
/// what they say is read from the log itself.
///
/// # Errors
/// The database's.
pub async fn list_run_ends(
    connection: &mut PgConnection,
    company: CompanyId,
) -> sqlx::Result<Vec<Recorded>> {
    sqlx::query_as(
        "select e.position, e.sequence, e.occurred_at, e.recorded_at, e.company_id, e.event_id,
                e.aggregate_type, e.aggregate_id, e.event_type, e.event_version,
                e.payload::text as payload, e.metadata::text as metadata, e.digest
         from leasehold.activity_log a
         join leasehold.events e
           on e.company_id = a.company_id
          and e.position = a.position
         where a.company_id = $1
           and a.action = 'heartbeat_run.ended'
           and e.aggregate_type = 'run'",
    )
    .bind(company.0)
    .fetch_all(connection)
    .await
}

fn signed(position: Position) -> i64 {
    i64::try_from(position.0).unwrap_or(i64::MAX)
}
