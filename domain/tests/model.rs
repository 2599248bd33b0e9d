//! Every history of a small installation: leases, their cleanups, two sweepers that are paused and
//! crash, a clock that jumps. The decisions are the domain's own; each invariant is seen to find a
//! bug that was put in on purpose.

mod bugs;
mod invariants;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use leasehold_domain::company::{Command, Decision, Refusal};
use leasehold_domain::id::{EnvironmentId, LeaseId};
use leasehold_domain::lease::{self, Enforce, Outage, OutageKind};
use leasehold_domain::time::Timestamp;
use serde_json::json;

use crate::support::ask;
use crate::support::world::World;

use bugs::Bug;
use invariants::Invariant;

/// Leases that one history grants at most.
const LEASES_MAX: usize = 3;
/// Steps of a history.
const STEPS_MAX: usize = 7;
/// A holder's promise, in seconds.
const TTL: u32 = 2;

/// Something that can happen next.
#[derive(Debug, Clone, Copy)]
enum Step {
    Acquire(usize),
    Renew(usize),
    Release(usize),
    /// A second passes.
    Tick,
    /// The database's clock jumps ahead by a minute, and the ledger notices.
    Jump,
    /// A sweeper reads what is due.
    Read(usize),
    /// It sends what it has read, be it long ago.
    Send(usize),
    Crash(usize),
    Claim,
    Succeed(usize),
}

/// A history, with all that it depends on what can happen next.
#[derive(Clone)]
struct State {
    world: World,
    environments: Vec<EnvironmentId>,
    leases: Vec<LeaseId>,
    sweepers: [Vec<(LeaseId, Enforce)>; 2],
    outage: Option<Outage>,
    /// What each holder was last told.
    promised: Vec<Timestamp>,
    /// Ended leases that were let act.
    acted_after_end: bool,
    history: Vec<Step>,
}

impl State {
    fn first() -> Self {
        let mut world = World::new();
        let environments = (0..2)
            .map(|number| {
                let body = json!({"driver": "sandbox", "capacity": 1});
                world.make(ask::create(&number.to_string(), body))
            })
            .collect();
        Self {
            world,
            environments,
            leases: Vec::new(),
            sweepers: [Vec::new(), Vec::new()],
            outage: None,
            promised: Vec::new(),
            acted_after_end: false,
            history: Vec::new(),
        }
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps = vec![Step::Tick, Step::Claim];
        if self.outage.is_none() {
            steps.push(Step::Jump);
        }
        if self.leases.len() < LEASES_MAX {
            steps.extend([Step::Acquire(0), Step::Acquire(1)]);
        }
        for lease in 0..self.leases.len() {
            steps.extend([Step::Renew(lease), Step::Release(lease), Step::Succeed(lease)]);
        }
        for (number, read) in self.sweepers.iter().enumerate() {
            steps.push(Step::Read(number));
            if !read.is_empty() {
                steps.extend([Step::Send(number), Step::Crash(number)]);
            }
        }
        steps
    }

    /// The history with one more step.
    fn after(&self, step: Step, bug: Option<Bug>) -> Self {
        let mut next = self.clone();
        next.history.push(step);
        match step {
            Step::Acquire(place) => next.acquire(place, bug),
            Step::Renew(lease) => next.renew(lease, bug),
            Step::Release(lease) => {
                let _ = next.ask(&ask::release(self.leases[lease], json!({})), bug);
            }
            Step::Tick => next.world.pass(1),
            Step::Jump => {
                let from = next.world.now;
                next.world.pass(60);
                let (why, to) = (OutageKind::ClockJump, next.world.now);
                next.outage = Some(Outage { why, from, to, holders: 1 });
            }
            Step::Read(number) => next.sweepers[number] = next.due(),
            Step::Send(number) => next.send(number, bug),
            Step::Crash(number) => next.sweepers[number].clear(),
            Step::Claim => drop(next.ask(&ask::claim(9, 1), bug)),
            Step::Succeed(lease) => next.succeed(lease),
        }
        next
    }

    fn ask(&mut self, command: &Command, bug: Option<Bug>) -> Result<Decision, Refusal> {
        let mut decision = self.world.decide(command)?;
        if let Some(bug) = bug {
            bug.spoil(&mut decision);
        }
        self.world.happen(&decision);
        self.world.company.keep();
        Ok(decision)
    }

