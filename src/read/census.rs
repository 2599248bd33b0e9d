//! Which kinds of events are stored, and whether this program reads them.

use leasehold_domain::stream::{AggregateType, Event};
use leasehold_domain::upcast::newest_version;
use serde::Serialize;
use sqlx::{FromRow, PgConnection};

/// One type and version of event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    /// Of which kind of aggregate.
    pub aggregate_type: String,
    /// The stored name.
    pub event_type: String,
    /// The stored version.
    pub event_version: String,
    /// How many there are.
    pub events: i64,
    /// Whether this program reads one of them as what it is called.
    pub is_read: bool,
    /// Whether it is an earlier form, brought up to the newest one as it is read.
    pub is_upcast: bool,
}

#[derive(Debug, FromRow)]
struct CountedRow {
    aggregate_type: String,
    event_type: String,
    event_version: String,
    events: i64,
    payload: String,
}

/// Counts every stored type and version, over all companies. Reads the whole log once.
///
/// # Errors
/// The database's.
pub async fn count_events(connection: &mut PgConnection) -> sqlx::Result<Vec<Counted>> {
    let rows: Vec<CountedRow> = sqlx::query_as(
        "select aggregate_type, event_type, event_version, count(*) as events,
                min(payload::text) as payload
         from leasehold.events
         group by aggregate_type, event_type, event_version
         order by aggregate_type, event_type, event_version",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Counted::of).collect())
}

impl Counted {
    fn of(row: CountedRow) -> Self {
        let kind: Option<AggregateType> = row.aggregate_type.parse().ok();
        let read = |kind| Event::read(kind, &row.event_type, &row.event_version, &row.payload);
        let event = kind.and_then(|kind| read(kind).ok());
        let newest = kind.map(|kind| newest_version(kind, &row.event_type).to_owned());
        let is_read = event.is_some_and(|event| event.name() == row.event_type);
        let is_upcast = is_read && newest.is_some_and(|newest| newest != row.event_version);
        Self {
            aggregate_type: row.aggregate_type,
            event_type: row.event_type,
            event_version: row.event_version,
            events: row.events,
            is_read,
            is_upcast,
        }
    }
}
