//! Who holds what in a company: a fold of its log that answers what decisions ask across streams.
//!
//! An entry is a pure function of its aggregate's state, and everything else here is derived from
//! entries, so that putting an older entry back undoes a change completely.

use std::collections::{BTreeSet, HashMap as StdHashMap};
use std::hash::Hash;

use foldhash::fast::RandomState;
use uuid::Uuid;

use super::entry::{EnvironmentEntry, LeaseEntry, Place};
use crate::environment::{Driver, Holder};
use crate::id::{EnvironmentId, LeaseId, RunId, WorkspaceId};
use crate::run::{Outcome, Run};
use crate::text::Name;
use crate::time::Timestamp;

/// Looked into many times for every event; the hashes' keys are drawn anew in each process, against ids
/// that were chosen to meet.
type HashMap<K, V> = StdHashMap<K, V, RandomState>;

/// The bounds of a search by what stands before the lease.
const FIRST: LeaseId = LeaseId(Uuid::nil());
const LAST: LeaseId = LeaseId(Uuid::max());

/// The index of one company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    environments: HashMap<EnvironmentId, EnvironmentEntry>,
    names: HashMap<Name, BTreeSet<EnvironmentId>>,
    sources: HashMap<EnvironmentId, BTreeSet<EnvironmentId>>,
    local: BTreeSet<EnvironmentId>,
    leases: HashMap<LeaseId, LeaseEntry>,
    hanging: HashMap<EnvironmentId, BTreeSet<LeaseId>>,
    holders: HashMap<EnvironmentId, BTreeSet<LeaseId>>,
    // A run and a workspace have a lease or two: a set for each would be mostly empty.
    workspaces: BTreeSet<(EnvironmentId, WorkspaceId, LeaseId)>,
    runs: BTreeSet<(RunId, LeaseId)>,
    cleanups: BTreeSet<(Timestamp, LeaseId)>,
    ended_runs: HashMap<RunId, RunEnd>,
}

/// How a run ended, and when.
pub type RunEnd = (Outcome, Timestamp);

impl Index {
    /// An environment of the company, by its id or by that of the source it is a copy of.
    #[must_use]
    pub fn resolve(&self, id: EnvironmentId) -> EnvironmentId {
        if self.environments.contains_key(&id) {
            return id;
        }
        self.sources.get(&id).and_then(BTreeSet::first).copied().unwrap_or(id)
    }

    /// What is known of an environment that is not removed.
    #[must_use]
    pub fn environment(&self, id: EnvironmentId) -> Option<&EnvironmentEntry> {
        self.environments.get(&id)
    }

    /// Who has a name. Imported environments may share one: the first of them by id.
    #[must_use]
    pub fn named(&self, name: &Name) -> Option<EnvironmentId> {
        self.names.get(name).and_then(BTreeSet::first).copied()
    }

    /// The company's local environment.
    #[must_use]
    pub fn local(&self) -> Option<EnvironmentId> {
        self.local.first().copied()
    }

    /// What is known of a lease that still hangs on its environment.
    #[must_use]
    pub fn lease(&self, id: LeaseId) -> Option<&LeaseEntry> {
        self.leases.get(&id)
    }

