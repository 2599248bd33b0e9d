//! What can have happened to the cleanup of a lease. Names and fields are stored.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::fence::Fence;
use crate::json::JsonValue;
use crate::lease::CleanupReason;
use crate::text::{Label, Reason};
use crate::time::Timestamp;

/// Something is left at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Cleanup, which documents them")]
pub struct Requested {
    pub at: Timestamp,
    pub reason: CleanupReason,
    pub due_at: Timestamp,
    pub attempt: u32,
}

/// A janitor is at it; with the same fence again: for longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Cleanup, which documents them")]
pub struct Claimed {
    pub at: Timestamp,
    pub by: Actor,
    pub owner: Label,
    pub claim_fence: Fence,
    pub until: Timestamp,
    pub attempt: u32,
}

/// A janitor put it off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Cleanup, which documents them")]
pub struct Deferred {
    pub at: Timestamp,
    pub by: Actor,
    /// The attempts that were really made.
    pub attempt: u32,
    pub due_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Reason>,
}

/// An attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Cleanup, which documents them")]
pub struct FailedAttempt {
    pub at: Timestamp,
    pub by: Actor,
    pub attempt: u32,
    pub kind: Label,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Reason>,
    pub due_at: Timestamp,
}

/// It failed too often, or takes too long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Cleanup, which documents them")]
pub struct Blocked {
    pub at: Timestamp,
    pub attempt: u32,
    /// What is wrong, in words.
    pub reason: Reason,
}

/// It is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Cleanup, which documents them")]
pub struct Succeeded {
    pub at: Timestamp,
    pub by: Actor,
    pub attempt: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<JsonValue>,
}
