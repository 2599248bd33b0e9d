//! Acquiring a lease: what is granted is what was asked for, with a fence of its own.

use leasehold_domain::company::{Answer, Command};
use leasehold_domain::environment::Driver;
use leasehold_domain::fence::{Epoch, Fence};
use leasehold_domain::json::JsonValue;
use leasehold_domain::lease::{
    Acquire, Acquired, Event, Expiry, ExpiryMode, Grant, Phase, Policy, Status,
};
use leasehold_domain::limits::Limits;
use serde_json::json;

use crate::support::ask::{acquire, create};
use crate::support::life::given;
use crate::support::read::object;
use crate::support::world::{World, names};
use crate::support::{at, ids, label, life};

fn requested(command: Command) -> Acquire {
    let Command::AcquireLease(acquire) = command else { panic!("{command:?}") };
    *acquire
}

fn granted(command: Command) -> Grant {
    Grant {
        lease_id: ids::lease(1),
        company_id: ids::company(1),
        driver: Driver::Sandbox,
        request: requested(command),
    }
}

#[tokio::test]
async fn a_granted_lease_is_what_was_asked_for() {
    let command = acquire(
        ids::environment(1),
        json!({
            "heartbeatRunId": ids::run(1), "issueId": ids::issue(1), "agentId": ids::agent(1),
            "executionWorkspaceId": ids::workspace(1), "leasePolicy": "retain_on_failure",
            "provider": "daytona", "providerLeaseId": "sbx-1", "ttlSeconds": 60,
            "metadata": {"a": 1}, "networkEgress": {"allow": ["example.org"]},
            "replacesLeaseId": ids::lease(2),
        }),
    );
    let egress = json!({"allow": ["example.org"]});
    let acquired = Acquired {
        at: at(30),
        lease_policy: Policy::RetainOnFailure,
        expiry: Some(Expiry { expires_at: at(90), ttl_seconds: Some(60) }),
        metadata: Some(object(json!({"a": 1}))),
        network_egress: Some(JsonValue::new(egress, &Limits::default()).unwrap()),
        fence: life::NEXT,
        replaces_lease_id: Some(ids::lease(2)),
        ..life::grant()
    };
    given(Vec::new())
        .when_async(leasehold_domain::lease::Command::Acquire(Box::new(granted(command))))
        .await
        .then_expect_events(vec![Event::LeaseAcquired(Box::new(acquired))]);
}

#[test]
fn a_lease_without_wishes_is_ephemeral_and_never_due() {
    let mut world = World::new();
    let id = world.make(create("box", json!({"driver": "plugin"})));
    world.pass(3);
    let decision = world.accept(acquire(id, json!({})));
    assert_eq!(names(&decision), ["LeaseAcquired"]);
    let Answer::Lease(lease) = decision.answer else { panic!("{decision:?}") };
    let record = world.lease(lease);
    assert_eq!((record.id, record.environment_id), (lease, id));
    assert_eq!((record.company_id, record.driver), (ids::company(1), Driver::Plugin));
    assert_eq!((record.lease_policy, record.expiry), (Policy::Ephemeral, None));
    assert_eq!((record.status(), record.phase()), (Status::Active, Phase::Active));
    assert!(record.ending().is_none() && !record.has_open_cleanup());
    let times = [record.acquired_at, record.last_used_at, record.created_at, record.updated_at];
    assert_eq!(times, [at(3); 4]);
    assert_eq!((record.released_at, &record.failure_reason), (None, &None));
    assert_eq!((record.cleanup_status, &record.metadata), (None, &None));
    assert_eq!((record.heartbeat_run_id, record.execution_workspace_id), (None, None));
    assert_eq!((record.issue_id, record.agent_id), (None, None));
    assert_eq!((&record.provider, &record.provider_lease_id), (&None, &None));
    assert_eq!((record.replaces_lease_id, record.replaced_by_lease_id), (None, None));
    assert_eq!((record.retain_until, &record.source_status), (None, &None));
}

#[test]
fn what_is_folded_from_a_grant_is_what_was_granted() {
    let mut lease = leasehold_domain::lease::Lease::default();
    let acquired = Acquired {
        expiry: Some(Expiry { expires_at: at(60), ttl_seconds: Some(60) }),
        metadata: Some(object(json!({"a": 1}))),
        replaces_lease_id: Some(ids::lease(2)),
        ..life::grant()
    };
    lease.apply(&Event::LeaseAcquired(Box::new(acquired.clone())));
    assert_eq!(lease.version, 1);
    let record = lease.record.unwrap();
    assert_eq!(record.heartbeat_run_id, acquired.heartbeat_run_id);
    assert_eq!(record.execution_workspace_id, acquired.execution_workspace_id);
    assert_eq!((record.issue_id, record.agent_id), (acquired.issue_id, acquired.agent_id));
    assert_eq!(record.lease_policy, acquired.lease_policy);
    assert_eq!(record.provider, Some(label("daytona")));
    assert_eq!(record.provider_lease_id, Some(label("sbx-1")));
    assert_eq!((record.expiry, record.metadata), (acquired.expiry, acquired.metadata));
    assert_eq!((record.fence, record.replaces_lease_id), (life::GRANTED, Some(ids::lease(2))));
}

#[test]
fn a_promise_is_enforced_and_a_providers_word_is_recorded() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.pass(10);
    let promised = world.grant(acquire(id, json!({"ttlSeconds": 60})));
    let expiry = world.lease(promised).expiry.unwrap();
    assert_eq!((expiry.expires_at, expiry.ttl_seconds), (at(70), Some(60)));
    assert_eq!(expiry.mode(), ExpiryMode::Enforced);
    let told = world.grant(acquire(id, json!({"expiresAt": at(99)})));
    let expiry = world.lease(told).expiry.unwrap();
    assert_eq!((expiry.expires_at, expiry.ttl_seconds), (at(99), None));
    assert_eq!(expiry.mode(), ExpiryMode::Recorded);
}

#[test]
fn the_fence_is_counted_from_the_epoch_and_the_position() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let first = world.grant(acquire(id, json!({})));
    assert_eq!(world.lease(first).fence, Fence((1 << 40) + 2));
    let second = world.grant(acquire(id, json!({})));
    assert_eq!(world.lease(second).fence, Fence((1 << 40) + 3));
    world.epoch = Epoch(2);
    let third = world.grant(acquire(id, json!({})));
    assert_eq!(world.lease(third).fence, Fence((2 << 40) + 4));
}

#[test]
fn a_fence_of_a_new_epoch_is_above_every_older_one() {
    use leasehold_domain::fence::Position;
    let last = Fence::of(Epoch(1), Position(Fence::POSITIONS_PER_EPOCH - 1));
    assert!(Fence::of(Epoch(2), Position(1)) > last);
}

#[tokio::test]
async fn everything_else_is_refused_before_the_grant() {
    use leasehold_domain::lease::{Command, EndKind, HandOff, Resume, Takes};
    let to = ids::lease(2);
    let commands = [
        crate::rules::renew::command(60, None),
        crate::rules::metadata::command(None, false, None),
        Command::Retain(crate::rules::retain::plainly()),
        Command::Resume(Box::new(Resume {
            heartbeat_run_id: ids::run(1),
            agent_id: None,
            issue_id: None,
            due: None,
            metadata: None,
        })),
        Command::End(Box::new(crate::rules::release::plainly(EndKind::Released))),
        Command::HandOff(HandOff { to, takes: Takes::Resource }),
    ];
    for command in commands {
        given(Vec::new()).when_async(command).await.then_expect_error(life::is_unknown());
    }
}
