//! Reserving: the lease is written down, with its room, before the provider is asked.

use leasehold_domain::environment::InUse;
use leasehold_domain::id::{EnvironmentId, LeaseId};
use leasehold_domain::lease::{
    Cause, CleanupReason, CleanupState, Deadline, Phase, Standing, Status,
};
use serde_json::{Value, json};

use crate::support::ask::{
    acquire, create, end_run, release, release_run, remove, renew, renew_run, replace_metadata,
    reserve, resume, retain,
};
use crate::support::world::{World, names};
use crate::support::{at, ids};

/// A sandbox environment with room for one.
pub(crate) fn sandbox() -> (World, EnvironmentId) {
    let mut world = World::new();
    let id = world.make(create("box", json!({"driver": "sandbox", "capacity": 1})));
    (world, id)
}

/// A reservation of run 1, for a minute.
pub(crate) fn reserved() -> (World, LeaseId) {
    let (mut world, id) = sandbox();
    let body = json!({"heartbeatRunId": ids::run(1), "deadlineSeconds": 60, "ttlSeconds": 30});
    let lease = world.grant(reserve(id, body));
    (world, lease)
}

pub(crate) fn code(refusal: &leasehold_domain::company::Refusal) -> String {
    refusal.code_and_evidence().unwrap().0
}

#[test]
fn a_reservation_holds_room_and_shows_as_active() {
    let (mut world, lease) = reserved();
    let record = world.lease(lease);
    assert_eq!((record.status(), record.phase()), (Status::Active, Phase::Reserved));
    assert_eq!(record.due(), Some((Deadline::Reservation, at(60))));
    assert_eq!(record.expiry, None, "what it promises counts from the activation on");
    let environment = record.environment_id;
    assert_eq!(record.fence.0, (1 << 40) + 2);
    let refusal = world.refuse(acquire(environment, json!({})));
    assert_eq!(code(&refusal), "capacity_exhausted");
    let (_, evidence) = world.refuse(remove(environment)).code_and_evidence().unwrap();
    assert_eq!(evidence["reasons"], json!([InUse::ActiveLease]));
}

#[test]
fn a_reservation_lasts_five_minutes_unless_it_says() {
    let (mut world, id) = sandbox();
    let lease = world.grant(reserve(id, json!({})));
    assert_eq!(world.lease(lease).due(), Some((Deadline::Reservation, at(300))));
}

#[test]
fn a_reservation_is_admitted_as_an_acquisition_is() {
    let (mut world, id) = sandbox();
    world.accept(end_run(ids::run(1), "succeeded"));
    let refusal = world.refuse(reserve(id, json!({"heartbeatRunId": ids::run(1)})));
    assert_eq!(code(&refusal), "run_ended");
    world.accept(reserve(id, json!({"heartbeatRunId": ids::run(2)})));
    assert_eq!(code(&world.refuse(reserve(id, json!({})))), "capacity_exhausted");
}

#[test]
fn a_reservation_cannot_be_renewed_retained_or_resumed() {
    let (mut world, lease) = reserved();
    let cases = [
        (renew(lease, json!({"ttlSeconds": 60})), "lease_not_active"),
        (retain(lease, json!({})), "lease_not_active"),
        (resume(lease, ids::run(1)), "lease_not_retained"),
    ];
    for (command, expected) in cases {
        let (code, evidence) = world.refuse(command).code_and_evidence().unwrap();
        assert_eq!((code.as_str(), &evidence["currentPhase"]), (expected, &json!("reserved")));
    }
    assert!(names(&world.accept(renew_run(ids::run(1), 60))).is_empty(), "of the run neither");
    world.accept(replace_metadata(lease, &json!({"step": 1})));
}

#[test]
fn a_reservation_of_which_nobody_told_more_is_cleaned_up() {
    let ends: [fn(LeaseId) -> leasehold_domain::company::Command; 3] = [
        |lease| release(lease, json!({"status": "failed"})),
        |_| release_run(ids::run(1), json!({"status": "failed"})),
        |_| end_run(ids::run(1), "failed"),
    ];
    for end in ends {
        let (mut world, lease) = reserved();
        world.pass(5);
        let decision = world.accept(end(lease));
        assert_eq!(names(&decision).last(), Some(&"CleanupRequested"));
        let record = world.lease(lease);
        assert_eq!((record.status(), record.phase()), (Status::Failed, Phase::Ended));
        let cleanup = record.cleanup.as_deref().unwrap();
        assert_eq!((cleanup.state, cleanup.due_at), (CleanupState::Pending, at(5)));
        assert_eq!(cleanup.reason, Some(CleanupReason::NoAnswer));
    }
}

#[test]
fn the_standing_of_a_reservation_is_told_from_an_active_one() {
    let (world, lease) = reserved();
    let Standing::Reserved(reservation) = &world.lease(lease).standing else { panic!("reserved") };
    assert_eq!(reservation.deadline, at(60));
    assert_eq!(serde_json::to_value(reservation.due).unwrap(), json!({"ttlSeconds": 30}));
    assert!(world.lease(lease).ending().is_none());
    assert_eq!(Cause::ReservationDeadline.to_string(), "reservation_deadline");
    assert_eq!(Value::Null, json!(reservation.network_egress));
}
