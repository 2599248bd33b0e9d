//! Given facts: the events that bring one lease into each of its states.

use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use leasehold_domain::actor::Actor;
use leasehold_domain::environment::Driver;
use leasehold_domain::fence::Fence;
use leasehold_domain::lease::{
    Acquired, Cause, EndKind, Ended, Event, Facts, Lease, Policy, Refusal, Retained, Status,
};
use leasehold_domain::limits::Limits;

use super::{at, ids, label, reason};

/// The fence that the lease of these facts was granted with.
pub(crate) const GRANTED: Fence = Fence(1_000);
/// The fence that the next grant would have.
pub(crate) const NEXT: Fence = Fence(2_000);

/// Granted at the start to run 1, on environment 1, in workspace 1.
pub(crate) fn grant() -> Acquired {
    Acquired {
        at: at(0),
        id: ids::lease(1),
        company_id: ids::company(1),
        environment_id: ids::environment(1),
        driver: Driver::Sandbox,
        execution_workspace_id: Some(ids::workspace(1)),
        issue_id: Some(ids::issue(1)),
        heartbeat_run_id: Some(ids::run(1)),
        agent_id: Some(ids::agent(1)),
        lease_policy: Policy::ReuseByEnvironment,
        provider: Some(label("daytona")),
        provider_lease_id: Some(label("sbx-1")),
        expiry: None,
        metadata: None,
        network_egress: None,
        fence: GRANTED,
        replaces_lease_id: None,
        deadline: None,
        due: None,
    }
}

/// An active lease.
pub(crate) fn active() -> Vec<Event> {
    vec![Event::LeaseAcquired(Box::new(grant()))]
}

/// A lease that is kept since the tenth second, because the run failed.
pub(crate) fn retained() -> Vec<Event> {
    let mut events = active();
    events.push(Event::Retained(Retained {
        at: at(10),
        failure_reason: Some(reason("tests failed")),
        cleanup_status: None,
        retain_until: Some(at(3_600)),
        provider_resource_disposition: None,
    }));
    events
}

/// How it ended in the twentieth second.
pub(crate) fn end() -> Ended {
    Ended {
        at: at(20),
        by: Actor::system("reaper"),
        cause: Cause::Release,
        failure_reason: None,
        cleanup_status: None,
        provider_resource_disposition: None,
        remote_execution_termination: None,
        replaced_by_lease_id: None,
    }
}

pub(crate) fn ended_as(kind: EndKind, ended: Ended) -> Event {
    let ended = Box::new(ended);
    match kind {
        EndKind::Released => Event::Released(ended),
        EndKind::Expired => Event::Expired(ended),
        EndKind::Failed => Event::Failed(ended),
    }
}

/// A lease that is over.
pub(crate) fn ended(kind: EndKind) -> Vec<Event> {
    let mut events = active();
    events.push(ended_as(kind, end()));
    events
}

/// What decisions see in the thirtieth second.
pub(crate) fn facts() -> Facts {
    Facts {
        now: at(30),
        lease_id: ids::lease(1),
        actor: Actor::system("heartbeat"),
        fence: NEXT,
        jitter: 0,
        limits: Limits::default(),
    }
}

/// A lease with a past, ready to be asked something in the thirtieth second.
pub(crate) fn given(events: Vec<Event>) -> AggregateTestExecutor<Lease> {
    TestFramework::<Lease>::with(facts()).given(events)
}

/// What is answered of a lease that is over.
pub(crate) fn has_ended(kind: EndKind) -> Refusal {
    Refusal::LeaseEnded {
        lease_id: ids::lease(1),
        environment_id: ids::environment(1),
        current_status: status_of(kind),
        ended_at: at(20),
        ended_by: Box::new(Actor::system("reaper")),
        failure_reason: None,
    }
}

pub(crate) const fn status_of(kind: EndKind) -> Status {
    match kind {
        EndKind::Released => Status::Released,
        EndKind::Expired => Status::Expired,
        EndKind::Failed => Status::Failed,
    }
}

/// What is answered of a lease that was never granted.
pub(crate) fn is_unknown() -> Refusal {
    Refusal::LeaseNotFound { lease_id: ids::lease(1) }
}

/// What is answered to an older holder.
pub(crate) fn is_stale(fence: Fence) -> Refusal {
    Refusal::StaleFence { lease_id: ids::lease(1), fence, current_fence: GRANTED }
}
