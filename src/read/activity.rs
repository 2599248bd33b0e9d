//! Who did what, newest first.

use chrono::{DateTime, Utc};
use leasehold_domain::fence::Position;
use leasehold_domain::id::{AgentId, CompanyId, RunId};
use leasehold_domain::stream::AggregateType;
use leasehold_domain::text::Label;
use leasehold_projections::activity_log::{ActivityRow, entity};
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::bind::{ids, signed, words};

/// What a list of activities is about; what is absent is not asked.
#[derive(Debug, Clone, Default)]
pub struct ActivityFilter {
    /// Any of these actions.
    pub actions: Option<Vec<Label>>,
    /// About any of these kinds of thing.
    pub kinds: Option<Vec<AggregateType>>,
    /// About any of these things.
    pub entities: Option<Vec<Uuid>>,
    /// Of any of these runs.
    pub runs: Option<Vec<RunId>>,
    /// Of any of these agents.
    pub agents: Option<Vec<AgentId>>,
    /// Not before this.
    pub since: Option<DateTime<Utc>>,
    /// Before this.
    pub until: Option<DateTime<Utc>>,
    /// Also what is noise to most readers.
    pub with_bookkeeping: bool,
}

/// One line of the activity log with what only its event knows.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// The line.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub row: ActivityRow,
    /// The trace that the command was part of, where the caller named one.
    pub correlation_id: Option<String>,
}

macro_rules! columns {
    () => {
        "a.id, a.company_id, a.actor_type, a.actor_id, a.action, a.entity_type, a.entity_id,
                a.agent_id, a.run_id, a.responsible_user_id, a.details, a.created_at,
                a.authenticated_by, a.bookkeeping, a.position,
                (select e.metadata ->> 'correlationId'
                 from leasehold.events e
                 where e.company_id = a.company_id
                   and e.position = a.position) as correlation_id"
    };
}

/// The bounds of the position, and the filters; those inside a `coalesce`, where the planner does
/// not guess at how little they might leave.
macro_rules! matching {
    () => {
        "
           and a.position < $2
           and a.position >= $3
           and coalesce(
             ($5::text[] is null or a.action = any($5))
             and ($6::text[] is null or a.entity_type = any($6))
             and ($7::text[] is null or a.entity_id = any($7))
             and ($8::uuid[] is null or a.run_id = any($8))
             and ($9::uuid[] is null or a.agent_id = any($9))
             and ($10::timestamptz is null or a.created_at >= $10)
             and ($11::timestamptz is null or a.created_at < $11)
             and ($12::boolean or not a.bookkeeping),
             false)
         order by a.position desc
         limit $4"
    };
}

/// By `activity_log_pkey`, whose order it has.
const LIST: &str = concat!(
    "select ",
    columns!(),
    "
         from leasehold.activity_log a
         where a.company_id = $1",
    matching!()
);

/// By `activity_log_run_idx`.
const LIST_OF_RUNS: &str = concat!(
    "select ",
    columns!(),
    "
         from leasehold.activity_log a
         where a.company_id = $1
           and a.run_id = any($8)
           and a.run_id is not null",
    matching!()
);

/// By `events_stream_key`, then `activity_log_pkey`: a thing's rows stand at its events' positions.
/// Bounds of the position stay out of the first step, where they would tempt the planner to walk.
const LIST_OF_ENTITIES: &str = concat!(
    "with touched as materialized (
           select e.position
           from leasehold.events e
           where e.aggregate_type = any($13)
             and e.aggregate_id = any($7)
             and e.company_id = $1
         )
         select ",
    columns!(),
    "
         from touched t
         join leasehold.activity_log a
           on a.company_id = $1
          and a.position = t.position
         where true",
    matching!()
);

/// At most `limit` activities of a company before a position and from another on, newest first.
///
/// # Errors
/// The database's.
pub async fn list_activity(
    connection: &mut PgConnection,
    company: CompanyId,
    filter: &ActivityFilter,
    (from, before): (Position, Position),
    limit: i64,
) -> sqlx::Result<Vec<Activity>> {
    let statement = match (&filter.entities, &filter.runs) {
        (_, Some(_)) => LIST_OF_RUNS,
        (Some(_), None) => LIST_OF_ENTITIES,
        (None, None) => LIST,
    };
    let kinds = filter.kinds.as_deref();
    let query = sqlx::query_as(statement)
        .bind(company.0)
        .bind(signed(before.0))
        .bind(signed(from.0))
        .bind(limit)
        .bind(words(filter.actions.as_ref()))
        .bind(kinds.map(|kinds| kinds.iter().map(|kind| entity(*kind)).collect::<Vec<_>>()))
        .bind(words(filter.entities.as_ref()))
        .bind(ids(filter.runs.as_ref()))
        .bind(ids(filter.agents.as_ref()))
        .bind(filter.since)
        .bind(filter.until)
        .bind(filter.with_bookkeeping);
    let streams = kinds.unwrap_or(AggregateType::ALL).iter().map(|kind| kind.as_str());
    let query = match (&filter.entities, &filter.runs) {
        (Some(_), None) => query.bind(streams.collect::<Vec<_>>()),
        (Some(_) | None, Some(_)) | (None, None) => query,
    };
    query.fetch_all(connection).await
}

/// The first position of a company whose event was recorded at a time or later; one past the end
/// when there is none. What happened since a time was recorded since it: nothing is recorded before
/// it happens.
///
/// # Errors
/// The database's.
pub async fn find_position_since(
    connection: &mut PgConnection,
    company: CompanyId,
    since: DateTime<Utc>,
) -> sqlx::Result<Position> {
    // Times of recording never fall and positions have no gaps: a search by halves.
    let found: Option<i64> = sqlx::query_scalar(
        "with recursive search (low, high) as (
           select 0::bigint, h.position + 1
           from leasehold.heads h
           where h.company_id = $1
           union all
           select case when e.recorded_at < $2 then e.position else s.low end,
                  case when e.recorded_at < $2 then s.high else e.position end
           from search s
           join leasehold.events e
             on e.company_id = $1
            and e.position = (s.low + s.high) / 2
           where s.high - s.low > 1
         )
         select min(high)
         from search",
    )
    .bind(company.0)
    .bind(since)
    .fetch_one(connection)
    .await?;
    Ok(Position(found.map_or(1, i64::unsigned_abs)))
}
