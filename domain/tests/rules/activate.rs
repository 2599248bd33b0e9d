//! Activating a reservation, and giving one up.

use leasehold_domain::lease::{
    Cause, CleanupReason, CleanupState, Deadline, Enforce, Expiry, Phase, Status,
};
use serde_json::json;

use super::reserve::{code, reserved};
use crate::support::ask::{abandon, activate, ask, claim, release};
use crate::support::world::{World, names};
use crate::support::{at, ids, label, reason};
use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::id::LeaseId;

/// The sweeper's command, with what is to be read now.
pub(crate) fn sweep(world: &World, id: LeaseId) -> Command {
    let lease = world.company.lease(id).unwrap();
    let (_, due_at) = lease.record.as_deref().unwrap().due().expect("something falls due");
    let (version, read_at) = (lease.version, world.now);
    Command::EnforceLease(id, Enforce { version, due_at, read_at, outage: None })
}

#[test]
fn an_activation_makes_a_reservation_an_active_lease() {
    let (mut world, lease) = reserved();
    let before = world.lease(lease).clone();
    world.pass(20);
    let body = json!({"leaseId": lease, "providerLeaseId": "sbx-1", "metadata": {"a": 1}});
    let decision = world.accept(ask(CommandType::ActivateLease, body));
    assert_eq!(names(&decision), ["LeaseAcquired"]);
    let record = world.lease(lease);
    assert_eq!((record.phase(), record.last_used_at), (Phase::Active, at(20)));
    assert_eq!(record.provider_lease_id, Some(label("sbx-1")));
    assert_eq!(record.expiry, Some(Expiry { expires_at: at(50), ttl_seconds: Some(30) }));
    assert_eq!(record.due(), Some((Deadline::Expiry, at(50))));
    assert_eq!(json!(record.metadata), json!({"a": 1}));
    let granted = (before.acquired_at, before.created_at, before.fence, before.heartbeat_run_id);
    let kept = (record.acquired_at, record.created_at, record.fence, record.heartbeat_run_id);
    assert_eq!(kept, granted, "the grant stays the reservation's");
}

#[test]
fn an_activation_told_again_is_no_event_and_another_resource_is_refused() {
    let (mut world, lease) = reserved();
    world.accept(activate(lease, "sbx-1"));
    assert!(names(&world.accept(activate(lease, "sbx-1"))).is_empty());
    assert_eq!(code(&world.refuse(activate(lease, "sbx-2"))), "lease_not_reserved");
    assert_eq!(code(&world.refuse(abandon(lease, true))), "lease_not_reserved");
}

#[test]
fn a_holder_that_comes_after_the_deadline_and_before_the_end_comes_in_time() {
    let (mut world, lease) = reserved();
    world.pass(600);
    world.accept(activate(lease, "sbx-1"));
    assert_eq!(world.lease(lease).phase(), Phase::Active);
}

#[test]
fn a_reservation_ends_as_failed_at_its_deadline_and_is_cleaned_up() {
    let (mut world, lease) = reserved();
    world.pass(59);
    assert_eq!(code(&world.refuse(sweep(&world, lease))), "nothing_due");
    world.pass(1);
    let decision = world.accept(sweep(&world, lease));
    assert_eq!(names(&decision), ["Failed", "CleanupRequested"]);
    let record = world.lease(lease);
    assert_eq!(record.ending().unwrap().cause, Cause::ReservationDeadline);
    assert_eq!(record.failure_reason, Some(reason("reservation not activated in time")));
    assert_eq!(record.cleanup.as_ref().unwrap().reason, Some(CleanupReason::NoAnswer));
}

