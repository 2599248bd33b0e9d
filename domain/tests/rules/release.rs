//! Ending a lease, in one of three ways; each end is final.

use leasehold_domain::actor::Actor;
use leasehold_domain::fence::Fence;
use leasehold_domain::lease::{
    Cause, CleanupReason, CleanupStatus, Command, Disposition, End, EndKind, Ended, Event, Lease,
    Phase, Requested, Retained,
};
use leasehold_domain::time::Timestamp;
use serde_json::json;

use crate::support::life::{
    self, active, ended_as, given, has_ended, is_stale, retained, status_of,
};
use crate::support::read::object;
use crate::support::{at, reason};

pub(crate) fn plainly(status: EndKind) -> End {
    End {
        status,
        cause: Cause::Release,
        failure_reason: None,
        cleanup_status: None,
        fence: None,
        provider_resource_disposition: None,
        remote_execution_termination: None,
    }
}

/// The end that is decided in the thirtieth second.
fn decided() -> Ended {
    Ended { at: at(30), by: Actor::system("heartbeat"), ..life::end() }
}

#[tokio::test]
async fn an_open_lease_can_end_in_each_way() {
    for kind in EndKind::ALL {
        for open in [active(), retained()] {
            let done = Some(CleanupStatus::Success);
            let told = End { cleanup_status: done, ..plainly(*kind) };
            let expected = Ended { cleanup_status: done, ..decided() };
            given(open)
                .when_async(Command::End(Box::new(told)))
                .await
                .then_expect_events(vec![ended_as(*kind, expected)]);
        }
    }
}

#[tokio::test]
async fn everything_that_is_told_with_an_end_is_recorded() {
    let end = End {
        cause: Cause::RunEnd,
        failure_reason: Some(reason("out of memory")),
        cleanup_status: Some(CleanupStatus::Pending),
        fence: Some(life::GRANTED),
        provider_resource_disposition: Some(Disposition::Destroy),
        remote_execution_termination: Some(object(json!({"exitCode": 137}))),
        ..plainly(EndKind::Failed)
    };
    let expected = Ended {
        cause: Cause::RunEnd,
        failure_reason: Some(reason("out of memory")),
        cleanup_status: Some(CleanupStatus::Pending),
        provider_resource_disposition: Some(Disposition::Destroy),
        remote_execution_termination: Some(object(json!({"exitCode": 137}))),
        ..decided()
    };
    given(active()).when_async(Command::End(Box::new(end))).await.then_expect_events(vec![
        Event::Failed(Box::new(expected)),
        requested(CleanupReason::ToldPending, at(30), 0),
    ]);
}

/// A cleanup that is asked for in the thirtieth second.
pub(crate) fn requested(reason: CleanupReason, due_at: Timestamp, attempt: u32) -> Event {
    Event::CleanupRequested(Requested { at: at(30), reason, due_at, attempt })
}

#[tokio::test]
async fn the_same_end_again_is_no_event() {
    for kind in EndKind::ALL {
        let facts = given(life::ended(*kind));
        let again = facts.when_async(Command::End(Box::new(plainly(*kind)))).await;
        again.then_expect_events(Vec::new());
    }
}

#[tokio::test]
async fn another_end_is_refused_with_the_one_that_it_has() {
    for had in EndKind::ALL {
        for asked in EndKind::ALL.iter().filter(|asked| *asked != had) {
            let facts = given(life::ended(*had));
            let refused = facts.when_async(Command::End(Box::new(plainly(*asked)))).await;
            refused.then_expect_error(has_ended(*had));
        }
    }
}

#[tokio::test]
async fn an_older_holder_cannot_end_a_lease() {
    let end = End { fence: Some(Fence(999)), ..plainly(EndKind::Released) };
    for events in [active(), retained(), life::ended(EndKind::Released)] {
        let facts = given(events);
        let refused = facts.when_async(Command::End(Box::new(end.clone()))).await;
        refused.then_expect_error(is_stale(Fence(999)));
    }
}

fn folded(events: Vec<Event>) -> leasehold_domain::lease::Record {
    let mut lease = Lease::default();
    for event in events {
        lease.apply(&event);
    }
    *lease.record.unwrap()
}

#[test]
fn a_lease_that_has_ended_says_how_and_when_and_by_whom() {
    for kind in EndKind::ALL {
        let record = folded(life::ended(*kind));
        assert_eq!((record.status(), record.phase()), (status_of(*kind), Phase::Ended));
        let ending = record.ending().unwrap();
        assert_eq!((ending.kind, ending.at, ending.cause), (*kind, at(20), Cause::Release));
        assert_eq!(ending.by, Actor::system("reaper"));
        let times = [record.released_at, Some(record.last_used_at), Some(record.updated_at)];
        assert_eq!(times, [Some(at(20)); 3]);
    }
}

#[test]
fn an_end_keeps_what_was_known_and_adds_what_it_tells() {
    let mut events = retained();
    events.push(Event::Expired(Box::new(Ended {
        cleanup_status: Some(CleanupStatus::Failed),
        remote_execution_termination: Some(object(json!({"signal": "TERM"}))),
        ..life::end()
    })));
    let record = folded(events);
    assert_eq!(record.failure_reason, Some(reason("tests failed")), "told when it was retained");
    assert_eq!(record.cleanup_status, Some(CleanupStatus::Failed));
    assert!(record.has_open_cleanup());
    let metadata = object(json!({"remoteExecutionTermination": {"signal": "TERM"}}));
    assert_eq!(record.metadata, Some(metadata));
}

#[test]
fn an_end_that_says_nothing_of_the_cleanup_leaves_the_word_that_was_told() {
    let mut events = active();
    events.push(Event::Retained(Retained {
        at: at(10),
        failure_reason: None,
        cleanup_status: Some(CleanupStatus::Pending),
        retain_until: None,
        provider_resource_disposition: None,
    }));
    events.push(Event::Released(Box::new(life::end())));
    let record = folded(events);
    assert_eq!(record.cleanup_status, Some(CleanupStatus::Pending));
    assert!(record.has_open_cleanup());
}

#[test]
fn a_providers_receipt_stands_among_the_notes() {
    let mut events = active();
    events.push(Event::MetadataUpdated(leasehold_domain::lease::MetadataUpdated {
        at: at(5),
        metadata: Some(object(json!({"a": 1, "remoteExecutionTermination": {"old": true}}))),
    }));
    let receipt = Some(object(json!({"new": true})));
    let ended = Ended { remote_execution_termination: receipt, ..life::end() };
    events.push(Event::Released(Box::new(ended)));
    let expected = json!({"a": 1, "remoteExecutionTermination": {"new": true}});
    assert_eq!(folded(events).metadata, Some(object(expected)));
}

#[test]
fn a_cleanup_is_open_until_it_has_succeeded() {
    let cases = [
        (None, false),
        (Some(CleanupStatus::Pending), true),
        (Some(CleanupStatus::Failed), true),
        (Some(CleanupStatus::Success), false),
    ];
    for (cleanup_status, is_open) in cases {
        let mut events = active();
        events.push(Event::Released(Box::new(Ended { cleanup_status, ..life::end() })));
        assert_eq!(folded(events).has_open_cleanup(), is_open, "{cleanup_status:?}");
    }
}
