//! The part of a company that is in memory, with the way back to what is durable.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::entry::{EnvironmentEntry, LeaseEntry};
use super::index::{Index, RunEnd};
use crate::environment::Environment;
use crate::id::{CompanyId, EnvironmentId, LeaseId, OperationId, RunId};
use crate::lease::Lease;
use crate::operation::Operation;
use crate::run::Run;
use crate::stream::{Aggregate, Event, StreamId};

/// One company's index and those of its aggregates that decisions asked for.
#[derive(Debug, Clone)]
pub struct Company {
    id: CompanyId,
    index: Index,
    streams: HashMap<StreamId, Aggregate, RandomState>,
    journal: Vec<Undo>,
}

/// What a change has overwritten.
#[derive(Debug, Clone)]
struct Undo {
    stream: StreamId,
    aggregate: Option<Aggregate>,
    entry: Entry,
}

#[derive(Debug, Clone)]
enum Entry {
    Environment(Option<EnvironmentEntry>),
    Lease(Option<LeaseEntry>),
    Run(Option<RunEnd>),
    Operation,
}

impl Company {
    /// A company of which nothing is known yet.
    #[must_use]
    pub fn new(id: CompanyId) -> Self {
        Self { id, index: Index::default(), streams: HashMap::default(), journal: Vec::new() }
    }

    /// Whose state it is.
    #[must_use]
    pub const fn id(&self) -> CompanyId {
        self.id
    }

    /// What spans its streams.
    #[must_use]
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// How many aggregates are in memory.
    #[must_use]
    pub fn len(&self) -> usize {
        self.streams.len()
    }

    /// Whether no aggregate is in memory.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// Whether a stream's state is in memory.
    #[must_use]
    pub fn has(&self, stream: StreamId) -> bool {
        self.streams.contains_key(&stream)
    }

    /// The state of a stream; none when it is not in memory.
    #[must_use]
    pub fn get(&self, stream: StreamId) -> Option<&Aggregate> {
        self.streams.get(&stream)
    }

    /// Puts the durable state of a stream in memory, and its entry into the index.
    pub fn load(&mut self, stream: StreamId, aggregate: Aggregate) {
        self.index_set(stream, Entry::of(&aggregate));
        self.streams.insert(stream, aggregate);
    }

    /// Tells the index of a run that has ended without keeping the run's state.
    pub fn load_ended_run(&mut self, run: RunId, end: RunEnd) {
        self.index.set_run(run, Some(end));
    }

    /// Forgets the states of streams for which `keep` is false; the index keeps their entries.
    pub fn evict(&mut self, mut keep: impl FnMut(StreamId, &Aggregate) -> bool) {
        self.streams.retain(|stream, aggregate| keep(*stream, aggregate));
    }

    /// Folds a decided event in; [`Self::undo`] takes it out again.
    pub fn apply(&mut self, stream: StreamId, event: &Event) -> &Aggregate {
        let before = self.streams.get(&stream).cloned();
        let slot = self.streams.entry(stream);
        let aggregate = slot.or_insert_with(|| Aggregate::new(stream.kind));
        aggregate.apply(event);
        let entry = Entry::of(aggregate);
        let entry = self.index_set(stream, entry);
        self.journal.push(Undo { stream, aggregate: before, entry });
        self.streams.entry(stream).or_insert_with(|| Aggregate::new(stream.kind))
    }

    /// A mark to which [`Self::undo_to`] goes back.
    #[must_use]
    pub fn mark(&self) -> usize {
        self.journal.len()
    }

    /// What was applied is durable.
    pub fn keep(&mut self) {
        self.journal.clear();
    }

    /// Nothing of what was applied has happened.
    pub fn undo(&mut self) {
        self.undo_to(0);
    }

    /// Nothing of what was applied after the mark has happened.
    pub fn undo_to(&mut self, mark: usize) {
        for undo in self.journal.split_off(mark.min(self.journal.len())).into_iter().rev() {
            self.index_set(undo.stream, undo.entry);
            match undo.aggregate {
                Some(aggregate) => self.streams.insert(undo.stream, aggregate),
                None => self.streams.remove(&undo.stream),
            };
        }
    }

    fn index_set(&mut self, stream: StreamId, entry: Entry) -> Entry {
        match entry {
            Entry::Environment(entry) => {
                let id = EnvironmentId(stream.id);
                Entry::Environment(self.index.set_environment(id, entry))
            }
            Entry::Lease(entry) => Entry::Lease(self.index.set_lease(LeaseId(stream.id), entry)),
            Entry::Run(end) => Entry::Run(self.index.set_run(RunId(stream.id), end)),
            Entry::Operation => Entry::Operation,
        }
    }

    /// The state of an environment; that of none when it is not in memory.
    #[must_use]
    pub fn environment(&self, id: EnvironmentId) -> Environment {
        match self.streams.get(&id.into()) {
            Some(Aggregate::Environment(state)) => state.clone(),
            Some(Aggregate::Lease(_) | Aggregate::Run(_) | Aggregate::Operation(_)) | None => {
                Environment::default()
            }
        }
    }

    /// The state of a lease; that of none when it is not in memory.
    #[must_use]
    pub fn lease(&self, id: LeaseId) -> Option<&Lease> {
        match self.streams.get(&id.into()) {
            Some(Aggregate::Lease(state)) => Some(state),
            Some(Aggregate::Environment(_) | Aggregate::Run(_) | Aggregate::Operation(_))
            | None => None,
        }
    }

    /// The state of a run; that of one that goes on when it is not in memory.
    #[must_use]
    pub fn run(&self, id: RunId) -> Run {
        match self.streams.get(&id.into()) {
            Some(Aggregate::Run(state)) => state.clone(),
            Some(Aggregate::Environment(_) | Aggregate::Lease(_) | Aggregate::Operation(_))
            | None => Run::default(),
        }
    }

    /// The state of an operation; that of none when it is not in memory.
    #[must_use]
    pub fn operation(&self, id: OperationId) -> Operation {
        match self.streams.get(&id.into()) {
            Some(Aggregate::Operation(state)) => state.clone(),
            Some(Aggregate::Environment(_) | Aggregate::Lease(_) | Aggregate::Run(_)) | None => {
                Operation::default()
            }
        }
    }
}

impl Entry {
    fn of(aggregate: &Aggregate) -> Self {
        match aggregate {
            Aggregate::Environment(state) => Self::Environment(EnvironmentEntry::of(state)),
            Aggregate::Lease(state) => Self::Lease(LeaseEntry::of(state)),
            Aggregate::Run(state) => Self::Run(Index::end_of(state)),
            Aggregate::Operation(_) => Self::Operation,
        }
    }
}
