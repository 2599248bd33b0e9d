//! What was seen at a place: probes, and what providers list beside what the ledger says. Names and
//! fields are stored.

use serde::{Deserialize, Serialize};

use crate::id::LeaseId;
use crate::text::{Label, Reason};
use crate::time::Timestamp;

/// Somebody looked whether the place works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Probed {
    /// When.
    pub at: Timestamp,
    /// Whether it does.
    pub ok: bool,
    /// In a line.
    pub summary: Reason,
    /// What kind of fault it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Label>,
}

/// Something of ours is at the provider, and no lease wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrphanFound {
    /// When it was found; its quarantine begins.
    pub at: Timestamp,
    /// The provider's id of it.
    pub provider_lease_id: Label,
    /// The lease whose mark it carries.
    pub lease_id: LeaseId,
    /// Since when it is there, by the provider's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// An orphan is there no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrphanGone {
    /// When.
    pub at: Timestamp,
    /// The provider's id of it.
    pub provider_lease_id: Label,
    /// Whether we have destroyed it.
    pub was_destroyed: bool,
}

/// A lease's resource is not there any more, though the lease goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceLost {
    /// When that was sure.
    pub at: Timestamp,
    /// The lease.
    pub lease_id: LeaseId,
    /// The provider's id of it.
    pub provider_lease_id: Label,
    /// When it was first missed.
    pub missed_at: Timestamp,
}
