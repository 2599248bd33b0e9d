//! Acquiring with `replacesLeaseId`: a new lease takes the resource of a kept one over.

use leasehold_domain::actor::Actor;
use leasehold_domain::company::{Answer, Command as Asked, Refusal as Refused};
use leasehold_domain::environment::Holder;
use leasehold_domain::fence::Fence;
use leasehold_domain::id::{EnvironmentId, LeaseId};
use leasehold_domain::lease::{
    self, Amended, Cause, CleanupStatus, Command, EndKind, Ended, Event, HandOff, Mismatch, Policy,
    Status, Takes,
};
use serde_json::{Value, json};

use crate::support::ask::{acquire, archive, claim, create, release, remove, retain, update};
use crate::support::life::{self, active, given, retained};
use crate::support::read::map;
use crate::support::world::{World, names};
use crate::support::{at, ids};

fn to_second() -> Command {
    Command::HandOff(HandOff { to: ids::lease(2), takes: Takes::Resource })
}

fn mismatch(current_status: Status, mismatch: Mismatch) -> lease::Refusal {
    let successor = Holder { lease_id: ids::lease(2), run_id: None, issue_id: None };
    let (run_id, issue_id) = (Some(ids::run(1)), Some(ids::issue(1)));
    let holder = Holder { lease_id: ids::lease(1), run_id, issue_id };
    let is_held = mismatch == Mismatch::Status && current_status == Status::Active;
    let is_taken = mismatch == Mismatch::Succession;
    lease::Refusal::ResumeMismatch {
        lease_id: ids::lease(1),
        current_status,
        current_run_id: Some(ids::run(1)),
        mismatch,
        conflicting: is_taken
            .then_some(successor)
            .or(is_held.then_some(holder))
            .into_iter()
            .collect(),
    }
}

#[tokio::test]
async fn a_retained_lease_that_is_handed_off_ends_as_expired() {
    let ended = Ended {
        at: at(30),
        by: Actor::system("heartbeat"),
        cause: Cause::HandOff,
        cleanup_status: Some(CleanupStatus::Success),
        replaced_by_lease_id: Some(ids::lease(2)),
        ..life::end()
    };
    let facts = given(retained());
    facts.when_async(to_second()).await.then_expect_events(vec![Event::Expired(Box::new(ended))]);
}

fn succeeded() -> Event {
    Event::Amended(Box::new(Amended {
        at: at(30),
        failure_reason: None,
        cleanup_status: None,
        remote_execution_termination: None,
        replaced_by_lease_id: Some(ids::lease(2)),
        provider_lease_id: None,
        imported: None,
    }))
}

#[tokio::test]
async fn a_released_lease_that_is_handed_off_keeps_its_end() {
    let facts = given(life::ended(EndKind::Released));
    facts.when_async(to_second()).await.then_expect_events(vec![succeeded()]);
    let mut lease = lease::Lease::default();
    for event in life::ended(EndKind::Released).into_iter().chain([succeeded()]) {
        lease.apply(&event);
    }
    let record = lease.record.unwrap();
    assert_eq!((record.status(), record.released_at), (Status::Released, Some(at(20))));
    assert_eq!(record.replaced_by_lease_id, Some(ids::lease(2)));
}

#[tokio::test]
async fn a_lease_that_is_held_or_ended_badly_cannot_be_handed_off() {
    let cases = [
        (active(), Status::Active),
        (life::ended(EndKind::Expired), Status::Expired),
        (life::ended(EndKind::Failed), Status::Failed),
    ];
    for (life, status) in cases {
        let refused = given(life).when_async(to_second()).await;
        refused.then_expect_error(mismatch(status, Mismatch::Status));
    }
}

