//! Following the log: one task reads, threads decode, one at a time folds.

use std::iter::once;

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::StreamId;
use sqlx::PgConnection;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::aside::aside;
use super::entry::{self, COLUMNS, Entry};
use super::fold::{Fold, Sink};
use super::reading::{Handed, Reader, read};
use super::tuples::CopyReader;
use crate::log::Head;

/// Events of a page of what is paged.
const PAGE: usize = 20_000;

/// Which part of the log is followed.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// The first company.
    pub(crate) first: Uuid,
    /// The last company, included.
    pub(crate) last: Uuid,
    /// The last position of each, included.
    pub(crate) up_to: Position,
    /// Of one company, these streams alone.
    pub(crate) streams: Option<Vec<StreamId>>,
    /// Companies with the last position of each: these alone, page by page, so that nobody holds on
    /// to a moment of the database for long. What is in the log already does not change.
    pub(crate) paged: Option<Vec<(CompanyId, Position)>>,
}

impl Span {
    /// The whole log.
    pub(crate) const ALL: Self = Self {
        first: Uuid::nil(),
        last: Uuid::max(),
        up_to: Position(i64::MAX.unsigned_abs()),
        streams: None,
        paged: None,
    };

    /// The last position of each company of one that is paged.
    pub(crate) fn ends(&self) -> Vec<(Uuid, i64)> {
        let end = |(company, end): &(CompanyId, Position)| {
            (company.0, i64::try_from(end.0).unwrap_or(i64::MAX))
        };
        self.paged.iter().flatten().map(end).collect()
    }

    /// What copies it, one after the other.
    fn statements(&self) -> Box<dyn Iterator<Item = String> + Send + '_> {
        if let Some(streams) = &self.streams {
            let company = CompanyId(self.first);
            return Box::new(once(of_streams(company, streams, self.up_to, "e.position")));
        }
        let Some(paged) = &self.paged else { return Box::new(once(self.whole())) };
        Box::new(paged.iter().flat_map(|(company, end)| {
            let starts = (0..end.0).step_by(PAGE);
            starts.map(|after| page(*company, after, end.0.min(after + PAGE as u64)))
        }))
    }

    fn whole(&self) -> String {
        let Self { first, last, up_to, .. } = self;
        let columns = columns();
        format!(
            "copy (
               select {columns}
               from leasehold.events e
               where e.company_id between '{first}' and '{last}'
                 and e.position <= {up_to}
               order by e.company_id, e.position
             ) to stdout (format binary)"
        )
    }
}

/// The events of a company after a position, up to another.
fn page(company: CompanyId, after: u64, up_to: u64) -> String {
    let columns = columns();
    format!(
        "copy (
           select {columns}
           from leasehold.events e
           where e.company_id = '{company}'
             and e.position > {after}
             and e.position <= {up_to}
           order by e.position
         ) to stdout (format binary)"
    )
}

/// The log in about so many parts of the same length; a company is never cut.
pub(crate) fn spans(heads: &[Head], parts: u64, events_min: u64) -> Vec<Span> {
    let events: u64 = heads.iter().map(|head| head.position.0).sum();
    let enough = (events / parts).max(events_min);
    let (mut spans, mut open, mut length) = (Vec::new(), Span::ALL, 0);
    for head in heads {
        if length >= enough {
            let last = Uuid::from_u128(head.company_id.0.as_u128() - 1);
            spans.push(Span { last, ..open.clone() });
            (open.first, length) = (head.company_id.0, 0);
        }
        length += head.position.0;
    }
    spans.push(open);
    spans
}

/// The events of some streams of a company up to a position.
fn of_streams(company: CompanyId, streams: &[StreamId], up_to: Position, order: &str) -> String {
    let wanted = streams.iter().map(|stream| format!("('{}', '{}')", stream.kind, stream.id));
    let (wanted, columns) = (wanted.collect::<Vec<_>>().join(", "), columns());
    format!(
        "copy (
           select {columns}
           from (values {wanted}) as wanted (aggregate_type, aggregate_id)
           join leasehold.events e
             on e.aggregate_type = wanted.aggregate_type
            and e.aggregate_id = wanted.aggregate_id
            and e.company_id = '{company}'
           where e.position <= {up_to}
           order by {order}
         ) to stdout (format binary)"
    )
}

