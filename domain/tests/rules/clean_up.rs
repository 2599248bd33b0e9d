//! A janitor's steps: each under the fence of its claim, none of them an end but success.

use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{CleanupState, CleanupStatus, Deadline};
use leasehold_domain::limits::ATTEMPTS_BEFORE_BLOCKED;
use serde_json::{Value, json};

use super::activate::sweep;
use super::claim::left_behind;
use super::reserve::code;
use crate::support::ask::{acquire, ask, claim, release, remove};
use crate::support::read::map;
use crate::support::world::{World, names};
use crate::support::{at, ids, label, reason};

/// One cleanup, claimed in the first second for a minute.
fn claimed() -> (World, LeaseId) {
    let (mut world, leases) = left_behind(1);
    world.accept(claim(1, 60));
    (world, leases[0])
}

/// A step under the last claim that there was.
fn step(world: &World, kind: CommandType, id: LeaseId, more: Value) -> Command {
    let cleanup = world.lease(id).cleanup.as_deref().unwrap();
    let mut body = map(json!({"leaseId": id, "claimFence": cleanup.last_fence.unwrap()}));
    body.extend(map(more));
    ask(kind, Value::Object(body))
}

fn fail(world: &World, id: LeaseId) -> Command {
    step(world, CommandType::FailCleanup, id, json!({"kind": "timeout", "message": "no answer"}))
}

fn succeed(world: &World, id: LeaseId) -> Command {
    step(world, CommandType::SucceedCleanup, id, json!({"proof": {"status": 404}}))
}

#[test]
fn success_closes_it_with_its_proof_and_is_told_once() {
    let (mut world, lease) = claimed();
    let environment = world.lease(lease).environment_id;
    assert_eq!(code(&world.refuse(remove(environment))), "environment_in_use");
    assert_eq!(names(&world.accept(succeed(&world, lease))), ["CleanupSucceeded"]);
    let record = world.lease(lease);
    let cleanup = record.cleanup.as_deref().unwrap();
    assert_eq!(
        (cleanup.state, record.cleanup_status),
        (CleanupState::Succeeded, Some(CleanupStatus::Success))
    );
    assert_eq!(json!(cleanup.proof), json!({"status": 404}));
    assert_eq!((cleanup.due(), cleanup.claimable_at()), (None, None));
    assert!(names(&world.accept(succeed(&world, lease))).is_empty(), "told again");
    assert!(names(&world.accept(claim(9, 60))).is_empty());
    world.accept(remove(environment));
}

#[test]
fn a_failed_attempt_is_followed_by_the_next_after_a_pause_that_doubles() {
    let (mut world, lease) = claimed();
    let mut pauses = Vec::new();
    for attempt in 1..=12 {
        let failed_at = world.now;
        world.accept(fail(&world, lease));
        let cleanup = world.lease(lease).cleanup.clone().unwrap();
        assert_eq!(cleanup.attempt, attempt);
        pauses.push(cleanup.due_at.seconds_since(failed_at));
        world.now = cleanup.due_at.plus_micros(-1);
        assert!(names(&world.accept(claim(1, 60))).is_empty(), "not before its time");
        world.now = cleanup.due_at;
        assert_eq!(names(&world.accept(claim(1, 60))), ["CleanupClaimed"]);
    }
    let plain = [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900];
    for (pause, least) in pauses.iter().zip(plain) {
        assert!((least..=least + least / 5).contains(pause), "{pauses:?}");
    }
}

#[test]
fn a_failure_keeps_its_kind_and_shows_as_failed() {
    let (mut world, lease) = claimed();
    world.accept(fail(&world, lease));
    let record = world.lease(lease);
    assert_eq!(record.cleanup_status, Some(CleanupStatus::Failed));
    let failure = record.cleanup.as_deref().unwrap().failure.clone().unwrap();
    assert_eq!((failure.kind, failure.message), (label("timeout"), Some(reason("no answer"))));
}

#[test]
fn after_many_tries_it_is_blocked_which_is_louder_and_not_an_end() {
    let (mut world, lease) = claimed();
    for attempt in 1..=ATTEMPTS_BEFORE_BLOCKED {
        let told = names(&world.accept(fail(&world, lease)));
        let is_last = attempt == ATTEMPTS_BEFORE_BLOCKED;
        let expected: &[_] =
            if is_last { &["CleanupFailed", "CleanupBlocked"] } else { &["CleanupFailed"] };
        assert_eq!(told, expected);
        world.pass(2_000);
        world.accept(claim(1, 60));
    }
    assert_eq!(world.lease(lease).cleanup.as_ref().unwrap().state, CleanupState::Claimed);
    assert_eq!(names(&world.accept(fail(&world, lease))), ["CleanupFailed"], "blocked once");
    let cleanup = world.lease(lease).cleanup.as_deref().unwrap();
    assert_eq!((cleanup.state, cleanup.status()), (CleanupState::Blocked, CleanupStatus::Failed));
    world.pass(2_000);
    world.accept(claim(1, 60));
    world.accept(succeed(&world, lease));
}

#[test]
fn after_a_day_it_is_blocked_too() {
    let (mut world, leases) = left_behind(1);
    let lease = leases[0];
    let day = 24 * 3_600;
    assert_eq!(world.lease(lease).due(), Some((Deadline::Cleanup, at(day))));
    world.now = at(day);
    assert_eq!(names(&world.accept(sweep(&world, lease))), ["CleanupBlocked"]);
    let record = world.lease(lease);
    assert_eq!(
        (record.cleanup.as_ref().unwrap().state, record.due()),
        (CleanupState::Blocked, None)
    );
    world.accept(claim(1, 60));
}

