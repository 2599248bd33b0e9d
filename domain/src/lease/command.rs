//! What can be asked of a lease.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reservation::{Abandon, Activate, DeadlineSeconds};
use super::{
    Cause, CleanupCommand, CleanupStatus, Disposition, EndKind, Enforce, Expiry, Grant, HandOff,
    Policy,
};
use crate::fence::{Fence, Version};
use crate::fields::{Fault, Fields, FromField, integer};
use crate::id::{AgentId, EnvironmentId, IssueId, LeaseId, RunId, WorkspaceId};
use crate::json::{JsonObject, JsonValue};
use crate::limits::{Limits, TTL_SECONDS_MAX};
use crate::text::{Label, Reason};
use crate::time::Timestamp;

/// A request to change one lease.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Grant it.
    Acquire(Box<Grant>),
    /// Hold room for it, for some seconds.
    Reserve(Box<Grant>, DeadlineSeconds),
    /// Its resource is there.
    Activate(Activate),
    /// Give its reservation up.
    Abandon(Abandon),
    /// Promise anew.
    Renew(Renew),
    /// Write its notes.
    SetMetadata(SetMetadata),
    /// Keep it after its run.
    Retain(Retain),
    /// Hold it again.
    Resume(Box<Resume>),
    /// Hold it for another run, when its own has ended.
    Adopt(Box<Resume>),
    /// End it.
    End(Box<End>),
    /// Give its resource, or its place, to another lease.
    HandOff(HandOff),
    /// Do something about its cleanup.
    Cleanup(CleanupCommand),
    /// Enforce what fell due.
    Enforce(Enforce),
}

/// A holder's promise to renew, in seconds: 1 to a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ttl(pub u32);

impl FromField for Ttl {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let seconds = integer(&value, 1..=u64::from(TTL_SECONDS_MAX))?;
        u32::try_from(seconds).map(Self).map_err(Fault::invalid)
    }
}

/// When a lease is to be due: a promise of the holder, or the word of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Due {
    /// Enforced.
    TtlSeconds(Ttl),
    /// Recorded.
    ExpiresAt(Timestamp),
}

impl Due {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let ttl = fields.optional("ttlSeconds");
        let expires_at = fields.optional("expiresAt");
        if ttl.is_some() && expires_at.is_some() {
            fields.fault("expiresAt", Fault::invalid("cannot stand beside ttlSeconds"));
        }
        ttl.map(Self::TtlSeconds).or_else(|| expires_at.map(Self::ExpiresAt))
    }

    /// The expiry that it means at a time.
    #[must_use]
    pub fn expiry(self, now: Timestamp) -> Expiry {
        match self {
            Self::TtlSeconds(ttl) => {
                Expiry { expires_at: now.plus_seconds(ttl.0), ttl_seconds: Some(ttl.0) }
            }
            Self::ExpiresAt(expires_at) => Expiry { expires_at, ttl_seconds: None },
        }
    }
}

/// What a run wants to hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct Acquire {
    pub environment_id: EnvironmentId,
    pub heartbeat_run_id: Option<RunId>,
    pub issue_id: Option<IssueId>,
    pub execution_workspace_id: Option<WorkspaceId>,
    pub agent_id: Option<AgentId>,
    pub lease_policy: Policy,
    pub provider: Option<Label>,
    pub provider_lease_id: Option<Label>,
    pub due: Option<Due>,
    pub metadata: Option<JsonObject>,
    pub network_egress: Option<JsonValue>,
    /// Come after this lease, which ends with it or has ended: an acquisition takes its resource
    /// over, a reservation its place, because the resource is gone.
    pub replaces_lease_id: Option<LeaseId>,
    /// Hold this lease again instead of a new one.
    pub resumes_lease_id: Option<LeaseId>,
}

