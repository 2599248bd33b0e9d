//! History from elsewhere: an environment that companies shared there is found by its source id.

use leasehold_domain::actor::Actor;
use leasehold_domain::environment::{self, Created, Driver, Status as EnvironmentStatus};
use leasehold_domain::fence::Fence;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::json::JsonObject;
use leasehold_domain::lease::{self, Acquired, Cause, Ended, Status};
use leasehold_domain::stream::Event;
use serde_json::json;

use crate::support::ask::{acquire, create, import, release, remove};
use crate::support::world::{World, names};
use crate::support::{at, ids, life, name};

fn copied(company: CompanyId, source: EnvironmentId) -> Vec<Event> {
    vec![Event::Environment(environment::Event::Created(Box::new(Created {
        at: at(-900),
        id: EnvironmentId::copy_for(source, company),
        company_id: company,
        name: name("shared sandbox"),
        description: None,
        driver: Driver::Sandbox,
        status: EnvironmentStatus::Active,
        config: JsonObject::default(),
        env_vars: JsonObject::default(),
        metadata: None,
        capacity: Some(2),
        single_flight: false,
        default_ttl_seconds: None,
        source_id: Some(source),
    })))]
}

/// A lease that was granted and released before the ledger knew of it.
fn past(environment_id: EnvironmentId) -> Vec<Event> {
    let granted = Acquired { at: at(-800), environment_id, fence: Fence(0), ..life::grant() };
    let ended =
        Ended { at: at(-700), by: Actor::system("paperclip"), cause: Cause::Import, ..life::end() };
    vec![
        Event::Lease(lease::Event::LeaseAcquired(Box::new(granted))),
        Event::Lease(lease::Event::Released(Box::new(ended))),
    ]
}

#[test]
fn each_company_works_on_its_own_copy_under_the_id_it_knows() {
    let source = ids::environment(1);
    for company in [ids::company(1), ids::company(2)] {
        let mut world = World::of(company);
        let copy = EnvironmentId::copy_for(source, company);
        assert_eq!(names(&world.accept(import(copy, copied(company, source)))), ["Created"]);
        world.accept(import(ids::lease(1), past(copy)));
        assert_eq!(world.status(ids::lease(1)), Status::Released);
        assert_eq!(world.lease(ids::lease(1)).released_at, Some(at(-700)));
        assert_eq!(world.company.index().holders_count(copy), 0);

        let lease = world.grant(acquire(source, json!({})));
        assert_eq!(world.lease(lease).environment_id, copy);
        assert!(world.lease(lease).fence > world.lease(ids::lease(1)).fence);
        world.refuse(remove(source));
        world.refuse(create("shared sandbox", json!({})));

        world.accept(release(lease, json!({})));
        world.accept(remove(source));
        let refusal = world.refuse(acquire(source, json!({})));
        let (code, evidence) = refusal.code_and_evidence().unwrap();
        assert_eq!(
            (code.as_str(), &evidence["environmentId"]),
            ("environment_not_found", &json!(source))
        );
    }
}

#[test]
fn importing_again_after_life_went_on_changes_nothing() {
    let (company, source) = (ids::company(1), ids::environment(1));
    let mut world = World::of(company);
    let copy = EnvironmentId::copy_for(source, company);
    world.accept(import(copy, copied(company, source)));
    world.accept(import(ids::lease(1), past(copy)));
    let lease = world.grant(acquire(source, json!({})));
    let before = world.log.len();
    world.accept(import(copy, copied(company, source)));
    world.accept(import(ids::lease(1), past(copy)));
    assert_eq!((world.log.len(), world.status(lease)), (before, Status::Active));
}
