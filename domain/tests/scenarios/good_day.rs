//! A good day: a run gets its lease, keeps its promise, takes notes and comes to its end.

use leasehold_domain::lease::{Cause, Status};
use serde_json::json;

use crate::support::ask::{acquire, end_run, ensure_local, patch_metadata, renew};
use crate::support::read::object;
use crate::support::world::World;
use crate::support::{at, ids};

#[test]
fn a_run_works_on_its_machine_and_finishes() {
    let mut world = World::new();
    let laptop = world.make(ensure_local());

    world.pass(60);
    let lease = world.grant(acquire(
        laptop,
        json!({
            "heartbeatRunId": ids::run(1), "issueId": ids::issue(1), "agentId": ids::agent(1),
            "ttlSeconds": 120, "metadata": {"branch": "main"},
        }),
    ));
    let fence = world.lease(lease).fence;

    for _ in 0..5 {
        world.pass(30);
        world.accept(renew(lease, json!({"ttlSeconds": 120, "fence": fence})));
    }
    assert_eq!(world.lease(lease).expiry.unwrap().expires_at, at(60 + 150 + 120));

    world.accept(patch_metadata(lease, &json!({"commit": "c0ffee"})));
    world.pass(30);
    world.accept(end_run(ids::run(1), "succeeded"));

    let record = world.lease(lease);
    assert_eq!((record.status(), record.released_at), (Status::Released, Some(at(240))));
    assert_eq!((record.failure_reason.as_ref(), record.cleanup_status), (None, None));
    assert_eq!(record.ending().unwrap().cause, Cause::RunEnd);
    assert_eq!(record.metadata, Some(object(json!({"branch": "main", "commit": "c0ffee"}))));
    assert_eq!((record.acquired_at, record.last_used_at), (at(60), at(240)));
    assert_eq!(world.company.index().hanging(laptop).count(), 0);

    let told: Vec<_> = world.log.iter().map(|decided| decided.event.name()).collect();
    let begin: &[&str] = &["Created", "LeaseAcquired"];
    let end = ["MetadataUpdated", "RunEnded", "Released"];
    assert_eq!(told, [begin, &["LeaseRenewed"; 5], &end].concat());
}
