//! Changing an environment.

use leasehold_domain::company::{Command, Refusal};
use leasehold_domain::environment::{self, Event, Status, Updated};
use leasehold_domain::stream;
use serde_json::json;

use crate::support::ask::{acquire, archive, create, release, remove, update};
use crate::support::read::object;
use crate::support::world::{World, names};
use crate::support::{at, ids, name, reason};

fn changed(world: &mut World, command: &Command) -> Updated {
    let decision = world.accept(command);
    let stream::Event::Environment(Event::Updated(updated)) = &decision.events[0].event else {
        panic!("{decision:?}")
    };
    (**updated).clone()
}

#[test]
fn what_is_given_changes_and_the_rest_stays() {
    let mut world = World::new();
    let full = json!({"description": "old", "config": {"a": 1}, "capacity": 2});
    let id = world.make(create("box", full));
    world.pass(60);
    let body = json!({"name": "crate", "envVars": {"B": "2"}, "singleFlight": true});
    let updated = changed(&mut world, &update(id, body));
    assert_eq!(updated.changed_fields(), ["envVars", "name", "singleFlight"]);
    let record = world.environment(id);
    assert_eq!((record.name, record.single_flight), (name("crate"), true));
    assert_eq!(record.env_vars, object(json!({"B": "2"})));
    assert_eq!((record.description, record.capacity), (Some(reason("old")), Some(2)));
    assert_eq!(record.config, object(json!({"a": 1})));
    assert_eq!((record.created_at, record.updated_at), (at(0), at(60)));
}

#[test]
fn every_field_can_change_at_once() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let body = json!({
        "name": "crate", "driver": "plugin", "description": "d", "config": {"c": 1},
        "envVars": {"e": 1}, "metadata": {"m": 1}, "capacity": 1, "singleFlight": true,
    });
    let all = [
        "capacity",
        "config",
        "description",
        "driver",
        "envVars",
        "metadata",
        "name",
        "singleFlight",
    ];
    assert_eq!(changed(&mut world, &update(id, body)).changed_fields(), all);
}

#[test]
fn null_clears_what_may_be_none() {
    let mut world = World::new();
    let full = json!({"description": "old", "metadata": {"a": 1}, "capacity": 2});
    let id = world.make(create("box", full));
    let body = json!({"description": null, "metadata": null, "capacity": null});
    let updated = changed(&mut world, &update(id, body));
    assert_eq!(updated.changed_fields(), ["capacity", "description", "metadata"]);
    let record = world.environment(id);
    assert_eq!((record.description, record.metadata, record.capacity), (None, None, None));
}

#[test]
fn settings_are_replaced_and_not_merged() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"config": {"a": 1}, "metadata": {"a": 1}})));
    world.accept(update(id, json!({"config": {"b": 2}, "metadata": {"b": 2}})));
    let record = world.environment(id);
    assert_eq!(record.config, object(json!({"b": 2})));
    assert_eq!(record.metadata, Some(object(json!({"b": 2}))));
}

#[test]
fn what_is_already_so_is_no_event() {
    let mut world = World::new();
    let full = json!({"description": "d", "capacity": 2, "metadata": {"a": 1}});
    let id = world.make(create("box", full));
    let same = json!({
        "name": "box", "driver": "ssh", "description": "d", "status": "active", "config": {},
        "envVars": {}, "metadata": {"a": 1}, "capacity": 2, "singleFlight": false, "ifVersion": 1,
    });
    assert!(names(&world.accept(update(id, same))).is_empty());
    assert!(names(&world.accept(update(id, json!({})))).is_empty());
    assert_eq!(world.company.environment(id).version, 1);
}

#[test]
fn a_status_is_changed_in_the_same_step() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let both = world.accept(update(id, json!({"capacity": 1, "status": "archived"})));
    assert_eq!(names(&both), ["Updated", "Archived"]);
    assert_eq!(world.environment(id).status, Status::Archived);
    assert_eq!(names(&world.accept(update(id, json!({"status": "active"})))), ["Reactivated"]);
    assert_eq!(world.environment(id).status, Status::Active);
}

#[test]
fn an_archived_environment_can_be_changed() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.accept(archive(id));
    assert_eq!(names(&world.accept(update(id, json!({"name": "attic"})))), ["Updated"]);
}

#[test]
fn an_environment_that_is_not_there_cannot_be_changed() {
    let mut world = World::new();
    let unknown = |environment_id| -> Refusal {
        environment::Refusal::EnvironmentNotFound { environment_id }.into()
    };
    let body = json!({"name": "x"});
    let never = ids::environment(9);
    assert_eq!(world.refuse(update(never, body.clone())), unknown(never));
    let id = world.make(create("box", json!({})));
    world.accept(remove(id));
    assert_eq!(world.refuse(update(id, body)), unknown(id));
}

#[test]
fn a_change_meant_for_another_version_is_refused() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.accept(update(id, json!({"capacity": 1, "ifVersion": 1})));
    let refusal: Refusal = environment::Refusal::VersionMismatch {
        environment_id: id,
        current_version: 2,
        expected_version: 1,
    }
    .into();
    assert_eq!(world.refuse(update(id, json!({"capacity": 2, "ifVersion": 1}))), refusal);
    let older = update(id, json!({"capacity": 1, "ifVersion": 1}));
    assert_eq!(world.refuse(older), refusal, "even when nothing would change");
    world.accept(update(id, json!({"capacity": 2, "ifVersion": 2})));
}

#[test]
fn a_name_that_another_environment_has_is_refused() {
    let mut world = World::new();
    let first = world.make(create("first", json!({})));
    let second = world.make(create("second", json!({})));
    let rename = |name: &str| update(second, json!({"name": name}));
    let taken: Refusal =
        environment::Refusal::EnvironmentNameTaken { environment_id: first, name: name("first") }
            .into();
    assert_eq!(world.refuse(rename("first")), taken);
    world.accept(update(first, json!({"name": "third"})));
    world.accept(rename("first"));
}

#[test]
fn a_lowered_capacity_lets_those_who_hold_go_on() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"capacity": 2})));
    let first = world.grant(acquire(id, json!({})));
    let second = world.grant(acquire(id, json!({})));
    world.accept(update(id, json!({"capacity": 1})));
    world.accept(release(first, json!({})));
    world.refuse(acquire(id, json!({})));
    world.accept(release(second, json!({})));
    world.accept(acquire(id, json!({})));
}
