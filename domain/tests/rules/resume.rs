//! Resuming a lease: an active one by its own run, a retained one by any that finds room.

use leasehold_domain::company::{Command as Asked, Refusal as Refused};
use leasehold_domain::environment::{self, Holder, Status as EnvironmentStatus};
use leasehold_domain::fence::Fence;
use leasehold_domain::id::{LeaseId, RunId};
use leasehold_domain::lease::{
    Acquired, CleanupStatus, Command, Due, EndKind, Event, Expiry, Lease, Phase, Policy, Refusal,
    Resume, Resumed, Retained, Status, Ttl,
};
use leasehold_domain::run::{self, Outcome};
use serde_json::json;

use crate::support::ask::{acquire, archive, create, end_run, renew, resume, retain, update};
use crate::support::life::{self, active, given, has_ended, retained};
use crate::support::read::object;
use crate::support::world::{World, names};
use crate::support::{at, ids};

fn by(run: RunId) -> Resume {
    Resume { heartbeat_run_id: run, agent_id: None, issue_id: None, due: None, metadata: None }
}

fn resumed(run: RunId) -> Resumed {
    Resumed {
        at: at(30),
        heartbeat_run_id: run,
        agent_id: None,
        issue_id: None,
        expiry: None,
        metadata: None,
        fence: life::NEXT,
    }
}

fn command(resume: Resume) -> Command {
    Command::Resume(Box::new(resume))
}

fn happened(resumed: Resumed) -> Vec<Event> {
    vec![Event::Resumed(Box::new(resumed))]
}

#[tokio::test]
async fn a_retained_lease_can_be_resumed_by_any_run() {
    for run in [ids::run(1), ids::run(2)] {
        let facts = given(retained());
        facts.when_async(command(by(run))).await.then_expect_events(happened(resumed(run)));
    }
}

#[tokio::test]
async fn an_active_lease_is_resumed_only_by_its_own_run() {
    let own = ids::run(1);
    given(active()).when_async(command(by(own))).await.then_expect_events(happened(resumed(own)));
    let refusal = |run_id| Refusal::LeaseNotRetained {
        lease_id: ids::lease(1),
        current_status: Status::Active,
        current_phase: Phase::Active,
        conflicting: vec![Holder {
            lease_id: ids::lease(1),
            run_id,
            issue_id: Some(ids::issue(1)),
        }],
    };
    given(active())
        .when_async(command(by(ids::run(2))))
        .await
        .then_expect_error(refusal(Some(own)));
    let nobodys = Acquired { heartbeat_run_id: None, ..life::grant() };
    let facts = given(vec![Event::LeaseAcquired(Box::new(nobodys))]);
    facts.when_async(command(by(own))).await.then_expect_error(refusal(None));
}

#[tokio::test]
async fn a_lease_that_has_ended_cannot_be_resumed() {
    for kind in EndKind::ALL {
        let facts = given(life::ended(*kind));
        facts.when_async(command(by(ids::run(1)))).await.then_expect_error(has_ended(*kind));
    }
}

#[tokio::test]
async fn everything_that_is_told_with_a_resumption_is_recorded() {
    let resume = Resume {
        agent_id: Some(ids::agent(2)),
        issue_id: Some(ids::issue(2)),
        due: Some(Due::TtlSeconds(Ttl(60))),
        metadata: Some(object(json!({"a": 1}))),
        ..by(ids::run(2))
    };
    let expected = Resumed {
        agent_id: Some(ids::agent(2)),
        issue_id: Some(ids::issue(2)),
        expiry: Some(Expiry { expires_at: at(90), ttl_seconds: Some(60) }),
        metadata: Some(object(json!({"a": 1}))),
        ..resumed(ids::run(2))
    };
    given(retained()).when_async(command(resume)).await.then_expect_events(happened(expected));
}

#[tokio::test]
async fn a_promise_begins_anew_and_a_providers_word_stays() {
    let promise = Expiry { expires_at: at(5), ttl_seconds: Some(100) };
    let anew = Expiry { expires_at: at(130), ttl_seconds: Some(100) };
    let word = Expiry { expires_at: at(5), ttl_seconds: None };
    for (before, after) in [(promise, anew), (word, word)] {
        let granted = Acquired { expiry: Some(before), ..life::grant() };
        let facts = given(vec![Event::LeaseAcquired(Box::new(granted))]);
        let expected = Resumed { expiry: Some(after), ..resumed(ids::run(1)) };
        facts.when_async(command(by(ids::run(1)))).await.then_expect_events(happened(expected));
    }
}

/// A kept lease whose resource is to be looked after.
fn stopped() -> Event {
    Event::Retained(Retained {
        at: at(15),
        failure_reason: None,
        cleanup_status: Some(CleanupStatus::Pending),
        retain_until: Some(at(3_600)),
        provider_resource_disposition: None,
    })
}

