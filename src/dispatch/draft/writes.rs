//! The table rows that a batch's events change: each aggregate once, as it is after the last.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use leasehold_domain::company::Company;
use leasehold_domain::lease::{self, Lease};
use leasehold_domain::stream::{Aggregate, Event, StreamId};
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use leasehold_projections::projection::check;

use crate::log::{EnvironmentWrite, LeaseWrite, Poison, Recorded};

/// What a batch writes into the tables.
#[derive(Debug, Default)]
pub(super) struct Writes {
    pub(super) environments: Vec<EnvironmentWrite>,
    pub(super) leases: Vec<LeaseWrite>,
    /// What the tables cannot take.
    pub(super) poisons: Vec<Poison>,
}

pub(super) fn of(
    company: &Company,
    events: &[Recorded],
    noted: &HashSet<StreamId>,
    row: impl Fn(StreamId, &Lease) -> Option<Arc<LeaseRow>>,
) -> Writes {
    let mut writes = Writes::default();
    for (stream, is_new) in touched(events) {
        let state = company.get(stream);
        if let Some(Err(untaken)) = state.map(check) {
            let last = events.iter().rfind(|event| event.stored.stream == stream);
            writes.poisons.push(Poison {
                company: company.id(),
                projection: untaken.projection,
                stream,
                position: last.map(|event| event.stored.position).unwrap_or_default(),
                error: untaken.to_string(),
            });
            continue;
        }
        match state {
            Some(Aggregate::Environment(state)) => {
                writes.environments.push(match EnvironmentRow::of(state) {
                    Some(row) => EnvironmentWrite::Put(Box::new(row)),
                    None => EnvironmentWrite::Remove(stream.id),
                });
            }
            Some(Aggregate::Lease(state)) => writes.leases.extend(row(stream, state).map(|row| {
                let is_metadata_changed = noted.contains(&stream);
                LeaseWrite { row, is_new, is_metadata_changed }
            })),
            Some(Aggregate::Run(_) | Aggregate::Operation(_)) | None => {}
        }
    }
    writes
}

/// The streams of the events, and whether they begin with them.
fn touched(events: &[Recorded]) -> BTreeMap<StreamId, bool> {
    let mut touched = BTreeMap::new();
    for event in events {
        *touched.entry(event.stored.stream).or_default() |= event.stored.sequence == 1;
    }
    touched
}

/// Whether an event may change a lease's notes, so that they have to be sent again.
pub(super) fn changes_notes(event: &Event) -> bool {
    match event {
        Event::Lease(
            lease::Event::Released(ended)
            | lease::Event::Expired(ended)
            | lease::Event::Failed(ended),
        ) => ended.remote_execution_termination.is_some(),
        Event::Lease(
            lease::Event::LeaseRenewed(_)
            | lease::Event::Retained(_)
            | lease::Event::AmnestyGranted(_)
            | lease::Event::FenceRefused(_)
            | lease::Event::CleanupRequested(_)
            | lease::Event::CleanupClaimed(_)
            | lease::Event::CleanupDeferred(_)
            | lease::Event::CleanupSucceeded(_)
            | lease::Event::CleanupFailed(_)
            | lease::Event::CleanupBlocked(_),
        )
        | Event::Environment(_)
        | Event::Run(_)
        | Event::Operation(_) => false,
        Event::Lease(
            lease::Event::LeaseReserved(_)
            | lease::Event::LeaseAcquired(_)
            | lease::Event::MetadataUpdated(_)
            | lease::Event::Resumed(_)
            | lease::Event::Amended(_),
        ) => true,
    }
}