#[test]
fn a_resource_that_turns_up_late_is_refused_and_told_to_the_janitor() {
    let (mut world, lease) = reserved();
    world.pass(60);
    world.accept(sweep(&world, lease));
    let length = world.log.len();
    assert_eq!(code(&world.refuse(activate(lease, "sbx-1"))), "reservation_expired");
    let told: Vec<_> = world.log[length..].iter().map(|decided| decided.event.name()).collect();
    assert_eq!(told, ["Amended"]);
    assert_eq!(world.lease(lease).provider_lease_id, Some(label("sbx-1")));
    world.refuse(activate(lease, "sbx-1"));
    assert_eq!(world.log.len(), length + 1, "it turns up once");
}

#[test]
fn a_resource_that_turns_up_after_its_cleanup_is_cleaned_up_again() {
    let (mut world, lease) = reserved();
    world.accept(abandon(lease, false));
    assert_eq!(world.lease(lease).cleanup, None);
    assert_eq!(code(&world.refuse(activate(lease, "sbx-1"))), "lease_ended");
    let cleanup = world.lease(lease).cleanup.as_deref().unwrap();
    let expected = (CleanupState::Pending, Some(CleanupReason::LateAnswer));
    assert_eq!((cleanup.state, cleanup.reason), expected);
    assert_eq!(names(&world.accept(claim(1, 60))), ["CleanupClaimed"]);
}

#[test]
fn a_janitor_that_looked_before_a_resource_turned_up_has_not_cleaned_up() {
    for has_lapsed in [false, true] {
        let (mut world, lease) = reserved();
        world.accept(abandon(lease, true));
        world.accept(claim(1, 60));
        if has_lapsed {
            world.pass(60);
            world.accept(sweep(&world, lease));
        }
        let fence = world.lease(lease).cleanup.as_ref().unwrap().last_fence;
        assert_eq!(code(&world.refuse(activate(lease, "sbx-1"))), "lease_ended");
        let blind = json!({"leaseId": lease, "claimFence": fence});
        let blind = world.refuse(ask(CommandType::SucceedCleanup, blind));
        assert_eq!(code(&blind), "cleanup_not_claimed");
        let cleanup = world.lease(lease).cleanup.as_deref().unwrap();
        assert_eq!(cleanup.reason, Some(CleanupReason::LateAnswer));
        assert_eq!(names(&world.accept(claim(1, 60))), ["CleanupClaimed"], "offered at once");
        assert!(world.lease(lease).cleanup.as_ref().unwrap().last_fence > fence);
    }
}

#[test]
fn a_reservation_that_is_given_up_ends_as_failed_with_its_reason() {
    for maybe_created in [true, false] {
        let (mut world, lease) = reserved();
        world.accept(abandon(lease, maybe_created));
        let record = world.lease(lease);
        assert_eq!(
            (record.status(), record.ending().unwrap().cause),
            (Status::Failed, Cause::Abandon)
        );
        assert_eq!(record.failure_reason, Some(reason("no quota")));
        let why = record.cleanup.as_deref().and_then(|cleanup| cleanup.reason);
        assert_eq!(why, maybe_created.then_some(CleanupReason::MaybeCreated));
        assert!(names(&world.accept(abandon(lease, maybe_created))).is_empty(), "told again");
    }
}

#[test]
fn who_gives_up_and_does_not_say_does_not_know() {
    let (mut world, lease) = reserved();
    let body = json!({"leaseId": lease, "reason": "timeout"});
    world.accept(ask(CommandType::AbandonLease, body));
    let cleanup = world.lease(lease).cleanup.as_deref().unwrap();
    assert_eq!(cleanup.reason, Some(CleanupReason::MaybeCreated));
}

#[test]
fn what_is_over_or_was_never_reserved_is_neither_activated_nor_given_up() {
    let (mut world, lease) = reserved();
    world.accept(release(lease, json!({"cleanupStatus": "success"})));
    assert_eq!(code(&world.refuse(abandon(lease, true))), "lease_ended");
    for command in [activate(ids::lease(9), "x"), abandon(ids::lease(9), true)] {
        assert_eq!(code(&world.refuse(command)), "lease_not_found");
    }
}
