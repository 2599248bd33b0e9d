//! The scripts come everywhere: a law about what never happens would prove nothing.

use std::collections::BTreeMap;

use leasehold_domain::stream::Event;
use leasehold_domain::{lease, stream};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::script::script;
use crate::support::world::World;

/// How often each event, refusal and kind of succession came about in four hundred scripts.
fn reached() -> BTreeMap<String, usize> {
    let mut reached = BTreeMap::new();
    let mut runner = TestRunner::deterministic();
    for _ in 0..400 {
        let steps = script().new_tree(&mut runner).unwrap().current();
        let mut world = World::new();
        for step in &steps {
            step.take(&mut world);
            let refusal =
                step.command(&world).and_then(|command| world.clone().try_do(command).err());
            let code = refusal.map(|refusal| refusal.code_and_evidence().unwrap().0);
            count(&mut reached, code);
        }
        for decided in &world.log {
            count(&mut reached, [decided.event.name()]);
            count(&mut reached, succession(&decided.event));
        }
    }
    reached
}

fn count<W: Into<String>>(
    reached: &mut BTreeMap<String, usize>,
    what: impl IntoIterator<Item = W>,
) {
    for what in what {
        *reached.entry(what.into()).or_default() += 1;
    }
}

/// Whether an event hands a kept lease off, or one that had been released.
fn succession(event: &stream::Event) -> Option<&'static str> {
    let Event::Lease(event) = event else { return None };
    match event {
        lease::Event::Expired(ended) => ended.replaced_by_lease_id.map(|_| "hand-off of kept"),
        lease::Event::Amended(told) => told.replaced_by_lease_id.map(|_| "hand-off of released"),
        lease::Event::LeaseReserved(_)
        | lease::Event::LeaseAcquired(_)
        | lease::Event::AmnestyGranted(_)
        | lease::Event::FenceRefused(_)
        | lease::Event::CleanupRequested(_)
        | lease::Event::CleanupClaimed(_)
        | lease::Event::CleanupDeferred(_)
        | lease::Event::CleanupSucceeded(_)
        | lease::Event::CleanupFailed(_)
        | lease::Event::CleanupBlocked(_)
        | lease::Event::LeaseRenewed(_)
        | lease::Event::MetadataUpdated(_)
        | lease::Event::Retained(_)
        | lease::Event::Resumed(_)
        | lease::Event::Released(_)
        | lease::Event::Failed(_) => None,
    }
}

/// What happens in scripts.
const EVENTS: [&str; 26] = [
    "Created",
    "Updated",
    "Archived",
    "Reactivated",
    "Removed",
    "LeaseAcquired",
    "LeaseRenewed",
    "MetadataUpdated",
    "Retained",
    "Resumed",
    "Released",
    "Expired",
    "Failed",
    "Amended",
    "LeaseReserved",
    "AmnestyGranted",
    "FenceRefused",
    "CleanupRequested",
    "CleanupClaimed",
    "CleanupDeferred",
    "CleanupSucceeded",
    "CleanupFailed",
    "CleanupBlocked",
    "RunEnded",
    "hand-off of kept",
    "hand-off of released",
];

/// What is refused in scripts.
const REFUSALS: [&str; 19] = [
    "environment_not_found",
    "environment_inactive",
    "environment_name_taken",
    "environment_local_exists",
    "environment_in_use",
    "capacity_exhausted",
    "workspace_held",
    "version_mismatch",
    "lease_not_found",
    "lease_ended",
    "lease_not_active",
    "lease_not_retained",
    "lease_not_reserved",
    "reservation_expired",
    "cleanup_not_claimed",
    "nothing_due",
    "stale_fence",
    "resume_mismatch",
    "run_ended",
];

#[test]
fn the_scripts_reach_every_event_and_every_refusal() {
    let reached = reached();
    for what in EVENTS.into_iter().chain(REFUSALS) {
        let times = reached.get(what).copied().unwrap_or_default();
        assert!(times >= 5, "{what} came about {times} times: {reached:?}");
    }
}
