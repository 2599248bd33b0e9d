//! Bugs that are put in on purpose, each where a rule of the domain would stand in its way.

use leasehold_domain::company::{Command, Decided, Decision, Refusal};
use leasehold_domain::environment;
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{
    self, Acquire, Cause, CleanupReason, EndKind, Ended, Event, Expiry, Grant, Lease, Mismatch,
    Renewed, Requested, decide,
};
use leasehold_domain::stream;

use super::invariants::Invariant;
use crate::support::life::{self, ended_as};
use crate::support::world::World;

/// A bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bug {
    GrantsWithoutRoom,
    EndsWithoutComparing,
    FailsWhatWasActivated,
    ForgetsTheOutage,
    RenewsTheDead,
    LosesTheCleanup,
    TrustsSilence,
    EndsWithoutAReason,
    HandsOffTwice,
    CleansUpWhatWasHandedOn,
    ResumesUnderTheSameFence,
    IgnoresFences,
    IgnoresClaimFences,
}

impl Bug {
    /// Each with the invariant that finds it.
    pub(super) const ALL: [(Self, Invariant); 13] = [
        (Self::GrantsWithoutRoom, Invariant::NoTwoHoldersBeyondCapacity),
        (Self::EndsWithoutComparing, Invariant::NoRenewedLeaseIsExpired),
        (Self::FailsWhatWasActivated, Invariant::NoActivatedReservationFails),
        (Self::ForgetsTheOutage, Invariant::NoHolderIsEndedForAnOutage),
        (Self::RenewsTheDead, Invariant::NoEndedLeaseActs),
        (Self::LosesTheCleanup, Invariant::NoCleanupIsLost),
        (Self::TrustsSilence, Invariant::NoCleanupIsLost),
        (Self::EndsWithoutAReason, Invariant::EveryEndHasAReasonAndAnActor),
        (Self::HandsOffTwice, Invariant::NoResourceHasTwoOwners),
        (Self::CleansUpWhatWasHandedOn, Invariant::NoResourceHasTwoOwners),
        (Self::ResumesUnderTheSameFence, Invariant::FencesRise),
        (Self::IgnoresFences, Invariant::NoOlderHolderActs),
        (Self::IgnoresClaimFences, Invariant::NoOlderJanitorActs),
    ];

    /// Takes out of a command what a rule would have seen.
    pub(super) fn twist(self, command: &mut Command) {
        if let Command::RenewLease(_, renew) = command
            && self == Self::IgnoresFences
        {
            renew.fence = None;
        }
    }

    /// Whether a grant is made though it is refused.
    pub(super) fn overlooks(self, refusal: &Refusal) -> bool {
        match refusal {
            Refusal::Environment(environment::Refusal::CapacityExhausted { .. }) => {
                self == Self::GrantsWithoutRoom
            }
            Refusal::Lease(lease::Refusal::ResumeMismatch { mismatch, .. }) => {
                self == Self::HandsOffTwice && *mismatch == Mismatch::Succession
            }
            Refusal::Lease(_)
            | Refusal::Environment(_)
            | Refusal::Run(_)
            | Refusal::Operation(_) => false,
        }
    }

    /// How a lease is ended that is not any more what was read of it.
    pub(super) fn ends_without_comparing(self) -> Option<Cause> {
        let expiry = (self == Self::EndsWithoutComparing).then_some(Cause::Expiry);
        let is_deadline = self == Self::FailsWhatWasActivated;
        expiry.or(is_deadline.then_some(Cause::ReservationDeadline))
    }

    /// Spoils what was decided.
    pub(super) fn spoil(self, decision: &mut Decision, world: &World) {
        decision.events.retain(|decided| !self.is_lost(&decided.event));
        for decided in &mut decision.events {
            let stream::Event::Lease(event) = &mut decided.event else { continue };
            if let Event::Expired(ended) = event
                && self == Self::EndsWithoutAReason
            {
                ended.failure_reason = None;
            } else if let Event::Resumed(resumed) = event
                && self == Self::ResumesUnderTheSameFence
            {
                resumed.fence = world.lease(LeaseId(decided.stream.id)).fence;
            }
        }
        if self == Self::CleansUpWhatWasHandedOn
            && let Some(event) =
                decision.events.iter().find_map(|decided| cleaned_up(decided, world))
        {
            decision.events.push(event);
        }
    }

    fn is_lost(self, event: &stream::Event) -> bool {
        let stream::Event::Lease(Event::CleanupRequested(requested)) = event else { return false };
        let is_silence =
            matches!(requested.reason, CleanupReason::NoAnswer | CleanupReason::MaybeCreated);
        self == Self::LosesTheCleanup || self == Self::TrustsSilence && is_silence
    }
}

/// The request to clean up a lease whose resource was taken over.
fn cleaned_up(decided: &Decided, world: &World) -> Option<Decided> {
    let stream::Event::Lease(Event::Expired(ended)) = &decided.event else { return None };
    ended.replaced_by_lease_id?;
    let (at, reason) = (world.now, CleanupReason::UncleanEnd);
    let requested = Event::CleanupRequested(Requested { at, reason, due_at: at, attempt: 0 });
    Some(Decided { event: stream::Event::Lease(requested), ..decided.clone() })
}

fn happen(world: &mut World, id: LeaseId, event: Event) {
    let decided = Decided { stream: id.into(), event: stream::Event::Lease(event), imported: None };
    world.company.apply(decided.stream, &decided.event);
    world.company.keep();
    world.log.push(decided);
}

fn request(command: &Command) -> &Acquire {
    if let Command::ReserveLease(reserve) = command {
        return &reserve.acquire;
    }
    let Command::AcquireLease(request) = command else { panic!("no acquisition: {command:?}") };
    request
}

/// Grants though a rule stands in the way.
pub(super) fn grant_anyway(world: &mut World, command: &Command) -> LeaseId {
    let facts = world.facts();
    let lease_id = LeaseId(facts.new_id);
    let grant = Grant {
        lease_id,
        company_id: world.company.id(),
        driver: environment::Driver::Sandbox,
        request: request(command).clone(),
    };
    let fence = leasehold_domain::fence::Fence::of(facts.epoch, facts.next);
    let own = lease::Facts { now: world.now, lease_id, fence, ..life::facts() };
    let asked = lease::Command::Acquire(Box::new(grant));
    let events = decide(&Lease::default(), &asked, &own).expect("a grant is never refused");
    for event in events {
        happen(world, lease_id, event);
    }
    lease_id
}

/// Ends what was due when it was read, whatever has happened since.
pub(super) fn end_anyway(world: &mut World, id: LeaseId, cause: Cause) {
    if world.lease(id).ending().is_some() {
        return;
    }
    let failure_reason = Some(crate::support::reason("not renewed in time"));
    let ended = Ended { at: world.now, cause, failure_reason, ..life::end() };
    let kind = if cause == Cause::Expiry { EndKind::Expired } else { EndKind::Failed };
    happen(world, id, ended_as(kind, ended));
    let (at, reason) = (world.now, CleanupReason::UncleanEnd);
    happen(world, id, Event::CleanupRequested(Requested { at, reason, due_at: at, attempt: 0 }));
}

/// Renews a lease that is over.
pub(super) fn renew_anyway(world: &mut World, id: LeaseId, ttl: u32) {
    let expiry = Expiry { expires_at: world.now.plus_seconds(ttl), ttl_seconds: Some(ttl) };
    happen(world, id, Event::LeaseRenewed(Renewed { at: world.now, expiry }));
}
