//! A lease whose run has ended goes on for another run: what was imported after its run's end.

use leasehold_domain::company::Command;
use leasehold_domain::environment::{Created, Driver, Event, Status};
use leasehold_domain::id::LeaseId;
use leasehold_domain::json::JsonObject;
use leasehold_domain::lease::Cause;
use leasehold_domain::stream;
use serde_json::json;

use super::reserve::code;
use crate::support::ask::{acquire, archive, end_run, import, renew, resume, update};
use crate::support::world::{World, names};
use crate::support::{at, ids, life, name};

/// An environment with room for one, and the lease of run 1 on it, which was over before the
/// ledger took the lease in.
fn orphaned() -> (World, LeaseId) {
    let mut world = World::new();
    let id = ids::environment(1);
    let made = stream::Event::Environment(Event::Created(Box::new(Created {
        at: at(-1_000),
        id,
        company_id: ids::company(1),
        name: name("box"),
        description: None,
        driver: Driver::Sandbox,
        status: Status::Active,
        config: JsonObject::default(),
        env_vars: JsonObject::default(),
        metadata: None,
        capacity: Some(1),
        single_flight: true,
        default_ttl_seconds: None,
        source_id: None,
    })));
    world.accept(import(id, vec![made]));
    world.accept(end_run(ids::run(1), "failed"));
    let granted = life::active().into_iter().map(stream::Event::Lease).collect();
    world.accept(import(ids::lease(1), granted));
    (world, ids::lease(1))
}

/// The same by an acquisition that says what it means.
fn acquired_again() -> Command {
    let body = json!({
        "heartbeatRunId": ids::run(2), "resumesLeaseId": ids::lease(1),
        "executionWorkspaceId": ids::workspace(1), "leasePolicy": "reuse_by_environment",
        "providerLeaseId": "sbx-1",
    });
    acquire(ids::environment(1), body)
}

#[test]
fn another_run_adopts_it_and_the_ended_one_has_an_older_fence() {
    for command in [resume(ids::lease(1), ids::run(2)), acquired_again()] {
        let (mut world, lease) = orphaned();
        let old = world.lease(lease).fence;
        assert_eq!(names(&world.accept(command)), ["Resumed"]);
        let record = world.lease(lease);
        assert_eq!(record.heartbeat_run_id, Some(ids::run(2)));
        assert!(record.fence > old);
        let late = renew(lease, json!({"ttlSeconds": 60, "fence": old}));
        assert_eq!(code(&world.refuse(late)), "stale_fence");
        let by_third = world.refuse(resume(lease, ids::run(3)));
        assert_eq!(
            by_third.code_and_evidence().unwrap().1["conflicting"][0]["runId"],
            json!(ids::run(2))
        );
        world.accept(end_run(ids::run(2), "succeeded"));
        assert_eq!(world.lease(lease).ending().unwrap().cause, Cause::RunEnd);
    }
}

#[test]
fn a_run_that_has_ended_adopts_nothing_be_it_its_own() {
    let (mut world, lease) = orphaned();
    world.accept(end_run(ids::run(2), "succeeded"));
    for run in [ids::run(1), ids::run(2)] {
        assert_eq!(code(&world.refuse(resume(lease, run))), "run_ended");
    }
}

#[test]
fn an_archived_environment_lets_nobody_adopt_and_a_full_one_does() {
    let (mut world, lease) = orphaned();
    world.accept(archive(ids::environment(1)));
    let refusal = world.refuse(resume(lease, ids::run(2)));
    assert_eq!(code(&refusal), "environment_inactive");
    let active = json!({"status": "active", "capacity": 1});
    world.accept(update(ids::environment(1), active));
    world.accept(resume(lease, ids::run(2)));
}
