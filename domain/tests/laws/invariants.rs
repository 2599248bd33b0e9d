//! Invariants of a company, seen from its states and its log and not from its index.

use std::collections::{BTreeMap, BTreeSet};

use leasehold_domain::company::Company;
use leasehold_domain::environment::{Driver, Record as EnvironmentRecord};
use leasehold_domain::fence::Fence;
use leasehold_domain::id::{EnvironmentId, LeaseId, RunId, WorkspaceId};
use leasehold_domain::lease::{self, Record, Standing};
use leasehold_domain::run;
use leasehold_domain::stream::{Aggregate, Event};
use proptest::prelude::*;

use super::cases;
use super::script::{environments, leases, script};
use crate::support::world::World;

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn every_sequence_of_commands_keeps_the_invariants(steps in script()) {
        let mut world = World::new();
        for step in &steps {
            let before = world.company.clone();
            step.take(&mut world);
            let states = States::of(&world, &world.company);
            nobody_comes_in_beyond_the_room(&States::of(&world, &before), &states);
            names_and_the_local_one_are_unique(&states);
            what_is_over_stays_as_it_ended(&before, &world);
            no_active_lease_has_a_run_that_ended(&world);
            the_index_agrees_with_the_states(&world.company, &states);
        }
        fences_rise_and_runs_that_ended_get_none(&world);
        versions_count_events_and_time_goes_on(&world);
    }
}

/// The environments that are there and the leases that were granted, as their states say.
struct States {
    environments: Vec<EnvironmentRecord>,
    leases: Vec<Record>,
}

impl States {
    fn of(world: &World, company: &Company) -> Self {
        let present = |id| company.environment(id).present().cloned();
        let record = |id| company.lease(id)?.record.as_deref().cloned();
        Self {
            environments: environments(world).into_iter().filter_map(present).collect(),
            leases: leases(world).into_iter().filter_map(record).collect(),
        }
    }

    /// Who takes room: what is active, and what is retained for reuse.
    fn holders(&self, id: EnvironmentId) -> impl Iterator<Item = &Record> {
        let on = self.leases.iter().filter(move |record| record.environment_id == id);
        on.filter(|record| match &record.standing {
            Standing::Reserved(_) | Standing::Active => true,
            Standing::Retained => record.lease_policy.as_str().starts_with("reuse_by_"),
            Standing::Ended(_) => false,
        })
    }

    fn in_workspace(&self, id: EnvironmentId, workspace: WorkspaceId) -> usize {
        let holders = self.holders(id);
        holders.filter(|record| record.execution_workspace_id == Some(workspace)).count()
    }
}

/// Where a capacity was lowered or single-flight came later, those who hold go on; nobody joins.
fn nobody_comes_in_beyond_the_room(before: &States, after: &States) {
    for environment in &after.environments {
        let (id, held) = (environment.id, after.holders(environment.id).count());
        if let Some(capacity) = environment.capacity.filter(|_| held > before.holders(id).count()) {
            assert!(held <= capacity as usize, "{held} holders have room for {capacity}");
        }
        let workspaces = after.holders(id).filter_map(|record| record.execution_workspace_id);
        for workspace in workspaces.filter(|_| environment.single_flight) {
            let held = after.in_workspace(id, workspace);
            let joined = held > before.in_workspace(id, workspace);
            assert!(!joined || held == 1, "{held} holders of a workspace under single-flight");
        }
    }
}

fn names_and_the_local_one_are_unique(states: &States) {
    let present = &states.environments;
    let names: BTreeSet<_> = present.iter().map(|record| &record.name).collect();
    assert_eq!(names.len(), present.len(), "a name is taken twice");
    let locals = present.iter().filter(|record| record.driver == Driver::Local).count();
    assert!(locals <= 1, "{locals} local environments");
}

fn what_is_over_stays_as_it_ended(before: &Company, world: &World) {
    let record = |company: &Company, id| company.lease(id).and_then(|lease| lease.record.clone());
    for id in leases(world) {
        let Some(was) = record(before, id).filter(|record| record.ending().is_some()) else {
            continue;
        };
        let is = record(&world.company, id).expect("a lease is never forgotten");
        assert_eq!((is.status(), is.released_at), (was.status(), was.released_at));
        assert_eq!((is.standing, is.last_used_at), (was.standing, was.last_used_at));
        assert_eq!((is.fence, is.heartbeat_run_id), (was.fence, was.heartbeat_run_id));
    }
    for id in environments(world) {
        let was = before.environment(id).removed_at;
        assert!(was.is_none() || world.company.environment(id).removed_at == was);
    }
}