#[test]
fn a_resumed_lease_is_held_by_its_new_run_and_forgets_why_it_was_kept() {
    let mut lease = Lease::default();
    for event in retained().into_iter().chain([stopped()]).chain(happened(resumed(ids::run(2)))) {
        lease.apply(&event);
    }
    let record = lease.record.as_deref().unwrap();
    assert_eq!((record.status(), record.heartbeat_run_id), (Status::Active, Some(ids::run(2))));
    assert_eq!((record.fence, record.acquired_at), (life::NEXT, at(0)));
    assert_eq!((&record.failure_reason, record.cleanup_status), (&None, None));
    assert_eq!((record.retain_until, record.expiry), (None, None));
    assert_eq!((record.last_used_at, record.updated_at), (at(30), at(30)));
    assert_eq!((record.agent_id, record.issue_id), (Some(ids::agent(1)), Some(ids::issue(1))));
    let told = Resumed {
        agent_id: Some(ids::agent(2)),
        issue_id: Some(ids::issue(2)),
        metadata: Some(object(json!({"a": 1}))),
        ..resumed(ids::run(2))
    };
    lease.apply(&happened(told)[0]);
    let record = lease.record.unwrap();
    assert_eq!((record.agent_id, record.issue_id), (Some(ids::agent(2)), Some(ids::issue(2))));
    assert_eq!(record.metadata, Some(object(json!({"a": 1}))));
}

/// A lease of run 1 in workspace 1, kept on an environment with whatever is wanted of it.
fn kept(wanted: serde_json::Value, policy: Policy) -> (World, LeaseId) {
    let mut world = World::new();
    let id = world.make(create("box", wanted));
    let lease = world.grant(acquire(
        id,
        json!({
            "heartbeatRunId": ids::run(1), "executionWorkspaceId": ids::workspace(1),
            "leasePolicy": policy,
        }),
    ));
    world.accept(retain(lease, json!({})));
    (world, lease)
}

fn code(refusal: &Refused) -> String {
    refusal.code_and_evidence().unwrap().0
}

#[test]
fn an_older_holder_is_told_from_the_one_that_resumed() {
    let (mut world, lease) = kept(json!({}), Policy::ReuseByEnvironment);
    let older = world.lease(lease).fence;
    assert_eq!(names(&world.accept(resume(lease, ids::run(2)))), ["Resumed"]);
    let newer = world.lease(lease).fence;
    assert_eq!(newer, Fence((1 << 40) + 4));
    let shown = |fence: Fence| renew(lease, json!({"ttlSeconds": 60, "fence": fence}));
    assert_eq!(code(&world.refuse(shown(older))), "stale_fence");
    world.accept(shown(newer));
}

#[test]
fn a_lease_that_is_unknown_cannot_be_resumed() {
    let refusal: Refused = Refusal::LeaseNotFound { lease_id: ids::lease(1) }.into();
    assert_eq!(World::new().refuse(resume(ids::lease(1), ids::run(1))), refusal);
}

#[test]
fn a_run_that_has_ended_cannot_resume() {
    let (mut world, lease) = kept(json!({}), Policy::ReuseByEnvironment);
    world.accept(end_run(ids::run(2), "failed"));
    let (run_id, outcome, ended_at) = (ids::run(2), Outcome::Failed, Some(world.now));
    let refusal: Refused = run::Refusal::RunEnded { run_id, outcome, ended_at }.into();
    assert_eq!(world.refuse(resume(lease, ids::run(2))), refusal);
}

#[test]
fn nothing_is_resumed_on_an_archived_environment() {
    let (mut world, lease) = kept(json!({}), Policy::ReuseByEnvironment);
    let environment_id = world.lease(lease).environment_id;
    world.accept(archive(environment_id));
    let current_status = EnvironmentStatus::Archived;
    let refusal: Refused =
        environment::Refusal::EnvironmentInactive { environment_id, current_status }.into();
    assert_eq!(world.refuse(resume(lease, ids::run(2))), refusal);
}

#[test]
fn a_lease_that_kept_its_room_comes_back_to_a_full_environment() {
    let wanted = json!({"capacity": 1, "singleFlight": true});
    let (mut world, lease) = kept(wanted, Policy::ReuseByExecutionWorkspace);
    world.accept(resume(lease, ids::run(2)));
    world.accept(resume(lease, ids::run(2)));
}

#[test]
fn a_lease_that_gave_its_room_away_needs_room_to_come_back() {
    let (mut world, lease) = kept(json!({"capacity": 1}), Policy::RetainOnFailure);
    let id = world.lease(lease).environment_id;
    world.grant(acquire(id, json!({})));
    assert_eq!(code(&world.refuse(resume(lease, ids::run(2)))), "capacity_exhausted");
    world.accept(update(id, json!({"capacity": 2})));
    world.accept(resume(lease, ids::run(2)));
}

#[test]
fn a_lease_that_gave_its_workspace_away_needs_it_free_to_come_back() {
    let (mut world, lease) = kept(json!({"singleFlight": true}), Policy::RetainOnFailure);
    let id = world.lease(lease).environment_id;
    let other: Asked = acquire(id, json!({"executionWorkspaceId": ids::workspace(1)}));
    world.grant(other);
    assert_eq!(code(&world.refuse(resume(lease, ids::run(2)))), "workspace_held");
}

#[test]
fn the_state_of_the_lease_is_told_before_the_want_of_room() {
    let (mut world, lease) = kept(json!({}), Policy::ReuseByEnvironment);
    let environment_id = world.lease(lease).environment_id;
    world.accept(crate::support::ask::release(lease, json!({})));
    world.accept(archive(environment_id));
    assert_eq!(code(&world.refuse(resume(lease, ids::run(2)))), "lease_ended");
}
