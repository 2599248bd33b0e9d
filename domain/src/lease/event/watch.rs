//! What the ledger itself saw of a lease: an outage, an older holder. Names and fields are stored.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::fence::Fence;
use crate::time::Timestamp;
use crate::word::words;

words! {
    /// Why holders could not renew.
    OutageKind {
        /// The ledger was away.
        Outage = "outage",
        /// The database's clock jumped ahead.
        ClockJump = "clock_jump",
    }
}

/// A time in which holders could not renew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outage {
    /// Why.
    pub why: OutageKind,
    /// When the ledger was last seen at work.
    pub from: Timestamp,
    /// When it was at work again.
    pub to: Timestamp,
    /// How many leases had fallen due by then.
    pub holders: u32,
}

/// A promise that begins anew, once for an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Amnesty {
    /// When it was granted.
    pub at: Timestamp,
    /// Until when the lease holds now.
    pub until: Timestamp,
    /// Why, how long, how many.
    pub outage: Outage,
}

/// Somebody acted with a fence that a newer grant had overtaken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FenceRefused {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// The fence that was shown.
    pub fence: Fence,
    /// The fence of the newest grant.
    pub current_fence: Fence,
    /// How long the newest grant had been there, in whole seconds.
    pub late_seconds: u64,
}
