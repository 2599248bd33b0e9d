//! Whether there is room: the rules that make two holders impossible.

use super::entry::EnvironmentEntry;
use super::index::Index;
use super::refusal::Refusal;
use crate::environment::{self, Holder, InUse, Status};
use crate::id::{EnvironmentId, LeaseId, RunId, WorkspaceId};
use crate::run;

/// Holders named in one refusal; the evidence of a full environment stays readable.
const NAMED_HOLDERS_MAX: usize = 100;

/// Who asks for room, and whose room becomes free in the same step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking {
    pub(super) environment_id: EnvironmentId,
    pub(super) run_id: Option<RunId>,
    pub(super) workspace_id: Option<WorkspaceId>,
    pub(super) leaving: Option<LeaseId>,
}

/// Lets a run in, or says what stands in its way.
pub(super) fn admit<'i>(
    index: &'i Index,
    asking: &Asking,
) -> Result<&'i EnvironmentEntry, Refusal> {
    let environment_id = asking.environment_id;
    let environment = index
        .environment(environment_id)
        .ok_or(environment::Refusal::EnvironmentNotFound { environment_id })?;
    if environment.status != Status::Active {
        let current_status = environment.status;
        return Err(
            environment::Refusal::EnvironmentInactive { environment_id, current_status }.into()
        );
    }
    run_goes_on(index, asking.run_id)?;
    workspace_is_free(index, environment, asking)?;
    has_room(index, environment, asking)?;
    Ok(environment)
}

/// A run that has ended gets no lease.
fn run_goes_on(index: &Index, run_id: Option<RunId>) -> Result<(), Refusal> {
    let ended = run_id.and_then(|run_id| Some((run_id, index.ended_run(run_id)?)));
    ended.map_or(Ok(()), |(run_id, (outcome, at))| {
        Err(run::Refusal::RunEnded { run_id, outcome, ended_at: Some(at) }.into())
    })
}

fn has_room(index: &Index, environment: &EnvironmentEntry, asking: &Asking) -> Result<(), Refusal> {
    let Some(capacity) = environment.capacity else { return Ok(()) };
    let environment_id = asking.environment_id;
    let leaves = asking
        .leaving
        .and_then(|id| index.lease(id))
        .is_some_and(|entry| entry.environment_id == environment_id && entry.takes_room());
    let held = index.holders_count(environment_id) - usize::from(leaves);
    if environment::has_room(Some(capacity), held) {
        return Ok(());
    }
    let conflicting = named(index, index.holders(environment_id));
    Err(environment::Refusal::CapacityExhausted { environment_id, capacity, conflicting }.into())
}

fn workspace_is_free(
    index: &Index,
    environment: &EnvironmentEntry,
    asking: &Asking,
) -> Result<(), Refusal> {
    let Some(workspace) = asking.workspace_id.filter(|_| environment.single_flight) else {
        return Ok(());
    };
    let environment_id = asking.environment_id;
    let holders = index.holders_of_workspace(environment_id, workspace);
    let others = holders.filter(|id| Some(*id) != asking.leaving);
    let conflicting = named(index, others);
    if conflicting.is_empty() {
        return Ok(());
    }
    let execution_workspace_id = workspace;
    Err(environment::Refusal::WorkspaceHeld { environment_id, execution_workspace_id, conflicting }
        .into())
}

fn named(index: &Index, leases: impl Iterator<Item = LeaseId>) -> Vec<Holder> {
    leases.take(NAMED_HOLDERS_MAX).map(|id| index.holder(id)).collect()
}

/// Refuses while anything hangs on an environment, and says what.
pub(super) fn nothing_hangs(index: &Index, environment_id: EnvironmentId) -> Result<(), Refusal> {
    let mut reasons: Vec<InUse> = index
        .hanging(environment_id)
        .map(|(_, entry)| match entry.place {
            super::Place::Reserved | super::Place::Active => InUse::ActiveLease,
            super::Place::Retained => InUse::RetainedLease,
            super::Place::OpenCleanup => InUse::OpenCleanup,
        })
        .collect();
    if reasons.is_empty() {
        return Ok(());
    }
    reasons.sort_unstable();
    reasons.dedup();
    let conflicting = named(index, index.hanging(environment_id).map(|(id, _)| id));
    Err(environment::Refusal::EnvironmentInUse { environment_id, reasons, conflicting }.into())
}
