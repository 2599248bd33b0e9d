//! Acquiring with `resumesLeaseId`: the kept lease is compared first, then resumed.

use leasehold_domain::company::{Answer, Command, Refusal};
use leasehold_domain::environment::Holder;
use leasehold_domain::id::{EnvironmentId, LeaseId, RunId};
use leasehold_domain::lease::{self, Mismatch, Status};
use serde_json::{Value, json};

use crate::support::ask::{acquire, create, release, resume, retain};
use crate::support::ids;
use crate::support::read::{map, object};
use crate::support::world::{World, names};

/// What both the first acquisition and the one that resumes say of the resource.
fn resource() -> Value {
    json!({
        "executionWorkspaceId": ids::workspace(1), "leasePolicy": "reuse_by_environment",
        "providerLeaseId": "sbx-1",
    })
}

fn with(base: Value, more: Value) -> Value {
    let mut body = map(base);
    body.extend(map(more));
    Value::Object(body)
}

/// An environment and an active lease of run 1 on it.
fn held() -> (World, EnvironmentId, LeaseId) {
    let mut world = World::new();
    let id = world.make(create("box", json!({"capacity": 1, "singleFlight": true})));
    let body = with(resource(), json!({"heartbeatRunId": ids::run(1)}));
    let lease = world.grant(acquire(id, body));
    (world, id, lease)
}

fn kept() -> (World, EnvironmentId, LeaseId) {
    let (mut world, id, lease) = held();
    world.accept(retain(lease, json!({})));
    (world, id, lease)
}

fn again(id: EnvironmentId, lease: LeaseId, run: RunId, more: Value) -> Command {
    let body = json!({"heartbeatRunId": run, "resumesLeaseId": lease});
    acquire(id, with(with(resource(), body), more))
}

fn mismatched(lease_id: LeaseId, current_status: Status, mismatch: Mismatch) -> Refusal {
    let run_id = Some(ids::run(1));
    let holder = Holder { lease_id, run_id, issue_id: None };
    lease::Refusal::ResumeMismatch {
        lease_id,
        current_status,
        current_run_id: run_id,
        mismatch,
        conflicting: (mismatch == Mismatch::Run).then_some(holder).into_iter().collect(),
    }
    .into()
}

#[test]
fn the_kept_lease_is_the_one_that_is_answered() {
    let (mut world, id, lease) = kept();
    let more = json!({
        "agentId": ids::agent(2), "issueId": ids::issue(2), "ttlSeconds": 60,
        "metadata": {"a": 1},
    });
    let decision = world.accept(again(id, lease, ids::run(2), more));
    assert_eq!(names(&decision), ["Resumed"]);
    assert_eq!(decision.answer, Answer::Lease(lease));
    let record = world.lease(lease);
    assert_eq!(
        (record.heartbeat_run_id, record.agent_id),
        (Some(ids::run(2)), Some(ids::agent(2)))
    );
    assert_eq!((record.issue_id, record.status()), (Some(ids::issue(2)), Status::Active));
    assert_eq!(record.metadata, Some(object(json!({"a": 1}))));
    assert_eq!(record.expiry.and_then(|expiry| expiry.ttl_seconds), Some(60));
}

#[test]
fn a_lease_that_is_unknown_cannot_be_resumed() {
    let (mut world, id, _) = kept();
    let refusal: Refusal = lease::Refusal::LeaseNotFound { lease_id: ids::lease(9) }.into();
    assert_eq!(world.refuse(again(id, ids::lease(9), ids::run(2), json!({}))), refusal);
}

#[test]
fn a_lease_on_another_environment_is_not_the_one_that_was_meant() {
    let (mut world, _, lease) = kept();
    let other = world.make(create("other", json!({})));
    let refusal = mismatched(lease, Status::Retained, Mismatch::Environment);
    assert_eq!(world.refuse(again(other, lease, ids::run(2), json!({}))), refusal);
}

#[test]
fn each_thing_that_differs_is_named() {
    let (mut world, id, lease) = kept();
    let cases = [
        (json!({"executionWorkspaceId": ids::workspace(2)}), Mismatch::Workspace),
        (json!({"leasePolicy": "reuse_by_execution_workspace"}), Mismatch::Policy),
        (json!({"leasePolicy": null}), Mismatch::Policy),
        (json!({"providerLeaseId": "sbx-2"}), Mismatch::ProviderLease),
    ];
    for (more, mismatch) in cases {
        let refusal = mismatched(lease, Status::Retained, mismatch);
        assert_eq!(world.refuse(again(id, lease, ids::run(2), more)), refusal);
    }
}

#[test]
fn an_ephemeral_lease_is_never_the_one_that_was_meant() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let ephemeral = with(resource(), json!({"leasePolicy": "ephemeral"}));
    let first = with(ephemeral.clone(), json!({"heartbeatRunId": ids::run(1)}));
    let lease = world.grant(acquire(id, first));
    world.accept(retain(lease, json!({})));
    let refusal = mismatched(lease, Status::Retained, Mismatch::Policy);
    assert_eq!(world.refuse(again(id, lease, ids::run(1), ephemeral)), refusal);
    world.accept(resume(lease, ids::run(1)));
}

#[test]
fn an_active_lease_is_resumed_only_by_its_own_run() {
    let (mut world, id, lease) = held();
    let refusal = mismatched(lease, Status::Active, Mismatch::Run);
    assert_eq!(world.refuse(again(id, lease, ids::run(2), json!({}))), refusal);
    let decision = world.accept(again(id, lease, ids::run(1), json!({})));
    assert_eq!(names(&decision), ["Resumed"]);
}

#[test]
fn a_lease_is_not_resumed_for_nobody() {
    let (world, id, lease) = kept();
    let command = again(id, lease, ids::run(2), json!({}));
    let Command::AcquireLease(mut acquire) = command else { panic!("{command:?}") };
    acquire.heartbeat_run_id = None;
    let refusal = mismatched(lease, Status::Retained, Mismatch::Run);
    assert_eq!(world.decide(Command::AcquireLease(acquire)), Err(refusal));
}

#[test]
fn a_lease_whose_resource_was_taken_over_names_who_was_first() {
    let (mut world, id, lease) = kept();
    let body = json!({"heartbeatRunId": ids::run(2), "replacesLeaseId": lease});
    let newer = world.grant(acquire(id, with(resource(), body)));
    let refusal = world.refuse(again(id, lease, ids::run(3), json!({})));
    let (code, evidence) = refusal.code_and_evidence().unwrap();
    assert_eq!((code.as_str(), &evidence["mismatch"]), ("resume_mismatch", &json!("succession")));
    let first = json!([{"leaseId": newer, "runId": ids::run(2), "issueId": null}]);
    assert_eq!(evidence["conflicting"], first);
}

#[test]
fn a_lease_that_has_ended_cannot_be_resumed() {
    let (mut world, id, lease) = kept();
    world.accept(release(lease, json!({"status": "expired"})));
    let refusal = world.refuse(again(id, lease, ids::run(1), json!({})));
    assert_eq!(refusal.code_and_evidence().unwrap().0, "lease_ended");
}
