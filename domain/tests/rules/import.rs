//! Taking in a history from elsewhere: once for each stream, and without the guards.

use leasehold_domain::company::{Answer, Command, Import, ImportedActivity};
use leasehold_domain::environment::{self, Created, Driver, Event, Status, Updated};
use leasehold_domain::fence::{Fence, Position};
use leasehold_domain::id::EnvironmentId;
use leasehold_domain::json::JsonObject;
use leasehold_domain::lease::{self, Amended, CleanupStatus, EndKind, ImportedColumns};
use leasehold_domain::stream;
use serde_json::json;

use crate::support::ask::{acquire, archive, create, import, reactivate, remove, update};
use crate::support::world::{World, names};
use crate::support::{at, ids, label, life, name, reason};

/// An environment as another installation had it.
fn made(id: EnvironmentId, text: &str, source_id: Option<EnvironmentId>) -> Vec<stream::Event> {
    vec![stream::Event::Environment(Event::Created(Box::new(Created {
        at: at(-1_000),
        id,
        company_id: ids::company(1),
        name: name(text),
        description: None,
        driver: Driver::Local,
        status: Status::Active,
        config: JsonObject::default(),
        env_vars: JsonObject::default(),
        metadata: None,
        capacity: Some(1),
        single_flight: false,
        default_ttl_seconds: None,
        source_id,
    })))]
}

#[test]
fn a_history_is_taken_in_as_it_is() {
    let mut world = World::new();
    let id = ids::environment(1);
    let decision = world.accept(import(id, made(id, "old box", None)));
    assert_eq!(decision.answer, Answer::Imported(id.into(), true));
    assert_eq!(names(&decision), ["Created"]);
    let record = world.environment(id);
    assert_eq!((record.created_at, record.name), (at(-1_000), name("old box")));
}

#[test]
fn a_history_that_is_known_is_not_taken_in_again() {
    let mut world = World::new();
    let id = ids::environment(1);
    world.accept(import(id, made(id, "old box", None)));
    let again = world.accept(import(id, made(id, "new box", None)));
    assert_eq!(again.answer, Answer::Imported(id.into(), false));
    assert!(names(&again).is_empty());
    world.accept(remove(id));
    let again = world.accept(import(id, made(id, "old box", None)));
    assert_eq!(again.answer, Answer::Imported(id.into(), false), "removed, it stays removed");
    let mine = world.make(create("mine", json!({})));
    let again = world.accept(import(mine, made(mine, "mine", None)));
    assert_eq!(again.answer, Answer::Imported(mine.into(), false));
}

#[test]
fn each_event_keeps_the_activity_row_that_it_had() {
    let mut world = World::new();
    let id = ids::environment(1);
    let row = ImportedActivity { action: Some("environment.made".into()), ..Default::default() };
    let mut events: Vec<_> = made(id, "old", None).into_iter().map(|e| (e, None)).collect();
    let change = leasehold_domain::environment::Change { at: at(-900) };
    let archived = stream::Event::Environment(Event::Archived(change));
    events.push((archived, Some(row.clone())));
    let import = Import { stream: id.into(), events };
    let decision = world.accept(Command::Import(Box::new(import)));
    let rows: Vec<_> = decision.events.into_iter().map(|decided| decided.imported).collect();
    assert_eq!(rows, [Some(ImportedActivity::default()), Some(row)]);
    let own = world.accept(create("mine", json!({})));
    assert_eq!(own.events[0].imported, None);
}

#[test]
fn guards_do_not_apply_to_a_history() {
    let mut world = World::new();
    let [first, second] = [ids::environment(1), ids::environment(2)];
    world.accept(import(first, made(first, "same", None)));
    world.accept(import(second, made(second, "same", None)));
    for number in 1..=2 {
        let id = ids::lease(number);
        let granted = lease::Acquired { id, environment_id: first, ..life::grant() };
        let event = lease::Event::LeaseAcquired(Box::new(granted));
        world.accept(import(id, vec![stream::Event::Lease(event)]));
    }
    assert_eq!(world.company.index().holders_count(first), 2, "though it has room for one");
    assert_eq!(world.company.index().local(), Some(first));
}

#[test]
fn a_name_that_two_imported_environments_have_stays_taken_until_both_are_gone() {
    let mut world = World::new();
    let [first, second] = [ids::environment(1), ids::environment(2)];
    world.accept(import(first, made(first, "same", None)));
    world.accept(import(second, made(second, "same", None)));
    assert_eq!(world.company.index().named(&name("same")), Some(first));
    world.accept(remove(second));
    world.refuse(create("same", json!({})));
    world.accept(remove(first));
    world.accept(create("same", json!({})));
}

#[test]
fn an_environment_is_found_by_its_own_id_before_it_is_found_by_its_source() {
    let mut world = World::new();
    let [source, copy] = [ids::environment(1), ids::environment(2)];
    world.accept(import(copy, made(copy, "copy", Some(source))));
    assert_eq!(world.make(archive(source)), copy);
    assert_eq!(world.make(update(source, json!({"capacity": 2}))), copy);
    assert_eq!(world.make(reactivate(source)), copy);
    world.accept(import(source, made(source, "source", None)));
    assert_eq!(world.make(archive(source)), source);
}

