//! Some events of a company, folded onto its spans.

use std::collections::{BTreeMap, BTreeSet};

use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{AggregateType, Event, StreamId};
use leasehold_projections::lease_spans::{Mark, NAME, Span, fold};
use sqlx::PgConnection;
use uuid::Uuid;

use super::ends;
use super::rows::{Behind, Lease, advance, begin, list_poisoned_leases, load_open, save};
use crate::log::{Poison, Recorded, list_events_between, mark_poisoned};

/// Takes up a page of each of some companies in one transaction; answers with how many events that
/// were. A page whose checkpoint has moved on meanwhile is left alone.
pub(super) async fn take_up(connection: &mut PgConnection, pages: &[Behind]) -> sqlx::Result<i64> {
    sqlx::query("begin").execute(&mut *connection).await?;
    let taken = take_up_in(connection, pages).await;
    let end = if taken.is_ok() { "commit" } else { "rollback" };
    sqlx::query(end).execute(connection).await?;
    taken
}

async fn take_up_in(connection: &mut PgConnection, pages: &[Behind]) -> sqlx::Result<i64> {
    // First of all: two keepers meet here, and not in the rows.
    begin(connection, pages).await?;
    let pages = advance(connection, pages).await?;
    if pages.is_empty() {
        return Ok(0);
    }
    let ranges: Vec<_> = pages.iter().map(Behind::range).collect();
    let events = list_events_between(connection, &ranges).await?;
    let events: Vec<Recorded> = events.into_iter().filter(is_of_lease).collect();
    let leases: BTreeSet<Lease> = events.iter().map(lease_of).collect();
    let leases: Vec<Lease> = leases.into_iter().collect();
    let open = load_open(connection, &leases).await?;
    let poisoned = list_poisoned_leases(connection, &leases).await?;
    let mut foldings: BTreeMap<Uuid, Folding> = BTreeMap::new();
    for event in &events {
        let company = event.stored.company_id;
        let folding = foldings.entry(company.0).or_insert_with(|| {
            let open = open.iter().filter(|(of, _)| *of == company.0);
            let poisoned = poisoned.iter().filter(|(of, _)| *of == company.0);
            let open = open.map(|(_, span)| span.clone()).collect();
            Folding::new(company, open, poisoned.map(|(_, lease)| *lease).collect())
        });
        folding.take(event);
    }
    let (mut poisons, mut changed) = (Vec::new(), Vec::new());
    for mut folding in foldings.into_values() {
        poisons.append(&mut folding.poisons);
        let company = folding.company;
        changed.extend(folding.into_changed().into_iter().map(|span| (company, span)));
    }
    mark_poisoned(connection, &poisons).await?;
    save(connection, &changed).await?;
    ends::count(connection, &pages, &changed).await?;
    Ok(pages.iter().map(Behind::events).sum())
}

fn lease_of(event: &Recorded) -> Lease {
    (event.stored.company_id.0, event.stored.stream.id)
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
