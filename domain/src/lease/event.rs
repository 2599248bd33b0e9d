//! What can have happened to a lease. Names and fields are stored: they stay for ever.
//!
//! Fields that are absent are none; only what a later fold needs is stored.

mod cleanup;
mod watch;

use serde::{Deserialize, Serialize};

pub use cleanup::{Blocked, Claimed, Deferred, FailedAttempt, Requested, Succeeded};
pub use watch::{Amnesty, FenceRefused, Outage, OutageKind};

use super::{Cause, CleanupStatus, Disposition, Due, Expiry, Policy};
use crate::actor::Actor;
use crate::environment::Driver;
use crate::fence::Fence;
use crate::id::{AgentId, CompanyId, EnvironmentId, IssueId, LeaseId, RunId, WorkspaceId};
use crate::json::{JsonObject, JsonValue};
use crate::text::{Label, Reason};
use crate::time::Timestamp;

/// A fact about one lease.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// It holds room, and its provider is about to be asked.
    LeaseReserved(Box<Acquired>),
    /// It was granted; or, after a reservation, its resource is there.
    LeaseAcquired(Box<Acquired>),
    /// Its holder promised anew.
    LeaseRenewed(Renewed),
    /// Its notes were written.
    MetadataUpdated(MetadataUpdated),
    /// It is kept after its run.
    Retained(Retained),
    /// It is held again.
    Resumed(Box<Resumed>),
    /// It ended well.
    Released(Box<Ended>),
    /// It ended because its time, or its run's, was over.
    Expired(Box<Ended>),
    /// It ended because something went wrong.
    Failed(Box<Ended>),
    /// Something was told after its end.
    Amended(Box<Amended>),
    /// Its holder could not renew for a while, and gets its promise anew, once.
    AmnestyGranted(Amnesty),
    /// Somebody acted with an older fence.
    FenceRefused(Box<FenceRefused>),
    /// Something is left at the provider.
    CleanupRequested(Requested),
    /// A janitor is at it.
    CleanupClaimed(Box<Claimed>),
    /// A janitor put it off.
    CleanupDeferred(Box<Deferred>),
    /// It is done.
    CleanupSucceeded(Box<Succeeded>),
    /// An attempt failed.
    CleanupFailed(Box<FailedAttempt>),
    /// It failed too often, or takes too long.
    CleanupBlocked(Box<Blocked>),
}

impl Event {
    /// The stored name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::LeaseReserved(_) => "LeaseReserved",
            Self::LeaseAcquired(_) => "LeaseAcquired",
            Self::LeaseRenewed(_) => "LeaseRenewed",
            Self::MetadataUpdated(_) => "MetadataUpdated",
            Self::Retained(_) => "Retained",
            Self::Resumed(_) => "Resumed",
            Self::Released(_) => "Released",
            Self::Expired(_) => "Expired",
            Self::Failed(_) => "Failed",
            Self::Amended(_) => "Amended",
            Self::AmnestyGranted(_) => "AmnestyGranted",
            Self::FenceRefused(_) => "FenceRefused",
            Self::CleanupRequested(_) => "CleanupRequested",
            Self::CleanupClaimed(_) => "CleanupClaimed",
            Self::CleanupDeferred(_) => "CleanupDeferred",
            Self::CleanupSucceeded(_) => "CleanupSucceeded",
            Self::CleanupFailed(_) => "CleanupFailed",
            Self::CleanupBlocked(_) => "CleanupBlocked",
        }
    }

    /// When it happened.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::LeaseReserved(acquired) | Self::LeaseAcquired(acquired) => acquired.at,
            Self::LeaseRenewed(renewed) => renewed.at,
            Self::MetadataUpdated(updated) => updated.at,
            Self::Retained(retained) => retained.at,
            Self::Resumed(resumed) => resumed.at,
            Self::Released(ended) | Self::Expired(ended) | Self::Failed(ended) => ended.at,
            Self::Amended(amended) => amended.at,
            Self::AmnestyGranted(amnesty) => amnesty.at,
            Self::FenceRefused(refused) => refused.at,
            Self::CleanupRequested(requested) => requested.at,
            Self::CleanupClaimed(claimed) => claimed.at,
            Self::CleanupDeferred(deferred) => deferred.at,
            Self::CleanupSucceeded(succeeded) => succeeded.at,
            Self::CleanupFailed(failed) => failed.at,
            Self::CleanupBlocked(blocked) => blocked.at,
        }
    }
}

/// What was granted, to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct Acquired {
    pub at: Timestamp,
    pub id: LeaseId,
    pub company_id: CompanyId,
    pub environment_id: EnvironmentId,
    pub driver: Driver,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_workspace_id: Option<WorkspaceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_id: Option<IssueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat_run_id: Option<RunId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    pub lease_policy: Policy,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_lease_id: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Expiry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<JsonObject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_egress: Option<JsonValue>,
    pub fence: Fence,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces_lease_id: Option<LeaseId>,
    /// Until when it is only reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// What a reservation promises from its activation on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
}

/// A promise to renew, and when it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct Renewed {
    pub at: Timestamp,
    pub expiry: Expiry,
}

/// The notes as they are from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct MetadataUpdated {
    pub at: Timestamp,
    pub metadata: Option<JsonObject>,
}

/// Why it is kept, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct Retained {
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleanup_status: Option<CleanupStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retain_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_resource_disposition: Option<Disposition>,
}

/// Who holds it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct Resumed {
    pub at: Timestamp,
    pub heartbeat_run_id: RunId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_id: Option<IssueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Expiry>,
    /// Replaces the notes when given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<JsonObject>,
    pub fence: Fence,
}

/// Why, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record and Ending, which document them")]
pub struct Ended {
    pub at: Timestamp,
    pub by: Actor,
    pub cause: Cause,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleanup_status: Option<CleanupStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_resource_disposition: Option<Disposition>,
    /// The provider's receipt; stands in the metadata under this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_execution_termination: Option<JsonObject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by_lease_id: Option<LeaseId>,
}

/// What was told late. It never moves the status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record and Ended, which document them")]
pub struct Amended {
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleanup_status: Option<CleanupStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_execution_termination: Option<JsonObject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by_lease_id: Option<LeaseId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_lease_id: Option<Label>,
    /// Columns of an imported row that its events alone would not give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Box<ImportedColumns>>,
}

/// An imported row's columns as its source had them, where no event tells how they came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct ImportedColumns {
    pub acquired_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub released_at: Option<Timestamp>,
    pub failure_reason: Option<Reason>,
    pub cleanup_status: Option<CleanupStatus>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub source_status: Option<Label>,
}
