//! Whether a history keeps the rules that hold always, whoever wrote it.
//!
//! An audit follows a company's log event by event, from the first, and holds each state against the
//! one before. It trusts nothing that decided: it looks at what came of the decisions.

use std::sync::Arc;

use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

use super::entry::{EnvironmentEntry, LeaseEntry};
use super::index::Index;
use crate::environment::{Driver, Environment, Status};
use crate::fence::{Fence, Position};
use crate::id::{EnvironmentId, LeaseId, RunId, WorkspaceId};
use crate::lease::{Ending, Lease};
use crate::stream::{Aggregate, StreamId};

/// A rule that an event broke, with the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Error)]
#[serde(tag = "rule", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the messages say what each is")]
pub enum Violation {
    #[error("the stream does not begin with its beginning")]
    Unbegun,
    #[error("the event says that it is about {says}")]
    OtherStream { says: Uuid },
    #[error("the environment takes no leases: it is archived, removed or was never made")]
    NotGrantable { environment_id: EnvironmentId },
    #[error("{held} leases take room where there is room for {capacity}")]
    BeyondCapacity { environment_id: EnvironmentId, capacity: u32, held: usize },
    #[error("another lease holds the workspace where one may")]
    WorkspaceShared { environment_id: EnvironmentId, workspace_id: WorkspaceId, by: LeaseId },
    #[error("the run had ended")]
    RunHadEnded { run_id: RunId },
    #[error("the lease had ended, and its end changed")]
    EndChanged,
    #[error("the fence {fence} does not rise above {before} with its position")]
    FenceNotRising { fence: Fence, before: Fence },
    #[error("the name belongs to another environment")]
    NameShared { by: EnvironmentId },
    #[error("there is another local environment")]
    SecondLocal { other: EnvironmentId },
}

/// What the state before an event was, as far as rules look back.
#[derive(Debug, Clone, Default)]
struct Before {
    ending: Option<Arc<Ending>>,
    entry: Option<LeaseEntry>,
    fence: Option<Fence>,
    environment: Option<EnvironmentEntry>,
}

/// The audit of one company, up to one position.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    index: Index,
    fence: Fence,
    before: Before,
}

impl Audit {
    /// Looks at the state that the next event meets.
    pub fn before(&mut self, state: &Aggregate) {
        self.before = match state {
            Aggregate::Environment(state) => {
                Before { environment: EnvironmentEntry::of(state), ..Before::default() }
            }
            Aggregate::Lease(state) => {
                let record = state.record.as_deref();
                Before {
                    ending: record.and_then(|record| record.ending().cloned()),
                    entry: LeaseEntry::of(state),
                    fence: record.map(|record| record.fence),
                    environment: None,
                }
            }
            Aggregate::Run(_) | Aggregate::Operation(_) => Before::default(),
        };
    }

    /// Looks at the state after it; answers with the rules that it broke.
    pub fn after(
        &mut self,
        stream: StreamId,
        state: &Aggregate,
        position: Position,
    ) -> Vec<Violation> {
        let mut broken = Vec::new();
        match state {
            Aggregate::Environment(state) => {
                self.environment(EnvironmentId(stream.id), state, &mut broken);
            }
            Aggregate::Lease(state) => {
                self.lease(LeaseId(stream.id), state, position, &mut broken);
            }
            Aggregate::Run(state) => {
                let said = state.ended.as_ref().map(|ended| ended.id.0);
                is_about(stream.id, said, &mut broken);
                self.index.set_run(RunId(stream.id), Index::end_of(state));
            }
            Aggregate::Operation(state) => {
                is_about(stream.id, state.record.map(|record| record.id.0), &mut broken);
            }
        }
        broken
    }

