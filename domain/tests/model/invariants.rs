//! What holds in every state of every history.

use leasehold_domain::lease::{Cause, Record};

use super::{State, TTL};

/// The invariants, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invariant {
    /// No two holders beyond the capacity.
    NoTwoHoldersBeyondCapacity,
    /// A lease ends by its expiry only after the last one that its holder was told.
    NoRenewedLeaseIsExpired,
    /// After an outage a holder gets its own promise anew before it is ended.
    NoHolderIsEndedForAnOutage,
    /// Nobody acts by a lease that has ended.
    NoEndedLeaseActs,
    /// What an end leaves at the provider stays in the queue until it is done.
    NoCleanupIsLost,
    /// Every end that the ledger made itself says why, and by whom.
    EveryEndHasAReasonAndAnActor,
}

/// An invariant, and whether a state keeps it.
type Check = (Invariant, fn(&State) -> bool);

impl Invariant {
    /// The first that a state breaks.
    pub(super) fn broken(state: &State) -> Option<Self> {
        let checks: [Check; 6] = [
            (Self::NoTwoHoldersBeyondCapacity, room),
            (Self::NoRenewedLeaseIsExpired, renewals),
            (Self::NoHolderIsEndedForAnOutage, outages),
            (Self::NoEndedLeaseActs, ends),
            (Self::NoCleanupIsLost, cleanups),
            (Self::EveryEndHasAReasonAndAnActor, reasons),
        ];
        checks.into_iter().find(|(_, holds)| !holds(state)).map(|(invariant, _)| invariant)
    }
}

fn records(state: &State) -> impl Iterator<Item = (usize, &Record)> {
    state.leases.iter().map(|id| state.world.lease(*id)).enumerate()
}

fn room(state: &State) -> bool {
    state.environments.iter().all(|place| {
        let held = |record: &Record| record.environment_id == *place && record.ending().is_none();
        records(state).filter(|(_, record)| held(record)).count() <= 1
    })
}

fn renewals(state: &State) -> bool {
    records(state).all(|(lease, record)| {
        let expired = record.ending().filter(|ending| ending.cause == Cause::Expiry);
        expired.is_none_or(|ending| ending.at >= state.promised[lease])
    })
}

fn outages(state: &State) -> bool {
    let Some(outage) = state.outage else { return true };
    records(state).all(|(lease, record)| {
        let expired = record.ending().filter(|ending| ending.cause == Cause::Expiry);
        let promised_before = state.promised[lease] < outage.to.plus_seconds(TTL);
        let was_there = record.acquired_at < outage.to;
        expired.is_none_or(|ending| {
            let is_after = ending.at >= outage.to;
            !(is_after && was_there && promised_before) || ending.at >= outage.to.plus_seconds(TTL)
        })
    })
}

const fn ends(state: &State) -> bool {
    !state.acted_after_end
}

fn cleanups(state: &State) -> bool {
    records(state).all(|(_, record)| {
        let ended = record.ending().is_some();
        let cleanup = record.cleanup.as_deref();
        let is_queued = |index: &leasehold_domain::company::Index| {
            index.cleanups().any(|(_, lease)| lease == record.id)
        };
        let index = state.world.company.index();
        !ended || cleanup.is_some_and(|cleanup| !cleanup.is_open() || is_queued(index))
    })
}

fn reasons(state: &State) -> bool {
    records(state).all(|(_, record)| {
        let by_itself = record.ending().filter(|ending| ending.cause == Cause::Expiry);
        by_itself.is_none_or(|ending| {
            record.failure_reason.is_some() && !ending.by.id.as_str().is_empty()
        })
    })
}