#[tokio::test]
async fn a_resource_is_handed_off_once() {
    let third = || Command::HandOff(HandOff { to: ids::lease(3), takes: Takes::Resource });
    let facts = given(life::ended(EndKind::Released)).and(vec![succeeded()]);
    let refusal = mismatch(Status::Released, Mismatch::Succession);
    facts.when_async(third()).await.then_expect_error(refusal);
    let handed = Ended { replaced_by_lease_id: Some(ids::lease(2)), ..life::end() };
    let facts = given(retained()).and(vec![Event::Expired(Box::new(handed))]);
    let refusal = mismatch(Status::Expired, Mismatch::Succession);
    facts.when_async(third()).await.then_expect_error(refusal);
}

/// An environment with room for one, and a lease of run 1 on it.
fn held() -> (World, EnvironmentId, LeaseId) {
    let mut world = World::new();
    let id = world.make(create("box", json!({"capacity": 1, "singleFlight": true})));
    let lease = world.grant(acquire(id, resource(json!({"heartbeatRunId": ids::run(1)}))));
    (world, id, lease)
}

fn resource(more: Value) -> Value {
    let mut body = map(json!({
        "executionWorkspaceId": ids::workspace(1), "leasePolicy": "reuse_by_environment",
        "providerLeaseId": "sbx-1",
    }));
    body.extend(map(more));
    Value::Object(body)
}

fn over(id: EnvironmentId, from: LeaseId, more: Value) -> Asked {
    let mut body = map(json!({"heartbeatRunId": ids::run(2), "replacesLeaseId": from}));
    body.extend(map(more));
    acquire(id, resource(Value::Object(body)))
}

#[test]
fn the_older_lease_ends_before_the_newer_one_begins() {
    let (mut world, id, older) = held();
    world.accept(retain(older, json!({})));
    let decision = world.accept(over(id, older, json!({})));
    assert_eq!(names(&decision), ["Expired", "LeaseAcquired"]);
    let Answer::Lease(newer) = decision.answer else { panic!("{decision:?}") };
    let streams: Vec<_> = decision.events.iter().map(|decided| decided.stream).collect();
    assert_eq!(streams, [older.into(), newer.into()]);
    assert_eq!(world.status(older), Status::Expired);
    assert_eq!(world.lease(older).replaced_by_lease_id, Some(newer));
    assert_eq!(world.lease(newer).replaces_lease_id, Some(older));
    let holders: Vec<_> = world.company.index().holders(id).collect();
    assert_eq!(holders, [newer], "the room and the workspace went over in one step");
}

#[test]
fn the_fence_of_the_newer_lease_is_that_of_its_own_event() {
    let (mut world, id, older) = held();
    world.accept(retain(older, json!({})));
    let newer = world.grant(over(id, older, json!({})));
    assert_eq!(world.log.len(), 5);
    assert_eq!(world.lease(newer).fence, Fence((1 << 40) + 5));
}

#[test]
fn the_resource_of_a_released_lease_can_be_taken_over_when_there_is_room() {
    let (mut world, id, older) = held();
    world.accept(release(older, json!({})));
    let other = world.grant(acquire(id, json!({})));
    assert_eq!(code(&world.refuse(over(id, older, json!({})))), "capacity_exhausted");
    world.accept(release(other, json!({})));
    let decision = world.accept(over(id, older, json!({})));
    assert_eq!(names(&decision), ["Amended", "LeaseAcquired"]);
    assert_eq!(world.status(older), Status::Released);
}

fn code(refusal: &Refused) -> String {
    refusal.code_and_evidence().unwrap().0
}

#[test]
fn the_same_resource_is_not_taken_over_by_two() {
    let (mut world, id, older) = held();
    world.accept(retain(older, json!({})));
    let newer = world.grant(over(id, older, json!({})));
    world.accept(update(id, json!({"capacity": 2, "singleFlight": false})));
    let (_, evidence) = world.refuse(over(id, older, json!({}))).code_and_evidence().unwrap();
    let first = json!([{"leaseId": newer, "runId": ids::run(2), "issueId": null}]);
    assert_eq!((&evidence["mismatch"], &evidence["conflicting"]), (&json!("succession"), &first));
    world.accept(release(newer, json!({})));
    let refusal = world.refuse(over(id, older, json!({})));
    let (_, evidence) = refusal.code_and_evidence().unwrap();
    assert_eq!(evidence["mismatch"], "succession");
    world.accept(over(id, newer, json!({})));
}

