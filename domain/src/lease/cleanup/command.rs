//! What a janitor can ask of the cleanup of one lease.

use serde::Serialize;
use serde_json::Value;

use crate::fence::Fence;
use crate::fields::{Fault, Fields, FromField, integer};
use crate::json::JsonValue;
use crate::limits::{CLAIM_SECONDS_DEFAULT, CLAIM_SECONDS_MAX, Limits};
use crate::text::{Label, Reason};

/// A janitor's request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CleanupCommand {
    /// Take it.
    Claim(Claim),
    /// Keep it for longer.
    Renew(RenewClaim),
    /// It is done.
    Succeed(Succeed),
    /// The attempt failed.
    Fail(Fail),
    /// Put it off without having tried.
    Defer(Defer),
}

/// How long a claim or a deferral lasts: 1 second to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Seconds(pub u32);

impl FromField for Seconds {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let seconds = integer(&value, 1..=u64::from(CLAIM_SECONDS_MAX))?;
        u32::try_from(seconds).map(Self).map_err(Fault::invalid)
    }
}

/// Taking a cleanup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// Who takes it.
    pub owner: Label,
    /// For how long.
    pub ttl_seconds: Seconds,
}

/// Keeping a claimed cleanup for longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RenewClaim {
    /// The fence of the claim.
    pub claim_fence: Fence,
    /// From now on.
    pub ttl_seconds: Seconds,
}

/// A cleanup that is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Succeed {
    /// The fence of the claim.
    pub claim_fence: Fence,
    /// The evidence.
    pub proof: Option<JsonValue>,
}

/// An attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fail {
    /// The fence of the claim.
    pub claim_fence: Fence,
    /// A word of the janitor's.
    pub kind: Label,
    /// In words.
    pub message: Option<Reason>,
}

/// A cleanup that is put off; no attempt is spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Defer {
    /// The fence of the claim.
    pub claim_fence: Fence,
    /// For how long; five minutes unless given.
    pub seconds: Seconds,
    /// In words.
    pub message: Option<Reason>,
}

impl RenewClaim {
    /// Reads the body of a claim's renewal.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let claim_fence = fields.required("claimFence");
        let ttl_seconds = fields.optional("ttlSeconds").unwrap_or(Seconds(CLAIM_SECONDS_DEFAULT));
        Some(Self { claim_fence: claim_fence?, ttl_seconds })
    }
}

impl Succeed {
    /// Reads the body of a success.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let claim_fence = fields.required("claimFence");
        let proof = fields.optional("proof");
        Some(Self { claim_fence: claim_fence?, proof })
    }
}

impl Fail {
    /// Reads the body of a failure.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let claim_fence = fields.required("claimFence");
        let kind = fields.required("kind");
        let message = fields.optional("message");
        Some(Self { claim_fence: claim_fence?, kind: kind?, message })
    }
}

impl Defer {
    /// Reads the body of a deferral.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let claim_fence = fields.required("claimFence");
        let seconds = fields.optional("seconds").unwrap_or(Seconds(CLAIM_SECONDS_DEFAULT));
        let message = fields.optional("message");
        Some(Self { claim_fence: claim_fence?, seconds, message })
    }
}
