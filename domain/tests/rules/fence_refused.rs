//! Whoever acts with an older fence is refused, and the log says who, and how late.

use leasehold_domain::company::Command;
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::Event;
use leasehold_domain::limits::REFUSED_FENCES_MAX;
use leasehold_domain::stream;
use serde_json::json;

use super::enforce::promised;
use super::reserve::code;
use crate::support::ask::{release, renew, resume, retain};
use crate::support::ids;
use crate::support::world::World;

/// A lease that run 2 holds since the tenth second, and the fence that run 1 had.
fn overtaken() -> (World, LeaseId, u64) {
    let (mut world, lease) = promised();
    let old = world.lease(lease).fence.0;
    world.accept(retain(lease, json!({})));
    world.pass(10);
    world.accept(resume(lease, ids::run(2)));
    (world, lease, old)
}

fn refused(world: &World) -> usize {
    world.log.iter().filter(|decided| decided.event.name() == "FenceRefused").count()
}

fn late(lease: LeaseId, fence: u64) -> Command {
    renew(lease, json!({"ttlSeconds": 60, "fence": fence}))
}

#[test]
fn an_older_fence_is_refused_and_recorded_once() {
    let (mut world, lease, old) = overtaken();
    world.pass(7);
    assert_eq!(code(&world.refuse(late(lease, old))), "stale_fence");
    let stream::Event::Lease(Event::FenceRefused(told)) = &world.log.last().unwrap().event else {
        panic!("{:?}", world.log.last());
    };
    assert_eq!((told.fence.0, told.late_seconds), (old, 7));
    assert_eq!((told.current_fence, &told.by), (world.lease(lease).fence, &world.actor));
    assert_eq!(code(&world.refuse(release(lease, json!({"fence": old})))), "stale_fence");
    assert_eq!(refused(&world), 1, "a mistake that is repeated does not fill the log");
}

#[test]
fn a_fence_that_was_never_granted_is_refused_without_a_trace() {
    let (mut world, lease, _) = overtaken();
    let newer = world.lease(lease).fence.0 + 1;
    assert_eq!(code(&world.refuse(late(lease, newer))), "stale_fence");
    assert_eq!(refused(&world), 0);
}

#[test]
fn a_holder_that_guesses_cannot_fill_the_log() {
    let (mut world, lease, _) = overtaken();
    for fence in 0..40 {
        world.refuse(late(lease, fence));
    }
    assert_eq!(refused(&world), REFUSED_FENCES_MAX);
    world.accept(resume(lease, ids::run(2)));
    world.refuse(late(lease, 1));
    assert_eq!(refused(&world), REFUSED_FENCES_MAX + 1, "a new grant begins anew");
}
