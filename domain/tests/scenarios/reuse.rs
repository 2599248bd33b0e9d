//! One sandbox, four runs: kept, resumed, kept again, handed off, and taken over once more.

use leasehold_domain::company::Command;
use leasehold_domain::id::{EnvironmentId, RunId};
use leasehold_domain::lease::{CleanupStatus, Status};
use serde_json::{Value, json};

use crate::support::ask::{acquire, create, end_run, release, renew, resume, retain};
use crate::support::read::map;
use crate::support::world::{World, names};
use crate::support::{at, ids};

/// What every acquisition says of the sandbox.
fn the_sandbox(id: EnvironmentId, by: RunId, more: Value) -> Command {
    let mut body = map(json!({
        "heartbeatRunId": by, "executionWorkspaceId": ids::workspace(1), "ttlSeconds": 60,
        "leasePolicy": "reuse_by_execution_workspace", "provider": "daytona",
        "providerLeaseId": "sbx-1",
    }));
    body.extend(map(more));
    acquire(id, Value::Object(body))
}

#[test]
fn a_sandbox_goes_from_run_to_run_and_never_to_two() {
    let mut world = World::new();
    let id = world.make(create("sandbox", json!({"driver": "sandbox", "capacity": 1})));
    let first = world.grant(the_sandbox(id, ids::run(1), json!({})));
    let fence_of_run_1 = world.lease(first).fence;

    world.pass(10);
    world.accept(retain(first, json!({"failureReason": "tests failed"})));
    world.accept(end_run(ids::run(1), "failed"));
    assert_eq!(world.status(first), Status::Retained, "it outlives its run");
    world.refuse(the_sandbox(id, ids::run(2), json!({})));

    world.pass(10);
    let resumes = json!({"resumesLeaseId": first});
    assert_eq!(names(&world.accept(the_sandbox(id, ids::run(2), resumes))), ["Resumed"]);
    let refusal = world.refuse(renew(first, json!({"ttlSeconds": 60, "fence": fence_of_run_1})));
    assert_eq!(refusal.code_and_evidence().unwrap().0, "stale_fence");
    let fence_of_run_2 = world.lease(first).fence;
    assert!(fence_of_run_2 > fence_of_run_1);

    world.pass(10);
    world.accept(retain(first, json!({"fence": fence_of_run_2})));
    let second = world.grant(the_sandbox(id, ids::run(3), json!({"replacesLeaseId": first})));
    assert!(world.lease(second).fence > fence_of_run_2);
    let older = world.lease(first);
    assert_eq!((older.status(), older.released_at), (Status::Expired, Some(at(30))));
    assert_eq!(older.cleanup_status, Some(CleanupStatus::Success), "nothing is left to clean up");
    assert_eq!(older.replaced_by_lease_id, Some(second));
    world.refuse(resume(first, ids::run(3)));

    world.pass(10);
    world.accept(release(second, json!({"providerResourceDisposition": "keep_running"})));
    let third = world.grant(the_sandbox(id, ids::run(4), json!({"replacesLeaseId": second})));
    let older = world.lease(second);
    assert_eq!((older.status(), older.released_at), (Status::Released, Some(at(40))));
    assert_eq!(older.replaced_by_lease_id, Some(third));
    assert_eq!(world.lease(third).replaces_lease_id, Some(second));
    assert_eq!(world.company.index().holders(id).collect::<Vec<_>>(), [third]);
}
