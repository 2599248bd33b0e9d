//! Enforcing what fell due: compared with what was read, so that nobody who renewed is ended.

use leasehold_domain::company::Command;
use leasehold_domain::lease::{Cause, Deadline, Status};
use serde_json::json;

use super::activate::sweep;
use super::reserve::code;
use crate::support::ask::{acquire, create, renew, replace_metadata, resume, retain};
use crate::support::world::{World, names};
use crate::support::{at, ids, reason};
use leasehold_domain::id::LeaseId;

/// A lease with a promise of a minute.
pub(crate) fn promised() -> (World, LeaseId) {
    let mut world = World::new();
    let id = world.make(create("box", json!({"driver": "sandbox"})));
    let body = json!({"heartbeatRunId": ids::run(1), "providerLeaseId": "s", "ttlSeconds": 60});
    let lease = world.grant(acquire(id, body));
    (world, lease)
}

#[test]
fn a_lease_that_was_not_renewed_ends_as_expired() {
    let (mut world, lease) = promised();
    world.pass(60);
    let decision = world.accept(sweep(&world, lease));
    assert_eq!(names(&decision), ["Expired", "CleanupRequested"]);
    let record = world.lease(lease);
    assert_eq!((record.status(), record.ending().unwrap().cause), (Status::Expired, Cause::Expiry));
    assert_eq!(record.failure_reason, Some(reason("not renewed in time")));
    assert_eq!(record.ending().unwrap().by, world.actor);
}

#[test]
fn nothing_ends_before_its_time() {
    let (mut world, lease) = promised();
    world.now = at(60).plus_micros(-1);
    assert_eq!(code(&world.refuse(sweep(&world, lease))), "nothing_due");
}

#[test]
fn a_renewal_between_reading_and_deciding_wins() {
    let (mut world, lease) = promised();
    world.pass(60);
    let late = sweep(&world, lease);
    world.accept(renew(lease, json!({"ttlSeconds": 60})));
    assert_eq!(code(&world.refuse(&late)), "version_mismatch");
    assert_eq!(world.status(lease), Status::Active);
}

#[test]
fn anything_that_happened_in_between_makes_the_sweeper_look_again() {
    let (mut world, lease) = promised();
    world.pass(60);
    let late = sweep(&world, lease);
    world.accept(replace_metadata(lease, &json!({"a": 1})));
    assert_eq!(code(&world.refuse(&late)), "version_mismatch");
    world.accept(sweep(&world, lease));
}

#[test]
fn what_was_read_long_ago_ends_nothing() {
    let (mut world, lease) = promised();
    world.pass(60);
    let paused = sweep(&world, lease);
    world.pass(6);
    assert_eq!(code(&world.refuse(&paused)), "nothing_due");
}

#[test]
fn another_due_time_than_the_one_that_was_read_ends_nothing() {
    let (mut world, lease) = promised();
    world.pass(60);
    let Command::EnforceLease(id, mut enforce) = sweep(&world, lease) else { panic!("a sweep") };
    enforce.due_at = at(59);
    assert_eq!(code(&world.refuse(Command::EnforceLease(id, enforce))), "nothing_due");
}

#[test]
fn a_providers_word_is_never_enforced() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let lease = world.grant(acquire(id, json!({"expiresAt": at(10)})));
    assert_eq!(world.lease(lease).due(), None);
}

#[test]
fn a_kept_lease_ends_when_it_was_kept_for_long_enough_and_not_by_its_promise() {
    let (mut world, lease) = promised();
    world.accept(retain(lease, json!({"retainUntil": at(500)})));
    assert_eq!(world.lease(lease).due(), Some((Deadline::Retention, at(500))));
    world.pass(500);
    let late = sweep(&world, lease);
    let mut other = world.clone();
    world.accept(&late);
    let record = world.lease(lease);
    assert_eq!(record.ending().unwrap().cause, Cause::RetentionDeadline);
    assert!(record.has_open_cleanup());
    other.accept(resume(lease, ids::run(2)));
    assert_eq!(code(&other.refuse(late)), "version_mismatch", "who resumes in time keeps it");
}