#[test]
fn a_lease_that_is_held_is_not_taken_over() {
    let (mut world, id, older) = held();
    let (_, evidence) = world.refuse(over(id, older, json!({}))).code_and_evidence().unwrap();
    assert_eq!(
        (&evidence["mismatch"], &evidence["currentStatus"]),
        (&json!("status"), &json!("active"))
    );
}

#[test]
fn what_is_taken_over_must_be_what_was_meant() {
    let (mut world, id, older) = held();
    world.accept(retain(older, json!({})));
    let cases = [
        (json!({"executionWorkspaceId": ids::workspace(2)}), "workspace"),
        (json!({"leasePolicy": "retain_on_failure"}), "policy"),
        (json!({"providerLeaseId": "sbx-2"}), "provider_lease"),
    ];
    for (more, mismatch) in cases {
        let refusal = world.refuse(over(id, older, more));
        assert_eq!(refusal.code_and_evidence().unwrap().1["mismatch"], mismatch);
    }
    let other = world.make(create("other", json!({})));
    let (_, evidence) = world.refuse(over(other, older, json!({}))).code_and_evidence().unwrap();
    assert_eq!(evidence["mismatch"], "environment");
    let refusal: Refused = lease::Refusal::LeaseNotFound { lease_id: ids::lease(9) }.into();
    assert_eq!(world.refuse(over(id, ids::lease(9), json!({}))), refusal);
}

#[test]
fn an_archived_environment_hands_nothing_off() {
    let (mut world, id, older) = held();
    world.accept(retain(older, json!({})));
    world.accept(archive(id));
    assert_eq!(code(&world.refuse(over(id, older, json!({})))), "environment_inactive");
    assert_eq!(world.status(older), Status::Retained, "nothing has ended");
}

#[test]
fn a_removed_environment_hands_nothing_off() {
    let (mut world, id, older) = held();
    world.accept(release(older, json!({})));
    world.accept(remove(id));
    assert_eq!(code(&world.refuse(over(id, older, json!({})))), "environment_not_found");
}

#[test]
fn a_hand_off_of_what_takes_no_room_needs_room() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"capacity": 1})));
    let policy = json!({"leasePolicy": Policy::RetainOnFailure});
    let older = world.grant(acquire(id, resource(policy.clone())));
    world.accept(retain(older, json!({})));
    world.accept(acquire(id, json!({})));
    assert_eq!(code(&world.refuse(over(id, older, policy))), "capacity_exhausted");
}

#[test]
fn what_waits_to_be_cleaned_up_is_taken_over_instead() {
    let (mut world, id, older) = held();
    world.accept(release(older, json!({"cleanupStatus": "pending"})));
    world.accept(over(id, older, json!({})));
    let record = world.lease(older);
    assert_eq!(record.cleanup_status, Some(CleanupStatus::Success));
    assert!(!record.has_open_cleanup());
    assert!(names(&world.accept(claim(9, 60))).is_empty(), "no janitor destroys it");
}

#[test]
fn what_a_janitor_has_laid_hands_on_is_not_taken_over() {
    let (mut world, id, older) = held();
    world.accept(release(older, json!({"cleanupStatus": "pending"})));
    world.accept(claim(1, 60));
    let (_, evidence) = world.refuse(over(id, older, json!({}))).code_and_evidence().unwrap();
    assert_eq!(evidence["mismatch"], "cleanup");
}

#[test]
fn what_its_holder_wants_destroyed_is_not_taken_over() {
    for word in [json!("success"), Value::Null] {
        let (mut world, id, older) = held();
        let end = json!({"providerResourceDisposition": "destroy", "cleanupStatus": word});
        world.accept(release(older, end));
        let (_, evidence) = world.refuse(over(id, older, json!({}))).code_and_evidence().unwrap();
        assert_eq!(evidence["mismatch"], "cleanup");
    }
}
