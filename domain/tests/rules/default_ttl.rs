//! The promise that an environment makes for leases that come without one.

use leasehold_domain::lease::{Deadline, Expiry};
use serde_json::json;

use crate::support::ask::{acquire, activate, create, reserve, update};
use crate::support::world::World;
use crate::support::{at, ids};

#[test]
fn a_lease_without_a_promise_gets_its_environments() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"defaultTtlSeconds": 90})));
    let expiry_of = |world: &mut World, body| {
        let lease = world.grant(acquire(id, body));
        world.lease(lease).expiry
    };
    let promised = Some(Expiry { expires_at: at(90), ttl_seconds: Some(90) });
    assert_eq!(expiry_of(&mut world, json!({})), promised);
    let own = Some(Expiry { expires_at: at(30), ttl_seconds: Some(30) });
    assert_eq!(expiry_of(&mut world, json!({"ttlSeconds": 30})), own);
    let said = Some(Expiry { expires_at: at(5), ttl_seconds: None });
    assert_eq!(expiry_of(&mut world, json!({"expiresAt": at(5)})), said);
    world.accept(update(id, json!({"defaultTtlSeconds": null})));
    assert_eq!(expiry_of(&mut world, json!({})), None, "none by default");
}

#[test]
fn a_reservation_gets_it_from_its_activation_on() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"defaultTtlSeconds": 90})));
    let lease = world.grant(reserve(id, json!({"heartbeatRunId": ids::run(1)})));
    world.pass(10);
    world.accept(activate(lease, "sbx-1"));
    assert_eq!(world.lease(lease).due(), Some((Deadline::Expiry, at(100))));
}

#[test]
fn a_change_of_it_is_recorded_and_moves_no_lease() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"defaultTtlSeconds": 90})));
    let lease = world.grant(acquire(id, json!({})));
    world.accept(update(id, json!({"defaultTtlSeconds": 20})));
    assert_eq!(world.environment(id).default_ttl_seconds, Some(20));
    assert_eq!(world.lease(lease).due(), Some((Deadline::Expiry, at(90))));
    let same = world.accept(update(id, json!({"defaultTtlSeconds": 20})));
    assert!(same.events.is_empty());
}
