//! After an outage holders get their own promise anew, once.

use leasehold_domain::company::Command;
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{Outage, OutageKind, Status};
use serde_json::json;

use super::activate::sweep;
use super::enforce::promised;
use super::reserve::reserved;
use crate::support::ask::renew;
use crate::support::at;
use crate::support::world::{World, names};

/// The ledger was away from the fiftieth second on, until the five hundredth.
const fn outage(world_to: leasehold_domain::time::Timestamp) -> Outage {
    Outage {
        why: OutageKind::Outage,
        from: leasehold_domain::time::Timestamp::EPOCH,
        to: world_to,
        holders: 3,
    }
}

fn after_outage(world: &World, id: LeaseId) -> Command {
    after_outage_until(world, id, 500)
}

fn after_outage_until(world: &World, id: LeaseId, seconds: i64) -> Command {
    let Command::EnforceLease(id, mut enforce) = sweep(world, id) else { panic!("a sweep") };
    enforce.outage = Some(outage(at(seconds)));
    Command::EnforceLease(id, enforce)
}

#[test]
fn a_holder_that_could_not_renew_gets_its_promise_anew_once() {
    let (mut world, lease) = promised();
    world.pass(501);
    assert_eq!(names(&world.accept(after_outage(&world, lease))), ["AmnestyGranted"]);
    assert_eq!(world.lease(lease).expiry.unwrap().expires_at, at(561));
    world.pass(60);
    assert_eq!(names(&world.accept(after_outage(&world, lease)))[0], "Expired");
}

#[test]
fn a_holder_that_renewed_since_needs_no_amnesty() {
    let (mut world, lease) = promised();
    world.pass(505);
    world.accept(renew(lease, json!({"ttlSeconds": 60})));
    world.pass(60);
    assert_eq!(names(&world.accept(after_outage(&world, lease)))[0], "Expired");
    assert_eq!(world.status(lease), Status::Expired);
}

#[test]
fn a_reservation_gets_its_time_anew_too() {
    let (mut world, lease) = reserved();
    world.pass(501);
    assert_eq!(names(&world.accept(after_outage(&world, lease))), ["AmnestyGranted"]);
    assert_eq!(world.lease(lease).due().unwrap().1, at(561));
    world.pass(60);
    assert_eq!(names(&world.accept(after_outage(&world, lease)))[0], "Failed");
}

#[test]
fn a_reservation_gets_no_more_time_with_each_outage_than_it_had() {
    let (mut world, lease) = reserved();
    world.pass(501);
    world.accept(after_outage(&world, lease));
    for (wait, now) in [(99, 600), (139, 739)] {
        world.pass(wait);
        let pardoned = world.accept(after_outage_until(&world, lease, now));
        assert_eq!(names(&pardoned), ["AmnestyGranted"]);
        assert_eq!(world.lease(lease).due().unwrap().1, at(now + 60));
    }
}
