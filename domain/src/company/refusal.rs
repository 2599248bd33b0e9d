//! Every reason for which a command is refused, of whatever aggregate.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::{environment, lease, operation, run};

/// Why not, with the evidence; stored in receipts, so that a repeated command hears the same.
#[derive(Debug, Clone, PartialEq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// By an environment, or for want of room on it.
    #[error(transparent)]
    Environment(#[from] environment::Refusal),
    /// By a lease.
    #[error(transparent)]
    Lease(#[from] lease::Refusal),
    /// By a run.
    #[error(transparent)]
    Run(#[from] run::Refusal),
    /// By an operation.
    #[error(transparent)]
    Operation(#[from] operation::Refusal),
}

impl Refusal {
    /// Whether time alone can cure it, so that asking again (with a new key) makes sense.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Environment(refusal) => refusal.is_retryable(),
            Self::Lease(refusal) => refusal.is_retryable(),
            Self::Run(refusal) => refusal.is_retryable(),
            Self::Operation(refusal) => refusal.is_retryable(),
        }
    }

    /// The stable code and the evidence, as the contract names them.
    ///
    /// # Errors
    /// Serde's, which cannot happen for values that the domain made.
    pub fn code_and_evidence(&self) -> serde_json::Result<(String, Map<String, Value>)> {
        let tagged = match self {
            Self::Environment(refusal) => serde_json::to_value(refusal)?,
            Self::Lease(refusal) => serde_json::to_value(refusal)?,
            Self::Run(refusal) => serde_json::to_value(refusal)?,
            Self::Operation(refusal) => serde_json::to_value(refusal)?,
        };
        let mut entries = tagged.as_object().cloned().unwrap_or_default().into_iter();
        let (code, evidence) = entries.next().unwrap_or_default();
        Ok((code, evidence.as_object().cloned().unwrap_or_default()))
    }
}
