//! Retaining a lease: it is kept after its run.

use leasehold_domain::fence::Fence;
use leasehold_domain::lease::{
    CleanupStatus, Command, Disposition, EndKind, Event, Lease, Phase, Retain, Retained, Status,
};

use crate::support::life::{self, active, given, has_ended, is_stale, retained};
use crate::support::{at, reason};

pub(crate) fn plainly() -> Retain {
    Retain {
        failure_reason: None,
        cleanup_status: None,
        retain_until: None,
        provider_resource_disposition: None,
        fence: None,
    }
}

fn kept() -> Retained {
    Retained {
        at: at(30),
        failure_reason: None,
        cleanup_status: None,
        retain_until: None,
        provider_resource_disposition: None,
    }
}

#[tokio::test]
async fn an_active_lease_can_be_retained() {
    let retain = Retain {
        failure_reason: Some(reason("tests failed")),
        cleanup_status: Some(CleanupStatus::Pending),
        retain_until: Some(at(500)),
        provider_resource_disposition: Some(Disposition::StopAndRetain),
        fence: Some(life::GRANTED),
    };
    let expected = Retained {
        at: at(30),
        failure_reason: Some(reason("tests failed")),
        cleanup_status: Some(CleanupStatus::Pending),
        retain_until: Some(at(500)),
        provider_resource_disposition: Some(Disposition::StopAndRetain),
    };
    given(active())
        .when_async(Command::Retain(retain))
        .await
        .then_expect_events(vec![Event::Retained(expected)]);
}

#[tokio::test]
async fn retaining_needs_no_reason() {
    given(active())
        .when_async(Command::Retain(plainly()))
        .await
        .then_expect_events(vec![Event::Retained(kept())]);
}

#[tokio::test]
async fn retaining_again_is_no_event() {
    let again = [
        plainly(),
        Retain { failure_reason: Some(reason("tests failed")), ..plainly() },
        Retain { retain_until: Some(at(3_600)), ..plainly() },
    ];
    for retain in again {
        let facts = given(retained());
        facts.when_async(Command::Retain(retain)).await.then_expect_events(Vec::new());
    }
}

#[tokio::test]
async fn what_is_new_about_a_retained_lease_is_recorded() {
    let until = Some(at(3_600));
    let new = [
        (
            Retain { failure_reason: Some(reason("lint failed")), ..plainly() },
            Retained { failure_reason: Some(reason("lint failed")), retain_until: until, ..kept() },
        ),
        (
            Retain { cleanup_status: Some(CleanupStatus::Failed), ..plainly() },
            Retained { cleanup_status: Some(CleanupStatus::Failed), retain_until: until, ..kept() },
        ),
        (
            Retain { provider_resource_disposition: Some(Disposition::Destroy), ..plainly() },
            Retained {
                provider_resource_disposition: Some(Disposition::Destroy),
                retain_until: until,
                ..kept()
            },
        ),
        (
            Retain { retain_until: Some(at(7_200)), ..plainly() },
            Retained { retain_until: Some(at(7_200)), ..kept() },
        ),
    ];
    for (retain, expected) in new {
        given(retained())
            .when_async(Command::Retain(retain))
            .await
            .then_expect_events(vec![Event::Retained(expected)]);
    }
}

#[tokio::test]
async fn a_lease_that_has_ended_cannot_be_retained() {
    for kind in EndKind::ALL {
        let facts = given(life::ended(*kind));
        facts.when_async(Command::Retain(plainly())).await.then_expect_error(has_ended(*kind));
    }
}

#[tokio::test]
async fn an_older_holder_cannot_retain() {
    let retain = Retain { fence: Some(Fence(999)), ..plainly() };
    for events in [active(), retained(), life::ended(EndKind::Failed)] {
        let facts = given(events);
        let refused = facts.when_async(Command::Retain(retain.clone())).await;
        refused.then_expect_error(is_stale(Fence(999)));
    }
}

#[test]
fn a_retained_lease_has_no_end_and_keeps_its_run() {
    let mut lease = Lease::default();
    for event in retained() {
        lease.apply(&event);
    }
    let record = lease.record.as_deref().unwrap();
    assert_eq!((record.status(), record.phase()), (Status::Retained, Phase::Retained));
    assert_eq!((record.released_at, record.ending()), (None, None));
    assert_eq!(record.heartbeat_run_id, life::grant().heartbeat_run_id);
    assert_eq!((record.last_used_at, record.updated_at), (at(10), at(10)));
    assert_eq!(record.failure_reason, Some(reason("tests failed")));
    assert_eq!((record.retain_until, record.fence), (Some(at(3_600)), life::GRANTED));
    let later = Retained { cleanup_status: Some(CleanupStatus::Pending), ..kept() };
    lease.apply(&Event::Retained(later));
    lease.apply(&Event::Retained(kept()));
    let record = lease.record.unwrap();
    assert_eq!(record.failure_reason, Some(reason("tests failed")), "what is not told stays");
    assert_eq!(record.cleanup_status, Some(CleanupStatus::Pending));
    assert!(record.has_open_cleanup());
}
