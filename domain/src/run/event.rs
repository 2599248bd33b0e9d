//! What can have happened to a run. Names and fields are stored: they stay for ever.

use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::actor::Actor;
use crate::id::{CompanyId, RunId};
use crate::text::Reason;
use crate::time::Timestamp;

/// A fact about one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It ended.
    RunEnded(RunEnded),
}

impl Event {
    /// The stored name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RunEnded(_) => "RunEnded",
        }
    }

    /// When it happened.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::RunEnded(ended) => ended.at,
        }
    }
}

/// How a run ended, and who said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunEnded {
    /// When.
    pub at: Timestamp,
    /// The run.
    pub id: RunId,
    /// The company that it belongs to.
    pub company_id: CompanyId,
    /// When it was over by its own clock; never after the ledger was told.
    pub ended_at: Timestamp,
    /// How.
    pub outcome: Outcome,
    /// Who said so.
    pub by: Actor,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}
