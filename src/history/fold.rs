//! The fold of one company after the other, with bounded memory.

use std::collections::{HashMap, HashSet, VecDeque};

use foldhash::fast::RandomState;
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{Aggregate, StreamId};

use super::entry::{Content, Entry};
use crate::log::{Digest, Stored};

/// Streams that are over and still in memory, unless told otherwise: what comes late mostly comes
/// soon.
pub(crate) const OVER_KEPT_MAX: usize = 10_000;

/// An event with its stream's state after it.
#[derive(Debug)]
pub(crate) struct Step<'s> {
    pub(crate) stored: &'s Stored,
    pub(crate) digest: Digest,
    pub(crate) content: &'s Content,
    pub(crate) after: &'s Aggregate,
}

/// Whoever follows the log.
pub(crate) trait Sink: Send + 'static {
    /// The next event of the log, whether it can be read or not.
    fn entry(&mut self, entry: &Entry);
    /// The state that the event meets, where it can be read.
    fn before(&mut self, stored: &Stored, state: &Aggregate);
    /// The state after it.
    fn after(&mut self, step: &Step<'_>);
    /// An event of a stream cannot be read: the stream stops before it.
    fn poison(&mut self, company: CompanyId, stream: StreamId, at: Position, error: &str);
    /// A stream as it is after its last event, which stands at the position.
    fn settle(&mut self, company: CompanyId, state: &Aggregate, last: Position);
    /// What was settled was not the last: another event came.
    fn unsettle(&mut self, company: CompanyId, state: &Aggregate, last: Position);
    /// All of a company has been told.
    fn finish(&mut self, company: CompanyId);
}

#[derive(Debug)]
struct State {
    aggregate: Aggregate,
    last: Position,
    /// Whether it stops before an event that cannot be read.
    is_poisoned: bool,
}

/// A fold and whoever follows it.
#[derive(Debug)]
pub(crate) struct Fold<S> {
    pub(crate) sink: S,
    company: Option<CompanyId>,
    states: HashMap<StreamId, State, RandomState>,
    over: VecDeque<(StreamId, u64)>,
    over_kept_max: usize,
}

impl<S: Sink> Fold<S> {
    pub(crate) fn new(sink: S, over_kept_max: usize) -> Self {
        let (states, over) = (HashMap::default(), VecDeque::new());
        Self { sink, company: None, states, over, over_kept_max }
    }

    /// Goes on to a company; the one before is over.
    pub(crate) fn enter(&mut self, company: CompanyId) {
        if self.company != Some(company) {
            self.finish();
            self.company = Some(company);
        }
    }

    /// The streams of these entries that have begun earlier and are not in memory.
    pub(super) fn missing(&self, entries: &[Entry]) -> Vec<StreamId> {
        let mut met = HashSet::with_capacity_and_hasher(entries.len(), RandomState::default());
        let stored = entries.iter().filter_map(|entry| entry.stored.as_ref().ok());
        stored
            .filter(|stored| met.insert(stored.stream))
            .filter(|stored| stored.sequence > 1 && !self.states.contains_key(&stored.stream))
            .map(|stored| stored.stream)
            .collect()
    }

    /// Puts streams that were put away back in memory, from their events so far.
    pub(crate) fn recall(&mut self, entries: &[Entry]) {
        let mut recalled = HashSet::new();
        for entry in entries {
            let stored = match &entry.stored {
                Ok(stored) => stored,
                Err(broken) => {
                    self.poison(broken.stream, entry.position, &broken.error);
                    continue;
                }
            };
            recalled.insert(stored.stream);
            match &entry.content {
                Ok(content) => self.state(stored.stream).fold(content, entry.position),
                Err(error) => self.poison(stored.stream, entry.position, error),
            }
        }
        for stream in recalled {
            if let (Some(company), Some(state)) = (self.company, self.states.get(&stream)) {
                self.sink.unsettle(company, &state.aggregate, state.last);
            }
        }
    }

    /// Folds entries of the company, in order.
    pub(crate) fn take(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.sink.entry(entry);
            match (&entry.stored, &entry.content) {
                (Ok(stored), Ok(content)) => self.fold(stored, entry.digest, content),
                (Ok(stored), Err(error)) => self.poison(stored.stream, entry.position, error),
                (Err(broken), _) => self.poison(broken.stream, entry.position, &broken.error),
            }
        }
        self.put_away();
    }

    fn fold(&mut self, stored: &Stored, digest: Digest, content: &Content) {
        let slot = self.states.entry(stored.stream);
        let state = slot.or_insert_with(|| State::new(stored.stream));
        if state.is_poisoned {
            return;
        }
        self.sink.before(stored, &state.aggregate);
        state.fold(content, stored.position);
        self.sink.after(&Step { stored, digest, content, after: &state.aggregate });
        if is_over(&state.aggregate) {
            self.over.push_back((stored.stream, state.aggregate.version()));
        }
    }

    /// What comes after an event that cannot be read is not folded: nobody knows what it meets.
    fn poison(&mut self, stream: StreamId, at: Position, error: &str) {
        let state = self.states.entry(stream).or_insert_with(|| State::new(stream));
        if !state.is_poisoned
            && let Some(company) = self.company
        {
            state.is_poisoned = true;
            self.sink.poison(company, stream, at, error);
        }
    }

    fn state(&mut self, stream: StreamId) -> &mut State {
        self.states.entry(stream).or_insert_with(|| State::new(stream))
    }

    /// Settles the streams that have been over for longest.
    fn put_away(&mut self) {
        while self.over.len() > self.over_kept_max {
            let Some((stream, version)) = self.over.pop_front() else { return };
            // An event that came meanwhile has put the stream at the end of the queue again.
            let is_last = |state: &State| state.aggregate.version() == version;
            if self.states.get(&stream).is_some_and(is_last)
                && let Some(state) = self.states.remove(&stream)
            {
                self.settle(&state);
            }
        }
    }

    fn settle(&mut self, state: &State) {
        if let Some(company) = self.company {
            self.sink.settle(company, &state.aggregate, state.last);
        }
    }

    /// The company is over: every stream is as it is now.
    pub(crate) fn finish(&mut self) {
        self.over.clear();
        for state in std::mem::take(&mut self.states).into_values() {
            self.settle(&state);
        }
        if let Some(company) = self.company.take() {
            self.sink.finish(company);
        }
    }
}

impl State {
    fn new(stream: StreamId) -> Self {
        let aggregate = Aggregate::new(stream.kind);
        Self { aggregate, last: Position(0), is_poisoned: false }
    }

    fn fold(&mut self, content: &Content, position: Position) {
        if self.is_poisoned {
            return;
        }
        self.aggregate.apply(&content.event);
        self.last = position;
    }
}

/// Whether little more is to be expected of a stream.
fn is_over(state: &Aggregate) -> bool {
    match state {
        Aggregate::Environment(state) => state.removed_at.is_some(),
        Aggregate::Lease(state) => state.record.as_ref().is_some_and(|r| r.ending().is_some()),
        Aggregate::Run(_) | Aggregate::Operation(_) => true,
    }
}