#[test]
fn a_lease_asked_for_by_the_source_is_granted_on_the_copy() {
    let mut world = World::new();
    let [source, copy] = [ids::environment(1), ids::environment(2)];
    world.accept(import(copy, made(copy, "copy", Some(source))));
    let lease = world.grant(acquire(source, json!({})));
    assert_eq!(world.lease(lease).environment_id, copy);
    world.refuse(acquire(copy, json!({})));
    world.refuse(remove(source));
}

#[test]
fn a_copys_id_is_the_same_whenever_it_is_made() {
    let source = ids::environment(1);
    let [first, second] = [ids::company(1), ids::company(2)];
    let copy = EnvironmentId::copy_for(source, first);
    assert_eq!(copy, EnvironmentId::copy_for(source, first));
    assert_ne!(copy, EnvironmentId::copy_for(source, second));
    assert_eq!(copy.0.get_version_num(), 5);
}

fn columns() -> ImportedColumns {
    ImportedColumns {
        acquired_at: at(-9),
        last_used_at: at(-8),
        expires_at: Some(at(-7)),
        released_at: None,
        failure_reason: Some(reason("told there")),
        cleanup_status: Some(CleanupStatus::Failed),
        created_at: at(-6),
        updated_at: at(-5),
        source_status: Some(label("zombie")),
    }
}

#[test]
fn the_columns_of_an_imported_row_are_kept_where_no_event_tells_them() {
    let mut lease = lease::Lease::default();
    let amended = Amended {
        at: at(20),
        failure_reason: None,
        cleanup_status: None,
        remote_execution_termination: None,
        replaced_by_lease_id: None,
        provider_lease_id: None,
        imported: Some(Box::new(columns())),
    };
    for event in life::ended(EndKind::Failed) {
        lease.apply(&event);
    }
    lease.apply(&lease::Event::Amended(Box::new(amended)));
    let record = lease.record.unwrap();
    assert_eq!((record.acquired_at, record.last_used_at), (at(-9), at(-8)));
    let expiry = record.expiry.unwrap();
    assert_eq!((expiry.expires_at, expiry.ttl_seconds), (at(-7), None));
    assert_eq!((record.released_at, record.failure_reason), (None, Some(reason("told there"))));
    assert_eq!(record.cleanup_status, Some(CleanupStatus::Failed));
    assert_eq!((record.created_at, record.updated_at), (at(-6), at(-5)));
    assert_eq!(record.source_status, Some(label("zombie")));
}

#[test]
fn an_imported_grant_gets_the_fence_of_its_place_in_the_log() {
    let mut world = World::new();
    for number in 1..=2 {
        let granted = lease::Acquired { id: ids::lease(number), ..life::grant() };
        let event = lease::Event::LeaseAcquired(Box::new(granted));
        world.accept(import(ids::lease(number), vec![stream::Event::Lease(event)]));
        let fence = world.lease(ids::lease(number)).fence;
        assert_eq!(fence, Fence::of(world.epoch, Position(u64::from(number))));
    }
}

#[test]
fn each_grant_of_an_imported_life_gets_the_fence_of_its_own_event() {
    let mut world = World::new();
    let resumed = lease::Resumed {
        at: at(15),
        heartbeat_run_id: ids::run(2),
        agent_id: None,
        issue_id: None,
        expiry: None,
        metadata: None,
        fence: Fence(0),
    };
    let mut events = life::retained();
    events.push(lease::Event::Resumed(Box::new(resumed)));
    let mut at_its_end = Vec::new();
    for count in 1..=events.len() {
        let mut world = World::new();
        let told = events[..count].iter().cloned().map(stream::Event::Lease);
        world.accept(import(ids::lease(1), told.collect()));
        at_its_end.push(world.lease(ids::lease(1)).fence);
    }
    let fence = |position| Fence::of(world.epoch, Position(position));
    assert_eq!(at_its_end, [fence(1), fence(1), fence(3)]);
    world.accept(create("box", json!({})));
    world.accept(import(ids::lease(1), events.into_iter().map(stream::Event::Lease).collect()));
    assert_eq!(world.lease(ids::lease(1)).fence, Fence::of(world.epoch, Position(4)));
}

#[test]
fn the_columns_of_an_imported_environment_are_kept_where_no_event_tells_them() {
    let mut environment = environment::Environment::default();
    let columns = environment::ImportedColumns { created_at: at(-20), updated_at: at(-30) };
    for event in made(ids::environment(1), "old box", None) {
        let stream::Event::Environment(event) = event else { continue };
        environment.apply(&event);
    }
    let told = Updated { imported: Some(columns), ..Updated::nothing(at(-10)) };
    environment.apply(&Event::Updated(Box::new(told)));
    let record = environment.present().unwrap();
    assert_eq!((record.created_at, record.updated_at), (at(-20), at(-30)));
    environment.apply(&Event::Updated(Box::new(Updated::nothing(at(5)))));
    let record = environment.present().unwrap();
    assert_eq!((record.created_at, record.updated_at), (at(-20), at(5)));
}
