//! `environment_leases`: Paperclip's nineteen columns in front, with Paperclip's meaning; ours after.

use chrono::{DateTime, Utc};
use leasehold_domain::json::JsonObject;
use leasehold_domain::lease::{Cleanup, CleanupStatus, Lease, Record, Standing};
use leasehold_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::jsonb::Jsonb;
use crate::projection::{Projection, iso};
use crate::tuple::{Row, Word, row};

/// This projection.
pub const PROJECTION: Projection =
    Projection { name: "environment_leases", version: 1, columns: LeaseRow::COLUMNS, key: "id" };

row! {
/// One lease, as its table and the contract show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the domain's Record, which documents them")]
pub struct LeaseRow {
    pub id: Uuid,
    pub company_id: Uuid,
    pub environment_id: Uuid,
    pub execution_workspace_id: Option<Uuid>,
    pub issue_id: Option<Uuid>,
    pub heartbeat_run_id: Option<Uuid>,
    #[sqlx(try_from = "String")]
    pub status: Word,
    #[sqlx(try_from = "String")]
    pub lease_policy: Word,
    pub provider: Option<String>,
    pub provider_lease_id: Option<String>,
    #[serde(serialize_with = "iso::one")]
    pub acquired_at: DateTime<Utc>,
    #[serde(serialize_with = "iso::one")]
    pub last_used_at: DateTime<Utc>,
    #[serde(with = "iso::maybe")]
    pub expires_at: Option<DateTime<Utc>>,
    #[serde(with = "iso::maybe")]
    pub released_at: Option<DateTime<Utc>>,
    pub failure_reason: Option<String>,
    pub cleanup_status: Option<String>,
    #[sqlx(json(nullable))]
    pub metadata: Option<JsonObject>,
    #[serde(serialize_with = "iso::one")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "iso::one")]
    pub updated_at: DateTime<Utc>,
    pub agent_id: Option<Uuid>,
    #[sqlx(try_from = "String")]
    pub phase: Word,
    pub fence: i64,
    /// `recorded` or `enforced`; none without an expiry.
    pub expiry_mode: Option<String>,
    pub ttl_seconds: Option<i32>,
    /// The cleanup's state in full; `none` when nothing was ever to be done.
    #[sqlx(try_from = "String")]
    pub cleanup_state: Word,
    /// The actor of the end.
    pub ended_by: Option<Jsonb>,
    /// What led to the end.
    pub end_cause: Option<String>,
    pub replaces_lease_id: Option<Uuid>,
    pub replaced_by_lease_id: Option<Uuid>,
    #[serde(with = "iso::maybe")]
    pub retain_until: Option<DateTime<Utc>>,
    pub source_status: Option<String>,
    pub version: i64,
    /// Until when it is only reserved.
    #[serde(with = "iso::maybe")]
    pub reservation_deadline: Option<DateTime<Utc>>,
    /// When the sweeper has to look at it, whatever falls due first.
    #[serde(with = "iso::maybe")]
    pub due_at: Option<DateTime<Utc>>,
    /// From when on a janitor may claim its cleanup.
    #[serde(with = "iso::maybe")]
    pub cleanup_due_at: Option<DateTime<Utc>>,
    /// The cleanup in full; none when nothing was ever to be done.
    pub cleanup: Option<Jsonb>,
}
}

impl LeaseRow {
    /// The row of a lease; none before it is acquired.
    #[must_use]
    pub fn of(lease: &Lease) -> Option<Self> {
        let record = lease.record.as_deref()?;
        let version = i64::try_from(lease.version).unwrap_or(i64::MAX);
        Some(Self::of_record(record, version))
    }

    fn of_record(record: &Record, version: i64) -> Self {
        let (ending, expiry, cleanup) = (record.ending(), record.expiry, record.cleanup.as_deref());
        Self {
            id: record.id.0,
            company_id: record.company_id.0,
            environment_id: record.environment_id.0,
            execution_workspace_id: record.execution_workspace_id.map(Into::into),
            issue_id: record.issue_id.map(Into::into),
            heartbeat_run_id: record.heartbeat_run_id.map(Into::into),
            status: record.status().as_str().into(),
            lease_policy: record.lease_policy.as_str().into(),
            provider: record.provider.as_ref().map(ToString::to_string),
            provider_lease_id: record.provider_lease_id.as_ref().map(ToString::to_string),
            acquired_at: record.acquired_at.chrono(),
            last_used_at: record.last_used_at.chrono(),
            expires_at: expiry.map(|expiry| expiry.expires_at.chrono()),
            released_at: record.released_at.map(Timestamp::chrono),
            failure_reason: record.failure_reason.as_ref().map(ToString::to_string),
            cleanup_status: record.cleanup_status.map(|status| status.as_str().to_owned()),
            metadata: record.metadata.clone(),
            created_at: record.created_at.chrono(),
            updated_at: record.updated_at.chrono(),
            agent_id: record.agent_id.map(Into::into),
            phase: record.phase().as_str().into(),
            fence: i64::try_from(record.fence.0).unwrap_or(i64::MAX),
            expiry_mode: expiry.map(|expiry| expiry.mode().as_str().to_owned()),
            ttl_seconds: expiry.and_then(|e| e.ttl_seconds).and_then(|t| i32::try_from(t).ok()),
            cleanup_state: cleanup_state(record).into(),
            ended_by: ending.map(|ending| Jsonb::of(&ending.by)),
            end_cause: ending.map(|ending| ending.cause.as_str().to_owned()),
            replaces_lease_id: record.replaces_lease_id.map(Into::into),
            replaced_by_lease_id: record.replaced_by_lease_id.map(Into::into),
            retain_until: record.retain_until.map(Timestamp::chrono),
            source_status: record.source_status.as_ref().map(ToString::to_string),
            version,
            reservation_deadline: reservation_deadline(record).map(Timestamp::chrono),
            due_at: record.due().map(|(_, at)| at.chrono()),
            cleanup_due_at: cleanup.and_then(Cleanup::claimable_at).map(Timestamp::chrono),
            cleanup: cleanup.map(Jsonb::of),
        }
    }
}

const fn reservation_deadline(record: &Record) -> Option<Timestamp> {
    match &record.standing {
        Standing::Reserved(reservation) => Some(reservation.deadline),
        Standing::Active | Standing::Retained | Standing::Ended(_) => None,
    }
}

/// Before its end a lease has no cleanup of its own, but perhaps a word of its holder's.
fn cleanup_state(record: &Record) -> &'static str {
    if let Some(cleanup) = record.cleanup.as_deref() {
        return cleanup.state.as_str();
    }
    match record.cleanup_status {
        None => "none",
        Some(CleanupStatus::Pending) => "pending",
        Some(CleanupStatus::Success) => "succeeded",
        Some(CleanupStatus::Failed) => "failed",
    }
}
