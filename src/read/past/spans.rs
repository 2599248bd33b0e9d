//! Who held something at a moment, found through the spans; and how many leases each agent held.
//!
//! **Claims.** No lease is missed that was held at the moment, however far the spans have come.
//! **Because** what the spans do not know yet is read from the log's tail: the checkpoint is read
//! first, then the spans, then every event beyond that checkpoint. Who is found is only a candidate;
//! what he was is folded from his events.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::time::Timestamp;
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::Cut;
use crate::read::bind::signed;
use crate::spans::CHECKPOINT;

/// Events beyond the checkpoint that are looked at; where there are more, the spans are no help.
const TAIL_EVENTS_MAX: i64 = 5_000;

/// Leases that took their places at a moment, on any of some environments or anywhere, and others;
/// none when the spans are too far behind.
pub(super) async fn list_held(
    connection: &mut PgConnection,
    company: CompanyId,
    environments: Option<&[Uuid]>,
    cut: &Cut,
) -> sqlx::Result<Option<Vec<Uuid>>> {
    let checkpoint = find_checkpoint(connection, company).await?;
    list_held_since(connection, company, environments, cut, checkpoint).await
}

/// The same, with every lease that something happened to after a position that the spans had come to.
pub(super) async fn list_held_since(
    connection: &mut PgConnection,
    company: CompanyId,
    environments: Option<&[Uuid]>,
    cut: &Cut,
    checkpoint: Position,
) -> sqlx::Result<Option<Vec<Uuid>>> {
    let mut held: BTreeSet<Uuid> =
        list_spanning(connection, company, environments, cut).await?.into_iter().collect();
    let tail = list_tail(connection, company, checkpoint).await?;
    if i64::try_from(tail.len()).unwrap_or(i64::MAX) > TAIL_EVENTS_MAX {
        return Ok(None);
    }
    held.extend(tail);
    Ok(Some(held.into_iter().collect()))
}

async fn find_checkpoint(
    connection: &mut PgConnection,
    company: CompanyId,
) -> sqlx::Result<Position> {
    let found: Option<i64> = sqlx::query_scalar(
        "select position
         from leasehold.projection_checkpoints
         where company_id = $1
           and projection = $2",
    )
    .bind(company.0)
    .bind(CHECKPOINT)
    .fetch_optional(connection)
    .await?;
    Ok(Position(found.unwrap_or_default().unsigned_abs()))
}

/// The leases of the events beyond a position, one for each event; one more than are looked at when
/// there are more.
async fn list_tail(
    connection: &mut PgConnection,
    company: CompanyId,
    after: Position,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select aggregate_id::uuid
         from (
           select aggregate_type, aggregate_id
           from leasehold.events
           where company_id = $1
             and position > $2
           order by position
           limit $3
         ) tail
         where aggregate_type = 'lease'",
    )
    .bind(company.0)
    .bind(signed(after.0))
    .bind(TAIL_EVENTS_MAX + 1)
    .fetch_all(connection)
    .await
}

/// Spans of a class that contain a moment: a short range of the class's part of an index. `offset 0`
/// keeps the classes apart: joined to all spans of an environment, none would be passed over.
macro_rules! spanning {
    ($where:literal, $reach:literal, $from:literal, $to:literal, $longest_before:literal) => {
        concat!(
            "select s.lease_id
             from generate_series(0, 57) as class (reach)
             cross join lateral (
               select s.lease_id
               from leasehold.lease_spans s
               where s.company_id = $1
                 and ",
            $where,
            "
                 and s.",
            $reach,
            " = class.reach
                 and s.",
            $from,
            " <= $3
                 and s.",
            $from,
            " > case when class.reach < 57 then ",
            $longest_before,
            "
                 and s.",
            $to,
            " > $3
               offset 0
             ) s
             union all
             select s.lease_id
             from leasehold.lease_spans s
             where s.company_id = $1
               and ",
            $where,
            "
               and s.",
            $reach,
            " = 58
               and s.",
            $from,
            " <= $3"
        )
    };
}

const AT_TIME: &str = spanning!(
    "$2::uuid[] is null",
    "reach",
    "held_from",
    "held_to",
    "$3 - make_interval(secs => power(2, class.reach) / 1e6) - interval '1 us' else '-infinity' end"
);
const AT_TIME_ON: &str = spanning!(
    "s.environment_id = any($2)",
    "reach",
    "held_from",
    "held_to",
    "$3 - make_interval(secs => power(2, class.reach) / 1e6) - interval '1 us' else '-infinity' end"
);
const AT_POSITION: &str = spanning!(
    "$2::uuid[] is null",
    "position_reach",
    "from_position",
    "to_position",
    "$3 - (1::bigint << class.reach) - 1 else -1 end"
);
const AT_POSITION_ON: &str = spanning!(
    "s.environment_id = any($2)",
    "position_reach",
    "from_position",
    "to_position",
    "$3 - (1::bigint << class.reach) - 1 else -1 end"
);

