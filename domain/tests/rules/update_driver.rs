//! Making an environment another kind of place: only while nothing hangs on it.

use leasehold_domain::company::Refusal;
use leasehold_domain::environment::{self, Driver, Holder, InUse};
use serde_json::json;

use crate::support::ask::{acquire, archive, create, release, remove, retain, update};
use crate::support::ids;
use crate::support::world::{World, names};

#[test]
fn an_environment_can_become_the_local_one_when_there_is_none() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.accept(update(id, json!({"driver": "local"})));
    assert_eq!(world.environment(id).driver, Driver::Local);
    assert_eq!(world.company.index().local(), Some(id));
    world.accept(update(id, json!({"driver": "ssh"})));
    assert_eq!(world.company.index().local(), None);
}

#[test]
fn no_second_environment_becomes_local() {
    let mut world = World::new();
    let local = world.make(create("here", json!({"driver": "local"})));
    let other = world.make(create("there", json!({})));
    let exists: Refusal =
        environment::Refusal::EnvironmentLocalExists { environment_id: local }.into();
    assert_eq!(world.refuse(update(other, json!({"driver": "local"}))), exists);
    world.accept(archive(local));
    assert_eq!(world.refuse(update(other, json!({"driver": "local"}))), exists);
    world.accept(remove(local));
    world.accept(update(other, json!({"driver": "local"})));
}

#[test]
fn the_driver_stays_while_anything_hangs_on_the_environment() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let lease = world.grant(acquire(id, json!({"heartbeatRunId": ids::run(1)})));
    let change = update(id, json!({"driver": "plugin"}));
    let in_use = |reason| -> Refusal {
        let holder = Holder { lease_id: lease, run_id: Some(ids::run(1)), issue_id: None };
        environment::Refusal::EnvironmentInUse {
            environment_id: id,
            reasons: vec![reason],
            conflicting: vec![holder],
        }
        .into()
    };
    assert_eq!(world.refuse(&change), in_use(InUse::ActiveLease));
    world.accept(retain(lease, json!({})));
    assert_eq!(world.refuse(&change), in_use(InUse::RetainedLease));
    world.accept(release(lease, json!({"cleanupStatus": "pending"})));
    assert_eq!(world.refuse(&change), in_use(InUse::OpenCleanup));
    world.accept(release(lease, json!({"cleanupStatus": "success"})));
    assert_eq!(names(&world.accept(&change)), ["Updated"]);
}

#[test]
fn the_driver_that_it_has_is_accepted_whatever_hangs_on_it() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"driver": "local"})));
    world.accept(acquire(id, json!({})));
    let decision = world.accept(update(id, json!({"driver": "local", "capacity": 1})));
    assert_eq!(names(&decision), ["Updated"]);
}
