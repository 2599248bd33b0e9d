//! A run that is cut off: no clock ends its lease; whoever finds out does, and the rest comes late.

use leasehold_domain::actor::Actor;
use leasehold_domain::lease::{CleanupStatus, Status};
use serde_json::json;

use crate::support::ask::{acquire, create, end_run, release, remove, renew, replace_metadata};
use crate::support::world::{World, names};
use crate::support::{at, ids, reason};

fn code(refusal: &leasehold_domain::company::Refusal) -> String {
    refusal.code_and_evidence().unwrap().0
}

#[test]
fn a_run_that_is_cut_off_loses_its_lease_when_that_is_found_out() {
    let mut world = World::new();
    let sandbox = world.make(create("sandbox", json!({"driver": "sandbox", "capacity": 1})));
    let wanted = json!({
        "heartbeatRunId": ids::run(1), "provider": "daytona", "providerLeaseId": "sbx-1",
        "ttlSeconds": 60,
    });
    let lease = world.grant(acquire(sandbox, wanted));

    world.pass(3_600);
    assert_eq!(world.status(lease), Status::Active, "an hour late, it is still held");
    world.refuse(acquire(sandbox, json!({"heartbeatRunId": ids::run(2)})));

    world.actor = Actor::system("reaper");
    world.accept(end_run(ids::run(1), "interrupted"));
    let record = world.lease(lease);
    assert_eq!((record.status(), record.released_at), (Status::Released, Some(at(3_600))));
    assert_eq!(record.failure_reason, Some(reason("run interrupted")));
    assert_eq!(record.ending().unwrap().by, Actor::system("reaper"));
    world.accept(acquire(sandbox, json!({"heartbeatRunId": ids::run(2)})));

    world.actor = Actor::system("executor");
    world.pass(60);
    assert_eq!(code(&world.refuse(renew(lease, json!({"ttlSeconds": 60})))), "lease_ended");
    let other_end = release(lease, json!({"status": "failed", "failureReason": "oops"}));
    assert_eq!(code(&world.refuse(other_end)), "lease_ended");
    let again = acquire(sandbox, json!({"heartbeatRunId": ids::run(1)}));
    assert_eq!(code(&world.refuse(again)), "run_ended");
}

#[test]
fn what_happened_to_its_sandbox_is_told_afterwards() {
    let mut world = World::new();
    let sandbox = world.make(create("sandbox", json!({"driver": "sandbox"})));
    let lease = world.grant(acquire(sandbox, json!({"heartbeatRunId": ids::run(1)})));
    world.pass(10);
    world.accept(end_run(ids::run(1), "failed"));

    world.pass(10);
    let pending = json!({"status": "failed", "cleanupStatus": "pending"});
    assert_eq!(names(&world.accept(release(lease, pending))), [""; 0], "as was decided already");
    let tried = json!({"status": "failed", "cleanupStatus": "failed"});
    assert_eq!(names(&world.accept(release(lease, tried.clone()))), ["Amended"]);
    assert_eq!(names(&world.accept(release(lease, tried))), [""; 0]);
    assert_eq!(code(&world.refuse(remove(sandbox))), "environment_in_use");

    world.pass(10);
    let done = json!({
        "status": "failed", "cleanupStatus": "success",
        "remoteExecutionTermination": {"confirmedBy": "daytona"},
    });
    world.accept(release(lease, done));
    world.pass(10);
    world.accept(replace_metadata(lease, &json!({"logs": "s3://bucket/1"})));
    let record = world.lease(lease);
    assert_eq!((record.status(), record.released_at), (Status::Failed, Some(at(10))));
    assert_eq!((record.last_used_at, record.updated_at), (at(10), at(40)));
    assert_eq!(record.cleanup_status, Some(CleanupStatus::Success));
    world.accept(remove(sandbox));
}
