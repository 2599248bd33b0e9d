//! Claiming cleanups: oldest first, each to one janitor.

use leasehold_domain::company::Answer;
use leasehold_domain::fence::Fence;
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{CleanupState, CleanupStatus, Deadline};
use serde_json::json;

use crate::support::ask::{acquire, claim, create, import, release};
use crate::support::world::{World, names};
use crate::support::{at, ids, label, life};

/// Leases that left something behind, a second apart, the first at the start.
pub(crate) fn left_behind(count: u32) -> (World, Vec<LeaseId>) {
    let mut world = World::new();
    let id = world.make(create("box", json!({"driver": "sandbox"})));
    let leases = (0..count).map(|number| {
        let resource = json!({"providerLeaseId": format!("sbx-{number}")});
        let lease = world.grant(acquire(id, resource));
        world.accept(release(lease, json!({})));
        world.pass(1);
        lease
    });
    let leases = leases.collect();
    (world, leases)
}

#[test]
fn what_has_waited_longest_is_claimed_first() {
    let (mut world, leases) = left_behind(3);
    let first = world.accept(claim(2, 60));
    assert_eq!(first.answer, Answer::Cleanups(leases[..2].to_vec()));
    assert_eq!(names(&first), ["CleanupClaimed", "CleanupClaimed"]);
    assert_eq!(world.accept(claim(2, 60)).answer, Answer::Cleanups(leases[2..].to_vec()));
    assert_eq!(world.accept(claim(2, 60)).answer, Answer::Cleanups(Vec::new()), "each to one");
}

#[test]
fn a_claim_has_an_owner_a_deadline_an_attempt_and_a_fence_of_its_own() {
    let (mut world, leases) = left_behind(2);
    world.accept(claim(2, 60));
    for (place, lease) in (1..).zip(&leases) {
        let cleanup = world.lease(*lease).cleanup.as_deref().unwrap();
        let held = cleanup.claim.as_ref().unwrap();
        assert_eq!((cleanup.state, cleanup.attempt), (CleanupState::Claimed, 1));
        assert_eq!((&held.owner, held.until), (&label("janitor-1"), at(62)));
        assert_eq!(held.fence, Fence((1 << 40) + 7 + place), "the place of its event");
        assert_eq!(cleanup.due(), Some((Deadline::Claim, at(62))));
        assert_eq!(world.lease(*lease).cleanup_status, Some(CleanupStatus::Pending));
    }
}

#[test]
fn a_claim_that_lapsed_goes_to_the_next_janitor_as_a_failed_attempt() {
    let (mut world, leases) = left_behind(1);
    world.accept(claim(1, 60));
    let first = world.lease(leases[0]).cleanup.as_ref().unwrap().last_fence.unwrap();
    world.pass(59);
    assert!(names(&world.accept(claim(1, 60))).is_empty());
    world.pass(1);
    let decision = world.accept(claim(1, 60));
    assert_eq!(names(&decision), ["CleanupFailed", "CleanupClaimed"]);
    let cleanup = world.lease(leases[0]).cleanup.as_deref().unwrap();
    assert_eq!(cleanup.attempt, 2);
    assert_eq!(cleanup.failure.as_ref().unwrap().kind, label("claim_lapsed"));
    let second = cleanup.last_fence.unwrap();
    assert!(second > first);
    assert_eq!(second.0, (1 << 40) + world.log.len() as u64, "the place of its own event");
}

#[test]
fn a_cleanup_that_was_only_imported_as_a_word_is_claimed_too() {
    let mut world = World::new();
    let mut events = life::active();
    events.push(leasehold_domain::lease::Event::Failed(Box::new(leasehold_domain::lease::Ended {
        cleanup_status: Some(CleanupStatus::Failed),
        ..life::end()
    })));
    let events = events.into_iter().map(leasehold_domain::stream::Event::Lease).collect();
    world.accept(import(ids::lease(1), events));
    world.pass(20);
    assert_eq!(world.accept(claim(5, 60)).answer, Answer::Cleanups(vec![ids::lease(1)]));
}
