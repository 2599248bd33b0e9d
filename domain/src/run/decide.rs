//! The decisions on one run.

use serde::Serialize;

use super::{Event, Outcome, Refusal, Run, RunEnded};
use crate::actor::Actor;
use crate::fields::Fields;
use crate::id::{CompanyId, RunId};
use crate::text::Reason;
use crate::time::Timestamp;

/// A request to change one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// It has ended.
    End(End),
}

/// That a run has ended, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// How.
    pub outcome: Outcome,
    /// Why, in words; becomes the failure reason of its leases.
    pub reason: Option<Reason>,
    /// When it was over, told by who was away then; what lies ahead counts as now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

impl End {
    /// Reads the body of a run's end.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let outcome = fields.required("outcome");
        let reason = fields.optional("reason");
        let ended_at = fields.optional("endedAt");
        Some(Self { outcome: outcome?, reason, ended_at })
    }
}

/// What a decision sees besides the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The time of the decision.
    pub now: Timestamp,
    /// The company whose stream it is.
    pub company_id: CompanyId,
    /// The run whose stream it is.
    pub run_id: RunId,
    /// Who asks.
    pub actor: Actor,
}

/// Decides one command. The same end told again is no event.
///
/// # Errors
/// A [`Refusal`] when the run has ended otherwise.
pub fn decide(run: &Run, command: &Command, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let Command::End(end) = command;
    match &run.ended {
        None => Ok(vec![Event::RunEnded(RunEnded {
            at: facts.now,
            id: facts.run_id,
            company_id: facts.company_id,
            ended_at: end.ended_at.map_or(facts.now, |at| at.min(facts.now)),
            outcome: end.outcome,
            by: facts.actor.clone(),
            reason: end.reason.clone(),
        })]),
        Some(ended) if ended.outcome == end.outcome => Ok(Vec::new()),
        Some(ended) => Err(Refusal::RunEnded {
            run_id: facts.run_id,
            outcome: ended.outcome,
            ended_at: Some(ended.ended_at),
        }),
    }
}
