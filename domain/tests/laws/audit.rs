//! The audit finds nothing in what was decided, and everything that was tampered with.

use std::collections::HashMap;

use leasehold_domain::company::{Audit, Decided, Violation};
use leasehold_domain::environment;
use leasehold_domain::fence::{Epoch, Fence, Position};
use leasehold_domain::lease;
use leasehold_domain::stream::{Aggregate, Event, StreamId};
use leasehold_domain::text::Name;
use proptest::prelude::*;
use serde_json::json;

use super::cases;
use super::script::script;
use crate::support::world::World;
use crate::support::{ask, ids};

/// Every rule that a log breaks, with the position.
fn audited(log: &[Decided]) -> Vec<(u64, Violation)> {
    let mut states: HashMap<StreamId, Aggregate> = HashMap::new();
    let mut audit = Audit::default();
    let mut broken = Vec::new();
    for (position, decided) in (1..).zip(log) {
        let stream = decided.stream;
        let state = states.entry(stream).or_insert_with(|| Aggregate::new(stream.kind));
        audit.before(state);
        state.apply(&decided.event);
        let found = audit.after(stream, state, Position(position));
        broken.extend(found.into_iter().map(|violation| (position, violation)));
    }
    broken
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn nothing_is_found_in_what_was_decided(steps in script()) {
        let mut world = World::new();
        for step in &steps {
            step.take(&mut world);
        }
        prop_assert_eq!(audited(&world.log), Vec::new());
    }
}

/// An environment with room for two, two leases on it, the end of the first, and that of its run.
fn history() -> World {
    let mut world = World::new();
    let place = world.make(ask::create("box", json!({"capacity": 2})));
    let held = |run| json!({"heartbeatRunId": ids::run(run), "ttlSeconds": 60});
    let one = world.grant(ask::acquire(place, held(1)));
    world.grant(ask::acquire(place, held(2)));
    world.accept(ask::release(one, json!({})));
    world.accept(ask::end_run(ids::run(1), "succeeded"));
    assert_eq!(audited(&world.log), Vec::new());
    world
}

fn rules(log: &[Decided]) -> Vec<(u64, String)> {
    let rule = |violation: Violation| json!(violation)["rule"].as_str().unwrap().to_owned();
    audited(log).into_iter().map(|(position, violation)| (position, rule(violation))).collect()
}

fn found(position: u64, rule: &str) -> Vec<(u64, String)> {
    vec![(position, rule.to_owned())]
}

fn acquired(decided: &mut Decided) -> &mut lease::Acquired {
    let Event::Lease(lease::Event::LeaseAcquired(acquired)) = &mut decided.event else {
        panic!("no grant")
    };
    acquired
}

fn created(decided: &mut Decided) -> &mut environment::Created {
    let Event::Environment(environment::Event::Created(created)) = &mut decided.event else {
        panic!("no creation")
    };
    created
}

#[test]
fn a_grant_beyond_the_room_is_found() {
    let mut log = history().log;
    created(&mut log[0]).capacity = Some(1);
    assert_eq!(rules(&log), found(3, "beyond_capacity"));
}

#[test]
fn a_grant_where_nothing_is_granted_is_found() {
    let mut log = history().log;
    created(&mut log[0]).status = environment::Status::Archived;
    let refused = |position| (position, "not_grantable".to_owned());
    assert_eq!(rules(&log), [refused(2), refused(3)]);
}

#[test]
fn a_grant_to_a_run_that_had_ended_is_found() {
    let mut log = history().log;
    acquired(&mut log[2]).heartbeat_run_id = Some(ids::run(1));
    let end = log.remove(4);
    log.insert(2, end);
    acquired(&mut log[3]).fence = Fence::of(Epoch(1), Position(4));
    assert_eq!(rules(&log), found(4, "run_had_ended"));
}

#[test]
fn an_end_that_changed_is_found() {
    let mut log = history().log;
    let again = log[3].clone();
    log.push(again);
    assert_eq!(rules(&log), []);
    let Event::Lease(lease::Event::Released(ended)) = log[3].event.clone() else { panic!() };
    log[5].event = Event::Lease(lease::Event::Failed(ended));
    assert_eq!(rules(&log), found(6, "end_changed"));
}

#[test]
fn a_fence_that_does_not_rise_is_found() {
    let mut log = history().log;
    acquired(&mut log[2]).fence = Fence::of(Epoch(1), Position(2));
    assert_eq!(rules(&log), found(3, "fence_not_rising"));
}

#[test]
fn an_event_that_is_about_something_else_is_found() {
    let mut log = history().log;
    acquired(&mut log[2]).id = ids::lease(99);
    assert_eq!(rules(&log), found(3, "other_stream"));
}

#[test]
fn a_stream_without_its_beginning_is_found() {
    let mut log = history().log;
    log.remove(1);
    acquired(&mut log[1]).fence = Fence::of(Epoch(1), Position(2));
    assert_eq!(rules(&log), found(3, "unbegun"));
}

#[test]
fn two_holders_of_a_workspace_and_two_of_a_name_are_found() {
    let mut log = history().log;
    created(&mut log[0]).single_flight = true;
    acquired(&mut log[1]).execution_workspace_id = Some(ids::workspace(1));
    acquired(&mut log[2]).execution_workspace_id = Some(ids::workspace(1));
    let mut other = log[0].clone();
    other.stream = ids::environment(9).into();
    created(&mut other).id = ids::environment(9);
    log.push(other);
    assert_eq!(rules(&log), [found(3, "workspace_shared"), found(6, "name_shared")].concat());
}

#[test]
fn a_second_local_environment_is_found() {
    let mut log = history().log;
    created(&mut log[0]).driver = environment::Driver::Local;
    let mut other = log[0].clone();
    other.stream = ids::environment(9).into();
    created(&mut other).id = ids::environment(9);
    created(&mut other).name = Name::new("other").unwrap();
    log.push(other);
    assert_eq!(rules(&log), found(6, "second_local"));
}
