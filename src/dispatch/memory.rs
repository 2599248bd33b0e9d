//! A company in memory, folded up to a head.
//!
//! **Claims.** A company in memory is exactly the fold of its log up to [`Known::head`].
//! **Because** it is loaded from events up to that position, and changes only by events that are
//! durable: what a draft applied is kept after its commit and undone otherwise. Streams are found
//! through the tables, which may be newer than the head; what is missed then, the statement finds:
//! a draft on an old head is never written.

use std::collections::HashMap;

use leasehold_domain::company::{Command, Company, streams_of};
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use leasehold_domain::run;
use leasehold_domain::stream::{Aggregate, AggregateType, Event, StreamId};
use leasehold_domain::time::Timestamp;
use sqlx::PgConnection;

use super::unreadable::Unreadable;
use crate::log::{
    Digest, Head, Poison, Recorded, list_open_streams, list_run_ends, list_stream_events,
    list_touched_events,
};

/// Aggregates kept in memory for a company before those that have ended are forgotten: so many, or an
/// eighth more than had to be kept when that was last done. Who has ended is hardly ever asked for again.
const STREAMS_KEPT_MAX: usize = 128;
/// Streams of a cold start that are read at once: their events take several times the room of the states
/// that are kept of them.
const STREAMS_AT_ONCE: usize = 256;
/// Open leases of a company beyond which they are read again when they are needed.
const OPEN_KEPT_MAX: usize = 16_384;

/// A company in memory.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) company: Company,
    pub(super) head: Head,
    /// Whether the database has a head row for it.
    pub(super) is_begun: bool,
    streams_max: usize,
    unreadable: Unreadable,
}

impl Known {
    /// A company whose log has not begun.
    pub(super) fn unbegun(company_id: CompanyId) -> Self {
        let head = Head {
            company_id,
            position: Position(0),
            digest: Digest::default(),
            epoch: Epoch(1),
            recorded_at: Timestamp::EPOCH,
        };
        Self { is_begun: false, ..Self::at(head) }
    }

    /// Nothing yet of a company whose head is known.
    fn at(head: Head) -> Self {
        let company = Company::new(head.company_id);
        let unreadable = Unreadable::default();
        Self { company, head, is_begun: true, streams_max: STREAMS_KEPT_MAX, unreadable }
    }

    /// Folds what a cold start needs: environments, open leases, ended runs.
    pub(super) async fn load(connection: &mut PgConnection, head: Head) -> sqlx::Result<Self> {
        let mut known = Self::at(head);
        let streams = list_open_streams(connection, head.company_id).await?;
        for part in streams.chunks(STREAMS_AT_ONCE) {
            known.fetch(connection, part).await?;
        }
        for event in list_run_ends(connection, head.company_id).await? {
            match decode(&event) {
                Ok(Event::Run(run::Event::RunEnded(ended))) => {
                    known.company.load_ended_run(ended.id, (ended.outcome, ended.ended_at));
                }
                Ok(Event::Environment(_) | Event::Lease(_) | Event::Operation(_)) => {}
                Err(error) => known.unreadable.note(&event, &error),
            }
        }
        Ok(known)
    }

    /// Puts the states of streams in memory; those that have no events stay unknown.
    pub(super) async fn fetch(
        &mut self,
        connection: &mut PgConnection,
        streams: &[StreamId],
    ) -> sqlx::Result<()> {
        if streams.is_empty() || !self.is_begun {
            return Ok(());
        }
        let (company, head) = (self.head.company_id, self.head.position);
        let events = list_stream_events(connection, company, streams, head).await?;
        for (stream, aggregate) in fold_noting(&events, &mut self.unreadable) {
            self.company.load(stream, aggregate);
        }
        Ok(())
    }

    /// Reads what other writers appended, up to a newer head. None where the log does not go on from
    /// here: it was restored to an earlier time, and may have grown since to any length.
    pub(super) async fn refresh(
        mut self,
        connection: &mut PgConnection,
        head: Head,
    ) -> sqlx::Result<Option<Self>> {
        let (company, before) = (self.head.company_id, self.head.position);
        let events = list_touched_events(connection, company, before, head.position).await?;
        let (next, wanted) = events.first().map_or((self.head.digest, head.digest), |event| {
            (self.head.digest.after(&event.stored), event.digest)
        });
        if next != wanted {
            return Ok(None);
        }
        self.head = head;
        let mut unknown = Vec::new();
        for event in &events {
            let stream = event.stored.stream;
            let follows = self
                .company
                .get(stream)
                .is_some_and(|state| state.version() + 1 == event.stored.sequence);
            match decode(event) {
                Ok(event) if follows => {
                    self.company.apply(stream, &event);
                }
                Ok(_) => unknown.push(stream),
                Err(error) => self.unreadable.note(event, &error),
            }
        }
        self.company.keep();
        unknown.sort_unstable();
        unknown.dedup();
        self.fetch(connection, &unknown).await?;
        Ok(Some(self))
    }

    /// What projections cannot take and was not told before.
    pub(super) fn take_unmarked(&mut self) -> Vec<Poison> {
        self.unreadable.take_unmarked()
    }

    /// Whether a command cannot be decided because an event that it needs cannot be read.
    pub(super) fn is_barred(&self, command: &Command) -> bool {
        self.unreadable.bars(&self.company, command, || streams_of(&self.company, command))
    }

    /// Forgets what the next decisions can do without; the index stays whole. The bound moves with
    /// what had to be kept, so that this costs little for each batch.
    pub(super) fn forget(&mut self) {
        if self.company.len() <= self.streams_max {
            return;
        }
        self.company.evict(|_, state| is_open(state));
        if self.company.len() > OPEN_KEPT_MAX {
            self.company.evict(|stream, _| stream.kind == AggregateType::Environment);
        }
        let kept = self.company.len();
        self.streams_max = (kept + kept / 8).max(STREAMS_KEPT_MAX);
    }
}

fn is_open(state: &Aggregate) -> bool {
    match state {
        Aggregate::Environment(_) => true,
        Aggregate::Lease(lease) => lease.record.as_ref().is_some_and(|r| r.ending().is_none()),
        Aggregate::Run(_) | Aggregate::Operation(_) => false,
    }
}

/// Folds events, which stand in their streams' order, to the streams' states.
pub(super) fn fold(events: &[Recorded]) -> sqlx::Result<HashMap<StreamId, Aggregate>> {
    let mut states = HashMap::new();
    for event in events {
        let stream = event.stored.stream;
        let state = states.entry(stream).or_insert_with(|| Aggregate::new(stream.kind));
        state.apply(&decode(event)?);
    }
    Ok(states)
}

/// The same, as far as each stream can be read; a stream of which nothing can is left out.
fn fold_noting(events: &[Recorded], unreadable: &mut Unreadable) -> HashMap<StreamId, Aggregate> {
    let mut states: HashMap<StreamId, Aggregate> = HashMap::new();
    for event in events {
        let (stream, sequence) = (event.stored.stream, event.stored.sequence);
        match decode(event) {
            Ok(read) if sequence == 1 => {
                states.entry(stream).or_insert_with(|| Aggregate::new(stream.kind)).apply(&read);
            }
            Ok(read) => {
                let before =
                    states.get_mut(&stream).filter(|state| state.version() + 1 == sequence);
                before.map(|state| state.apply(&read)).unwrap_or_default();
            }
            Err(error) => unreadable.note(event, &error),
        }
    }
    states
}

/// Reads an event's payload.
pub(super) fn decode(event: &Recorded) -> sqlx::Result<Event> {
    event.read().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
