//! What holds in every state of every history.

use leasehold_domain::company::Index;
use leasehold_domain::lease::{Cause, EndKind, Ending, Phase, Policy, Record};

use super::state::{Known, State, TTL};

/// The invariants, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invariant {
    /// A resource has one lease at a time, and whoever took it over is not robbed by a janitor.
    NoResourceHasTwoOwners,
    /// No two holders beyond the capacity; what is reserved counts.
    NoTwoHoldersBeyondCapacity,
    /// A lease or a reservation ends by its time only after the last one that its holder was told.
    NoRenewedLeaseIsExpired,
    /// What was activated does not end by the deadline of its reservation.
    NoActivatedReservationFails,
    /// After an outage a holder gets its own promise anew before it is ended.
    NoHolderIsEndedForAnOutage,
    /// Nobody acts by a lease that has ended.
    NoEndedLeaseActs,
    /// Each grant and each resume has a higher fence on its environment than any before.
    FencesRise,
    /// Who comes with an older fence is refused.
    NoOlderHolderActs,
    /// Who comes with an older claim is refused.
    NoOlderJanitorActs,
    /// What an end leaves at the provider stays in the queue until it is done.
    NoCleanupIsLost,
    /// Every end that the ledger made itself says why, and by whom.
    EveryEndHasAReasonAndAnActor,
}

impl Invariant {
    /// All of them, in the order in which they are looked at.
    pub(super) const ALL: [Self; 11] = [
        Self::NoResourceHasTwoOwners,
        Self::NoTwoHoldersBeyondCapacity,
        Self::NoRenewedLeaseIsExpired,
        Self::NoActivatedReservationFails,
        Self::NoHolderIsEndedForAnOutage,
        Self::NoEndedLeaseActs,
        Self::FencesRise,
        Self::NoOlderHolderActs,
        Self::NoOlderJanitorActs,
        Self::NoCleanupIsLost,
        Self::EveryEndHasAReasonAndAnActor,
    ];

    /// The first that a state breaks.
    pub(super) fn broken(state: &State) -> Option<Self> {
        Self::ALL.into_iter().find(|invariant| !invariant.holds(state))
    }

    fn holds(self, state: &State) -> bool {
        match self {
            Self::NoResourceHasTwoOwners => all(state, has_one_owner),
            Self::NoTwoHoldersBeyondCapacity => room(state),
            Self::NoRenewedLeaseIsExpired => all(state, has_its_time),
            Self::NoActivatedReservationFails => all(state, |_, known, record| {
                !(known.is_activated && ended_by(record, Cause::ReservationDeadline).is_some())
            }),
            Self::NoHolderIsEndedForAnOutage => all(state, is_pardoned),
            Self::NoEndedLeaseActs
            | Self::FencesRise
            | Self::NoOlderHolderActs
            | Self::NoOlderJanitorActs => state.acted != Some(self),
            Self::NoCleanupIsLost => all(state, is_cleaned_up),
            Self::EveryEndHasAReasonAndAnActor => all(state, has_reason),
        }
    }
}

fn all(state: &State, holds: impl Fn(&State, &Known, &Record) -> bool) -> bool {
    state.leases.iter().all(|known| holds(state, known, state.world.lease(known.id)))
}

fn ended_by(record: &Record, cause: Cause) -> Option<&Ending> {
    record.ending().map(AsRef::as_ref).filter(|ending| ending.cause == cause)
}

/// The end of a lease that nobody asked for.
fn end_by_itself(record: &Record) -> Option<&Ending> {
    let expired = ended_by(record, Cause::Expiry);
    expired.or_else(|| ended_by(record, Cause::ReservationDeadline))
}

fn has_one_owner(state: &State, known: &Known, record: &Record) -> bool {
    let successors = state.leases.iter().map(|other| state.world.lease(other.id));
    let successors = successors.filter(|other| other.replaces_lease_id == Some(known.id)).count();
    let is_gone = record.ending().is_some() && !record.has_open_cleanup();
    successors == 0 || successors == 1 && is_gone
}

fn room(state: &State) -> bool {
    state.environments.iter().all(|place| {
        let held = |record: &&Record| record.environment_id == *place && takes_room(record);
        state.leases.iter().map(|known| state.world.lease(known.id)).filter(held).count() <= 1
    })
}

/// What is reserved or held; what is kept, where it is kept for reuse.
fn takes_room(record: &Record) -> bool {
    let is_kept = record.phase() == Phase::Retained;
    record.ending().is_none() && !(is_kept && record.lease_policy == Policy::Ephemeral)
}

fn has_its_time(_: &State, known: &Known, record: &Record) -> bool {
    end_by_itself(record).is_none_or(|ending| {
        ending.at >= known.promised || ending.cause != Cause::Expiry && known.is_activated
    })
}

fn is_pardoned(state: &State, known: &Known, record: &Record) -> bool {
    let Some(outage) = state.outage else { return true };
    let until = outage.to.plus_seconds(TTL);
    let was_held = record.fenced_at < outage.to && known.promised < until;
    end_by_itself(record)
        .is_none_or(|ending| !was_held || ending.at < outage.to || ending.at >= until)
}

/// Whether a lease that is over has left something at the provider: what is reused stays there when
/// it is released, what somebody took over is his.
fn leaves_something(known: &Known, record: &Record) -> bool {
    let Some(ending) = record.ending() else { return false };
    let is_kept = known.is_activated
        && record.lease_policy == Policy::ReuseByEnvironment
        && ending.kind == EndKind::Released;
    !(is_kept || known.is_nothing || record.replaced_by_lease_id.is_some())
}

fn is_cleaned_up(state: &State, known: &Known, record: &Record) -> bool {
    let is_queued = |index: &Index| index.cleanups().any(|(_, lease)| lease == record.id);
    let cleanup = record.cleanup.as_deref();
    !leaves_something(known, record)
        || cleanup.is_some_and(|c| !c.is_open() || is_queued(state.world.company.index()))
}

fn has_reason(_: &State, _: &Known, record: &Record) -> bool {
    end_by_itself(record)
        .is_none_or(|ending| record.failure_reason.is_some() && !ending.by.id.as_str().is_empty())
}
