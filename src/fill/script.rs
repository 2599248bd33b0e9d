//! What happens in a made company: leases come, are renewed, noted, retained, and end.

use std::collections::VecDeque;

use leasehold_domain::company::{Answer, CommandType};
use leasehold_domain::id::{LeaseId, RunId};
use leasehold_domain::stream::StreamId;
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
    lease: Uuid,
    run: Uuid,
}

/// The lives that go on.
#[derive(Debug, Default)]
pub(super) struct Lives {
    begun: u64,
    places: Vec<Uuid>,
    held: VecDeque<Life>,
    late: VecDeque<Life>,
}

impl Filling {
    /// One more lease comes, and the oldest one ends.
    pub(super) fn live(&mut self) {
        let number = self.lives.begun;
        self.lives.begun += 1;
        if self.lives.places.is_empty() {
            self.make_places();
        }
        if let Some(life) = self.grant(number) {
            self.go_on(life);
            self.lives.held.push_back(life);
        }
        if self.lives.held.len() > HELD
            && let Some(life) = self.lives.held.pop_front()
        {
            self.end(life);
            self.lives.late.push_back(life);
        }
        if self.lives.late.len() > LATE
            && let Some(life) = self.lives.late.pop_front()
        {
            if life.number % 7 == 0 {
                let notes = json!({"leaseId": life.lease, "metadata": {"synced": true}});
                self.ask(CommandType::PatchLeaseMetadata, notes);
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
                self.lives.places.push(id.0);
            }
        }
    }

    fn grant(&mut self, number: u64) -> Option<Life> {
        let run = Uuid::now_v7();
        let place = usize::try_from(number).unwrap_or_default() % self.lives.places.len().max(1);
        let id = |kind: u64, of: u64| Uuid::from_u64_pair(kind << 16, of);
        let mut body = json!({
            "environmentId": self.lives.places.get(place)?, "heartbeatRunId": run,
            "issueId": id(6, number / 5), "agentId": id(8, number % 1_000), "ttlSeconds": 600,
            "executionWorkspaceId": id(5, number / 3), "provider": "metal",
            "providerLeaseId": format!("metal-{number}"),
        });
        if number.is_multiple_of(10) {
            body["metadata"] = json!({"log": "x".repeat(1_000), "attempt": 1});
        }
        let Some(Answer::Lease(lease)) = self.ask(CommandType::AcquireLease, body) else {
            return None;
        };
        Some(Life { number, lease: lease.0, run })
    }

    fn go_on(&mut self, life: Life) {
        if life.number.is_multiple_of(3) {
            let body = json!({"leaseId": life.lease, "ttlSeconds": 900});
            self.ask(CommandType::RenewLease, body);
        }
        if life.number % 20 == 1 {
            let body = json!({"leaseId": life.lease, "failureReason": "kept for a look"});
            self.ask(CommandType::RetainLease, body);
            let body = json!({"leaseId": life.lease, "heartbeatRunId": life.run});
            self.ask(CommandType::ResumeLease, body);
        }
    }

    fn end(&mut self, life: Life) {
        match life.number % 10 {
            5 => {
                let body = json!({"runId": life.run, "outcome": "succeeded"});
                self.ask(CommandType::EndRun, body);
            }
            6 => {
                let body = json!({
                    "leaseId": life.lease, "status": "failed", "failureReason": "it broke",
                });
                self.ask(CommandType::ReleaseLease, body);
            }
            _ => {
                self.ask(CommandType::ReleaseLease, json!({"leaseId": life.lease}));
            }
        }
    }
}
