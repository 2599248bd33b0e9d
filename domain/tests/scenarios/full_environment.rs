//! A full environment: who comes too late is told who holds it, and gets in when one leaves.

use leasehold_domain::company::Refusal;
use leasehold_domain::environment::Refusal as EnvironmentRefusal;
use serde_json::json;

use crate::support::ask::{acquire, create, release, release_run, retain, update};
use crate::support::ids;
use crate::support::world::World;

#[test]
fn two_places_are_shared_by_five_runs() {
    let mut world = World::new();
    let id = world.make(create("build farm", json!({"capacity": 2})));
    let by = |run| {
        let policy = "reuse_by_environment";
        acquire(id, json!({"heartbeatRunId": ids::run(run), "leasePolicy": policy}))
    };
    let first = world.grant(by(1));
    let second = world.grant(by(2));

    let refusal = world.refuse(by(3));
    assert!(refusal.is_retryable(), "time alone may cure it");
    let Refusal::Environment(EnvironmentRefusal::CapacityExhausted { conflicting, .. }) = refusal
    else {
        panic!("{refusal}")
    };
    let runs: Vec<_> = conflicting.iter().map(|holder| holder.run_id).collect();
    assert_eq!(runs, [Some(ids::run(1)), Some(ids::run(2))]);

    world.accept(release(first, json!({})));
    let third = world.grant(by(3));
    world.accept(retain(second, json!({})));
    world.refuse(by(4));
    world.accept(release(second, json!({"cleanupStatus": "pending"})));
    world.grant(by(4));

    world.accept(update(id, json!({"capacity": 1})));
    assert_eq!(world.company.index().holders_count(id), 2, "nobody is thrown out");
    world.accept(release(third, json!({})));
    world.refuse(by(5));
    world.accept(release_run(ids::run(4), json!({})));
    world.grant(by(5));

    world.accept(update(id, json!({"capacity": null})));
    for _ in 0..10 {
        world.grant(by(5));
    }
}
