//! A state of the small installation, and what can happen in it.

use std::hash::{DefaultHasher, Hash, Hasher};

use leasehold_domain::company::{Answer, Command, Decision, Refusal, plan};
use leasehold_domain::fence::Fence;
use leasehold_domain::id::{EnvironmentId, LeaseId};
use leasehold_domain::lease::{Enforce, Outage, Phase, Record};
use leasehold_domain::time::Timestamp;
use serde_json::{Value, json};

use super::bugs::{self, Bug};
use super::invariants::Invariant;
use crate::support::read::map;
use crate::support::world::World;
use crate::support::{ask, ids};

/// Leases that one history grants at most.
const LEASES_MAX: usize = 3;
/// A holder's promise, and how long a reservation lasts, in seconds.
pub(super) const TTL: u32 = 2;
/// Something that can happen next; leases and places by their numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Acquire(usize),
    Reserve(usize),
    Activate(usize),
    /// With the word whether the provider may have made something.
    Abandon(usize, bool),
    Renew(usize),
    /// By the fence that the lease was granted with at first.
    RenewOld(usize),
    Release(usize),
    Retain(usize),
    Resume(usize),
    /// A new lease takes the resource of this one over.
    HandOff(usize),
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
    /// A janitor tells of its success, be its claim the last or not.
    Succeed(usize),
}

/// A lease, and what those outside know of it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: LeaseId,
    place: usize,
    /// What its holder was last told: until when it has it.
    pub(super) promised: Timestamp,
    first_fence: Fence,
    /// The newest that was looked at.
    fence: Option<Fence>,
    /// The provider has made its resource.
    pub(super) is_activated: bool,
    /// The provider has made nothing, and its holder said so.
    pub(super) is_nothing: bool,
}

/// A history, with all that it depends on what can happen next.
#[derive(Clone)]
pub(super) struct State {
    pub(super) world: World,
    /// What is held on the first is ephemeral, on the second it is reused.
    pub(super) environments: [EnvironmentId; 2],
    pub(super) leases: Vec<Known>,
    pub(super) outage: Option<Outage>,
    /// What somebody was let do that must never happen.
    pub(super) acted: Option<Invariant>,
    pub(super) history: Vec<Step>,
    pub(super) sweepers: [Vec<(LeaseId, Enforce)>; 2],
    pub(super) claims: Vec<(LeaseId, Fence)>,
    highest: [Fence; 2],
}

impl State {
    pub(super) fn first() -> Self {
        let mut world = World::new();
        let environments = ["one", "two"]
            .map(|name| world.make(ask::create(name, json!({"driver": "sandbox", "capacity": 1}))));
        Self {
            world,
            environments,
            leases: Vec::new(),
            outage: None,
            acted: None,
            history: Vec::new(),
            sweepers: [Vec::new(), Vec::new()],
            claims: Vec::new(),
            highest: [Fence(0); 2],
        }
    }

    /// What can happen next. Of two sweepers that have read nothing either may be the first.
    pub(super) fn steps(&self) -> Vec<Step> {
        use Step as S;
        let mut steps = vec![S::Tick, S::Claim];
        if self.outage.is_none() {
            steps.push(S::Jump);
        }
        if self.leases.len() < LEASES_MAX {
            steps.extend([S::Acquire(0), S::Acquire(1), S::Reserve(0), S::Reserve(1)]);
            steps.extend((0..self.leases.len()).map(S::HandOff));
        }
        for lease in 0..self.leases.len() {
            steps.extend([S::Activate(lease), S::Abandon(lease, true), S::Abandon(lease, false)]);
            steps.extend([S::Renew(lease), S::RenewOld(lease), S::Release(lease)]);
            steps.extend([S::Retain(lease), S::Resume(lease)]);
        }
        steps.extend((0..self.claims.len()).map(S::Succeed));
        for (number, read) in self.sweepers.iter().enumerate() {
            if number == 0 || !self.sweepers[0].is_empty() {
                steps.push(S::Read(number));
            }
            if !read.is_empty() {
                steps.extend([S::Send(number), S::Crash(number)]);
            }
        }
        steps
    }

    /// The history with one more step; none when nothing has changed.
    pub(super) fn after(&self, step: Step, bug: Option<Bug>) -> Option<Self> {
        use Step as S;
        let mut next = self.clone();
        next.history.push(step);
        let id = |lease: usize| self.leases[lease].id;
        let renewal =
            |lease, fence: Value| ask::renew(id(lease), with_ttl(json!({"fence": fence})));
        let has_happened = match step {
            S::Tick => next.pass(1),
            S::Jump => next.jump(),
            S::Read(number) => next.read(number),
            S::Send(number) => next.send(number, bug),
            S::Crash(number) => !std::mem::take(&mut next.sweepers[number]).is_empty(),
            S::Claim => next.claim(bug),
            S::Succeed(claim) => next.succeed(claim, bug),
            S::Acquire(place) => next.acquire(place, json!({}), bug),
            S::Reserve(place) => next.reserve(place, bug),
            S::HandOff(lease) => next.hand_off(lease, bug),
            S::Activate(lease) => next.hold(lease, ask::activate(id(lease), "sbx"), bug),
            S::Abandon(lease, maybe) => next.hold(lease, ask::abandon(id(lease), maybe), bug),
            S::Renew(lease) => next.hold(lease, renewal(lease, Value::Null), bug),
            S::RenewOld(lease) => {
                let fence = json!(self.leases[lease].first_fence);
                next.hold(lease, renewal(lease, fence), bug)
            }
            S::Release(lease) => next.hold(lease, ask::release(id(lease), json!({})), bug),
            S::Retain(lease) => next.hold(lease, ask::retain(id(lease), json!({})), bug),
            S::Resume(lease) => next.hold(lease, ask::resume(id(lease), ids::run(1)), bug),
        };
        next.watch_fences();
        has_happened.then_some(next)
    }

