//! Why something asked of a lease is refused; with the evidence.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{CleanupState, Phase, Record, Status};
use crate::actor::Actor;
use crate::environment::Holder;
use crate::fence::Fence;
use crate::id::{EnvironmentId, LeaseId, RunId};
use crate::text::{Label, Reason};
use crate::time::Timestamp;
use crate::word::words;

words! {
    /// What a resume or a hand-off compared and found different.
    Mismatch {
        /// It is on another environment.
        Environment = "environment",
        /// It is of another workspace.
        Workspace = "workspace",
        /// It is under another policy.
        Policy = "policy",
        /// It is another resource of the provider.
        ProviderLease = "provider_lease",
        /// Another run holds it.
        Run = "run",
        /// Its state does not allow it.
        Status = "status",
        /// Its resource was taken over already.
        Succession = "succession",
        /// A janitor has laid hands on its resource.
        Cleanup = "cleanup",
    }
}

/// Why not. Each variant's name is its code; its fields are the evidence.
#[derive(Debug, Clone, PartialEq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the messages say what each variant and field is")]
pub enum Refusal {
    #[error("there is no lease {lease_id}")]
    LeaseNotFound { lease_id: LeaseId },
    #[error("lease {lease_id} ended as {current_status} at {ended_at}")]
    LeaseEnded {
        lease_id: LeaseId,
        environment_id: EnvironmentId,
        current_status: Status,
        ended_at: Timestamp,
        ended_by: Box<Actor>,
        failure_reason: Option<Reason>,
    },
    #[error("lease {lease_id} is {current_phase}, not active")]
    LeaseNotActive { lease_id: LeaseId, current_status: Status, current_phase: Phase },
    #[error("lease {lease_id} is {current_phase}, not retained")]
    LeaseNotRetained {
        lease_id: LeaseId,
        current_status: Status,
        current_phase: Phase,
        #[serde(default)]
        conflicting: Vec<Holder>,
    },
    #[error("lease {lease_id} is {current_phase}, not reserved")]
    LeaseNotReserved { lease_id: LeaseId, current_status: Status, current_phase: Phase },
    #[error("the reservation of lease {lease_id} ended at {ended_at}")]
    ReservationExpired { lease_id: LeaseId, environment_id: EnvironmentId, ended_at: Timestamp },
    #[error("fence {fence} of lease {lease_id} is not the newest, {current_fence}")]
    StaleFence { lease_id: LeaseId, fence: Fence, current_fence: Fence },
    #[error("lease {lease_id} is not the one that was meant: {mismatch} differs")]
    ResumeMismatch {
        lease_id: LeaseId,
        current_status: Status,
        current_run_id: Option<RunId>,
        mismatch: Mismatch,
        #[serde(default)]
        conflicting: Vec<Holder>,
    },
    #[error("lease {lease_id} has version {current_version}, not {expected_version}")]
    VersionMismatch { lease_id: LeaseId, current_version: u64, expected_version: u64 },
    #[error("the cleanup of lease {lease_id} is not claimed by who asks")]
    CleanupNotClaimed {
        lease_id: LeaseId,
        claim_fence: Option<Fence>,
        current_claim_fence: Option<Fence>,
        cleanup_state: Option<CleanupState>,
        owner: Option<Label>,
    },
    #[error("nothing of lease {lease_id} is due any more, or yet")]
    NothingDue { lease_id: LeaseId, due_at: Option<Timestamp> },
    #[error("the metadata of lease {lease_id} would be larger than {bytes_max} bytes")]
    TooLarge { lease_id: LeaseId, bytes_max: u64 },
}

impl Record {
    /// The lease as the evidence of a refusal names it.
    pub(super) const fn as_holder(&self) -> Holder {
        Holder { lease_id: self.id, run_id: self.heartbeat_run_id, issue_id: self.issue_id }
    }

    /// It is not the lease that a resume or a hand-off meant. Where somebody else was first, the
    /// evidence names the other: who holds it, or which lease took its resource over.
    #[must_use]
    pub fn mismatched(&self, mismatch: Mismatch) -> Refusal {
        let successor = |lease_id| Holder { lease_id, run_id: None, issue_id: None };
        let conflicting = match mismatch {
            Mismatch::Run | Mismatch::Status if self.ending().is_none() => vec![self.as_holder()],
            Mismatch::Succession => self.replaced_by_lease_id.map(successor).into_iter().collect(),
            Mismatch::Run
            | Mismatch::Status
            | Mismatch::Environment
            | Mismatch::Workspace
            | Mismatch::Policy
            | Mismatch::ProviderLease
            | Mismatch::Cleanup => Vec::new(),
        };
        Refusal::ResumeMismatch {
            lease_id: self.id,
            current_status: self.status(),
            current_run_id: self.heartbeat_run_id,
            mismatch,
            conflicting,
        }
    }
}

impl Refusal {
    /// Whether time alone can cure it, so that asking again (with a new key) makes sense.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::NothingDue { .. } => true,
            Self::LeaseNotFound { .. }
            | Self::LeaseEnded { .. }
            | Self::LeaseNotActive { .. }
            | Self::LeaseNotRetained { .. }
            | Self::LeaseNotReserved { .. }
            | Self::ReservationExpired { .. }
            | Self::CleanupNotClaimed { .. }
            | Self::StaleFence { .. }
            | Self::ResumeMismatch { .. }
            | Self::VersionMismatch { .. }
            | Self::TooLarge { .. } => false,
        }
    }
}
