//! Releasing a run: all its active leases end, each with an event of its own.

use leasehold_domain::company::Answer;
use leasehold_domain::id::{EnvironmentId, LeaseId};
use leasehold_domain::lease::{Cause, Status};
use serde_json::json;

use crate::support::ask::{acquire, create, release_run, retain};
use crate::support::world::{World, names};
use crate::support::{at, ids, reason};

/// An environment with two active leases of run 1, a retained one, and one of run 2.
fn busy() -> (World, EnvironmentId, [LeaseId; 4]) {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let mut hold = |run| world.grant(acquire(id, json!({"heartbeatRunId": ids::run(run)})));
    let leases = [hold(1), hold(1), hold(1), hold(2)];
    world.accept(retain(leases[2], json!({})));
    world.pass(50);
    (world, id, leases)
}

#[test]
fn every_active_lease_of_the_run_ends() {
    let (mut world, _, [first, second, kept, other]) = busy();
    let body = json!({"status": "failed", "failureReason": "lost"});
    let decision = world.accept(release_run(ids::run(1), body));
    assert_eq!(names(&decision), ["Failed", "Failed"]);
    assert_eq!(decision.answer, Answer::Run(ids::run(1), vec![first, second]));
    for lease in [first, second] {
        let record = world.lease(lease);
        assert_eq!((record.status(), record.released_at), (Status::Failed, Some(at(50))));
        assert_eq!(record.failure_reason, Some(reason("lost")));
        assert_eq!(record.ending().unwrap().cause, Cause::RunRelease);
    }
    assert_eq!(world.status(kept), Status::Retained, "it was kept on purpose");
    assert_eq!(world.status(other), Status::Active);
}

#[test]
fn they_are_released_without_a_reason_unless_told_otherwise() {
    let (mut world, _, [first, ..]) = busy();
    let decision = world.accept(release_run(ids::run(1), json!({})));
    assert_eq!(names(&decision), ["Released", "Released"]);
    assert_eq!(world.lease(first).failure_reason, None);
}

#[test]
fn a_second_release_finds_nothing() {
    let (mut world, ..) = busy();
    world.accept(release_run(ids::run(1), json!({})));
    let again = world.accept(release_run(ids::run(1), json!({"status": "expired"})));
    assert!(names(&again).is_empty());
    assert_eq!(again.answer, Answer::Run(ids::run(1), Vec::new()));
}

#[test]
fn a_run_without_leases_can_be_released() {
    let decision = World::new().accept(release_run(ids::run(9), json!({})));
    assert_eq!((names(&decision).len(), decision.answer), (0, Answer::Run(ids::run(9), vec![])));
}

#[test]
fn a_released_run_goes_on() {
    let (mut world, id, _) = busy();
    world.accept(release_run(ids::run(1), json!({})));
    assert_eq!(world.company.index().ended_run(ids::run(1)), None);
    world.accept(acquire(id, json!({"heartbeatRunId": ids::run(1)})));
}