    fn acquire(&mut self, place: usize, bug: Option<Bug>) {
        let body = json!({"ttlSeconds": TTL, "providerLeaseId": "sbx", "heartbeatRunId": null});
        let command = ask::acquire(self.environments[place], body);
        let granted = match self.ask(&command, bug) {
            Err(_) if bug == Some(Bug::GrantsWithoutRoom) => {
                Some(bugs::grant_anyway(&mut self.world, &command))
            }
            Err(_) => None,
            Ok(decision) => Some(LeaseId(decision.events[0].stream.id)),
        };
        if let Some(lease) = granted {
            self.leases.push(lease);
            self.promised.push(self.world.now.plus_seconds(TTL));
        }
    }

    fn renew(&mut self, lease: usize, bug: Option<Bug>) {
        let id = self.leases[lease];
        let was_over = self.world.lease(id).ending().is_some();
        let renewed = self.ask(&ask::renew(id, json!({"ttlSeconds": TTL})), bug).is_ok();
        let is_let_in = was_over && bug == Some(Bug::RenewsTheDead);
        if is_let_in {
            bugs::renew_anyway(&mut self.world, id, TTL);
        }
        self.acted_after_end |= was_over && (renewed || is_let_in);
        if renewed && let Some(expiry) = self.world.lease(id).expiry {
            self.promised[lease] = expiry.expires_at;
        }
    }

    fn due(&self) -> Vec<(LeaseId, Enforce)> {
        let read_at = self.world.now;
        let due = |id: &LeaseId| {
            let lease = self.world.company.lease(*id)?;
            let (_, due_at) = lease.record.as_deref()?.due()?;
            let enforce = Enforce { version: lease.version, due_at, read_at, outage: self.outage };
            (due_at <= read_at).then_some((*id, enforce))
        };
        self.leases.iter().filter_map(due).collect()
    }

    fn send(&mut self, number: usize, bug: Option<Bug>) {
        for (id, mut enforce) in std::mem::take(&mut self.sweepers[number]) {
            if bug == Some(Bug::ForgetsTheOutage) {
                enforce.outage = None;
            }
            let sent = self.ask(&Command::EnforceLease(id, enforce), bug);
            let is_other =
                matches!(sent, Err(Refusal::Lease(lease::Refusal::VersionMismatch { .. })));
            if is_other && bug == Some(Bug::EndsWithoutComparing) {
                bugs::end_anyway(&mut self.world, id);
            }
        }
    }

    fn succeed(&mut self, lease: usize) {
        let id = self.leases[lease];
        let cleanup = self.world.lease(id).cleanup.as_deref();
        let Some(fence) = cleanup.and_then(|cleanup| cleanup.last_fence) else { return };
        let body = json!({"leaseId": id, "claimFence": fence});
        let kind = leasehold_domain::company::CommandType::SucceedCleanup;
        let _ = self.ask(&ask::ask(kind, body), None);
    }

    fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let records: Vec<_> = self.leases.iter().map(|id| self.world.company.lease(*id)).collect();
        let rest = (&self.sweepers, &self.outage, &self.promised, self.world.now);
        format!("{records:?} {rest:?}").hash(&mut hasher);
        hasher.finish()
    }
}

/// Goes through every history; answers with how many states there are, and what is broken first.
fn explore(bug: Option<Bug>) -> (usize, Option<(Invariant, Vec<Step>)>) {
    let mut seen = HashSet::new();
    let mut level = vec![State::first()];
    for _ in 0..STEPS_MAX {
        let mut next_level = Vec::new();
        for state in &level {
            for step in state.steps() {
                let next = state.after(step, bug);
                if !seen.insert(next.key()) {
                    continue;
                }
                if let Some(broken) = Invariant::broken(&next) {
                    return (seen.len(), Some((broken, next.history)));
                }
                next_level.push(next);
            }
        }
        level = next_level;
    }
    (seen.len(), None)
}

#[test]
fn no_history_breaks_an_invariant() {
    let (states, broken) = explore(None);
    assert!(broken.is_none(), "{broken:?}");
    assert!(states > 8_000, "only {states} states");
}

#[test]
fn each_invariant_finds_the_bug_that_was_put_in_for_it() {
    for (bug, expected) in Bug::ALL {
        let (_, found) = explore(Some(bug));
        let (broken, history) = found.unwrap_or_else(|| panic!("{bug:?} is not found"));
        assert_eq!(broken, expected, "{bug:?} by {history:?}");
    }
}
