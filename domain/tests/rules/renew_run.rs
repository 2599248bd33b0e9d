//! Renewing a run: a promise for all its active leases.

use leasehold_domain::company::Answer;
use serde_json::json;

use crate::support::ask::{acquire, create, end_run, renew_run, retain};
use crate::support::world::{World, names};
use crate::support::{at, ids};

#[test]
fn every_active_lease_of_the_run_is_renewed_where_that_moves_its_expiry() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let mut hold = |run, ttl: u32| {
        let body = json!({"heartbeatRunId": ids::run(run), "ttlSeconds": ttl});
        world.grant(acquire(id, body))
    };
    let [short, long, kept, other] = [hold(1, 10), hold(1, 900), hold(1, 10), hold(2, 10)];
    world.accept(retain(kept, json!({})));
    world.pass(5);
    let decision = world.accept(renew_run(ids::run(1), 60));
    assert_eq!(names(&decision), ["LeaseRenewed"]);
    assert_eq!(decision.answer, Answer::Run(ids::run(1), vec![short, long]));
    let due = |lease| world.lease(lease).expiry.unwrap().expires_at;
    assert_eq!([due(short), due(long)], [at(65), at(900)]);
    assert_eq!([due(kept), due(other)], [at(10), at(10)]);
}

#[test]
fn a_run_without_active_leases_renews_nothing() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.accept(acquire(id, json!({"heartbeatRunId": ids::run(1)})));
    world.accept(end_run(ids::run(1), "succeeded"));
    for run in [1, 9] {
        let decision = world.accept(renew_run(ids::run(run), 60));
        assert!(names(&decision).is_empty());
        assert_eq!(decision.answer, Answer::Run(ids::run(run), Vec::new()));
    }
}
