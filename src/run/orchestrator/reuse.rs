//! Taking up what an earlier run left: by identity, and never by replacing what may still be there.
//!
//! The same lease is resumed, so that its mark stays the one that its resource carries. When the
//! driver cannot say what is there, the lease is kept as it was and nothing is acquired.

use std::time::Duration;

use leasehold_domain::company::CommandType;
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::RESOURCE_GONE;
use leasehold_projections::environment_leases::LeaseRow;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::Orchestrator;
use crate::run::desk::{Kept, Request, lease_of};
use crate::run::driver::{Fault, Held, Resumed};
use crate::run::error::{ErrorCode, RunError};
use crate::run::halt::Halt;
use crate::run::lease::{
    Acquisition, FINGERPRINT, Leased, Prospect, fingerprint, held_of, workspace_id,
};

/// How long a resumption is tried while its faults may pass (Paperclip's bound).
const TRY_FOR: Duration = Duration::from_mins(1);
const PAUSE_FIRST: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Kept leases that are looked at.
const CANDIDATES_MAX: u32 = 20;

/// What became of a kept lease: held again, or kept for the one that takes the place of what is gone.
type TakenUp = Result<Leased, LeaseId>;

impl Orchestrator {
    /// Takes up the lease that an earlier run of the same identity left, if there is one.
    pub(super) async fn take_up(
        &self,
        prospect: &Prospect,
        halt: &Halt,
    ) -> Result<Option<TakenUp>, RunError> {
        let wanted = &prospect.wanted;
        let is_identified = wanted.agent_id.is_some() && workspace_id(wanted).is_some();
        if !(wanted.policy.is_reuse() && prospect.capabilities.resumes && is_identified) {
            return Ok(None);
        }
        let own = fingerprint(prospect);
        for row in self.candidates(prospect).await? {
            let theirs = row.metadata.as_ref().and_then(|notes| notes.get(FINGERPRINT));
            if theirs.as_ref().and_then(Value::as_str) == Some(&own) {
                return self.resume(prospect, &row, halt).await.map(Some);
            }
            let reason = "lease_fingerprint_mismatch";
            self.end_kept(&row, reason).await;
        }
        Ok(None)
    }

    async fn candidates(&self, prospect: &Prospect) -> Result<Vec<LeaseRow>, RunError> {
        let wanted = &prospect.wanted;
        let kept = Kept {
            environment: prospect.place.environment_id,
            workspace: workspace_id(wanted),
            agent: wanted.agent_id,
            policy: wanted.policy,
        };
        let found = self.desk.way.list_kept(self.desk.company, &kept, CANDIDATES_MAX);
        found.await.map_err(|unread| {
            let message = format!("kept leases cannot be looked for: {unread}");
            let error = RunError::new(ErrorCode::LeaseAcquireFailed, message);
            RunError { cause: Some(unread.kind), can_retry: unread.kind.is_retryable(), ..error }
        })
    }

    async fn resume(
        &self,
        prospect: &Prospect,
        row: &LeaseRow,
        halt: &Halt,
    ) -> Result<TakenUp, RunError> {
        let mut leased = self.hold_again(prospect, row).await?;
        match self.try_resuming(&leased, halt).await {
            Ok(Resumed::Here(acquired)) => {
                leased.held.provider_lease_id = acquired.provider_lease_id;
                leased.held.metadata = acquired.metadata;
                Ok(Ok(leased))
            }
            Ok(Resumed::Gone) => {
                self.keep_again(&leased, row, RESOURCE_GONE).await;
                Ok(Err(leased.id()))
            }
            Err(fault) => {
                self.keep_again(&leased, row, "resume_failed").await;
                let doing = "the kept resource is not resumed";
                Err(RunError::of_fault(ErrorCode::LeaseAcquireFailed, doing, &fault))
            }
        }
    }

    /// The kept lease, held again before its resource is touched.
    async fn hold_again(&self, prospect: &Prospect, row: &LeaseRow) -> Result<Leased, RunError> {
        let wanted = &prospect.wanted;
        let body = json!({
            "leaseId": row.id,
            "heartbeatRunId": wanted.run_id,
            "agentId": wanted.agent_id,
            "issueId": wanted.issue_id,
            "ttlSeconds": prospect.ttl_seconds(),
        });
        let key = format!("run-{}", Uuid::now_v7());
        let request = Request::new(CommandType::ResumeLease, key, body);
        let promised_at = Instant::now();
        let answer = self.desk.insist(&request, promised_at + self.limits.deliver).await;
        let resumed = answer.and_then(lease_of).map_err(|answer| {
            let doing = "the kept lease is not resumed";
            RunError::of_answer(ErrorCode::LeaseAcquireFailed, doing, &answer)
        })?;
        let (id, fence) = (LeaseId(row.id), resumed.fence);
        let mut leased = Leased::granted(prospect.clone(), id, fence, Acquisition::Resumed);
        (leased.held, leased.promised_at) = (held_of(&resumed, &prospect.place), promised_at);
        Ok(leased)
    }

    /// Tries while the fault may pass.
    async fn try_resuming(&self, leased: &Leased, halt: &Halt) -> Result<Resumed, Fault> {
        let held: &Held = &leased.held;
        let (until, mut pause) = (Instant::now() + TRY_FOR, PAUSE_FIRST);
        let within = self.limits.acquire.min(leased.capabilities.acquires_within);
        loop {
            let tried = halt.bounded(within, leased.driver.resume(held)).await;
            let Err(fault) = tried else { return tried };
            let has_time = Instant::now() + pause < until && halt.why().is_none();
            if !(fault.kind.is_retryable() && has_time) {
                return Err(fault);
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// Ends a kept lease that nobody takes up: its resource is the janitor's.
    async fn end_kept(&self, row: &LeaseRow, reason: &str) {
        let body = json!({
            "leaseId": row.id,
            "status": "expired",
            "failureReason": reason,
            "cleanupStatus": "pending",
            "providerResourceDisposition": "destroy",
        });
        let key = format!("end-kept-{}-{}", row.id, row.version);
        let request = Request::new(CommandType::ReleaseLease, key, body);
        self.tell(row.id, request).await;
    }

    /// The lease as it was before it was resumed.
    async fn keep_again(&self, leased: &Leased, row: &LeaseRow, reason: &str) {
        let body = json!({
            "leaseId": row.id,
            "failureReason": reason,
            "retainUntil": row.retain_until.map(|at| at.to_rfc3339()),
            "fence": leased.fence,
        });
        let key = format!("keep-{}-{}", row.id, leased.fence);
        let request = Request::new(CommandType::RetainLease, key, body);
        self.tell(row.id, request).await;
    }

    /// What has to be told and decides nothing for the run that tells it.
    async fn tell(&self, lease: Uuid, request: Request) {
        if let Err(not_done) = self.deliver(LeaseId(lease), vec![request]).await {
            tracing::warn!(%lease, %not_done, "a kept lease is as it was");
        }
    }
}
