//! Archiving an environment: it takes no new leases; those that it has go on.

use leasehold_domain::company::{Answer, Refusal};
use leasehold_domain::environment::{self, Status};
use serde_json::json;

use crate::support::ask::{acquire, archive, create, release, remove, renew};
use crate::support::world::{World, names};
use crate::support::{at, ids};

#[test]
fn an_active_environment_can_be_archived() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.pass(5);
    let decision = world.accept(archive(id));
    assert_eq!(names(&decision), ["Archived"]);
    assert_eq!(decision.answer, Answer::Environment(id));
    let record = world.environment(id);
    assert_eq!((record.status, record.updated_at), (Status::Archived, at(5)));
}

#[test]
fn archiving_again_is_no_event() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"status": "archived"})));
    let decision = world.accept(archive(id));
    assert_eq!(names(&decision), [""; 0]);
    assert_eq!(decision.answer, Answer::Environment(id));
}

#[test]
fn an_environment_that_is_not_there_cannot_be_archived() {
    let mut world = World::new();
    let unknown = |environment_id| -> Refusal {
        environment::Refusal::EnvironmentNotFound { environment_id }.into()
    };
    assert_eq!(world.refuse(archive(ids::environment(9))), unknown(ids::environment(9)));
    let id = world.make(create("box", json!({})));
    world.accept(remove(id));
    assert_eq!(world.refuse(archive(id)), unknown(id));
}

#[test]
fn the_leases_of_an_archived_environment_go_on() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let lease = world.grant(acquire(id, json!({"ttlSeconds": 10})));
    world.accept(archive(id));
    world.pass(5);
    assert_eq!(names(&world.accept(renew(lease, json!({"ttlSeconds": 60})))), ["LeaseRenewed"]);
    assert_eq!(names(&world.accept(release(lease, json!({})))), ["Released"]);
}
