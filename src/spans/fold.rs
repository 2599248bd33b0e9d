//! Some events of a company, folded onto its spans.

use std::collections::{BTreeMap, BTreeSet};

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{AggregateType, Event, StreamId};
use leasehold_projections::lease_spans::{Mark, NAME, Span, fold};
use sqlx::PgConnection;
use uuid::Uuid;

use super::rows::{advance, list_poisoned_leases, load_open, save};
use crate::log::{Poison, Recorded, list_touched_events, mark_poisoned};

/// Takes up the events after one position and up to another; false when the checkpoint has moved on
/// meanwhile.
pub(super) async fn take_up(
    connection: &mut PgConnection,
    company: CompanyId,
    (from, to): (Position, Position),
) -> sqlx::Result<bool> {
    sqlx::query("begin").execute(&mut *connection).await?;
    let taken = take_up_in(connection, company, (from, to)).await;
    let end = if matches!(taken, Ok(true)) { "commit" } else { "rollback" };
    sqlx::query(end).execute(connection).await?;
    taken
}

async fn take_up_in(
    connection: &mut PgConnection,
    company: CompanyId,
    (from, to): (Position, Position),
) -> sqlx::Result<bool> {
    // First of all: two keepers meet here, and not in the rows.
    if !advance(connection, company, from, to).await? {
        return Ok(false);
    }
    let events = list_touched_events(connection, company, from, to).await?;
    let events: Vec<Recorded> = events.into_iter().filter(is_of_lease).collect();
    let leases: BTreeSet<Uuid> = events.iter().map(|event| event.stored.stream.id).collect();
    let leases: Vec<Uuid> = leases.into_iter().collect();
    let open = load_open(connection, company, &leases).await?;
    let poisoned = list_poisoned_leases(connection, company, &leases).await?;
    let mut folding = Folding::new(company, open, poisoned);
    for event in &events {
        folding.take(event);
    }
    mark_poisoned(connection, &folding.poisons).await?;
    save(connection, company, &folding.into_changed()).await?;
    Ok(true)
}

fn is_of_lease(event: &Recorded) -> bool {
    event.stored.stream.kind == AggregateType::Lease
}

/// Spans that change.
#[derive(Debug)]
pub(crate) struct Folding {
    company: CompanyId,
    open: BTreeMap<Uuid, Option<Span>>,
    poisoned: BTreeSet<Uuid>,
    ended: Vec<Span>,
    poisons: Vec<Poison>,
}

impl Folding {
    pub(crate) fn new(company: CompanyId, open: Vec<Span>, poisoned: BTreeSet<Uuid>) -> Self {
        let open = open.into_iter().map(|span| (span.lease_id, Some(span))).collect();
        Self { company, open, poisoned, ended: Vec::new(), poisons: Vec::new() }
    }

    /// Folds an event of a lease in; one that cannot be read stops its own lease.
    pub(crate) fn take(&mut self, event: &Recorded) {
        let stored = &event.stored;
        let lease = stored.stream.id;
        if self.poisoned.contains(&lease) {
            return;
        }
        let position = i64::try_from(stored.position.0).unwrap_or(i64::MAX);
        let at = Mark { position, at: stored.occurred_at.chrono() };
        match event.read() {
            Ok(Event::Lease(own)) => {
                let open = self.open.entry(lease).or_default();
                self.ended.extend(fold(open, lease, &own, at));
            }
            Ok(Event::Environment(_) | Event::Run(_) | Event::Operation(_)) => {}
            Err(error) => {
                self.poisoned.insert(lease);
                self.poisons.push(Poison {
                    company: self.company,
                    projection: NAME,
                    stream: StreamId { kind: AggregateType::Lease, id: lease },
                    position: stored.position,
                    error: error.to_string(),
                });
            }
        }
    }

    /// The same of any event; those of other streams are passed over.
    pub(crate) fn take_of_lease(&mut self, event: &Recorded) {
        if is_of_lease(event) {
            self.take(event);
        }
    }

    /// The spans that were ended since this was asked last.
    pub(crate) fn take_ended(&mut self) -> Vec<Span> {
        std::mem::take(&mut self.ended)
    }

    /// What could not be read since this was asked last.
    pub(crate) fn take_poisons(&mut self) -> Vec<Poison> {
        std::mem::take(&mut self.poisons)
    }

    /// Every span that was ended or is open.
    pub(crate) fn into_changed(self) -> Vec<Span> {
        self.ended.into_iter().chain(self.open.into_values().flatten()).collect()
    }
}
