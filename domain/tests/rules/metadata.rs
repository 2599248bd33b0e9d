//! Writing a lease's notes: replaced or merged, in any state of the lease.

use leasehold_domain::lease::{
    Acquired, Command, EndKind, Event, Facts, Lease, MetadataUpdated, Refusal, SetMetadata, Status,
    decide,
};
use leasehold_domain::limits::Limits;
use serde_json::{Value, json};

use crate::support::life::{self, given};
use crate::support::read::object;
use crate::support::{at, ids};

pub(crate) fn command(metadata: Option<Value>, merge: bool, if_version: Option<u64>) -> Command {
    Command::SetMetadata(SetMetadata { metadata: metadata.map(object), merge, if_version })
}

/// An active lease with notes.
fn noted(metadata: Value) -> Vec<Event> {
    let metadata = Some(object(metadata));
    vec![Event::LeaseAcquired(Box::new(Acquired { metadata, ..life::grant() }))]
}

fn written(metadata: Option<Value>) -> Vec<Event> {
    let metadata = metadata.map(object);
    vec![Event::MetadataUpdated(MetadataUpdated { at: at(30), metadata })]
}

#[tokio::test]
async fn notes_are_replaced_whole() {
    let set = command(Some(json!({"b": 2})), false, None);
    let facts = given(noted(json!({"a": 1})));
    facts.when_async(set).await.then_expect_events(written(Some(json!({"b": 2}))));
}

#[tokio::test]
async fn null_clears_the_notes_whether_they_are_replaced_or_merged() {
    for merge in [false, true] {
        let facts = given(noted(json!({"a": 1})));
        facts.when_async(command(None, merge, None)).await.then_expect_events(written(None));
    }
}

#[tokio::test]
async fn a_patch_keeps_what_it_does_not_name() {
    let set = command(Some(json!({"b": 2, "c": null})), true, None);
    let facts = given(noted(json!({"a": 1, "c": 3})));
    facts.when_async(set).await.then_expect_events(written(Some(json!({"a": 1, "b": 2}))));
}

#[tokio::test]
async fn a_patch_of_no_notes_makes_them() {
    let set = command(Some(json!({"b": {"c": null}})), true, None);
    given(life::active()).when_async(set).await.then_expect_events(written(Some(json!({"b": {}}))));
}

#[tokio::test]
async fn the_same_notes_again_are_no_event() {
    let same = [
        command(Some(json!({"a": 1})), false, None),
        command(Some(json!({"a": 1})), true, None),
        command(Some(json!({})), true, None),
        command(Some(json!({"z": null})), true, None),
    ];
    for set in same {
        given(noted(json!({"a": 1}))).when_async(set).await.then_expect_events(Vec::new());
    }
    let cleared = command(None, false, None);
    given(life::active()).when_async(cleared).await.then_expect_events(Vec::new());
}

#[tokio::test]
async fn a_number_written_otherwise_is_another_number() {
    let set = command(serde_json::from_str(r#"{"a": 1.0}"#).unwrap(), false, None);
    let expected = written(Some(serde_json::from_str(r#"{"a": 1.0}"#).unwrap()));
    given(noted(json!({"a": 1}))).when_async(set).await.then_expect_events(expected);
}

#[tokio::test]
async fn notes_meant_for_another_version_are_refused() {
    for expected_version in [0, 2] {
        let set = command(Some(json!({"b": 2})), false, Some(expected_version));
        let refusal = Refusal::VersionMismatch {
            lease_id: ids::lease(1),
            current_version: 1,
            expected_version,
        };
        given(life::active()).when_async(set).await.then_expect_error(refusal);
    }
    let set = command(Some(json!({"b": 2})), false, Some(1));
    given(life::active()).when_async(set).await.then_expect_events(written(Some(json!({"b": 2}))));
}

#[test]
fn a_merge_over_the_limit_is_refused() {
    let mut lease = Lease::default();
    for event in noted(json!({"a": "x".repeat(40)})) {
        lease.apply(&event);
    }
    let narrow = Facts { limits: Limits { json_bytes_max: 60 }, ..life::facts() };
    let patch = |text: &str| command(Some(json!({"b": text})), true, None);
    let refusal = Refusal::TooLarge { lease_id: ids::lease(1), bytes_max: 60 };
    assert_eq!(decide(&lease, &patch(&"y".repeat(20)), &narrow), Err(refusal));
    assert!(decide(&lease, &patch("y"), &narrow).is_ok());
}

#[tokio::test]
async fn notes_can_be_written_in_every_state() {
    let mut lives = vec![life::active(), life::retained()];
    lives.extend(EndKind::ALL.iter().map(|kind| life::ended(*kind)));
    for life in lives {
        let set = command(Some(json!({"b": 2})), false, None);
        given(life).when_async(set).await.then_expect_events(written(Some(json!({"b": 2}))));
    }
}

fn after_notes(events: Vec<Event>) -> leasehold_domain::lease::Record {
    let mut lease = Lease::default();
    for event in events.into_iter().chain(written(Some(json!({"b": 2})))) {
        lease.apply(&event);
    }
    *lease.record.unwrap()
}

#[test]
fn writing_notes_is_a_use_while_the_lease_is_open() {
    for events in [life::active(), life::retained()] {
        let record = after_notes(events);
        assert_eq!((record.last_used_at, record.updated_at), (at(30), at(30)));
        assert_eq!(record.metadata, Some(object(json!({"b": 2}))));
    }
}

#[test]
fn notes_after_the_end_move_neither_the_status_nor_the_last_use() {
    for kind in EndKind::ALL {
        let record = after_notes(life::ended(*kind));
        assert_eq!((record.last_used_at, record.updated_at), (at(20), at(30)));
        assert_eq!((record.released_at, record.status()), (Some(at(20)), life::status_of(*kind)));
        assert_eq!(record.metadata, Some(object(json!({"b": 2}))));
    }
    assert_eq!(after_notes(life::retained()).status(), Status::Retained);
}
