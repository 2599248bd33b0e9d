//! What came since, in pages: the events of a page, and what happened before them in their streams.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::StreamId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::way::Behind;
use crate::log::{Recorded, list_events_between};

/// Events of a page.
pub(super) const PAGE: i64 = 500;

/// Those of the first page of which it is measured how long it takes, and the fewest of one: below, the
/// statements themselves take most of the time.
const FIRST: i64 = 100;
const LEAST: i64 = 20;

/// How many events are followed in a time, by how long the last page took.
#[derive(Debug, Default)]
pub(super) struct Stride {
    per_event: Option<Duration>,
}

impl Stride {
    /// So many events took so long.
    pub(super) fn took(&mut self, events: usize, time: Duration) {
        self.per_event = u32::try_from(events).ok().and_then(|events| time.checked_div(events));
    }

    /// Events of a page that takes about so long.
    pub(super) fn within(&self, time: Duration) -> i64 {
        let Some(per_event) = self.per_event else { return FIRST };
        let events = time.as_nanos() / per_event.as_nanos().max(1);
        i64::try_from(events).unwrap_or(PAGE).clamp(LEAST, PAGE)
    }

    /// How long so many events will take.
    pub(super) fn takes(&self, events: usize) -> Duration {
        let events = u32::try_from(events).unwrap_or(u32::MAX);
        self.per_event.unwrap_or_default().saturating_mul(events)
    }
}

/// What companies are behind, in pages of so many events: of some companies or of a part of one.
pub(super) fn pages(behind: Vec<Behind>, events: i64) -> Vec<Vec<Behind>> {
    let (mut pages, mut page, mut room) = (Vec::new(), Vec::new(), events);
    for (company, mut from, head) in behind {
        while from < head {
            let to = head.min(from + room);
            page.push((company, from, to));
            room -= to - from;
            from = to;
            if room == 0 {
                pages.push(std::mem::take(&mut page));
                room = events;
            }
        }
    }
    pages.push(page);
    pages.retain(|page| !page.is_empty());
    pages
}

/// The streams that some events are of.
#[derive(Debug)]
pub(super) struct Streams {
    /// Companies and ids of aggregates.
    pub(super) keys: Vec<(Uuid, Uuid)>,
    kinds: Vec<&'static str>,
}

impl Streams {
    pub(super) fn of(events: &[Recorded]) -> Self {
        let of = |event: &Recorded| (event.stored.company_id.0, event.stored.stream);
        let met: BTreeSet<(Uuid, StreamId)> = events.iter().map(of).collect();
        let (keys, kinds) =
            met.into_iter().map(|(company, of)| ((company, of.id), of.kind.as_str())).unzip();
        Self { keys, kinds }
    }
}

/// The events of a page, company by company.
pub(super) async fn list_events_of(
    connection: &mut PgConnection,
    page: &[Behind],
) -> sqlx::Result<Vec<Recorded>> {
    let at = |position: i64| Position(position.unsigned_abs());
    let range = |(company, from, to): &Behind| (CompanyId(*company), at(*from), at(*to));
    list_events_between(connection, &page.iter().map(range).collect::<Vec<_>>()).await
}

/// What happened before a page in the streams that it is of.
pub(super) async fn list_events_before(
    connection: &mut PgConnection,
    streams: &Streams,
    page: &[Behind],
) -> sqlx::Result<Vec<Recorded>> {
    let (companies, ids): (Vec<Uuid>, Vec<String>) =
        streams.keys.iter().map(|(company, id)| (*company, id.to_string())).unzip();
    let from: HashMap<Uuid, i64> =
        page.iter().map(|(company, from, _)| (*company, *from)).collect();
    let before: Vec<i64> =
        companies.iter().map(|company| from.get(company).copied().unwrap_or_default()).collect();
    sqlx::query_as(
        "select e.position, e.sequence, e.occurred_at, e.recorded_at, e.company_id, e.event_id,
                e.aggregate_type, e.aggregate_id, e.event_type, e.event_version,
                e.payload::text as payload, e.metadata::text as metadata, e.digest
         from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[])
                as wanted (company_id, aggregate_type, aggregate_id, up_to)
         cross join lateral (
           select *
           from leasehold.events e
           where e.aggregate_type = wanted.aggregate_type
             and e.aggregate_id = wanted.aggregate_id
             and e.company_id = wanted.company_id
             and e.position <= wanted.up_to
           order by e.sequence
           limit 9223372036854775807
         ) e
         order by e.company_id, e.position",
    )
    .bind(companies)
    .bind(&streams.kinds)
    .bind(ids)
    .bind(before)
    .fetch_all(connection)
    .await
}