impl Acquire {
    /// Reads the body of an acquisition.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Self::read_checked(fields, Self::check_succession)
    }

    /// Reads what an acquisition and a reservation say, each with its own rules of succession.
    pub(super) fn read_checked(
        fields: &mut Fields<'_>,
        check: impl FnOnce(&Self, &mut Fields<'_>),
    ) -> Option<Self> {
        let environment_id = fields.required("environmentId");
        let mut acquire = Self {
            environment_id: environment_id.unwrap_or(EnvironmentId(uuid::Uuid::nil())),
            heartbeat_run_id: fields.optional("heartbeatRunId"),
            issue_id: fields.optional("issueId"),
            execution_workspace_id: fields.optional("executionWorkspaceId"),
            agent_id: fields.optional("agentId"),
            lease_policy: fields.optional("leasePolicy").unwrap_or(Policy::Ephemeral),
            provider: fields.optional("provider"),
            provider_lease_id: fields.optional("providerLeaseId"),
            due: Due::read(fields),
            metadata: fields.optional("metadata"),
            network_egress: fields.optional("networkEgress"),
            replaces_lease_id: fields.optional("replacesLeaseId"),
            resumes_lease_id: fields.optional("resumesLeaseId"),
        };
        check(&acquire, fields);
        acquire.environment_id = environment_id?;
        Some(acquire)
    }

    /// A hand-off or a resume names exactly the resource that it takes over (Paperclip's rule).
    fn check_succession(&self, fields: &mut Fields<'_>) {
        let resumes = self.resumes_lease_id.is_some();
        if resumes && self.replaces_lease_id.is_some() {
            fields.fault("resumesLeaseId", Fault::invalid("cannot stand beside replacesLeaseId"));
        }
        if resumes || self.replaces_lease_id.is_some() {
            let message = || Fault::invalid("is required to take a lease over");
            if self.execution_workspace_id.is_none() {
                fields.fault("executionWorkspaceId", message());
            }
            if self.provider_lease_id.is_none() {
                fields.fault("providerLeaseId", message());
            }
        }
        if resumes && self.heartbeat_run_id.is_none() {
            fields.fault("heartbeatRunId", Fault::invalid("is required to resume a lease"));
        }
    }
}

/// A promise to renew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Renew {
    /// From now on.
    pub ttl_seconds: Ttl,
    /// The fence that the holder was granted.
    pub fence: Option<Fence>,
}

impl Renew {
    /// Reads the body of a renewal.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let ttl_seconds = fields.required("ttlSeconds");
        let fence = fields.optional("fence");
        Some(Self { ttl_seconds: ttl_seconds?, fence })
    }
}

/// A lease's notes, or a change of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetMetadata {
    /// The notes or the merge patch; none clears them.
    pub metadata: Option<JsonObject>,
    /// True to merge (RFC 7396), false to replace.
    pub merge: bool,
    /// Only if this is the version that it has (`If-Match`).
    pub if_version: Option<u64>,
}

impl SetMetadata {
    /// Reads the body of a replacement or a merge patch.
    pub fn read(fields: &mut Fields<'_>, merge: bool) -> Option<Self> {
        let found = fields.nullable("metadata");
        if found.is_none() {
            fields.required::<JsonObject>("metadata");
        }
        let if_version = fields.optional::<Version>("ifVersion").map(|version| version.0);
        Some(Self { metadata: found?, merge, if_version })
    }
}

/// Keeping a lease after its run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct Retain {
    pub failure_reason: Option<Reason>,
    pub cleanup_status: Option<CleanupStatus>,
    pub retain_until: Option<Timestamp>,
    pub provider_resource_disposition: Option<Disposition>,
    pub fence: Option<Fence>,
}

impl Retain {
    /// Reads the body of a retention.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            failure_reason: fields.optional("failureReason"),
            cleanup_status: fields.optional("cleanupStatus"),
            retain_until: fields.optional("retainUntil"),
            provider_resource_disposition: fields.optional("providerResourceDisposition"),
            fence: fields.optional("fence"),
        })
    }
}

/// Holding a lease again.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct Resume {
    pub heartbeat_run_id: RunId,
    pub agent_id: Option<AgentId>,
    pub issue_id: Option<IssueId>,
    pub due: Option<Due>,
    pub metadata: Option<JsonObject>,
}

impl Resume {
    /// Reads the body of a resumption.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let heartbeat_run_id = fields.required("heartbeatRunId");
        let resume = Self {
            agent_id: fields.optional("agentId"),
            issue_id: fields.optional("issueId"),
            due: Due::read(fields),
            metadata: fields.optional("metadata"),
            heartbeat_run_id: heartbeat_run_id?,
        };
        Some(resume)
    }
}

/// The end of a lease, and all that is told with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record and Ended, which document them")]
pub struct End {
    pub status: EndKind,
    pub cause: Cause,
    pub failure_reason: Option<Reason>,
    pub cleanup_status: Option<CleanupStatus>,
    pub fence: Option<Fence>,
    pub provider_resource_disposition: Option<Disposition>,
    pub remote_execution_termination: Option<JsonObject>,
}

impl End {
    /// Reads the body of a release.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            status: fields.optional("status").unwrap_or(EndKind::Released),
            cause: Cause::Release,
            failure_reason: fields.optional("failureReason"),
            cleanup_status: fields.optional("cleanupStatus"),
            fence: fields.optional("fence"),
            provider_resource_disposition: fields.optional("providerResourceDisposition"),
            remote_execution_termination: fields.optional("remoteExecutionTermination"),
        })
    }
}