#[test]
fn what_is_put_off_has_spent_no_attempt() {
    let (mut world, lease) = claimed();
    let defer = step(&world, CommandType::DeferCleanup, lease, json!({"seconds": 30}));
    assert_eq!(names(&world.accept(defer)), ["CleanupDeferred"]);
    let cleanup = world.lease(lease).cleanup.clone().unwrap();
    assert_eq!(
        (cleanup.state, cleanup.attempt, cleanup.due_at),
        (CleanupState::Deferred, 0, at(31))
    );
    world.pass(30);
    world.accept(claim(1, 60));
    assert_eq!(world.lease(lease).cleanup.as_ref().unwrap().attempt, 1);
}

#[test]
fn a_claim_can_be_kept_for_longer_and_is_never_shortened() {
    let (mut world, lease) = claimed();
    let renew = |world: &World, ttl: u32| {
        step(world, CommandType::RenewCleanup, lease, json!({"ttlSeconds": ttl}))
    };
    assert!(names(&world.accept(renew(&world, 30))).is_empty());
    let fence = world.lease(lease).cleanup.as_ref().unwrap().last_fence;
    assert_eq!(names(&world.accept(renew(&world, 600))), ["CleanupClaimed"]);
    let cleanup = world.lease(lease).cleanup.as_deref().unwrap();
    assert_eq!((cleanup.last_fence, cleanup.attempt), (fence, 1));
    assert_eq!(cleanup.claim.as_ref().unwrap().until, at(601));
}

#[test]
fn a_claim_that_lapses_counts_as_a_failed_attempt() {
    let (mut world, lease) = claimed();
    world.pass(60);
    assert_eq!(names(&world.accept(sweep(&world, lease))), ["CleanupFailed"]);
    let cleanup = world.lease(lease).cleanup.as_deref().unwrap();
    assert_eq!((cleanup.state, cleanup.attempt), (CleanupState::Failed, 1));
}

#[test]
fn a_success_counts_after_a_lapse_as_long_as_nobody_else_is_at_it() {
    let (mut world, lease) = claimed();
    let (done, failed) = (succeed(&world, lease), fail(&world, lease));
    world.pass(60);
    world.accept(sweep(&world, lease));
    assert_eq!(code(&world.refuse(failed)), "cleanup_not_claimed", "it is counted already");
    let mut other = world.clone();
    assert_eq!(names(&world.accept(done.clone())), ["CleanupSucceeded"]);
    assert!(!world.lease(lease).cleanup.as_ref().unwrap().is_open());
    other.pass(60);
    other.accept(claim(1, 60));
    assert_eq!(code(&other.refuse(done)), "cleanup_not_claimed");
}

#[test]
fn who_has_told_of_a_failure_has_no_success_to_tell() {
    let (mut world, lease) = claimed();
    let done = succeed(&world, lease);
    world.accept(fail(&world, lease));
    assert_eq!(code(&world.refuse(done)), "cleanup_not_claimed");
}

#[test]
fn an_older_janitor_is_refused_by_its_fence() {
    let (mut world, lease) = claimed();
    let old = [
        succeed(&world, lease),
        fail(&world, lease),
        step(&world, CommandType::DeferCleanup, lease, json!({})),
        step(&world, CommandType::RenewCleanup, lease, json!({})),
    ];
    world.pass(60);
    world.accept(claim(1, 60));
    for command in old {
        let (code, evidence) = world.refuse(command).code_and_evidence().unwrap();
        assert_eq!(code, "cleanup_not_claimed");
        assert_eq!(evidence["owner"], json!("janitor-1"), "who is at it now");
    }
    let unknown = json!({"leaseId": ids::lease(9), "claimFence": 1});
    let refusal = world.refuse(ask(CommandType::SucceedCleanup, unknown));
    assert_eq!(code(&refusal), "lease_not_found");
}

#[test]
fn a_holder_that_says_it_is_done_takes_it_from_the_queue() {
    let (mut world, lease) = claimed();
    let pending = json!({"cleanupStatus": "pending"});
    assert!(names(&world.accept(release(lease, pending.clone()))).is_empty());
    let failed = json!({"cleanupStatus": "failed"});
    assert!(names(&world.accept(release(lease, failed.clone()))).is_empty(), "the janitor's word");
    world.accept(release(lease, json!({"cleanupStatus": "success"})));
    assert_eq!(world.lease(lease).cleanup.as_ref().unwrap().state, CleanupState::Succeeded);
    for word in [pending, failed] {
        assert!(names(&world.accept(release(lease, word))).is_empty(), "done stays done");
    }
}

#[test]
fn what_failed_under_retain_on_failure_is_kept_for_a_day_and_then_cleaned_up() {
    let (mut world, _) = left_behind(0);
    let id = world.company.index().named(&crate::support::name("box")).unwrap();
    let body = json!({"providerLeaseId": "sbx-1", "leasePolicy": "retain_on_failure"});
    let lease = world.grant(acquire(id, body));
    world.accept(release(lease, json!({"status": "failed"})));
    world.pass(24 * 3_600 - 1);
    assert!(names(&world.accept(claim(1, 60))).is_empty());
    world.pass(1);
    assert_eq!(names(&world.accept(claim(1, 60))), ["CleanupClaimed"]);
}
