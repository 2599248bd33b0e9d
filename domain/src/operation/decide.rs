//! What may be told of an operation: its steps in order, each once.

use std::collections::BTreeMap;

use super::{
    Cancelled, Event, ExportFinished, ExportStarted, Form, Kind, Operation, RebuildJudged,
    RebuildStarted, RebuildSwapped, Redriven, Refusal, Stage, Told,
};
use crate::id::{CompanyId, OperationId};
use crate::text::Label;
use crate::time::Timestamp;

/// A step of an operation, told by the program that does it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of the events, which document them")]
pub enum Step {
    /// A rebuild begins.
    StartRebuild { projections: Vec<Label> },
    /// It has compared.
    JudgeRebuild {
        compared: BTreeMap<String, u64>,
        differing: BTreeMap<String, u64>,
        is_accepted: bool,
    },
    /// Its tables are live.
    SwapRebuild { versions: BTreeMap<String, u32> },
    /// It was given up.
    Cancel,
    /// An export begins.
    StartExport {
        what: Told,
        form: Form,
        of_company: Option<CompanyId>,
        filter: BTreeMap<String, String>,
    },
    /// It has left.
    FinishExport { records: u64, bytes: u64, sha256: String },
    /// What could not be taken was driven again.
    Redrive { projections: Vec<Label>, taken: u64, left: u64 },
}

/// What a decision sees besides the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The time of the decision.
    pub now: Timestamp,
    /// The operation whose stream it is.
    pub operation_id: OperationId,
}

/// Decides one step. A step that was told already is no event: who was cut off tells it again.
///
/// # Errors
/// A [`Refusal`] when the step does not follow from where the operation is.
pub fn decide(state: &Operation, step: &Step, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let (kind, now) =
        (state.record.map(|record| record.kind), state.record.map(|record| record.stage));
    let is_of_kind = kind.is_none() || step.kind().is_none() || kind == step.kind();
    let is_due = match step {
        Step::StartRebuild { .. } | Step::StartExport { .. } | Step::Redrive { .. } => {
            now.is_none()
        }
        Step::JudgeRebuild { .. } | Step::FinishExport { .. } => now == Some(Stage::Started),
        Step::SwapRebuild { .. } => now == Some(Stage::Judged),
        Step::Cancel => matches!(now, Some(Stage::Started | Stage::Judged)),
    };
    let is_told = match step {
        Step::StartRebuild { .. } | Step::StartExport { .. } | Step::Redrive { .. } => {
            now.is_some()
        }
        Step::JudgeRebuild { .. } => matches!(now, Some(Stage::Judged | Stage::Done)),
        Step::SwapRebuild { .. } | Step::FinishExport { .. } | Step::Cancel => {
            now == Some(Stage::Done)
        }
    };
    if is_of_kind && is_due {
        return Ok(vec![event(step, facts)]);
    }
    if is_of_kind && is_told {
        return Ok(Vec::new());
    }
    Err(Refusal::StepOutOfOrder { operation_id: facts.operation_id, stage: now })
}

impl Step {
    /// What it is a step of; none for a step of every kind.
    const fn kind(&self) -> Option<Kind> {
        match self {
            Self::StartRebuild { .. } | Self::JudgeRebuild { .. } | Self::SwapRebuild { .. } => {
                Some(Kind::Rebuild)
            }
            Self::StartExport { .. } | Self::FinishExport { .. } => Some(Kind::Export),
            Self::Redrive { .. } => Some(Kind::Redrive),
            Self::Cancel => None,
        }
    }
}

fn event(step: &Step, facts: &Facts) -> Event {
    let Facts { now: at, operation_id: id } = *facts;
    match step.clone() {
        Step::StartRebuild { projections } => {
            Event::RebuildStarted(RebuildStarted { at, id, projections })
        }
        Step::JudgeRebuild { compared, differing, is_accepted } => {
            Event::RebuildJudged(RebuildJudged { at, compared, differing, is_accepted })
        }
        Step::SwapRebuild { versions } => Event::RebuildSwapped(RebuildSwapped { at, versions }),
        Step::Cancel => Event::Cancelled(Cancelled { at }),
        Step::StartExport { what, form, of_company, filter } => {
            let started = ExportStarted { at, id, what, form, of_company, filter };
            Event::ExportStarted(Box::new(started))
        }
        Step::FinishExport { records, bytes, sha256 } => {
            Event::ExportFinished(ExportFinished { at, records, bytes, sha256 })
        }
        Step::Redrive { projections, taken, left } => {
            Event::Redriven(Redriven { at, id, projections, taken, left })
        }
    }
}
