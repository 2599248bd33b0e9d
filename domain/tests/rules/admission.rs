//! Who is let in: the rules that make two holders impossible.

use leasehold_domain::company::{Command, Refusal};
use leasehold_domain::environment::{self, Holder, Status};
use leasehold_domain::id::EnvironmentId;
use leasehold_domain::lease::Policy;
use leasehold_domain::run::{self, Outcome};
use serde_json::json;

use crate::support::ask::{
    acquire, archive, create, end_run, release, release_run, remove, retain, update,
};
use crate::support::ids;
use crate::support::world::{World, names};

fn full(environment_id: EnvironmentId, capacity: u32, conflicting: Vec<Holder>) -> Refusal {
    environment::Refusal::CapacityExhausted { environment_id, capacity, conflicting }.into()
}

#[test]
fn an_environment_that_is_not_there_grants_nothing() {
    let mut world = World::new();
    let unknown = |environment_id| -> Refusal {
        environment::Refusal::EnvironmentNotFound { environment_id }.into()
    };
    let never = ids::environment(9);
    assert_eq!(world.refuse(acquire(never, json!({}))), unknown(never));
    let id = world.make(create("box", json!({})));
    world.accept(remove(id));
    assert_eq!(world.refuse(acquire(id, json!({}))), unknown(id));
}

#[test]
fn an_archived_environment_grants_nothing() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.accept(archive(id));
    let refusal: Refusal = environment::Refusal::EnvironmentInactive {
        environment_id: id,
        current_status: Status::Archived,
    }
    .into();
    assert_eq!(world.refuse(acquire(id, json!({}))), refusal);
}

#[test]
fn a_run_that_has_ended_gets_no_lease() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.accept(end_run(ids::run(1), "timed_out"));
    let (run_id, outcome, ended_at) = (ids::run(1), Outcome::TimedOut, Some(world.now));
    let refusal: Refusal = run::Refusal::RunEnded { run_id, outcome, ended_at }.into();
    let by = |run| acquire(id, json!({"heartbeatRunId": ids::run(run)}));
    assert_eq!(world.refuse(by(1)), refusal);
    world.accept(by(2));
    world.accept(acquire(id, json!({})));
}

#[test]
fn a_run_whose_leases_were_released_may_acquire_again() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let by_run = acquire(id, json!({"heartbeatRunId": ids::run(1)}));
    world.accept(&by_run);
    world.accept(release_run(ids::run(1), json!({})));
    world.accept(&by_run);
}

#[test]
fn a_full_environment_says_who_holds_it() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"capacity": 2})));
    let mut hold = |run| {
        let body = json!({"heartbeatRunId": ids::run(run), "issueId": ids::issue(run)});
        let lease_id = world.grant(acquire(id, body));
        Holder { lease_id, run_id: Some(ids::run(run)), issue_id: Some(ids::issue(run)) }
    };
    let holders = [hold(1), hold(2)];
    assert_eq!(world.refuse(acquire(id, json!({}))), full(id, 2, holders.to_vec()));
    world.accept(release(holders[0].lease_id, json!({})));
    world.accept(acquire(id, json!({})));
}

#[test]
fn an_environment_without_room_takes_nobody() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"capacity": 0})));
    assert_eq!(world.refuse(acquire(id, json!({}))), full(id, 0, Vec::new()));
}

#[test]
fn an_environment_without_a_capacity_takes_everybody() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    for _ in 0..150 {
        world.accept(acquire(id, json!({})));
    }
}

#[test]
fn a_refusal_names_at_most_a_hundred_holders() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    for _ in 0..150 {
        world.accept(acquire(id, json!({})));
    }
    world.accept(update(id, json!({"capacity": 1})));
    let refusal = world.refuse(acquire(id, json!({})));
    let Refusal::Environment(environment::Refusal::CapacityExhausted { conflicting, .. }) = refusal
    else {
        panic!("{refusal}")
    };
    assert_eq!(conflicting.len(), 100);
}

