//! Single-flight: a workspace has one holder at a time, through release, retention and hand-off.

use leasehold_domain::lease::Status;
use serde_json::{Value, json};

use crate::support::ask::{acquire, create, end_run, release, retain, update};
use crate::support::ids;
use crate::support::read::map;
use crate::support::world::World;

fn in_workspace(number: u32, run: u32, more: Value) -> Value {
    let mut body = map(json!({
        "executionWorkspaceId": ids::workspace(number), "heartbeatRunId": ids::run(run),
        "leasePolicy": "reuse_by_execution_workspace", "providerLeaseId": "sbx-1",
    }));
    body.extend(map(more));
    Value::Object(body)
}

#[test]
fn two_runs_of_one_workspace_take_turns() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"singleFlight": true})));
    let first = world.grant(acquire(id, in_workspace(1, 1, json!({}))));
    let elsewhere = world.grant(acquire(id, in_workspace(2, 2, json!({}))));

    let refusal = world.refuse(acquire(id, in_workspace(1, 3, json!({}))));
    let (code, evidence) = refusal.code_and_evidence().unwrap();
    assert_eq!(code, "workspace_held");
    assert_eq!(evidence["executionWorkspaceId"], json!(ids::workspace(1)));
    assert_eq!(evidence["conflicting"][0]["runId"], json!(ids::run(1)));
    assert!(refusal.is_retryable());

    world.accept(retain(first, json!({})));
    world.refuse(acquire(id, in_workspace(1, 3, json!({}))));
    let over = in_workspace(1, 3, json!({"replacesLeaseId": first}));
    let second = world.grant(acquire(id, over));
    assert_eq!(world.status(first), Status::Expired);
    world.refuse(acquire(id, in_workspace(1, 4, json!({}))));

    world.accept(end_run(ids::run(3), "succeeded"));
    assert_eq!(world.status(second), Status::Released);
    world.grant(acquire(id, in_workspace(1, 4, json!({}))));
    assert_eq!(world.status(elsewhere), Status::Active, "the other workspace went its own way");
}

#[test]
fn single_flight_that_is_switched_on_later_lets_those_who_hold_go_on() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let leases = [1, 2].map(|run| world.grant(acquire(id, in_workspace(1, run, json!({})))));
    world.accept(update(id, json!({"singleFlight": true})));
    world.accept(release(leases[0], json!({})));
    world.refuse(acquire(id, in_workspace(1, 3, json!({}))));
    world.accept(release(leases[1], json!({})));
    world.grant(acquire(id, in_workspace(1, 3, json!({}))));
    world.accept(update(id, json!({"singleFlight": false})));
    world.grant(acquire(id, in_workspace(1, 4, json!({}))));
}
