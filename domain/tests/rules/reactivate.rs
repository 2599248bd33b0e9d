//! Reactivating an environment: it takes leases again.

use leasehold_domain::company::{Answer, Refusal};
use leasehold_domain::environment::{self, Status};
use serde_json::json;

use crate::support::ask::{acquire, archive, create, reactivate, remove};
use crate::support::world::{World, names};
use crate::support::{at, ids};

#[test]
fn an_archived_environment_takes_leases_again() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.accept(archive(id));
    world.refuse(acquire(id, json!({})));
    world.pass(7);
    let decision = world.accept(reactivate(id));
    assert_eq!(names(&decision), ["Reactivated"]);
    assert_eq!(decision.answer, Answer::Environment(id));
    let record = world.environment(id);
    assert_eq!((record.status, record.updated_at), (Status::Active, at(7)));
    world.accept(acquire(id, json!({})));
}

#[test]
fn reactivating_an_active_environment_is_no_event() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    assert!(names(&world.accept(reactivate(id))).is_empty());
}

#[test]
fn an_environment_that_is_not_there_cannot_be_reactivated() {
    let mut world = World::new();
    let unknown = |environment_id| -> Refusal {
        environment::Refusal::EnvironmentNotFound { environment_id }.into()
    };
    assert_eq!(world.refuse(reactivate(ids::environment(9))), unknown(ids::environment(9)));
    let id = world.make(create("box", json!({})));
    world.accept(remove(id));
    assert_eq!(world.refuse(reactivate(id)), unknown(id));
}