    pub(super) fn ask(&mut self, command: &Command, bug: Option<Bug>) -> Result<Decision, Refusal> {
        let mut decision = plan(&self.world.company, command, &self.world.facts())?;
        if let Some(bug) = bug {
            bug.spoil(&mut decision, &self.world);
        }
        self.world.happen(&decision);
        self.world.company.keep();
        Ok(decision)
    }

    fn grant(
        &mut self,
        command: &Command,
        place: usize,
        is_activated: bool,
        bug: Option<Bug>,
    ) -> bool {
        let granted = match self.ask(command, bug) {
            Err(refusal) if bug.is_some_and(|bug| bug.overlooks(&refusal)) => {
                Some(bugs::grant_anyway(&mut self.world, command))
            }
            Ok(Decision { answer: Answer::Lease(id), .. }) => Some(id),
            Ok(_) | Err(_) => None,
        };
        let Some(id) = granted else { return false };
        let (promised, first_fence) =
            (self.world.now.plus_seconds(TTL), self.world.lease(id).fence);
        let (fence, is_nothing) = (None, false);
        let known = Known { id, place, promised, first_fence, fence, is_activated, is_nothing };
        self.leases.push(known);
        true
    }

    fn acquire(&mut self, place: usize, more: Value, bug: Option<Bug>) -> bool {
        let command = ask::acquire(self.environments[place], body(place, more));
        self.grant(&command, place, true, bug)
    }

    fn reserve(&mut self, place: usize, bug: Option<Bug>) -> bool {
        let body = body(place, json!({"providerLeaseId": null, "deadlineSeconds": TTL}));
        self.grant(&ask::reserve(self.environments[place], body), place, false, bug)
    }

    fn hand_off(&mut self, lease: usize, bug: Option<Bug>) -> bool {
        let Known { id, place, .. } = self.leases[lease];
        self.acquire(place, json!({"replacesLeaseId": id}), bug)
    }

    /// What the holder of a lease does.
    fn hold(&mut self, lease: usize, mut command: Command, bug: Option<Bug>) -> bool {
        let Known { id, first_fence, .. } = self.leases[lease];
        let record = self.world.lease(id);
        let (was_over, is_older) = (record.ending().is_some(), record.fence != first_fence);
        let is_by_fence =
            matches!(&command, Command::RenewLease(_, renew) if renew.fence.is_some());
        if let Some(bug) = bug {
            bug.twist(&mut command);
        }
        let Ok(decision) = self.ask(&command, bug) else {
            let is_let_in = was_over && bug == Some(Bug::RenewsTheDead);
            if is_let_in {
                bugs::renew_anyway(&mut self.world, id, TTL);
                self.acted = Some(Invariant::NoEndedLeaseActs);
            }
            return is_let_in;
        };
        if !matches!(decision.answer, Answer::Refused(_)) {
            let is_end = matches!(command, Command::ReleaseLease(..) | Command::AbandonLease(..));
            self.note(was_over && !is_end, Invariant::NoEndedLeaseActs);
            self.note(is_older && is_by_fence, Invariant::NoOlderHolderActs);
            self.hear(lease, &command);
        }
        !decision.events.is_empty()
    }

    /// Notes that somebody was let do what must never happen.
    pub(super) fn note(&mut self, was_let: bool, invariant: Invariant) {
        self.acted = self.acted.or(was_let.then_some(invariant));
    }

    /// What a holder knows from the answer.
    fn hear(&mut self, lease: usize, command: &Command) {
        let record: &Record = self.world.lease(self.leases[lease].id);
        let promise = record.expiry.filter(|_| record.phase() == Phase::Active);
        let known = &mut self.leases[lease];
        known.is_activated |= matches!(command, Command::ActivateLease(..));
        known.is_nothing |= matches!(command, Command::AbandonLease(_, a) if !a.maybe_created);
        known.promised = promise.map_or(known.promised, |expiry| expiry.expires_at);
        if matches!(command, Command::ResumeLease(..)) {
            known.fence = None;
        }
    }

    /// Each grant and each resume has a higher fence on its environment than any before.
    fn watch_fences(&mut self) {
        let mut has_fallen = false;
        for known in &mut self.leases {
            let fence = self.world.lease(known.id).fence;
            if known.fence != Some(fence) {
                let highest = &mut self.highest[known.place];
                has_fallen |= fence <= *highest;
                *highest = fence.max(*highest);
                known.fence = Some(fence);
            }
        }
        self.note(has_fallen, Invariant::FencesRise);
    }

    pub(super) fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let record = |known: &Known| self.world.company.lease(known.id);
        let records: Vec<_> = self.leases.iter().map(record).collect();
        let rest = (&self.sweepers, &self.outage, &self.leases, &self.claims, self.world.now);
        format!("{records:?} {rest:?} {:?}", self.acted).hash(&mut hasher);
        hasher.finish()
    }
}

/// What every acquisition says, and more.
fn body(place: usize, more: Value) -> Value {
    let policy = if place == 0 { "ephemeral" } else { "reuse_by_environment" };
    let mut body = map(with_ttl(json!({
        "providerLeaseId": "sbx", "leasePolicy": policy, "executionWorkspaceId": ids::workspace(1),
    })));
    body.extend(map(more));
    Value::Object(body)
}

fn with_ttl(mut body: Value) -> Value {
    body["ttlSeconds"] = json!(TTL);
    body
}