    /// The leases that take room on an environment, in the order of their ids.
    pub fn holders(&self, id: EnvironmentId) -> impl Iterator<Item = LeaseId> + '_ {
        self.holders.get(&id).into_iter().flatten().copied()
    }

    /// How many leases take room on an environment.
    #[must_use]
    pub fn holders_count(&self, id: EnvironmentId) -> usize {
        self.holders.get(&id).map_or(0, BTreeSet::len)
    }

    /// Everything that hangs on an environment: held, kept, or not cleaned up.
    pub fn hanging(&self, id: EnvironmentId) -> impl Iterator<Item = (LeaseId, &LeaseEntry)> + '_ {
        let leases = self.hanging.get(&id).into_iter().flatten();
        leases.filter_map(|lease| Some((*lease, self.leases.get(lease)?)))
    }

    /// The leases that take room on an environment for one workspace, in the order of their ids.
    pub fn holders_of_workspace(
        &self,
        id: EnvironmentId,
        workspace: WorkspaceId,
    ) -> impl Iterator<Item = LeaseId> + '_ {
        let of = |lease| (id, workspace, lease);
        self.workspaces.range(of(FIRST)..=of(LAST)).map(|(_, _, lease)| *lease)
    }

    /// The cleanups that are not done, those that may be claimed earliest first.
    pub fn cleanups(&self) -> impl Iterator<Item = (Timestamp, LeaseId)> + '_ {
        self.cleanups.iter().copied()
    }

    /// The reserved and active leases of a run, in the order of their ids.
    #[must_use]
    pub fn held_by_run(&self, run: RunId) -> Vec<LeaseId> {
        self.of_run(run, |place| matches!(place, Place::Reserved | Place::Active))
    }

    /// The active leases of a run, in the order of their ids.
    #[must_use]
    pub fn active_of_run(&self, run: RunId) -> Vec<LeaseId> {
        self.of_run(run, |place| place == Place::Active)
    }

    fn of_run(&self, run: RunId, is_meant: impl Fn(Place) -> bool) -> Vec<LeaseId> {
        let leases = self.runs.range((run, FIRST)..=(run, LAST)).map(|(_, lease)| *lease);
        leases.filter(|id| self.leases.get(id).is_some_and(|entry| is_meant(entry.place))).collect()
    }

    /// How and when a run ended, if it has.
    #[must_use]
    pub fn ended_run(&self, run: RunId) -> Option<RunEnd> {
        self.ended_runs.get(&run).copied()
    }

    /// A lease as the evidence of a refusal names it.
    #[must_use]
    pub fn holder(&self, id: LeaseId) -> Holder {
        let entry = self.leases.get(&id);
        Holder {
            lease_id: id,
            run_id: entry.and_then(|entry| entry.run_id),
            issue_id: entry.and_then(|entry| entry.issue_id),
        }
    }

    /// Puts an environment's entry in place; answers with the one before.
    pub fn set_environment(
        &mut self,
        id: EnvironmentId,
        entry: Option<EnvironmentEntry>,
    ) -> Option<EnvironmentEntry> {
        let before = self.environments.remove(&id);
        if let Some(before) = &before {
            out_of(&mut self.names, &before.name, &id);
            self.local.remove(&id);
            if let Some(source) = &before.source_id {
                out_of(&mut self.sources, source, &id);
            }
        }
        if let Some(entry) = entry {
            self.names.entry(entry.name.clone()).or_default().insert(id);
            if entry.driver == Driver::Local {
                self.local.insert(id);
            }
            entry.source_id.map(|source| self.sources.entry(source).or_default().insert(id));
            self.environments.insert(id, entry);
        }
        before
    }

    /// Puts a lease's entry in place; answers with the one before.
    pub fn set_lease(&mut self, id: LeaseId, entry: Option<LeaseEntry>) -> Option<LeaseEntry> {
        let before = match entry {
            Some(entry) => self.leases.insert(id, entry),
            None => self.leases.remove(&id),
        };
        let (old, new) = (before.as_ref(), entry.as_ref());
        let hangs_on = |entry: &LeaseEntry| entry.environment_id;
        move_on(&mut self.hanging, id, (old.map(hangs_on), new.map(hangs_on)));
        let held = |entry: &LeaseEntry| entry.takes_room().then_some(entry.environment_id);
        move_on(&mut self.holders, id, (old.and_then(held), new.and_then(held)));
        let place = |entry: &LeaseEntry| Some((held(entry)?, entry.workspace_id?, id));
        change(&mut self.workspaces, old.and_then(place), new.and_then(place));
        let cleanup = |entry: &LeaseEntry| Some((entry.claimable_at?, id));
        change(&mut self.cleanups, old.and_then(cleanup), new.and_then(cleanup));
        let run = |entry: &LeaseEntry| Some((entry.run_id?, id));
        change(&mut self.runs, old.and_then(run), new.and_then(run));
        before
    }

    /// Puts a run's end in place; answers with the one before.
    pub fn set_run(&mut self, id: RunId, end: Option<RunEnd>) -> Option<RunEnd> {
        match end {
            Some(end) => self.ended_runs.insert(id, end),
            None => self.ended_runs.remove(&id),
        }
    }

    /// The end that a run's state means.
    #[must_use]
    pub fn end_of(run: &Run) -> Option<RunEnd> {
        run.ended.as_ref().map(|ended| (ended.outcome, ended.ended_at))
    }
}

/// Puts what stands in an ordered set elsewhere.
fn change<T: Ord>(set: &mut BTreeSet<T>, before: Option<T>, after: Option<T>) {
    if before != after {
        before.map(|before| set.remove(&before));
        after.map(|after| set.insert(after));
    }
}

/// Takes a lease from one environment's set to another's.
fn move_on(
    sets: &mut HashMap<EnvironmentId, BTreeSet<LeaseId>>,
    id: LeaseId,
    (before, after): (Option<EnvironmentId>, Option<EnvironmentId>),
) {
    if before != after {
        if let Some(before) = before {
            out_of(sets, &before, &id);
        }
        after.map(|after| sets.entry(after).or_default().insert(id));
    }
}

fn out_of<K: Hash + Eq, I: Ord>(sets: &mut HashMap<K, BTreeSet<I>>, key: &K, id: &I) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(id);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}
