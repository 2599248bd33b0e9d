//! The right of one run to use one environment for a time.
//!
//! ```text
//!           reserve             activate            <------- resume --------
//!   (none) ---------> reserved ---------> active    -------- retain ------->   retained
//!      \                 |                  |                                     |
//!       \ acquire        | abandon,         |  release, expire, fail              |  release, expire,
//!        \-------------- | deadline ------> |                                     |  fail, hand-off
//!                        v                  v                                     v
//!                     failed             released | expired | failed   (terminal, final)
//! ```
//!
//! What is left at the provider after the end is [`Cleanup`]'s: its own queue, beside the lease.
//! Terminal is final: the same end asked again answers with the lease as it is, another end is
//! refused, and a reason or cleanup word that comes late is appended (`Amended`). A lease ends when
//! its end is decided, never by a clock alone.

mod aggregate;
mod cleanup;
mod command;
mod decide;
mod due;
mod event;
mod fold;
mod grant;
mod parting;
mod refusal;
mod reservation;
mod status;
mod succession;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use cleanup::{
    Claim, Cleanup, CleanupCommand, CleanupReason, CleanupState, Defer, Fail, Failure, Held,
    Leaving, RenewClaim, Seconds, Succeed, left,
};
pub use command::{Acquire, Command, Due, End, Renew, Resume, Retain, SetMetadata, Ttl};
pub use decide::{Facts, decide, told_by_refusal};
pub use due::{Deadline, Enforce};
pub use event::{
    Acquired, Amended, Amnesty, Blocked, Claimed, Deferred, Ended, Event, FailedAttempt,
    FenceRefused, ImportedColumns, MetadataUpdated, Outage, OutageKind, Renewed, Requested,
    Resumed, Retained, Succeeded,
};
pub use grant::Grant;
pub use parting::Parting;
pub use refusal::{Mismatch, Refusal};
pub use reservation::{Abandon, Activate, DeadlineSeconds, Reservation, Reserve};
pub use status::{Cause, CleanupStatus, Disposition, EndKind, ExpiryMode, Phase, Policy, Status};
pub use succession::{HandOff, RESOURCE_GONE, Takes, matches_request};

use crate::actor::Actor;
use crate::environment::Driver;
use crate::fence::Fence;
use crate::id::{AgentId, CompanyId, EnvironmentId, IssueId, LeaseId, RunId, WorkspaceId};
use crate::json::JsonObject;
use crate::text::{Label, Reason};
use crate::time::Timestamp;

/// When a lease is due, and by whose word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Expiry {
    /// The instant.
    pub expires_at: Timestamp,
    /// The promise behind an enforced one, in seconds; none for a recorded one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u32>,
}

impl Expiry {
    /// Whose word it is.
    #[must_use]
    pub const fn mode(self) -> ExpiryMode {
        match self.ttl_seconds {
            Some(_) => ExpiryMode::Enforced,
            None => ExpiryMode::Recorded,
        }
    }
}

/// How, when, why and by whom a lease ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ending {
    /// In which of the three ways.
    pub kind: EndKind,
    /// When.
    pub at: Timestamp,
    /// Who asked for it.
    pub by: Actor,
    /// What led to it.
    pub cause: Cause,
}

/// Where a lease stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// Room is held; the provider's answer is awaited.
    Reserved(Reservation),
    /// Held.
    Active,
    /// Kept after its run.
    Retained,
    /// Over.
    Ended(Arc<Ending>),
}

/// The state of a lease, folded from its events.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// How many events were folded.
    pub version: u64,
    /// What it is; none before it is acquired.
    pub record: Option<Box<Record>>,
}

/// What a lease is. The contract's words stand in the projection that shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its id.
    pub id: LeaseId,
    /// The company that it belongs to.
    pub company_id: CompanyId,
    /// The environment that it is a right to.
    pub environment_id: EnvironmentId,
    /// What kind of place that was when it was granted.
    pub driver: Driver,
    /// The workspace of its run.
    pub execution_workspace_id: Option<WorkspaceId>,
    /// The issue of its run.
    pub issue_id: Option<IssueId>,
    /// The run that holds it.
    pub heartbeat_run_id: Option<RunId>,
    /// The agent of its run.
    pub agent_id: Option<AgentId>,
    /// What is to happen after the run.
    pub lease_policy: Policy,
    /// Who provides the resource.
    pub provider: Option<Label>,
    /// The provider's id of the resource.
    pub provider_lease_id: Option<Label>,
    /// When it was granted.
    pub acquired_at: Timestamp,
    /// When it was last used: granted, resumed, its metadata written while it was open, ended.
    pub last_used_at: Timestamp,
    /// When it is due.
    pub expiry: Option<Expiry>,
    /// When it ended; none while it is retained.
    pub released_at: Option<Timestamp>,
    /// Where it stands.
    pub standing: Standing,
    /// Why it ended or was retained.
    pub failure_reason: Option<Reason>,
    /// What became of the resource.
    pub cleanup_status: Option<CleanupStatus>,
    /// The holder's own notes.
    pub metadata: Option<JsonObject>,
    /// When its row began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What an executor shows to prove that it is not an older holder.
    pub fence: Fence,
    /// The lease whose resource it took over.
    pub replaces_lease_id: Option<LeaseId>,
    /// The lease that took its resource over.
    pub replaced_by_lease_id: Option<LeaseId>,
    /// How long it is meant to be kept.
    pub retain_until: Option<Timestamp>,
    /// The status that it had where it was imported from, when that is no word of ours.
    pub source_status: Option<Label>,
    /// What has to happen at the provider after its end.
    pub cleanup: Option<Box<Cleanup>>,
    /// What its holder last wanted done with the resource.
    pub disposition: Option<Disposition>,
    /// When its newest fence was granted.
    pub fenced_at: Timestamp,
    /// When its holder last got an amnesty.
    pub pardoned_at: Option<Timestamp>,
    /// Older fences that were refused, and recorded, since the newest grant.
    pub refused_fences: Vec<Fence>,
}

impl Record {
    /// Its status, in Paperclip's words: what is reserved is active there.
    #[must_use]
    pub fn status(&self) -> Status {
        match &self.standing {
            Standing::Reserved(_) | Standing::Active => Status::Active,
            Standing::Retained => Status::Retained,
            Standing::Ended(ending) => match ending.kind {
                EndKind::Released => Status::Released,
                EndKind::Expired => Status::Expired,
                EndKind::Failed => Status::Failed,
            },
        }
    }

    /// Where in its life it is.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match &self.standing {
            Standing::Reserved(_) => Phase::Reserved,
            Standing::Active => Phase::Active,
            Standing::Retained => Phase::Retained,
            Standing::Ended(_) => Phase::Ended,
        }
    }

    /// How it ended, if it has.
    #[must_use]
    pub const fn ending(&self) -> Option<&Arc<Ending>> {
        match &self.standing {
            Standing::Ended(ending) => Some(ending),
            Standing::Reserved(_) | Standing::Active | Standing::Retained => None,
        }
    }

    /// Whether something may still have to be done at the provider.
    #[must_use]
    pub const fn has_open_cleanup(&self) -> bool {
        matches!(self.cleanup_status, Some(CleanupStatus::Pending | CleanupStatus::Failed))
    }
}