fn no_active_lease_has_a_run_that_ended(world: &World) {
    for id in leases(world) {
        let record = world.lease(id);
        let run = record.heartbeat_run_id.filter(|_| record.standing == Standing::Active);
        assert!(run.is_none_or(|run| world.company.run(run).ended.is_none()), "{record:?}");
    }
}

fn the_index_agrees_with_the_states(company: &Company, states: &States) {
    let index = company.index();
    for record in &states.environments {
        let holders: BTreeSet<LeaseId> = states.holders(record.id).map(|held| held.id).collect();
        assert_eq!(index.holders(record.id).collect::<BTreeSet<_>>(), holders);
        assert_eq!(index.holders_count(record.id), holders.len());
        assert_eq!(index.named(&record.name), Some(record.id));
        let on = states.leases.iter().filter(|lease| lease.environment_id == record.id);
        let hang = on.filter(|lease| lease.ending().is_none() || lease.has_open_cleanup());
        assert_eq!(index.hanging(record.id).count(), hang.count());
    }
    let local = states.environments.iter().find(|record| record.driver == Driver::Local);
    assert_eq!(index.local(), local.map(|record| record.id));
}

/// The run that an event gives a lease to, and the fence that it is given with.
fn granted(event: &Event) -> Option<(Option<RunId>, Fence)> {
    let Event::Lease(event) = event else { return None };
    match event {
        lease::Event::LeaseReserved(event) | lease::Event::LeaseAcquired(event) => {
            Some((event.heartbeat_run_id, event.fence))
        }
        lease::Event::Resumed(event) => Some((Some(event.heartbeat_run_id), event.fence)),
        lease::Event::LeaseRenewed(_)
        | lease::Event::MetadataUpdated(_)
        | lease::Event::Retained(_)
        | lease::Event::Released(_)
        | lease::Event::Expired(_)
        | lease::Event::Failed(_)
        | lease::Event::Amended(_)
        | lease::Event::AmnestyGranted(_)
        | lease::Event::FenceRefused(_)
        | lease::Event::CleanupRequested(_)
        | lease::Event::CleanupClaimed(_)
        | lease::Event::CleanupDeferred(_)
        | lease::Event::CleanupSucceeded(_)
        | lease::Event::CleanupFailed(_)
        | lease::Event::CleanupBlocked(_) => None,
    }
}

fn fences_rise_and_runs_that_ended_get_none(world: &World) {
    let mut newest: BTreeMap<EnvironmentId, Fence> = BTreeMap::new();
    let mut ended: BTreeSet<RunId> = BTreeSet::new();
    let mut begun = BTreeSet::new();
    for (position, decided) in (1..).zip(&world.log) {
        let is_first = begun.insert(decided.stream);
        let is_activation = decided.event.name() == "LeaseAcquired" && !is_first;
        if let Event::Run(run::Event::RunEnded(told)) = &decided.event {
            assert!(ended.insert(told.id), "a run ends once");
        }
        // An activation keeps the fence of its reservation.
        let granted = granted(&decided.event).filter(|_| !is_activation);
        let Some((run, fence)) = granted else { continue };
        assert_eq!(fence.0, (1 << 40) + position, "a fence is counted from its own position");
        assert!(run.is_none_or(|run| !ended.contains(&run)), "a run that ended gets no lease");
        let environment = world.lease(LeaseId(decided.stream.id)).environment_id;
        let older = newest.insert(environment, fence);
        assert!(older.is_none_or(|older| older < fence), "fences rise");
    }
}

fn versions_count_events_and_time_goes_on(world: &World) {
    let mut told = BTreeMap::new();
    for decided in &world.log {
        let (count, last) = told.entry(decided.stream).or_insert((0, decided.event.at()));
        assert!(*last <= decided.event.at(), "time never falls within a stream");
        (*count, *last) = (*count + 1, decided.event.at());
    }
    assert_eq!(told.len(), world.company.len());
    for (stream, (count, _)) in told {
        assert_eq!(world.company.get(stream).map(Aggregate::version), Some(count));
    }
}
