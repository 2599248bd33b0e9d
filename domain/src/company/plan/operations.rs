//! Plans for operations: their steps stand in the installation's own log.

use super::{Answer, Decided, Decision, Facts};
use crate::company::{Company, Refusal};
use crate::id::OperationId;
use crate::operation::{self, Step, decide};
use crate::stream::Event;

pub(super) fn tell(
    company: &Company,
    id: OperationId,
    step: &Step,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    if !company.id().0.is_nil() {
        return Err(operation::Refusal::NotTheInstallation { operation_id: id }.into());
    }
    let own = operation::Facts { now: facts.now, operation_id: id };
    let events = decide(&company.operation(id), step, &own)?;
    let stream = id.into();
    let is_new = !events.is_empty();
    let decided = |event| Decided { stream, event: Event::Operation(event), imported: None };
    let events = events.into_iter().map(decided).collect();
    Ok(Decision::new(Answer::Imported(stream, is_new), events))
}