    fn environment(&mut self, id: EnvironmentId, state: &Environment, broken: &mut Vec<Violation>) {
        is_about(id.0, state.record.as_ref().map(|record| record.id.0), broken);
        let entry = EnvironmentEntry::of(state);
        if let Some(entry) = &entry {
            let before = self.before.environment.as_ref();
            let is_renamed = before.is_none_or(|before| before.name != entry.name);
            let named = self.index.named(&entry.name).filter(|by| *by != id && is_renamed);
            broken.extend(named.map(|by| Violation::NameShared { by }));
            let is_local = entry.driver == Driver::Local;
            let became_local = before.is_none_or(|before| before.driver != Driver::Local);
            let other = self.index.local().filter(|other| *other != id && is_local && became_local);
            broken.extend(other.map(|other| Violation::SecondLocal { other }));
        }
        self.index.set_environment(id, entry);
    }

    fn lease(
        &mut self,
        id: LeaseId,
        state: &Lease,
        position: Position,
        broken: &mut Vec<Violation>,
    ) {
        let record = state.record.as_deref();
        is_about(id.0, record.map(|record| record.id.0), broken);
        let Some(record) = record else { return };
        let before = std::mem::take(&mut self.before);
        if before.ending.is_some() && before.ending.as_ref() != record.ending() {
            broken.push(Violation::EndChanged);
        }
        if before.fence != Some(record.fence) {
            self.fence_rises(record.fence, position, broken);
        }
        let entry = LeaseEntry::of(state);
        if let Some(entry) = entry {
            self.admitted(id, before.entry, entry, broken);
        }
        // Rules ask who takes room. What only waits for its cleanup may be most of a long history.
        let held = |entry: Option<LeaseEntry>| entry.filter(LeaseEntry::takes_room);
        if held(before.entry) != held(entry) {
            self.index.set_lease(id, held(entry));
        }
    }

    fn fence_rises(&mut self, fence: Fence, position: Position, broken: &mut Vec<Violation>) {
        let before = self.fence;
        if fence <= before || fence.position() != position {
            broken.push(Violation::FenceNotRising { fence, before });
        }
        self.fence = before.max(fence);
    }

    /// Whoever comes to hold had to be let in.
    fn admitted(
        &self,
        id: LeaseId,
        before: Option<LeaseEntry>,
        entry: LeaseEntry,
        broken: &mut Vec<Violation>,
    ) {
        let took_room = before.is_some_and(|before| before.takes_room());
        if !entry.takes_room() {
            return;
        }
        let is_same_run = before.is_some_and(|before| before.run_id == entry.run_id);
        let run = entry.run_id.filter(|_| !(took_room && is_same_run));
        let ended = run.filter(|run| self.index.ended_run(*run).is_some());
        broken.extend(ended.map(|run_id| Violation::RunHadEnded { run_id }));
        if took_room {
            return;
        }
        let environment_id = entry.environment_id;
        let Some(environment) =
            self.index.environment(environment_id).filter(|e| e.status == Status::Active)
        else {
            return broken.push(Violation::NotGrantable { environment_id });
        };
        let held = self.index.holders_count(environment_id) + 1;
        let capacity = environment.capacity.filter(|capacity| held > *capacity as usize);
        broken.extend(capacity.map(|capacity| Violation::BeyondCapacity {
            environment_id,
            capacity,
            held,
        }));
        let workspace = entry.workspace_id.filter(|_| environment.single_flight);
        broken.extend(workspace.and_then(|workspace| self.shared(id, environment_id, workspace)));
    }

    /// Another lease that holds the workspace.
    fn shared(
        &self,
        id: LeaseId,
        environment_id: EnvironmentId,
        workspace_id: WorkspaceId,
    ) -> Option<Violation> {
        let mut holders = self.index.holders_of_workspace(environment_id, workspace_id);
        let by = holders.find(|by| *by != id)?;
        Some(Violation::WorkspaceShared { environment_id, workspace_id, by })
    }
}

/// An event's body names its own stream; a state without one has not begun.
fn is_about(id: Uuid, said: Option<Uuid>, broken: &mut Vec<Violation>) {
    match said {
        Some(says) if says != id => broken.push(Violation::OtherStream { says }),
        Some(_) => {}
        None => broken.push(Violation::Unbegun),
    }
}
