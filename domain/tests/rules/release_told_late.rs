//! What is told of a lease after its end: appended when it is new, never moving the end.

use leasehold_domain::json::JsonObject;
use leasehold_domain::lease::{
    Amended, CleanupStatus, Command, Disposition, End, EndKind, Ended, Event, Lease,
};
use serde_json::json;

use super::release::plainly;
use crate::support::life::{self, active, given, has_ended, status_of};
use crate::support::read::object;
use crate::support::{at, ids, reason};

fn receipt() -> JsonObject {
    object(json!({"exitCode": 0}))
}

/// A lease that failed, about which everything was told.
fn told() -> Vec<Event> {
    let mut events = active();
    events.push(Event::Failed(Box::new(Ended {
        failure_reason: Some(reason("out of memory")),
        cleanup_status: Some(CleanupStatus::Pending),
        remote_execution_termination: Some(receipt()),
        ..life::end()
    })));
    events
}

fn amended() -> Amended {
    Amended {
        at: at(30),
        failure_reason: None,
        cleanup_status: None,
        remote_execution_termination: None,
        replaced_by_lease_id: None,
        provider_lease_id: None,
        imported: None,
    }
}

fn again() -> End {
    plainly(EndKind::Failed)
}

async fn tells(end: End, expected: Vec<Amended>) {
    let events = expected.into_iter().map(|amended| Event::Amended(Box::new(amended)));
    given(told())
        .when_async(Command::End(Box::new(end)))
        .await
        .then_expect_events(events.collect());
}

#[tokio::test]
async fn a_reason_that_comes_late_is_appended() {
    let end = End { failure_reason: Some(reason("disk full")), ..again() };
    let expected = Amended { failure_reason: Some(reason("disk full")), ..amended() };
    tells(end, vec![expected]).await;
}

#[tokio::test]
async fn a_cleanup_word_that_comes_late_is_appended() {
    let end = End { cleanup_status: Some(CleanupStatus::Success), ..again() };
    let expected = Amended { cleanup_status: Some(CleanupStatus::Success), ..amended() };
    tells(end, vec![expected]).await;
}

#[tokio::test]
async fn a_receipt_that_comes_late_is_appended() {
    let other = object(json!({"exitCode": 9}));
    let end = End { remote_execution_termination: Some(other.clone()), ..again() };
    let expected = Amended { remote_execution_termination: Some(other), ..amended() };
    tells(end, vec![expected]).await;
}

#[tokio::test]
async fn what_is_known_already_is_not_told_again() {
    let known = End {
        failure_reason: Some(reason("out of memory")),
        cleanup_status: Some(CleanupStatus::Pending),
        remote_execution_termination: Some(receipt()),
        ..again()
    };
    tells(known.clone(), Vec::new()).await;
    let more = End { cleanup_status: Some(CleanupStatus::Failed), ..known };
    let expected = Amended { cleanup_status: Some(CleanupStatus::Failed), ..amended() };
    tells(more, vec![expected]).await;
}

#[tokio::test]
async fn a_disposition_that_comes_late_is_nothing_new() {
    let end = End { provider_resource_disposition: Some(Disposition::Destroy), ..again() };
    tells(end, Vec::new()).await;
}

#[tokio::test]
async fn nothing_is_appended_to_another_end() {
    let late = End { failure_reason: Some(reason("x")), ..plainly(EndKind::Released) };
    let facts = given(life::ended(EndKind::Failed));
    let refused = facts.when_async(Command::End(Box::new(late))).await;
    refused.then_expect_error(has_ended(EndKind::Failed));
}

fn folded(events: Vec<Event>) -> Lease {
    let mut lease = Lease::default();
    for event in events {
        lease.apply(&event);
    }
    lease
}

#[test]
fn what_is_not_told_late_stays_as_it_was() {
    let mut lease = folded(told());
    let before = lease.record.clone().unwrap();
    lease.apply(&Event::Amended(Box::new(Amended {
        replaced_by_lease_id: Some(ids::lease(2)),
        ..amended()
    })));
    lease.apply(&Event::Amended(Box::new(amended())));
    let after = lease.record.unwrap();
    assert_eq!(after.failure_reason, before.failure_reason);
    assert_eq!((after.cleanup_status, after.metadata), (before.cleanup_status, before.metadata));
    assert_eq!(after.replaced_by_lease_id, Some(ids::lease(2)));
}

#[test]
fn what_is_told_late_moves_nothing_but_itself() {
    for kind in EndKind::ALL {
        let mut lease = folded(life::ended(*kind));
        let before = lease.record.clone().unwrap();
        lease.apply(&Event::Amended(Box::new(Amended {
            failure_reason: Some(reason("late")),
            cleanup_status: Some(CleanupStatus::Failed),
            remote_execution_termination: Some(receipt()),
            ..amended()
        })));
        let after = lease.record.unwrap();
        assert_eq!(after.failure_reason, Some(reason("late")));
        assert_eq!(after.cleanup_status, Some(CleanupStatus::Failed));
        let metadata = object(json!({"remoteExecutionTermination": {"exitCode": 0}}));
        assert_eq!(after.metadata, Some(metadata));
        assert_eq!((after.standing.clone(), after.status()), (before.standing, status_of(*kind)));
        assert_eq!((after.released_at, after.last_used_at), (Some(at(20)), at(20)));
        assert_eq!((after.updated_at, lease.version), (at(30), 3));
    }
}