#[test]
fn room_on_one_environment_is_no_room_on_another() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"capacity": 1})));
    let other = world.make(create("other", json!({"capacity": 1})));
    world.accept(acquire(id, json!({})));
    world.accept(acquire(other, json!({})));
    world.refuse(acquire(id, json!({})));
}

#[test]
fn a_retained_lease_takes_room_only_under_the_reuse_policies() {
    for policy in Policy::ALL {
        let mut world = World::new();
        let id = world.make(create("box", json!({"capacity": 1})));
        let lease = world.grant(acquire(id, json!({"leasePolicy": policy})));
        world.accept(retain(lease, json!({})));
        let next = world.try_do(acquire(id, json!({})));
        assert_eq!(next.is_err(), policy.is_reuse(), "{policy}");
    }
}

#[test]
fn an_open_cleanup_takes_no_room() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"capacity": 1})));
    let lease = world.grant(acquire(id, json!({})));
    world.accept(release(lease, json!({"status": "failed", "cleanupStatus": "pending"})));
    world.accept(acquire(id, json!({})));
}

fn in_workspace(id: EnvironmentId, number: u32) -> Command {
    acquire(id, json!({"executionWorkspaceId": ids::workspace(number)}))
}

#[test]
fn under_single_flight_a_workspace_has_one_holder() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"singleFlight": true})));
    let first = world.grant(in_workspace(id, 1));
    let held: Refusal = environment::Refusal::WorkspaceHeld {
        environment_id: id,
        execution_workspace_id: ids::workspace(1),
        conflicting: vec![Holder { lease_id: first, run_id: None, issue_id: None }],
    }
    .into();
    assert_eq!(world.refuse(in_workspace(id, 1)), held);
    world.accept(in_workspace(id, 2));
    world.accept(release(first, json!({})));
    world.accept(in_workspace(id, 1));
}

#[test]
fn a_lease_without_a_workspace_is_never_held_up_by_single_flight() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"singleFlight": true})));
    world.accept(acquire(id, json!({})));
    world.accept(acquire(id, json!({})));
    world.accept(in_workspace(id, 1));
    world.accept(acquire(id, json!({})));
}

#[test]
fn single_flight_is_off_by_default_and_of_one_environment() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let single = world.make(create("single", json!({"singleFlight": true})));
    world.accept(in_workspace(id, 1));
    world.accept(in_workspace(id, 1));
    world.accept(in_workspace(single, 1));
    world.refuse(in_workspace(single, 1));
}

#[test]
fn a_lease_retained_for_reuse_holds_its_workspace() {
    for policy in Policy::ALL {
        let mut world = World::new();
        let id = world.make(create("box", json!({"singleFlight": true})));
        let body = json!({"executionWorkspaceId": ids::workspace(1), "leasePolicy": policy});
        let lease = world.grant(acquire(id, body));
        world.accept(retain(lease, json!({})));
        let next = world.try_do(in_workspace(id, 1));
        assert_eq!(next.is_err(), policy.is_reuse(), "{policy}");
    }
}

#[test]
fn the_state_of_the_environment_is_told_first_and_the_want_of_room_last() {
    let mut world = World::new();
    let wanted = json!({"capacity": 1, "singleFlight": true});
    let id = world.make(create("box", wanted));
    world.accept(in_workspace(id, 1));
    world.accept(end_run(ids::run(1), "succeeded"));
    let body = json!({"executionWorkspaceId": ids::workspace(1), "heartbeatRunId": ids::run(1)});
    let code =
        |world: &mut World, command: &Command| world.refuse(command).code_and_evidence().unwrap().0;
    let ask = acquire(id, body);
    assert_eq!(code(&mut world, &ask), "run_ended");
    assert_eq!(code(&mut world, &in_workspace(id, 1)), "workspace_held");
    assert_eq!(code(&mut world, &in_workspace(id, 2)), "capacity_exhausted");
    assert_eq!(names(&world.accept(archive(id))), ["Archived"]);
    assert_eq!(code(&mut world, &ask), "environment_inactive");
}
