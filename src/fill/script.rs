//! What happens in a made company: leases come, are renewed, noted, retained, end, and are cleaned up
//! after, by who held them or by a janitor.

use std::collections::VecDeque;

use leasehold_domain::company::{Answer, CommandType};
use leasehold_domain::id::{LeaseId, RunId};
use leasehold_domain::stream::StreamId;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::company::Filling;

/// Environments of a company.
const PLACES: usize = 20;
/// Leases that are held at once.
const HELD: usize = 40;
/// Lives that are over, and of which somebody may still tell something.
const LATE: usize = 20;

/// A lease that was granted.
#[derive(Debug, Clone, Copy)]
struct Life {
    number: u64,
    lives: Lives,
    lease: Uuid,
    run: Uuid,
}

impl Life {
    /// Whether it is that one of so many to which something happens.
    fn is_one_in(self, many: u64, of_them: u64) -> bool {
        self.lives == Lives::Whole && self.number % many == of_them
    }

    fn ends_with_its_run(self) -> bool {
        self.is_one_in(10, 5)
    }

    /// Whether who ends it does not say that its resource is gone.
    fn is_left_to_a_janitor(self) -> bool {
        self.ends_with_its_run() || self.is_one_in(4, 0)
    }
}

/// What happens to a lease between its beginning and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Lives {
    /// Renewals, notes, a kilobyte of them at one lease in ten, cleanups: some four events.
    Whole,
    /// Nothing: two events in half of the bytes, for as many leases as a disk takes.
    Short,
}

/// The lives that go on.
#[derive(Debug)]
pub(super) struct Going {
    lives: Lives,
    begun: u64,
    places: Vec<Uuid>,
    held: VecDeque<Life>,
    late: VecDeque<Life>,
}

impl Going {
    pub(super) fn new(lives: Lives) -> Self {
        let (held, late) = (VecDeque::new(), VecDeque::new());
        Self { lives, begun: 0, places: Vec::new(), held, late }
    }
}

impl Filling {
    /// One more lease comes, and the oldest one ends.
    pub(super) fn live(&mut self) {
        let number = self.going.begun;
        self.going.begun += 1;
        if self.going.places.is_empty() {
            self.make_places();
        }
        if let Some(life) = self.grant(number) {
            self.go_on(life);
            self.going.held.push_back(life);
        }
        if self.going.held.len() > HELD
            && let Some(life) = self.going.held.pop_front()
        {
            self.end(life);
            self.going.late.push_back(life);
        }
        if self.going.late.len() > LATE
            && let Some(life) = self.going.late.pop_front()
        {
            if life.is_one_in(7, 0) {
                let notes = json!({"leaseId": life.lease, "metadata": {"synced": true}});
                self.ask(CommandType::PatchLeaseMetadata, notes);
            }
            if life.is_left_to_a_janitor() {
                self.clean_up();
            }
            self.settle(LeaseId(life.lease).into());
            self.settle(StreamId::from(RunId(life.run)));
        }
    }

    fn ask(&mut self, kind: CommandType, body: Value) -> Option<Answer> {
        let Value::Object(body): Value = body else { return None };
        let body: Map<String, Value> = body;
        self.tell(kind, body)
    }

    fn make_places(&mut self) {
        for number in 0..PLACES {
            let body = json!({
                "name": format!("sandbox {number}"), "driver": "sandbox",
                "capacity": 2 * HELD, "config": {"image": "agent:1", "region": "eu"},
            });
            if let Some(Answer::Environment(id)) = self.ask(CommandType::CreateEnvironment, body) {
                self.going.places.push(id.0);
            }
        }
    }

    fn grant(&mut self, number: u64) -> Option<Life> {
        let run = Uuid::now_v7();
        let place = usize::try_from(number).unwrap_or_default() % self.going.places.len().max(1);
        let id = |kind: u64, of: u64| Uuid::from_u64_pair(kind << 16, of);
        let mut body = json!({
            "environmentId": self.going.places.get(place)?, "heartbeatRunId": run,
            "issueId": id(6, number / 5), "agentId": id(8, number % 1_000), "ttlSeconds": 600,
            "executionWorkspaceId": id(5, number / 3), "provider": "metal",
            "providerLeaseId": format!("metal-{number}"),
        });
        let lives = self.going.lives;
        if lives == Lives::Whole && number.is_multiple_of(10) {
            body["metadata"] = json!({"log": "x".repeat(1_000), "attempt": 1});
        }
        let Some(Answer::Lease(lease)) = self.ask(CommandType::AcquireLease, body) else {
            return None;
        };
        Some(Life { number, lives, lease: lease.0, run })
    }

    fn go_on(&mut self, life: Life) {
        if life.is_one_in(3, 0) {
            let body = json!({"leaseId": life.lease, "ttlSeconds": 900});
            self.ask(CommandType::RenewLease, body);
        }
        if life.is_one_in(20, 1) {
            let body = json!({"leaseId": life.lease, "failureReason": "kept for a look"});
            self.ask(CommandType::RetainLease, body);
            let body = json!({"leaseId": life.lease, "heartbeatRunId": life.run});
            self.ask(CommandType::ResumeLease, body);
        }
    }

    fn end(&mut self, life: Life) {
        if life.ends_with_its_run() {
            let body = json!({"runId": life.run, "outcome": "succeeded"});
            self.ask(CommandType::EndRun, body);
            return;
        }
        let mut body = json!({"leaseId": life.lease});
        if life.is_one_in(10, 6) {
            body["status"] = json!("failed");
            body["failureReason"] = json!("it broke");
        }
        if !life.is_left_to_a_janitor() {
            body["cleanupStatus"] = json!("success");
        }
        self.ask(CommandType::ReleaseLease, body);
    }

    /// A janitor cleans up what has waited longest.
    fn clean_up(&mut self) {
        let body = json!({"owner": "janitor", "limit": 1});
        let Some(Answer::Cleanups(leases)) = self.ask(CommandType::ClaimCleanups, body) else {
            return;
        };
        let claim_fence = self.last_fence();
        for lease in leases {
            let body = json!({"leaseId": lease, "claimFence": claim_fence});
            self.ask(CommandType::SucceedCleanup, body);
        }
    }
}
