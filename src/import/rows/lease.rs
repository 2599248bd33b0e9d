//! A row of `environment_leases`.

use leasehold_domain::fields::{Fault, Fields, FromField, string};
use leasehold_domain::id::{CompanyId, EnvironmentId, IssueId, LeaseId, RunId, WorkspaceId};
use leasehold_domain::json::JsonObject;
use leasehold_domain::lease::{CleanupStatus, Policy, Status};
use leasehold_domain::limits::Limits;
use leasehold_domain::text::{Label, Reason};
use leasehold_domain::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::Readable;
use super::field::optional_text;

/// What Paperclip calls a lease whose resource is still to be cleaned up.
const PENDING_CLEANUP: &str = "pending_cleanup";

/// Paperclip's word for where a lease stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum SourceStatus {
    /// One that the ledger has too.
    Plain(Status),
    /// Over, but not cleaned up: two states of ours in one word.
    PendingCleanup,
}

impl SourceStatus {
    /// The word that the ledger has no place for.
    pub(in crate::import) const fn foreign_word(self) -> Option<&'static str> {
        match self {
            Self::Plain(_) => None,
            Self::PendingCleanup => Some(PENDING_CLEANUP),
        }
    }
}

impl FromField for SourceStatus {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let word = string(value)?;
        if word == PENDING_CLEANUP {
            return Ok(Self::PendingCleanup);
        }
        word.parse().map(Self::Plain).map_err(Fault::invalid)
    }
}

/// What a first look sees of a lease.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(in crate::import) struct LeaseGlance {
    pub(in crate::import) id: LeaseId,
    pub(in crate::import) company_id: CompanyId,
    pub(in crate::import) environment_id: Option<EnvironmentId>,
    pub(in crate::import) acquired_at: Timestamp,
}

/// A lease as Paperclip has it.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_field_names, reason = "a column's name")]
pub(in crate::import) struct Lease {
    pub(in crate::import) id: LeaseId,
    pub(in crate::import) company_id: CompanyId,
    /// None when its environment was deleted.
    pub(in crate::import) environment_id: Option<EnvironmentId>,
    pub(in crate::import) execution_workspace_id: Option<WorkspaceId>,
    pub(in crate::import) issue_id: Option<IssueId>,
    pub(in crate::import) heartbeat_run_id: Option<RunId>,
    pub(in crate::import) status: SourceStatus,
    pub(in crate::import) lease_policy: Policy,
    pub(in crate::import) provider: Option<Label>,
    pub(in crate::import) provider_lease_id: Option<Label>,
    pub(in crate::import) acquired_at: Timestamp,
    pub(in crate::import) last_used_at: Timestamp,
    pub(in crate::import) expires_at: Option<Timestamp>,
    pub(in crate::import) released_at: Option<Timestamp>,
    pub(in crate::import) failure_reason: Option<Reason>,
    pub(in crate::import) cleanup_status: Option<CleanupStatus>,
    pub(in crate::import) metadata: Option<JsonObject>,
    pub(in crate::import) created_at: Timestamp,
    pub(in crate::import) updated_at: Timestamp,
}

impl Readable for Lease {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "company_id",
        "environment_id",
        "execution_workspace_id",
        "issue_id",
        "heartbeat_run_id",
        "status",
        "lease_policy",
        "provider",
        "provider_lease_id",
        "acquired_at",
        "last_used_at",
        "expires_at",
        "released_at",
        "failure_reason",
        "cleanup_status",
        "metadata",
        "created_at",
        "updated_at",
    ];

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let id = fields.required("id");
        let company_id = fields.required("company_id");
        let environment_id = fields.optional("environment_id");
        let execution_workspace_id = fields.optional("execution_workspace_id");
        let issue_id = fields.optional("issue_id");
        let heartbeat_run_id = fields.optional("heartbeat_run_id");
        let status = fields.required("status");
        let lease_policy = fields.required("lease_policy");
        let provider = optional_text(fields, "provider");
        let provider_lease_id = optional_text(fields, "provider_lease_id");
        let [acquired_at, last_used_at, created_at, updated_at] =
            ["acquired_at", "last_used_at", "created_at", "updated_at"]
                .map(|column| fields.required(column));
        let expires_at = fields.optional("expires_at");
        let released_at = fields.optional("released_at");
        let failure_reason = optional_text(fields, "failure_reason");
        let cleanup_status = fields.optional("cleanup_status");
        let metadata = fields.optional("metadata");
        Some(Self {
            id: id?,
            company_id: company_id?,
            environment_id,
            execution_workspace_id,
            issue_id,
            heartbeat_run_id,
            status: status?,
            lease_policy: lease_policy?,
            provider,
            provider_lease_id,
            acquired_at: acquired_at?,
            last_used_at: last_used_at?,
            expires_at,
            released_at,
            failure_reason,
            cleanup_status,
            metadata,
            created_at: created_at?,
            updated_at: updated_at?,
        })
    }
}