async fn list_spanning(
    connection: &mut PgConnection,
    company: CompanyId,
    environments: Option<&[Uuid]>,
    cut: &Cut,
) -> sqlx::Result<Vec<Uuid>> {
    let statement = match (cut.happened, environments) {
        (Some(_), None) => AT_TIME,
        (Some(_), Some(_)) => AT_TIME_ON,
        (None, None) => AT_POSITION,
        (None, Some(_)) => AT_POSITION_ON,
    };
    let query = sqlx::query_scalar(statement).bind(company.0).bind(environments);
    match cut.happened {
        Some(at) => query.bind(at.chrono()).fetch_all(connection).await,
        None => query.bind(signed(cut.up_to.0)).fetch_all(connection).await,
    }
}

/// What an agent held in a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentHeld {
    /// Which; none for leases that name no agent.
    pub agent_id: Option<Uuid>,
    /// Leases that were active for it at any moment of the time.
    pub leases: i64,
    /// For how long, over all of them, within the time.
    pub held_seconds: f64,
}

#[derive(Debug, Clone, FromRow)]
struct Summed {
    agent_id: Option<Uuid>,
    leases: i64,
    held_seconds: f64,
}

/// How many leases each agent of a company held between two moments, those that held most first; as
/// it happened. None when the spans are too far behind.
///
/// # Errors
/// The database's.
pub async fn list_agents_held(
    connection: &mut PgConnection,
    company: CompanyId,
    (from, to): (Timestamp, Timestamp),
) -> sqlx::Result<Option<Vec<AgentHeld>>> {
    let checkpoint = find_checkpoint(connection, company).await?;
    // The order matters: what the spans know by now and this tail repeats is left out of the sums.
    let tail = list_tail(connection, company, checkpoint).await?;
    if i64::try_from(tail.len()).unwrap_or(i64::MAX) > TAIL_EVENTS_MAX {
        return Ok(None);
    }
    let touched: Vec<Uuid> = tail.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let mut agents: BTreeMap<Option<Uuid>, (i64, f64)> = BTreeMap::new();
    for held in sum_held(connection, company, (from.chrono(), to.chrono()), &touched).await? {
        agents.insert(held.agent_id, (held.leases, held.held_seconds));
    }
    super::tail::add(connection, company, (from, to), &touched, &mut agents).await?;
    let row = |(agent_id, (leases, held_seconds))| AgentHeld { agent_id, leases, held_seconds };
    let mut rows: Vec<AgentHeld> = agents.into_iter().map(row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.leases));
    Ok(Some(rows))
}

/// $1 the company, $2 and $3 the time, $4 the leases that are left out.
const SUMS: &str = "with overlapping as (
           select s.agent_id, s.lease_id, s.held_from, s.held_to
           from generate_series(0, 57) as class (reach)
           cross join lateral (
             select s.agent_id, s.lease_id, s.held_from, s.held_to, s.phase
             from leasehold.lease_spans s
             where s.company_id = $1
               and s.reach = class.reach
               and s.held_from < $3
               and s.held_from > case when class.reach < 57
                 then $2 - make_interval(secs => power(2, class.reach) / 1e6) - interval '1 us'
                 else '-infinity' end
               and s.held_to > $2
             offset 0
           ) s
           where s.phase = 'active'
           union all
           select s.agent_id, s.lease_id, s.held_from, s.held_to
           from leasehold.lease_spans s
           where s.company_id = $1
             and s.reach = 58
             and s.held_from < $3
             and s.phase = 'active'
         )
         select agent_id,
                count(distinct lease_id) as leases,
                sum(extract(epoch from least(held_to, $3) - greatest(held_from, $2)))::float8
                  as held_seconds
         from overlapping
         where lease_id <> all($4)
         group by agent_id";

/// Sums over the active spans that overlap a time, but those of some leases.
async fn sum_held(
    connection: &mut PgConnection,
    company: CompanyId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    but: &[Uuid],
) -> sqlx::Result<Vec<Summed>> {
    sqlx::query_as(SUMS).bind(company.0).bind(from).bind(to).bind(but).fetch_all(connection).await
}
