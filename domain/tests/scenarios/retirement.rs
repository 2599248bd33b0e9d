//! An environment retires: no new leases, the old ones drain, cleanups are done, the name is free.

use leasehold_domain::environment::InUse;
use serde_json::json;

use crate::support::ask::{acquire, archive, create, release, remove, retain};
use crate::support::world::World;

fn reasons(world: &mut World, id: leasehold_domain::id::EnvironmentId) -> serde_json::Value {
    let (_, evidence) = world.refuse(remove(id)).code_and_evidence().unwrap();
    evidence["reasons"].clone()
}

#[test]
fn an_environment_retires_when_its_last_lease_and_cleanup_are_done() {
    let mut world = World::new();
    let id = world.make(create("old box", json!({})));
    let busy = world.grant(acquire(id, json!({})));
    let kept = world.grant(acquire(id, json!({"leasePolicy": "retain_on_failure"})));
    world.accept(retain(kept, json!({"failureReason": "tests failed"})));

    world.accept(archive(id));
    world.refuse(acquire(id, json!({})));
    let all = json!([InUse::ActiveLease, InUse::RetainedLease]);
    assert_eq!(reasons(&mut world, id), all);

    world.accept(release(busy, json!({})));
    assert_eq!(reasons(&mut world, id), json!([InUse::RetainedLease]));
    world.accept(release(kept, json!({"status": "expired", "cleanupStatus": "pending"})));
    assert_eq!(reasons(&mut world, id), json!([InUse::OpenCleanup]));
    world.accept(release(kept, json!({"status": "expired", "cleanupStatus": "failed"})));
    assert_eq!(reasons(&mut world, id), json!([InUse::OpenCleanup]));
    world.accept(release(kept, json!({"status": "expired", "cleanupStatus": "success"})));

    world.accept(remove(id));
    world.make(create("old box", json!({})));
    assert_eq!(world.lease(kept).environment_id, id, "what was stays known");
}
