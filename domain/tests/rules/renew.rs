//! Renewing a lease: a promise of its holder, which never shortens the one before.

use leasehold_domain::fence::Fence;
use leasehold_domain::lease::{
    Acquired, Command, EndKind, Event, Expiry, Phase, Refusal, Renew, Renewed, Status, Ttl,
};
use leasehold_domain::time::Timestamp;

use crate::support::life::{self, active, given, has_ended, is_stale};
use crate::support::{at, ids};

pub(crate) fn command(ttl_seconds: u32, fence: Option<Fence>) -> Command {
    Command::Renew(Renew { ttl_seconds: Ttl(ttl_seconds), fence })
}

/// An active lease that is due at a time, by its holder's promise or by a provider's word.
fn due(expires_at: Timestamp, ttl_seconds: Option<u32>) -> Vec<Event> {
    let expiry = Some(Expiry { expires_at, ttl_seconds });
    vec![Event::LeaseAcquired(Box::new(Acquired { expiry, ..life::grant() }))]
}

fn renewed(expires_at: Timestamp, ttl: u32) -> Vec<Event> {
    let expiry = Expiry { expires_at, ttl_seconds: Some(ttl) };
    vec![Event::LeaseRenewed(Renewed { at: at(30), expiry })]
}

#[tokio::test]
async fn a_lease_that_was_never_due_is_due_after_a_promise() {
    given(active()).when_async(command(60, None)).await.then_expect_events(renewed(at(90), 60));
}

#[tokio::test]
async fn a_promise_moves_the_expiry_on() {
    let facts = given(due(at(40), Some(40)));
    facts.when_async(command(60, None)).await.then_expect_events(renewed(at(90), 60));
}

#[tokio::test]
async fn a_renewal_never_shortens() {
    let facts = given(due(at(1_000), Some(1_000)));
    facts.when_async(command(60, None)).await.then_expect_events(Vec::new());
}

#[tokio::test]
async fn a_renewal_that_moves_less_than_a_tenth_is_no_event() {
    let enough = given(due(at(30 + 90), Some(100)));
    enough.when_async(command(100, None)).await.then_expect_events(Vec::new());
    let short = given(due(at(30 + 90).plus_micros(-1), Some(100)));
    short.when_async(command(100, None)).await.then_expect_events(renewed(at(130), 100));
}

#[tokio::test]
async fn a_promise_takes_the_place_of_a_providers_word_however_late_that_is() {
    let facts = given(due(at(1_000), None));
    facts.when_async(command(60, None)).await.then_expect_events(renewed(at(90), 60));
}

#[tokio::test]
async fn a_lease_past_its_expiry_can_be_renewed_because_no_clock_ends_it() {
    let facts = given(due(at(5), Some(5)));
    facts.when_async(command(60, None)).await.then_expect_events(renewed(at(90), 60));
}

#[tokio::test]
async fn the_newest_fence_may_renew_and_an_older_or_newer_one_may_not() {
    let shown = command(60, Some(life::GRANTED));
    given(active()).when_async(shown).await.then_expect_events(renewed(at(90), 60));
    for fence in [Fence(999), Fence(1_001)] {
        let shown = command(60, Some(fence));
        given(active()).when_async(shown).await.then_expect_error(is_stale(fence));
    }
}

#[tokio::test]
async fn a_retained_lease_cannot_be_renewed() {
    let refusal = Refusal::LeaseNotActive {
        lease_id: ids::lease(1),
        current_status: Status::Retained,
        current_phase: Phase::Retained,
    };
    given(life::retained()).when_async(command(60, None)).await.then_expect_error(refusal);
}

#[tokio::test]
async fn a_lease_that_has_ended_cannot_be_renewed() {
    for kind in EndKind::ALL {
        let facts = given(life::ended(*kind));
        facts.when_async(command(60, None)).await.then_expect_error(has_ended(*kind));
    }
}

#[tokio::test]
async fn an_older_holder_hears_of_its_fence_before_the_state() {
    let shown = command(60, Some(Fence(999)));
    let facts = given(life::ended(EndKind::Released));
    facts.when_async(shown).await.then_expect_error(is_stale(Fence(999)));
}

#[test]
fn a_renewal_is_no_use_of_the_lease() {
    let mut lease = leasehold_domain::lease::Lease::default();
    for event in active().into_iter().chain(renewed(at(90), 60)) {
        lease.apply(&event);
    }
    let record = lease.record.unwrap();
    assert_eq!((record.last_used_at, record.updated_at), (at(0), at(30)));
    let expiry = Expiry { expires_at: at(90), ttl_seconds: Some(60) };
    assert_eq!((record.expiry, lease.version), (Some(expiry), 2));
}
