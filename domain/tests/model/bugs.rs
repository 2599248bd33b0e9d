//! Bugs that are put in on purpose, each where a rule of the domain would stand in its way.

use leasehold_domain::company::{Command, Decided, Decision};
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{
    Cause, CleanupReason, Ended, Event, Expiry, Grant, Lease, Renewed, Requested, decide,
};
use leasehold_domain::stream;

use super::invariants::Invariant;
use crate::support::life;
use crate::support::world::World;

/// A bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bug {
    GrantsWithoutRoom,
    EndsWithoutComparing,
    ForgetsTheOutage,
    RenewsTheDead,
    LosesTheCleanup,
    EndsWithoutAReason,
}

impl Bug {
    /// Each with the invariant that finds it.
    pub(super) const ALL: [(Self, Invariant); 6] = [
        (Self::GrantsWithoutRoom, Invariant::NoTwoHoldersBeyondCapacity),
        (Self::EndsWithoutComparing, Invariant::NoRenewedLeaseIsExpired),
        (Self::ForgetsTheOutage, Invariant::NoHolderIsEndedForAnOutage),
        (Self::RenewsTheDead, Invariant::NoEndedLeaseActs),
        (Self::LosesTheCleanup, Invariant::NoCleanupIsLost),
        (Self::EndsWithoutAReason, Invariant::EveryEndHasAReasonAndAnActor),
    ];

    /// Spoils what was decided.
    pub(super) fn spoil(self, decision: &mut Decision) {
        if self == Self::LosesTheCleanup {
            decision.events.retain(|decided| decided.event.name() != "CleanupRequested");
        }
        for decided in &mut decision.events {
            if let stream::Event::Lease(Event::Expired(ended)) = &mut decided.event
                && self == Self::EndsWithoutAReason
            {
                ended.failure_reason = None;
            }
        }
    }
}

fn happen(world: &mut World, id: LeaseId, event: Event) {
    let decided = Decided { stream: id.into(), event: stream::Event::Lease(event), imported: None };
    world.company.apply(decided.stream, &decided.event);
    world.company.keep();
    world.log.push(decided);
}

/// Grants though there is no room.
pub(super) fn grant_anyway(world: &mut World, command: &Command) -> LeaseId {
    let Command::AcquireLease(request) = command else { panic!("no acquisition: {command:?}") };
    let facts = world.facts();
    let lease_id = LeaseId(facts.new_id);
    let grant = Grant {
        lease_id,
        company_id: world.company.id(),
        driver: leasehold_domain::environment::Driver::Sandbox,
        request: request.as_ref().clone(),
    };
    let own = leasehold_domain::lease::Facts { now: world.now, lease_id, ..life::facts() };
    let asked = leasehold_domain::lease::Command::Acquire(Box::new(grant));
    let events = decide(&Lease::default(), &asked, &own).expect("a grant is never refused");
    for event in events {
        happen(world, lease_id, event);
    }
    lease_id
}

/// Ends what was due when it was read, whatever has happened since.
pub(super) fn end_anyway(world: &mut World, id: LeaseId) {
    if world.lease(id).ending().is_some() {
        return;
    }
    let ended = Ended {
        at: world.now,
        cause: Cause::Expiry,
        failure_reason: Some(crate::support::reason("not renewed in time")),
        ..life::end()
    };
    happen(world, id, Event::Expired(Box::new(ended)));
    let (at, reason) = (world.now, CleanupReason::UncleanEnd);
    happen(world, id, Event::CleanupRequested(Requested { at, reason, due_at: at, attempt: 0 }));
}

/// Renews a lease that is over.
pub(super) fn renew_anyway(world: &mut World, id: LeaseId, ttl: u32) {
    let expiry = Expiry { expires_at: world.now.plus_seconds(ttl), ttl_seconds: Some(ttl) };
    happen(world, id, Event::LeaseRenewed(Renewed { at: world.now, expiry }));
}
