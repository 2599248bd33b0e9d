//! Leases as they were.

use chrono::{DateTime, Utc};
use leasehold_domain::id::{CompanyId, LeaseId, RunId};
use leasehold_domain::stream::{Aggregate, AggregateType, StreamId};
use leasehold_domain::time::Timestamp;
use leasehold_projections::environment_leases::LeaseRow;
use sqlx::PgConnection;
use uuid::Uuid;

use super::spans::list_held;
use super::{Cut, load_states_at};
use crate::read::bind::ids;
use crate::read::leases::LeaseFilter;
use crate::read::page::Keyset;

/// Leases that are folded at once at most.
const PAGE: usize = 500;

/// One lease as it was; none when it had not been granted.
///
/// # Errors
/// The database's; a decoding error for an event that this program cannot read.
pub async fn find_lease_at(
    connection: &mut PgConnection,
    company: CompanyId,
    id: LeaseId,
    cut: &Cut,
) -> sqlx::Result<Option<LeaseRow>> {
    let stream = StreamId::from(id);
    let states = load_states_at(connection, company, &[stream], cut).await?;
    Ok(states.get(&stream).and_then(row))
}

/// At most `limit` leases of a company as they were, newest grant first.
///
/// # Errors
/// As [`find_lease_at`].
pub async fn list_leases_at(
    connection: &mut PgConnection,
    company: CompanyId,
    filter: &LeaseFilter,
    cut: &Cut,
    limit: usize,
) -> sqlx::Result<Vec<LeaseRow>> {
    let page = page_leases_at(connection, company, filter, cut, (Keyset::START, limit)).await?;
    Ok(page.into_iter().map(|(_, row)| row).collect())
}

/// The next of them after a place in the list, at most so many, each with its own place. That is of
/// the grant as it is known today: an import may have put it right since.
///
/// # Errors
/// As [`find_lease_at`].
pub async fn page_leases_at(
    connection: &mut PgConnection,
    company: CompanyId,
    filter: &LeaseFilter,
    cut: &Cut,
    (mut after, limit): (Keyset, usize),
) -> sqlx::Result<Vec<(Keyset, LeaseRow)>> {
    let held = if filter.is_about_unended_ones() {
        let environments: Option<Vec<Uuid>> = ids(filter.environments.as_ref());
        list_held(connection, company, environments.as_deref(), cut).await?
    } else {
        None
    };
    let mut rows = Vec::new();
    // Most candidates are meant, or else few are: as many as are asked for, then more and more.
    let mut length = limit.clamp(1, PAGE);
    while rows.len() < limit {
        let from = (after, length);
        let page = match &held {
            Some(held) => list_of_held(connection, company, held, from).await?,
            None => list_candidates(connection, company, filter, cut, from).await?,
        };
        length = PAGE.min(2 * length);
        let Some((at, id)) = page.last().copied() else { break };
        after = Keyset { at, id };
        let stream = |(_, id): &(DateTime<Utc>, Uuid)| StreamId::from(LeaseId(*id));
        let streams: Vec<StreamId> = page.iter().map(stream).collect();
        let states = load_states_at(connection, company, &streams, cut).await?;
        let found = page.iter().filter_map(|(at, id)| {
            let row = row(states.get(&StreamId::from(LeaseId(*id)))?)?;
            Some((Keyset { at: *at, id: *id }, row))
        });
        rows.extend(found.filter(|(_, row)| filter.matches(row)));
    }
    rows.truncate(limit);
    Ok(rows)
}

fn row(state: &Aggregate) -> Option<LeaseRow> {
    match state {
        Aggregate::Lease(state) => LeaseRow::of(state),
        Aggregate::Environment(_) | Aggregate::Run(_) | Aggregate::Operation(_) => None,
    }
}

/// Leases that may be meant. What never changes and what can only grow narrows them here, the rest
/// is decided on the fold: when a lease is granted, its environment, and, where time is that of
/// occurring, when it ended.
async fn list_candidates(
    connection: &mut PgConnection,
    company: CompanyId,
    filter: &LeaseFilter,
    cut: &Cut,
    (after, length): (Keyset, usize),
) -> sqlx::Result<Vec<(DateTime<Utc>, Uuid)>> {
    sqlx::query_as(
        "select l.acquired_at, l.id
         from leasehold.environment_leases l
         where l.company_id = $1
           and (l.acquired_at, l.id) < (least($2, $5 + interval '1 us'), $3)
           and coalesce(
             ($6::uuid[] is null or l.environment_id = any($6))
             and ($7::timestamptz is null or l.released_at is null or l.released_at > $7),
             false)
         order by l.acquired_at desc, l.id desc
         limit $4",
    )
    .bind(company.0)
    .bind(after.at)
    .bind(after.id)
    .bind(i64::try_from(length).unwrap_or(i64::MAX))
    .bind(cut.begun_by)
    .bind(ids(filter.environments.as_ref()))
    .bind(cut.happened.filter(|_| filter.is_about_unended_ones()).map(Timestamp::chrono))
    .fetch_all(connection)
    .await
}

/// Those of some leases that come after a place in the list.
async fn list_of_held(
    connection: &mut PgConnection,
    company: CompanyId,
    held: &[Uuid],
    (after, length): (Keyset, usize),
) -> sqlx::Result<Vec<(DateTime<Utc>, Uuid)>> {
    sqlx::query_as(
        "select l.acquired_at, l.id
         from unnest($2::uuid[]) as held (id)
         join leasehold.environment_leases l
           on l.id = held.id
          and l.company_id = $1
         where (l.acquired_at, l.id) < ($3, $4)
         order by l.acquired_at desc, l.id desc
         limit $5",
    )
    .bind(company.0)
    .bind(held)
    .bind(after.at)
    .bind(after.id)
    .bind(i64::try_from(length).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await
}

/// Every lease that a run ever held, and the run itself.
///
/// # Errors
/// The database's.
pub async fn list_streams_of_run(
    connection: &mut PgConnection,
    company: CompanyId,
    run: RunId,
) -> sqlx::Result<Vec<StreamId>> {
    let leases: Vec<Uuid> = sqlx::query_scalar(
        "select l.id
         from leasehold.environment_leases l
         where l.heartbeat_run_id = $2
           and l.company_id = $1
         union
         select a.entity_id::uuid
         from leasehold.activity_log a
         where a.company_id = $1
           and a.run_id = $2
           and a.entity_type = 'environment_lease'",
    )
    .bind(company.0)
    .bind(run.0)
    .fetch_all(connection)
    .await?;
    let lease = |id| StreamId { kind: AggregateType::Lease, id };
    Ok(leases.into_iter().map(lease).chain([run.into()]).collect())
}
