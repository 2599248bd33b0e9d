//! Why a step of an operation is refused; with the evidence.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Stage;
use crate::id::OperationId;

/// Why not. Each variant's name is its code; its fields are the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the messages say what each variant and field is")]
pub enum Refusal {
    #[error("the step does not follow from where operation {operation_id} is")]
    StepOutOfOrder { operation_id: OperationId, stage: Option<Stage> },
    #[error("an operation stands in the installation's own log, and this is a company's")]
    NotTheInstallation { operation_id: OperationId },
}

impl Refusal {
    /// Whether time alone can cure it: what was not told stays untold.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::StepOutOfOrder { .. } | Self::NotTheInstallation { .. } => false,
        }
    }
}
