//! Why something asked of an environment, or of room on it, is refused; with the evidence.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Status;
use crate::id::{EnvironmentId, IssueId, LeaseId, RunId, WorkspaceId};
use crate::text::Name;
use crate::word::words;

/// A lease that stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Holder {
    /// The lease.
    pub lease_id: LeaseId,
    /// Its run.
    pub run_id: Option<RunId>,
    /// The issue that its run works on.
    pub issue_id: Option<IssueId>,
}

words! {
    /// What hangs on an environment, so that it cannot be removed.
    InUse {
        /// A lease that is reserved or active.
        ActiveLease = "active_lease",
        /// A lease that is kept after its run.
        RetainedLease = "retained_lease",
        /// A lease whose cleanup at the provider is not done.
        OpenCleanup = "open_cleanup",
    }
}

/// Why not. Each variant's name is its code; its fields are the evidence.
#[derive(Debug, Clone, PartialEq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the messages say what each variant and field is")]
pub enum Refusal {
    #[error("there is no environment {environment_id}")]
    EnvironmentNotFound { environment_id: EnvironmentId },
    #[error("environment {environment_id} is {current_status} and takes no leases")]
    EnvironmentInactive { environment_id: EnvironmentId, current_status: Status },
    #[error("the name `{name}` belongs to environment {environment_id}")]
    EnvironmentNameTaken { environment_id: EnvironmentId, name: Name },
    #[error("the company has its local environment already: {environment_id}")]
    EnvironmentLocalExists { environment_id: EnvironmentId },
    #[error("environment {environment_id} is in use")]
    EnvironmentInUse {
        environment_id: EnvironmentId,
        reasons: Vec<InUse>,
        conflicting: Vec<Holder>,
    },
    #[error("environment {environment_id} has room for {capacity} and is full")]
    CapacityExhausted { environment_id: EnvironmentId, capacity: u32, conflicting: Vec<Holder> },
    #[error("workspace {execution_workspace_id} has a holder on environment {environment_id}")]
    WorkspaceHeld {
        environment_id: EnvironmentId,
        execution_workspace_id: WorkspaceId,
        conflicting: Vec<Holder>,
    },
    #[error("environment {environment_id} has version {current_version}, not {expected_version}")]
    VersionMismatch { environment_id: EnvironmentId, current_version: u64, expected_version: u64 },
}

impl Refusal {
    /// Whether time alone can cure it, so that asking again (with a new key) makes sense.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::CapacityExhausted { .. }
            | Self::WorkspaceHeld { .. }
            | Self::EnvironmentInUse { .. }
            | Self::EnvironmentInactive { .. } => true,
            Self::EnvironmentNotFound { .. }
            | Self::EnvironmentNameTaken { .. }
            | Self::EnvironmentLocalExists { .. }
            | Self::VersionMismatch { .. } => false,
        }
    }
}