/// Where what a sink gathered goes, between two batches.
pub(crate) trait Outlet<S>: Send {
    /// Takes what was gathered after so many events; false to stop following.
    fn drain(
        &mut self,
        sink: &mut S,
        events: u64,
    ) -> impl Future<Output = sqlx::Result<bool>> + Send;
}

/// What is gathered is kept until the end.
pub(crate) struct Kept;

impl<S: Send> Outlet<S> for Kept {
    async fn drain(&mut self, _: &mut S, _: u64) -> sqlx::Result<bool> {
        Ok(true)
    }
}

/// Follows a part of the log from its first event to its last; `told` hears how many events came.
pub(crate) async fn follow<S: Sink>(
    reader: &mut Reader,
    span: &Span,
    mut fold: Fold<S>,
    outlet: &mut impl Outlet<S>,
    told: &(dyn Fn(u64) + Send + Sync),
) -> sqlx::Result<Fold<S>> {
    let Reader { copying, looking, is_ahead } = reader;
    let (hand_on, mut handed) = mpsc::channel(1);
    let reading = read(copying, *is_ahead, span.statements(), hand_on);
    let folding = async {
        let mut events = 0;
        while let Some(batch) = handed.recv().await {
            let count;
            (fold, count) = take((looking, *is_ahead), fold, batch).await?;
            events += count;
            told(count);
            if !outlet.drain(&mut fold.sink, events).await? {
                handed.close();
                return Ok(fold);
            }
        }
        let finish = move || {
            fold.finish();
            fold
        };
        Ok(if *is_ahead { aside(finish).await } else { finish() })
    };
    let ((), fold) = futures::try_join!(reading, folding)?;
    Ok(fold)
}

/// Folds a batch, company by company: then and there, or on another thread where that decodes ahead.
async fn take<S: Sink>(
    (looking, is_ahead): (&mut PgConnection, bool),
    mut fold: Fold<S>,
    handed: Handed,
) -> sqlx::Result<(Fold<S>, u64)> {
    // What is decoded here is folded and given back by the same thread, which is cheaper by far than
    // giving back what another one made.
    let begin = move || {
        let entries = handed.entries();
        let count = entries.len() as u64;
        let rest = take_known(&mut fold, entries);
        (fold, rest, count)
    };
    let (mut fold, mut rest, count) = if is_ahead { aside(begin).await } else { begin() };
    while let Some(first) = rest.first() {
        let (company, before) = (first.company_id, first.position);
        let later = rest.split_off(end_of_first(&rest));
        let missing = fold.missing(&rest);
        let recalled = recall(looking, company, &missing, before).await?;
        let go_on = move || {
            fold.recall(&recalled);
            fold.take(&rest);
            let rest = take_known(&mut fold, later);
            (fold, rest)
        };
        (fold, rest) = if is_ahead { aside(go_on).await } else { go_on() };
    }
    Ok((fold, count))
}

/// Folds entries company by company, as long as all of their streams are in memory; answers with those
/// that are left.
fn take_known<S: Sink>(fold: &mut Fold<S>, mut entries: Vec<Entry>) -> Vec<Entry> {
    while let Some(first) = entries.first() {
        fold.enter(first.company_id);
        let later = entries.split_off(end_of_first(&entries));
        if !fold.missing(&entries).is_empty() {
            entries.extend(later);
            break;
        }
        fold.take(&entries);
        entries = later;
    }
    entries
}

/// Where the entries of the first company end.
fn end_of_first(entries: &[Entry]) -> usize {
    let first = entries.first().map(|entry| entry.company_id);
    entries.iter().position(|entry| Some(entry.company_id) != first).unwrap_or(entries.len())
}

/// The events of some streams before a position.
async fn recall(
    looking: &mut PgConnection,
    company: CompanyId,
    streams: &[StreamId],
    before: Position,
) -> sqlx::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    if streams.is_empty() {
        return Ok(entries);
    }
    let up_to = Position(before.0.saturating_sub(1));
    let order = "e.aggregate_type, e.aggregate_id, e.sequence";
    let statement = of_streams(company, streams, up_to, order);
    let mut copy = CopyReader::begin(looking, &statement).await?;
    while let Some(batch) = copy.next().await? {
        entries.extend(entry::read(&batch));
    }
    Ok(entries)
}

fn columns() -> String {
    COLUMNS.map(|column| format!("e.{column}")).join(", ")
}
