//! Removing an environment: refused while anything hangs on it, final when it is done.

use leasehold_domain::company::{Answer, Refusal};
use leasehold_domain::environment::{self, Holder, InUse};
use serde_json::json;

use crate::support::ask::{acquire, create, release, remove, retain};
use crate::support::world::{World, names};
use crate::support::{at, ids};

#[test]
fn an_environment_on_which_nothing_hangs_can_be_removed() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let lease = world.grant(acquire(id, json!({})));
    world.accept(release(lease, json!({})));
    world.pass(9);
    let decision = world.accept(remove(id));
    assert_eq!(names(&decision), ["Removed"]);
    assert_eq!(decision.answer, Answer::Removed(id));
    let environment = world.company.environment(id);
    assert_eq!(environment.removed_at, Some(at(9)));
    assert!(environment.present().is_none(), "it is not there any more");
    assert_eq!(environment.record.expect("what it was stays known").updated_at, at(9));
}

#[test]
fn an_archived_environment_can_be_removed() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"status": "archived"})));
    assert_eq!(names(&world.accept(remove(id))), ["Removed"]);
}

#[test]
fn an_environment_is_removed_once() {
    let mut world = World::new();
    let unknown = |environment_id| -> Refusal {
        environment::Refusal::EnvironmentNotFound { environment_id }.into()
    };
    assert_eq!(world.refuse(remove(ids::environment(9))), unknown(ids::environment(9)));
    let id = world.make(create("box", json!({})));
    world.accept(remove(id));
    assert_eq!(world.refuse(remove(id)), unknown(id));
}

#[test]
fn everything_that_hangs_on_an_environment_is_named_once_as_a_reason() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let mut hold = |run| {
        let body = json!({"heartbeatRunId": ids::run(run), "issueId": ids::issue(run)});
        let lease_id = world.grant(acquire(id, body));
        Holder { lease_id, run_id: Some(ids::run(run)), issue_id: Some(ids::issue(run)) }
    };
    let holders = [hold(1), hold(2), hold(3), hold(4)];
    world.accept(release(holders[0].lease_id, json!({"cleanupStatus": "pending"})));
    world.accept(retain(holders[2].lease_id, json!({})));
    let reasons = vec![InUse::ActiveLease, InUse::RetainedLease, InUse::OpenCleanup];
    let refusal: Refusal = environment::Refusal::EnvironmentInUse {
        environment_id: id,
        reasons,
        conflicting: holders.to_vec(),
    }
    .into();
    assert_eq!(world.refuse(remove(id)), refusal);
}

#[test]
fn a_cleanup_that_failed_is_still_open() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let lease = world.grant(acquire(id, json!({})));
    world.accept(release(lease, json!({"cleanupStatus": "failed"})));
    world.refuse(remove(id));
    world.accept(release(lease, json!({"cleanupStatus": "success"})));
    world.accept(remove(id));
}

#[test]
fn what_hangs_on_another_environment_does_not_matter() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let other = world.make(create("other", json!({})));
    world.accept(acquire(other, json!({})));
    world.accept(remove(id));
}
