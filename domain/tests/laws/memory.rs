//! What is in memory is a fold of the log, and can go back to any point that was durable.

use std::collections::BTreeSet;

use leasehold_domain::company::{Command, Company};
use leasehold_domain::environment::{self, Created, Driver, Status};
use leasehold_domain::json::JsonObject;
use leasehold_domain::lease::{self, Acquired, EndKind};
use leasehold_domain::stream::{Aggregate, Event, StreamId};
use proptest::prelude::*;

use super::cases;
use super::script::{Step, script};
use crate::support::world::World;
use crate::support::{ask, at, ids, life, name};

/// A step of life, or a history from elsewhere, to which no guard applies.
#[derive(Debug, Clone)]
enum Told {
    Here(Step),
    Environment { number: u32, name: u8, local: bool, source: u32 },
    Lease { number: u32, environment: u32, end: Option<EndKind> },
}

fn story() -> impl Strategy<Value = Vec<Told>> {
    let number = || 1..4_u32;
    let environment =
        (number(), 0..3_u8, any::<bool>(), number()).prop_map(|(number, name, local, source)| {
            Told::Environment { number, name, local, source }
        });
    let end = proptest::option::of(proptest::sample::select(EndKind::ALL.to_vec()));
    let lease = (number(), number(), end).prop_map(|(number, environment, end)| Told::Lease {
        number,
        environment,
        end,
    });
    let elsewhere = prop::collection::vec(prop_oneof![environment, lease], 0..10);
    let told = (script(), elsewhere).prop_map(|(here, elsewhere)| {
        here.into_iter().map(Told::Here).chain(elsewhere).collect::<Vec<_>>()
    });
    told.prop_shuffle()
}

impl Told {
    fn command(&self, world: &mut World) -> Option<Command> {
        match self {
            Self::Here(Step::Pass(seconds)) => {
                world.pass(*seconds);
                None
            }
            Self::Here(step) => step.command(world),
            Self::Environment { number, name: text, local, source } => {
                let created = Created {
                    at: at(-10),
                    id: ids::environment(*number),
                    company_id: ids::company(1),
                    name: name(&text.to_string()),
                    description: None,
                    driver: if *local { Driver::Local } else { Driver::Ssh },
                    status: Status::Active,
                    config: JsonObject::default(),
                    env_vars: JsonObject::default(),
                    metadata: None,
                    capacity: Some(1),
                    single_flight: false,
                    default_ttl_seconds: None,
                    source_id: Some(ids::environment(*source + 10)),
                };
                let event = environment::Event::Created(Box::new(created));
                Some(ask::import(ids::environment(*number), vec![Event::Environment(event)]))
            }
            Self::Lease { number, environment, end } => {
                let id = ids::lease(*number);
                let environment_id = ids::environment(*environment);
                let granted = Acquired { id, environment_id, ..life::grant() };
                let mut events = vec![lease::Event::LeaseAcquired(Box::new(granted))];
                events.extend(end.map(|kind| life::ended_as(kind, life::end())));
                Some(ask::import(id, events.into_iter().map(Event::Lease).collect()))
            }
        }
    }
}

/// Sees that two companies are the same in everything that decisions see.
fn same(one: &Company, other: &Company, streams: &BTreeSet<StreamId>) {
    assert_eq!(one.index(), other.index());
    assert_eq!(one.len(), other.len());
    for stream in streams {
        assert_eq!(one.get(*stream), other.get(*stream));
        assert_eq!(one.has(*stream), one.get(*stream).is_some());
    }
}

fn streams(world: &World) -> BTreeSet<StreamId> {
    world.log.iter().map(|decided| decided.stream).collect()
}

/// Lets a story happen of which nothing is durable, with a copy of the company at each mark.
fn unkept(world: &mut World, story: &[Told]) -> Vec<(usize, Company)> {
    let mut marks = vec![(world.company.mark(), world.company.clone())];
    for told in story {
        let Some(command) = told.command(world) else { continue };
        let Ok(decision) = world.decide(&command) else { continue };
        for decided in &decision.events {
            world.company.apply(decided.stream, &decided.event);
            marks.push((world.company.mark(), world.company.clone()));
        }
        world.log.extend(decision.events);
    }
    marks
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn folding_the_log_again_gives_the_same_company(story in story()) {
        let mut world = World::new();
        for told in &story {
            if let Some(command) = told.command(&mut world) {
                let _ = world.try_do(&command);
            }
        }
        let mut again = Company::new(ids::company(1));
        let mut loaded = Company::new(ids::company(1));
        for decided in &world.log {
            let state = again.apply(decided.stream, &decided.event);
            prop_assert!(state.version() > 0);
        }
        again.keep();
        same(&again, &world.company, &streams(&world));
        for stream in streams(&world).into_iter().rev() {
            loaded.load(stream, world.company.get(stream).unwrap().clone());
        }
        same(&loaded, &world.company, &streams(&world));
    }

    #[test]
    fn what_is_undone_has_never_happened(
        past in story(),
        story in story(),
        back in any::<prop::sample::Index>(),
    ) {
        let mut world = World::new();
        unkept(&mut world, &past);
        world.company.keep();
        let marks = unkept(&mut world, &story);
        let (mark, then) = &marks[back.index(marks.len())];
        world.company.undo_to(*mark);
        same(&world.company, then, &streams(&world));
        world.company.undo();
        same(&world.company, &marks[0].1, &streams(&world));
        prop_assert_eq!(world.company.mark(), 0);
    }
}

#[test]
fn what_is_kept_is_not_undone() {
    let mut world = World::new();
    world.make(ask::create("box", serde_json::json!({})));
    let before = world.company.clone();
    assert_eq!(world.company.mark(), 0);
    world.company.undo();
    world.company.undo_to(7);
    same(&world.company, &before, &streams(&world));
}

#[test]
fn a_state_that_is_forgotten_leaves_its_entry_in_the_index() {
    let mut world = World::new();
    let id = world.make(ask::create("box", serde_json::json!({"capacity": 1})));
    let lease = world.grant(ask::acquire(id, serde_json::json!({})));
    let index = world.company.index().clone();
    world.company.evict(|stream, _| stream == id.into());
    assert!(!world.company.has(lease.into()) && world.company.has(id.into()));
    assert_eq!(world.company.index(), &index);
    assert_eq!((world.company.lease(lease), world.company.len()), (None, 1));
}

#[test]
fn a_run_that_ended_is_known_without_its_state() {
    use leasehold_domain::run::Outcome;
    let mut company = Company::new(ids::company(1));
    company.load_ended_run(ids::run(1), (Outcome::Failed, at(3)));
    assert_eq!(company.index().ended_run(ids::run(1)), Some((Outcome::Failed, at(3))));
    assert!(company.is_empty());
}

#[test]
fn an_event_of_another_kind_changes_nothing() {
    let mut run = Aggregate::new(leasehold_domain::stream::AggregateType::Run);
    let before = run.clone();
    run.apply(&Event::Lease(life::active().remove(0)));
    assert_eq!(run, before);
}
