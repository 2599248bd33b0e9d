//! Ensuring the local environment: made when there is none, otherwise answered untouched.

use leasehold_domain::company::Answer;
use leasehold_domain::environment::{Driver, Status};
use serde_json::json;

use crate::support::ask::{archive, create, ensure_local, remove, update};
use crate::support::read::object;
use crate::support::world::{World, names};
use crate::support::{name, reason};

#[test]
fn the_local_environment_is_made_when_there_is_none() {
    let mut world = World::new();
    world.make(create("somewhere else", json!({})));
    let id = world.make(ensure_local());
    let record = world.environment(id);
    assert_eq!((record.name, record.driver), (name("Local"), Driver::Local));
    let description = "Default execution environment for Paperclip runs on this machine.";
    assert_eq!(record.description, Some(reason(description)));
    let metadata = object(json!({"managedByPaperclip": true, "defaultForCompany": true}));
    assert_eq!(record.metadata, Some(metadata));
    assert_eq!((record.status, record.capacity), (Status::Active, None));
    assert!(!record.single_flight && record.source_id.is_none());
    assert!(record.config.to_map().is_empty() && record.env_vars.to_map().is_empty());
}

#[test]
fn the_local_environment_that_is_there_is_answered_untouched() {
    let mut world = World::new();
    let id = world.make(ensure_local());
    world.accept(update(id, json!({"name": "My laptop"})));
    world.accept(archive(id));
    let before = world.environment(id);
    let decision = world.accept(ensure_local());
    assert!(names(&decision).is_empty());
    assert_eq!(decision.answer, Answer::Environment(id));
    assert_eq!(world.environment(id), before, "renamed and archived, as its owner wanted it");
}

#[test]
fn a_local_environment_that_somebody_created_is_the_one() {
    let mut world = World::new();
    let id = world.make(create("here", json!({"driver": "local"})));
    assert_eq!(world.accept(ensure_local()).answer, Answer::Environment(id));
}

#[test]
fn after_its_removal_a_new_one_is_made() {
    let mut world = World::new();
    let first = world.make(ensure_local());
    world.accept(remove(first));
    assert_ne!(world.make(ensure_local()), first);
}

#[test]
fn the_local_environment_gets_a_number_when_others_have_its_name() {
    let mut world = World::new();
    world.make(create("Local", json!({})));
    world.make(create("Local 2", json!({})));
    let id = world.make(ensure_local());
    assert_eq!(world.environment(id).name, name("Local 3"));
}
