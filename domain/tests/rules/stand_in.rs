//! Reserving with `replacesLeaseId`: the resource of a kept lease is gone, and what is made in its
//! place belongs to a new one.

use leasehold_domain::company::{Answer, Command, CommandType, Decision};
use leasehold_domain::id::{EnvironmentId, LeaseId};
use leasehold_domain::lease::{
    self, Cause, CleanupStatus, EndKind, Event, HandOff, Phase, Status, Takes,
};
use leasehold_domain::stream;
use serde_json::{Value, json};

use super::reserve::code;
use crate::support::ask::{
    acquire, activate, claim, create, release, reserve, resume, retain, update,
};
use crate::support::life::{self, given, retained};
use crate::support::read::{faults, map};
use crate::support::world::{World, names};
use crate::support::{at, ids};

/// An environment with room for one, and a lease of run 1 that is kept there.
fn kept() -> (World, EnvironmentId, LeaseId) {
    let mut world = World::new();
    let body = json!({"driver": "sandbox", "capacity": 1, "singleFlight": true});
    let id = world.make(create("box", body));
    let more = json!({"heartbeatRunId": ids::run(1), "providerLeaseId": "sbx-1"});
    let lease = world.grant(acquire(id, of_workspace(more)));
    world.accept(retain(lease, json!({})));
    (world, id, lease)
}

fn of_workspace(more: Value) -> Value {
    let mut body = map(json!({
        "executionWorkspaceId": ids::workspace(1), "leasePolicy": "reuse_by_environment",
    }));
    body.extend(map(more));
    Value::Object(body)
}

fn instead(id: EnvironmentId, of: LeaseId, more: Value) -> Command {
    let mut body = map(json!({"heartbeatRunId": ids::run(2), "replacesLeaseId": of}));
    body.extend(map(more));
    reserve(id, of_workspace(Value::Object(body)))
}

fn newer(decision: &Decision) -> LeaseId {
    let Answer::Lease(newer) = decision.answer else { panic!("{decision:?}") };
    newer
}

#[test]
fn the_kept_lease_ends_where_the_reservation_begins_and_both_know_it() {
    let (mut world, id, older) = kept();
    let decision = world.accept(instead(id, older, json!({})));
    assert_eq!(names(&decision), ["Expired", "LeaseReserved"]);
    let newer = newer(&decision);
    let stream::Event::Lease(Event::Expired(how)) = &decision.events[0].event else {
        panic!("{decision:?}")
    };
    assert_eq!((how.cause, how.cleanup_status), (Cause::HandOff, Some(CleanupStatus::Success)));
    assert_eq!(
        how.failure_reason.as_ref().map(ToString::to_string).as_deref(),
        Some("resource_gone")
    );
    let record = world.lease(older);
    assert_eq!((record.status(), record.replaced_by_lease_id), (Status::Expired, Some(newer)));
    assert!(record.cleanup.is_none(), "nothing is left of what is gone");
    let record = world.lease(newer);
    assert_eq!((record.phase(), record.replaces_lease_id), (Phase::Reserved, Some(older)));
    let holders: Vec<_> = world.company.index().holders(id).collect();
    assert_eq!(holders, [newer], "the room and the workspace went over in one step");
    world.accept(activate(newer, "sbx-2"));
    assert_eq!(world.lease(newer).replaces_lease_id, Some(older));
}

#[test]
fn a_provider_id_is_not_compared_but_everything_else_is() {
    let (mut world, id, older) = kept();
    let other = world.make(create("other", json!({"driver": "sandbox"})));
    let cases = [
        (other, json!({}), "environment"),
        (id, json!({"executionWorkspaceId": ids::workspace(2)}), "workspace"),
        (id, json!({"leasePolicy": "reuse_by_execution_workspace"}), "policy"),
    ];
    for (environment, more, expected) in cases {
        let refusal = world.refuse(instead(environment, older, more));
        let (code, evidence) = refusal.code_and_evidence().unwrap();
        assert_eq!((code.as_str(), &evidence["mismatch"]), ("resume_mismatch", &json!(expected)));
    }
    assert_eq!(world.status(older), Status::Retained);
    world.accept(instead(id, older, json!({"providerLeaseId": "sbx-2"})));
}

#[test]
fn who_holds_a_lease_or_ended_it_badly_is_not_stood_in_for() {
    let (mut world, id, older) = kept();
    world.accept(resume(older, ids::run(3)));
    assert_eq!(mismatch(&mut world, id, older), "status");
    world.accept(release(older, json!({"status": "failed", "cleanupStatus": "success"})));
    assert_eq!(mismatch(&mut world, id, older), "status");
}

#[test]
fn one_lease_stands_in_for_another_once_and_not_for_what_a_janitor_has() {
    let (mut world, id, older) = kept();
    world.accept(release(older, json!({"cleanupStatus": "pending"})));
    world.accept(claim(1, 60));
    assert_eq!(mismatch(&mut world, id, older), "cleanup");

    let (mut world, id, older) = kept();
    world.accept(update(id, json!({"capacity": null, "singleFlight": false})));
    world.accept(instead(id, older, json!({})));
    assert_eq!(mismatch(&mut world, id, older), "succession");
}

fn mismatch(world: &mut World, id: EnvironmentId, of: LeaseId) -> String {
    let (code, evidence) = world.refuse(instead(id, of, json!({}))).code_and_evidence().unwrap();
    assert_eq!(code, "resume_mismatch");
    evidence["mismatch"].as_str().unwrap().to_owned()
}

#[test]
fn nothing_ends_for_a_reservation_that_is_not_let_in() {
    let (mut world, id, older) = kept();
    world.accept(update(id, json!({"status": "archived"})));
    assert_eq!(code(&world.refuse(instead(id, older, json!({})))), "environment_inactive");
    assert_eq!(world.status(older), Status::Retained);
}

#[tokio::test]
async fn a_lease_that_ended_well_keeps_its_end_and_is_told_what_became_of_its_resource() {
    let stand_in = lease::Command::HandOff(HandOff { to: ids::lease(2), takes: Takes::Place });
    let mut lease = lease::Lease::default();
    let life = life::ended(EndKind::Released);
    let events = given(life.clone()).when_async(stand_in.clone()).await.inspect_result().unwrap();
    for event in life.iter().chain(&events) {
        lease.apply(event);
    }
    let record = lease.record.unwrap();
    assert_eq!((record.status(), record.released_at), (Status::Released, Some(at(20))));
    assert_eq!(record.replaced_by_lease_id, Some(ids::lease(2)));
    assert_eq!(record.failure_reason.unwrap().to_string(), "resource_gone");

    let events = given(retained()).when_async(stand_in).await.inspect_result().unwrap();
    let [Event::Expired(how)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(how.failure_reason.as_ref().unwrap().to_string(), "resource_gone");
}

#[test]
fn a_reservation_stands_in_by_its_workspace_and_never_resumes() {
    let body = |more: Value| {
        let mut body = map(json!({"environmentId": ids::environment(1)}));
        body.extend(map(more));
        Value::Object(body)
    };
    let kind = CommandType::ReserveLease;
    let stands_in = json!({"replacesLeaseId": ids::lease(1)});
    let expected = ["executionWorkspaceId is required to stand in for a lease"];
    assert_eq!(faults(kind, body(stands_in)), expected);
    let resumes =
        json!({"resumesLeaseId": ids::lease(1), "executionWorkspaceId": ids::workspace(1)});
    let expected = ["resumesLeaseId names a resource that is there: acquire it"];
    assert_eq!(faults(kind, body(resumes)), expected);
}
