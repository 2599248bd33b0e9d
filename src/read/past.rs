//! Environments and leases as they were: the same rows, folded up to a moment.
//!
//! **Claims.** What is answered for a moment is the fold of the log up to it, by the functions that
//! write the tables; for the log's end it is what the tables say.
//! **Because** tables only name the streams that may be meant; states are made from events.
//! **Not** promised: one snapshot over several pages of a list. The log up to a past moment does
//! not change, but what has been imported since may have happened before it.

mod ended;
mod leases;
mod spans;
mod tail;
mod unclean;
mod usage;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::stream::{Aggregate, AggregateType, StreamId};
use leasehold_domain::time::Timestamp;
use leasehold_projections::environments::EnvironmentRow;
use sqlx::PgConnection;
use uuid::Uuid;

pub use leases::{find_lease_at, list_leases_at, list_streams_of_run, page_leases_at};
pub use spans::{AgentHeld, list_agents_held};
pub use usage::find_usage_at;

use super::activity::find_position_since;
use super::bind::signed;
use super::environments::{EnvironmentFilter, find_environment};
use crate::log::{Recorded, list_stream_events};

/// A moment that is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// As it happened: of each stream what had occurred by then, whenever the ledger learnt it.
    Happened(Timestamp),
    /// As the ledger knew it then: what was recorded by then.
    Known(Timestamp),
    /// As the log was at a position.
    At(Position),
}

/// A moment in one company's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The last position that counts.
    pub up_to: Position,
    /// The last time of occurring that counts.
    pub happened: Option<Timestamp>,
    /// Nothing that counts began later.
    begun_by: Option<DateTime<Utc>>,
}

impl Cut {
    /// Whether an event counts.
    #[must_use]
    pub fn has(&self, event: &Recorded) -> bool {
        event.stored.position <= self.up_to
            && self.happened.is_none_or(|happened| event.stored.occurred_at <= happened)
    }
}

/// Where a moment lies in a company's log.
///
/// # Errors
/// The database's.
pub async fn find_cut(
    connection: &mut PgConnection,
    company: CompanyId,
    moment: Moment,
) -> sqlx::Result<Cut> {
    let end = Position(i64::MAX.unsigned_abs());
    Ok(match moment {
        Moment::Happened(at) => Cut { up_to: end, happened: Some(at), begun_by: Some(at.chrono()) },
        Moment::Known(at) => {
            // The search is for the first position after: a microsecond later, or any.
            let later = at.plus_micros(1).chrono();
            let after = find_position_since(connection, company, later).await?;
            let up_to = Position(after.0.saturating_sub(1));
            Cut { up_to, happened: None, begun_by: Some(at.chrono()) }
        }
        Moment::At(position) => {
            let begun_by = find_recorded_at(connection, company, position).await?;
            Cut { up_to: position, happened: None, begun_by }
        }
    })
}

/// When the last event up to a position was recorded; none where there is none.
async fn find_recorded_at(
    connection: &mut PgConnection,
    company: CompanyId,
    up_to: Position,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar(
        "select recorded_at
         from leasehold.events
         where company_id = $1
           and position <= $2
         order by position desc
         limit 1",
    )
    .bind(company.0)
    .bind(signed(up_to.0))
    .fetch_optional(connection)
    .await
}

/// The states of some streams at a moment; those that had not begun are left out.
///
/// # Errors
/// The database's; a decoding error for an event that this program cannot read.
pub async fn load_states_at(
    connection: &mut PgConnection,
    company: CompanyId,
    streams: &[StreamId],
    cut: &Cut,
) -> sqlx::Result<HashMap<StreamId, Aggregate>> {
    let mut states = HashMap::new();
    for event in list_stream_events(connection, company, streams, cut.up_to).await? {
        if cut.has(&event) {
            let stream = event.stored.stream;
            let read = event.read().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            states.entry(stream).or_insert_with(|| Aggregate::new(stream.kind)).apply(&read);
        }
    }
    Ok(states)
}

/// One environment as it was; none when it was not there. A source id finds the copy that there is.
///
/// # Errors
/// As [`load_states_at`].
pub async fn find_environment_at(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    cut: &Cut,
) -> sqlx::Result<Option<EnvironmentRow>> {
    let copy = find_environment(connection, company, id).await?.map(|row| EnvironmentId(row.id));
    let stream = StreamId::from(copy.unwrap_or(id));
    let states = load_states_at(connection, company, &[stream], cut).await?;
    Ok(states.get(&stream).and_then(row))
}

/// A company's environments as they were, newest change first.
///
/// # Errors
/// As [`load_states_at`].
pub async fn list_environments_at(
    connection: &mut PgConnection,
    company: CompanyId,
    filter: &EnvironmentFilter,
    cut: &Cut,
) -> sqlx::Result<Vec<EnvironmentRow>> {
    let streams = list_environment_streams(connection, company, cut.up_to).await?;
    let states = load_states_at(connection, company, &streams, cut).await?;
    let mut rows: Vec<EnvironmentRow> =
        states.values().filter_map(row).filter(|row| filter.matches(row)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.updated_at, row.id)));
    Ok(rows)
}

fn row(state: &Aggregate) -> Option<EnvironmentRow> {
    match state {
        Aggregate::Environment(state) => EnvironmentRow::of(state),
        Aggregate::Lease(_) | Aggregate::Run(_) | Aggregate::Operation(_) => None,
    }
}

/// Every environment that a company ever had up to a position. By `events_stream_key`.
async fn list_environment_streams(
    connection: &mut PgConnection,
    company: CompanyId,
    up_to: Position,
) -> sqlx::Result<Vec<StreamId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select aggregate_id::uuid
         from leasehold.events
         where aggregate_type = 'environment'
           and company_id = $1
           and sequence = 1
           and position <= $2",
    )
    .bind(company.0)
    .bind(signed(up_to.0))
    .fetch_all(connection)
    .await?;
    let stream = |id| StreamId { kind: AggregateType::Environment, id };
    Ok(ids.into_iter().map(stream).collect())
}
