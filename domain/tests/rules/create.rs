//! Creating an environment.

use leasehold_domain::company::Refusal;
use leasehold_domain::environment::{self, Created, Driver, Event, Status};
use leasehold_domain::json::JsonObject;
use leasehold_domain::stream;
use serde_json::{Value, json};

use crate::support::ask::{archive, create, remove};
use crate::support::read::object;
use crate::support::world::World;
use crate::support::{at, ids, name, reason};

fn created(world: &mut World, command: &leasehold_domain::company::Command) -> Created {
    let decision = world.accept(command);
    let [decided] = decision.events.as_slice() else { panic!("{decision:?}") };
    let stream::Event::Environment(Event::Created(created)) = &decided.event else {
        panic!("{decided:?}")
    };
    (**created).clone()
}

#[test]
fn a_created_environment_is_what_was_asked_for() {
    let mut world = World::new();
    let command = create(
        "build box",
        json!({
            "driver": "sandbox", "description": "in the cellar", "status": "archived",
            "config": {"image": "v1"}, "envVars": {"TOKEN": {"ref": "vault:1"}},
            "metadata": {"team": "core"}, "capacity": 3, "singleFlight": true,
        }),
    );
    let expected = Created {
        at: at(0),
        id: environment_id(1),
        company_id: ids::company(1),
        name: name("build box"),
        description: Some(reason("in the cellar")),
        driver: Driver::Sandbox,
        status: Status::Archived,
        config: object(json!({"image": "v1"})),
        env_vars: object(json!({"TOKEN": {"ref": "vault:1"}})),
        metadata: Some(object(json!({"team": "core"}))),
        capacity: Some(3),
        single_flight: true,
        default_ttl_seconds: None,
        source_id: None,
    };
    assert_eq!(created(&mut world, &command), expected);
    let record = world.environment(environment_id(1));
    assert_eq!((record.created_at, record.updated_at), (at(0), at(0)));
    assert_eq!((record.name, record.status), (name("build box"), Status::Archived));
    assert_eq!((record.capacity, record.single_flight), (Some(3), true));
    assert_eq!(record.env_vars, expected.env_vars);
    assert_eq!((record.config, record.metadata), (expected.config, expected.metadata));
    assert_eq!((record.description, record.driver), (expected.description, Driver::Sandbox));
}

fn environment_id(position: u64) -> leasehold_domain::id::EnvironmentId {
    leasehold_domain::id::EnvironmentId(ids::made_at(position))
}

#[test]
fn what_is_not_asked_for_is_active_empty_and_without_bounds() {
    let created = created(&mut World::new(), &create("box", json!({})));
    assert_eq!(created.status, Status::Active);
    assert_eq!((created.description, created.metadata), (None, None));
    assert_eq!((created.config, created.env_vars), (JsonObject::default(), JsonObject::default()));
    assert_eq!((created.capacity, created.single_flight), (None, false));
}

fn taken(by: leasehold_domain::id::EnvironmentId, text: &str) -> Refusal {
    let name = name(text);
    environment::Refusal::EnvironmentNameTaken { environment_id: by, name }.into()
}

#[test]
fn a_name_belongs_to_one_environment() {
    let mut world = World::new();
    let first = world.make(create("box", json!({})));
    assert_eq!(world.refuse(create("box", json!({"driver": "plugin"}))), taken(first, "box"));
}

#[test]
fn names_that_differ_in_case_or_space_are_two_names() {
    let mut world = World::new();
    for name in ["box", "Box", "box "] {
        world.accept(create(name, json!({})));
    }
}

#[test]
fn an_archived_environment_keeps_its_name() {
    let mut world = World::new();
    let first = world.make(create("box", json!({})));
    world.accept(archive(first));
    assert_eq!(world.refuse(create("box", json!({}))), taken(first, "box"));
}

#[test]
fn a_removed_environment_gives_its_name_back() {
    let mut world = World::new();
    let first = world.make(create("box", json!({})));
    world.accept(remove(first));
    let second = world.make(create("box", json!({})));
    assert_ne!(first, second);
}

fn local(name: &str) -> leasehold_domain::company::Command {
    create(name, json!({"driver": "local"}))
}

#[test]
fn a_company_has_one_local_environment() {
    let mut world = World::new();
    let first = world.make(local("here"));
    let exists: Refusal =
        environment::Refusal::EnvironmentLocalExists { environment_id: first }.into();
    assert_eq!(world.refuse(local("there")), exists);
    world.accept(archive(first));
    assert_eq!(world.refuse(local("there")), exists, "archived, it is still there");
    world.accept(remove(first));
    world.accept(local("there"));
}

#[test]
fn of_other_drivers_there_are_many() {
    let mut world = World::new();
    for driver in Driver::ALL.iter().filter(|driver| **driver != Driver::Local) {
        for copy in 1..=2 {
            let driver: Value = json!(driver);
            world.accept(create(&format!("{driver} {copy}"), json!({"driver": driver})));
        }
    }
}
