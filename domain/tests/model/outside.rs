//! What happens to leases from outside: time passes, sweepers read and send, janitors claim and tell.

use leasehold_domain::company::{Answer, Command, CommandType, Decision, Refusal};
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{self, Enforce, Outage, OutageKind};
use serde_json::json;

use super::bugs::{self, Bug};
use super::invariants::Invariant;
use super::state::{Known, State};
use crate::support::ask;

/// How long a janitor has, in seconds.
const CLAIM_TTL: u32 = 1;

impl State {
    pub(super) fn pass(&mut self, seconds: u32) -> bool {
        self.world.pass(seconds);
        true
    }

    pub(super) fn jump(&mut self) -> bool {
        let from = self.world.now;
        self.world.pass(60);
        let (why, to) = (OutageKind::ClockJump, self.world.now);
        self.outage = Some(Outage { why, from, to, holders: 1 });
        true
    }

    pub(super) fn read(&mut self, number: usize) -> bool {
        let due = self.due();
        let is_news = due != self.sweepers[number];
        self.sweepers[number] = due;
        is_news
    }

    fn due(&self) -> Vec<(LeaseId, Enforce)> {
        let read_at = self.world.now;
        let due = |known: &Known| {
            let lease = self.world.company.lease(known.id)?;
            let (_, due_at) = lease.record.as_deref()?.due()?;
            let enforce = Enforce { version: lease.version, due_at, read_at, outage: self.outage };
            (due_at <= read_at).then_some((known.id, enforce))
        };
        self.leases.iter().filter_map(due).collect()
    }

    pub(super) fn send(&mut self, number: usize, bug: Option<Bug>) -> bool {
        for (id, mut enforce) in std::mem::take(&mut self.sweepers[number]) {
            if bug == Some(Bug::ForgetsTheOutage) {
                enforce.outage = None;
            }
            let sent = self.ask(&Command::EnforceLease(id, enforce), bug);
            let is_other =
                matches!(sent, Err(Refusal::Lease(lease::Refusal::VersionMismatch { .. })));
            if let Some(cause) = bug.and_then(Bug::ends_without_comparing).filter(|_| is_other) {
                bugs::end_anyway(&mut self.world, id, cause);
            }
        }
        true
    }

    pub(super) fn claim(&mut self, bug: Option<Bug>) -> bool {
        let claimed = self.ask(&ask::claim(9, CLAIM_TTL), bug);
        let Ok(Decision { answer: Answer::Cleanups(leases), .. }) = claimed else { return false };
        for id in &leases {
            let cleanup = self.world.lease(*id).cleanup.as_deref();
            self.claims.extend(cleanup.and_then(|cleanup| Some((*id, cleanup.last_fence?))));
        }
        !leases.is_empty()
    }

    pub(super) fn succeed(&mut self, claim: usize, bug: Option<Bug>) -> bool {
        let (id, mut fence) = self.claims[claim];
        let newest = self.world.lease(id).cleanup.as_deref().and_then(|c| c.last_fence);
        let is_older = Some(fence) != newest;
        if bug == Some(Bug::IgnoresClaimFences) {
            fence = newest.unwrap_or(fence);
        }
        let body = json!({"leaseId": id, "claimFence": fence});
        let told = self.ask(&ask::ask(CommandType::SucceedCleanup, body), bug);
        let has_happened = told.is_ok_and(|decision| !decision.events.is_empty());
        self.note(is_older && has_happened, Invariant::NoOlderJanitorActs);
        has_happened
    }
}
