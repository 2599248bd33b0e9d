//! Intent first: a lease is written down before its provider is asked for anything.

use serde::{Deserialize, Serialize};

use super::{Acquire, Due};
use crate::fence::Fence;
use crate::fields::{Fault, Fields, FromField, integer};
use crate::json::{JsonObject, JsonValue};
use crate::limits::{Limits, RESERVATION_SECONDS_DEFAULT, RESERVATION_SECONDS_MAX};
use crate::text::{Label, Reason};
use crate::time::Timestamp;

/// What a reserved lease waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// When it ends by itself.
    pub deadline: Timestamp,
    /// What it promises from its activation on.
    pub due: Option<Due>,
    /// What the audit line of its activation tells of the network.
    pub network_egress: Option<JsonValue>,
}

/// Holding room before the provider is asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reserve {
    /// What is to be held.
    pub acquire: Acquire,
    /// For how long, in seconds.
    pub deadline_seconds: DeadlineSeconds,
}

/// How long a reservation lasts: 1 second to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DeadlineSeconds(pub u32);

impl FromField for DeadlineSeconds {
    fn from_field(value: serde_json::Value, _: &Limits) -> Result<Self, Fault> {
        let seconds = integer(&value, 1..=u64::from(RESERVATION_SECONDS_MAX))?;
        u32::try_from(seconds).map(Self).map_err(Fault::invalid)
    }
}

impl Reserve {
    /// Reads the body of a reservation.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let acquire = Acquire::read_checked(fields, check_succession);
        let deadline_seconds = fields
            .optional("deadlineSeconds")
            .unwrap_or(DeadlineSeconds(RESERVATION_SECONDS_DEFAULT));
        Some(Self { acquire: acquire?, deadline_seconds })
    }
}

/// Nothing is reserved that is there. The place of what is gone is: its workspace tells which it was.
fn check_succession(acquire: &Acquire, fields: &mut Fields<'_>) {
    if acquire.resumes_lease_id.is_some() {
        let message = "names a resource that is there: acquire it";
        fields.fault("resumesLeaseId", Fault::invalid(message));
    }
    if acquire.replaces_lease_id.is_some() && acquire.execution_workspace_id.is_none() {
        let message = "is required to stand in for a lease";
        fields.fault("executionWorkspaceId", Fault::invalid(message));
    }
}

/// What the provider made is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct Activate {
    pub provider_lease_id: Label,
    /// Replaces the notes when given.
    pub metadata: Option<JsonObject>,
    pub fence: Option<Fence>,
}

impl Activate {
    /// Reads the body of an activation.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let provider_lease_id = fields.required("providerLeaseId");
        let metadata = fields.optional("metadata");
        let fence = fields.optional("fence");
        Some(Self { provider_lease_id: provider_lease_id?, metadata, fence })
    }
}

/// Giving a reservation up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Abandon {
    /// Why.
    pub reason: Reason,
    /// Whether the provider may have created something; who does not say does not know.
    pub maybe_created: bool,
    /// The fence that the holder was granted.
    pub fence: Option<Fence>,
}

impl Abandon {
    /// Reads the body of a giving up.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let reason = fields.required("reason");
        let maybe_created = fields.optional("maybeCreated").unwrap_or(true);
        let fence = fields.optional("fence");
        Some(Self { reason: reason?, maybe_created, fence })
    }
}
