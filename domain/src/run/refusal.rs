//! Why something asked of a run is refused; with the evidence.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Outcome;
use crate::id::RunId;
use crate::time::Timestamp;

/// Why not. Each variant's name is its code; its fields are the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the messages say what each variant and field is")]
pub enum Refusal {
    #[error("run {run_id} has ended as {outcome}")]
    RunEnded { run_id: RunId, outcome: Outcome, ended_at: Option<Timestamp> },
}

impl Refusal {
    /// Whether time alone can cure it: a run that is over stays over.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RunEnded { .. } => false,
        }
    }
}
