//! Sequences of commands over a few names, runs and workspaces, so that they collide.

use leasehold_domain::company::Command;
use leasehold_domain::id::{EnvironmentId, LeaseId};
use leasehold_domain::lease::{CleanupStatus, EndKind, Policy};
use leasehold_domain::run::Outcome;
use leasehold_domain::stream::AggregateType;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::intents::{Intent, intent};
use crate::support::world::World;
use crate::support::{ask, ids};

/// How a lease comes after another one, or after itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Resume,
    TakeOver,
    StandIn,
}

/// Something that is asked; environments and leases are meant by the order in which they came.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Pass(u32),
    Create { name: u8, local: bool, capacity: Option<u8>, single_flight: bool },
    Update { nth: usize, body: Value },
    Archive(usize),
    Reactivate(usize),
    Remove(usize),
    EnsureLocal,
    Acquire { nth: usize, run: u32, workspace: u32, policy: Policy },
    TakeOver { nth: usize, run: u32, how: How, policy: Option<Policy> },
    Renew { nth: usize, ttl: u32, is_stale: bool },
    Note { nth: usize, metadata: Value, merges: bool },
    Retain { nth: usize, is_stale: bool },
    Resume { nth: usize, run: u32 },
    Release { nth: usize, kind: EndKind, cleanup: Option<CleanupStatus>, is_stale: bool },
    ReleaseRun { run: u32, kind: EndKind },
    EndRun { run: u32, outcome: Outcome },
    RenewRun { run: u32, ttl: u32 },
    Intent(Intent),
}

pub(super) fn script() -> impl Strategy<Value = Vec<Step>> {
    let any_step = prop_oneof![
        1 => create(),
        4 => on_environment(),
        14 => acquisition(),
        14 => on_lease(),
        3 => on_run(),
        16 => intent().prop_map(Step::Intent),
        3 => (1..90_u32).prop_map(Step::Pass),
        1 => Just(Step::Pass(90_000)),
    ];
    let first = prop::collection::vec(create(), 2);
    let then = prop::collection::vec(any_step, 1..60);
    (first, then).prop_map(|(first, then)| [first, then].concat())
}

fn create() -> impl Strategy<Value = Step> {
    let capacity = option::of(prop_oneof![1 => Just(0), 9 => 1..4_u8]);
    (0..4_u8, any::<bool>(), capacity, any::<bool>()).prop_map(
        |(name, local, capacity, single_flight)| Step::Create {
            name,
            local,
            capacity,
            single_flight,
        },
    )
}

pub(super) const NTH: std::ops::Range<usize> = 0..64;

fn on_environment() -> impl Strategy<Value = Step> {
    let body = select(vec![
        json!({"name": "0"}),
        json!({"name": "1", "status": "archived"}),
        json!({"driver": "local"}),
        json!({"driver": "ssh", "metadata": {"a": 1}}),
        json!({"status": "active", "capacity": 1}),
        json!({"capacity": 2, "singleFlight": true}),
        json!({"capacity": null, "singleFlight": false}),
        json!({"description": "d", "ifVersion": 1}),
    ]);
    prop_oneof![
        4 => (NTH, body).prop_map(|(nth, body)| Step::Update { nth, body }),
        1 => NTH.prop_map(Step::Archive),
        3 => NTH.prop_map(Step::Reactivate),
        1 => NTH.prop_map(Step::Remove),
        1 => Just(Step::EnsureLocal),
    ]
}

fn acquisition() -> impl Strategy<Value = Step> {
    let policy = || select(Policy::ALL.to_vec());
    let acquire = (NTH, 0..7_u32, 0..4_u32, policy())
        .prop_map(|(nth, run, workspace, policy)| Step::Acquire { nth, run, workspace, policy });
    let other = option::weighted(0.1, policy());
    let how = select(vec![How::Resume, How::TakeOver, How::StandIn]);
    let take_over = (NTH, 1..7_u32, how, other)
        .prop_map(|(nth, run, how, policy)| Step::TakeOver { nth, run, how, policy });
    let resume = (NTH, 1..7_u32).prop_map(|(nth, run)| Step::Resume { nth, run });
    prop_oneof![3 => acquire, 2 => take_over, 1 => resume]
}

fn on_lease() -> impl Strategy<Value = Step> {
    let rarely = || prop::bool::weighted(0.2);
    let renew = (NTH, 1..90_u32, rarely()).prop_map(|(nth, ttl, is_stale)| Step::Renew {
        nth,
        ttl,
        is_stale,
    });
    let notes = select(vec![json!(null), json!({"a": 1}), json!({"a": null, "b": {"c": 2}})]);
    let note = (NTH, notes, any::<bool>()).prop_map(|(nth, metadata, merges)| Step::Note {
        nth,
        metadata,
        merges,
    });
    let retain = (NTH, rarely()).prop_map(|(nth, is_stale)| Step::Retain { nth, is_stale });
    let kind = select(EndKind::ALL.to_vec());
    let cleanup = option::of(select(CleanupStatus::ALL.to_vec()));
    let release = (NTH, kind, cleanup, rarely())
        .prop_map(|(nth, kind, cleanup, is_stale)| Step::Release { nth, kind, cleanup, is_stale });
    prop_oneof![2 => renew, 1 => note, 3 => retain, 3 => release]
}

fn on_run() -> impl Strategy<Value = Step> {
    let run = || 1..7_u32;
    let kind = select(EndKind::ALL.to_vec());
    let outcome = select(Outcome::ALL.to_vec());
    prop_oneof![
        3 => (run(), kind).prop_map(|(run, kind)| Step::ReleaseRun { run, kind }),
        1 => (run(), outcome).prop_map(|(run, outcome)| Step::EndRun { run, outcome }),
        2 => (run(), 1..90_u32).prop_map(|(run, ttl)| Step::RenewRun { run, ttl }),
    ]
}

/// The environments that a log made, in order.
pub(super) fn environments(world: &World) -> Vec<EnvironmentId> {
    of_kind(world, AggregateType::Environment).map(EnvironmentId).collect()
}

/// The leases that a log granted, in order.
pub(super) fn leases(world: &World) -> Vec<LeaseId> {
    of_kind(world, AggregateType::Lease).map(LeaseId).collect()
}

fn of_kind(world: &World, kind: AggregateType) -> impl Iterator<Item = uuid::Uuid> + '_ {
    let firsts = world.log.iter().filter(|decided| {
        matches!(decided.event.name(), "Created" | "LeaseAcquired" | "LeaseReserved")
    });
    let mut seen = std::collections::BTreeSet::new();
    let streams = firsts.map(|decided| decided.stream).filter(move |s| s.kind == kind);
    streams.map(|stream| stream.id).filter(move |id| seen.insert(*id))
}

pub(super) fn nth<T: Copy>(all: &[T], index: usize, unknown: T) -> T {
    if all.is_empty() { unknown } else { all[index % all.len()] }
}

impl Step {
    /// The command that it is in a world as it is; none when it only takes time.
    pub(super) fn command(&self, world: &World) -> Option<Command> {
        let environment = |index| nth(&environments(world), index, ids::environment(9));
        let lease = |index| nth(&leases(world), index, ids::lease(9));
        Some(match self {
            Self::Pass(_) => return None,
            Self::Create { name, local, capacity, single_flight } => {
                created(*name, *local, *capacity, *single_flight)
            }
            Self::Update { nth, body } => ask::update(environment(*nth), body.clone()),
            Self::Archive(nth) => ask::archive(environment(*nth)),
            Self::Reactivate(nth) => ask::reactivate(environment(*nth)),
            Self::Remove(nth) => ask::remove(environment(*nth)),
            Self::EnsureLocal => ask::ensure_local(),
            Self::Acquire { nth, run, workspace, policy } => {
                acquire(environment(*nth), *run, *workspace, *policy)
            }
            Self::TakeOver { nth, run, how, policy } => {
                take_over(world, lease(*nth), *run, *how, *policy)
            }
            Self::Renew { nth, ttl, is_stale } => {
                let fence = fence(world, lease(*nth), *is_stale);
                ask::renew(lease(*nth), json!({"ttlSeconds": ttl, "fence": fence}))
            }
            Self::Note { nth, metadata, merges } => noted(lease(*nth), metadata, *merges),
            Self::Retain { nth, is_stale } => {
                ask::retain(lease(*nth), json!({"fence": fence(world, lease(*nth), *is_stale)}))
            }
            Self::Resume { nth, run } => ask::resume(lease(*nth), ids::run(*run)),
            Self::Release { nth, kind, cleanup, is_stale } => {
                let fence = fence(world, lease(*nth), *is_stale);
                let body = json!({"status": kind, "cleanupStatus": cleanup, "fence": fence});
                ask::release(lease(*nth), body)
            }
            Self::ReleaseRun { run, kind } => {
                ask::release_run(ids::run(*run), json!({"status": kind}))
            }
            Self::EndRun { run, outcome } => ask::end_run(ids::run(*run), outcome.as_str()),
            Self::RenewRun { run, ttl } => ask::renew_run(ids::run(*run), *ttl),
            Self::Intent(intent) => return intent.command(world),
        })
    }

    /// Whether it only lets time pass.
    pub(super) const fn is_time(&self) -> bool {
        matches!(self, Self::Pass(_))
    }

    /// Does it in a world; answers with the command that was accepted.
    pub(super) fn take(&self, world: &mut World) -> Option<Command> {
        if let Self::Pass(seconds) = self {
            world.pass(*seconds);
        }
        let command = self.command(world)?;
        world.try_do(&command).ok().map(|_| command)
    }
}

fn created(name: u8, local: bool, capacity: Option<u8>, single_flight: bool) -> Command {
    let driver = if local { "local" } else { "sandbox" };
    let body = json!({"driver": driver, "capacity": capacity, "singleFlight": single_flight});
    ask::create(&name.to_string(), body)
}

fn noted(id: LeaseId, metadata: &Value, merges: bool) -> Command {
    if merges { ask::patch_metadata(id, metadata) } else { ask::replace_metadata(id, metadata) }
}

fn fence(world: &World, id: LeaseId, is_stale: bool) -> Option<u64> {
    let record = world.company.lease(id)?.record.as_deref()?;
    is_stale.then_some(record.fence.0 - 1).or(Some(record.fence.0))
}

fn acquire(id: EnvironmentId, run: u32, workspace: u32, policy: Policy) -> Command {
    let body = json!({
        "heartbeatRunId": (run > 0).then(|| ids::run(run)), "leasePolicy": policy,
        "executionWorkspaceId": (workspace > 0).then(|| ids::workspace(workspace)),
        "providerLeaseId": format!("sbx-{workspace}"), "ttlSeconds": 60,
    });
    ask::acquire(id, body)
}

/// Takes over a lease's resource, mostly under the very policy that it has.
fn take_over(world: &World, id: LeaseId, run: u32, how: How, policy: Option<Policy>) -> Command {
    let record = world.company.lease(id).and_then(|lease| lease.record.as_deref());
    let environment = record.map_or(ids::environment(9), |record| record.environment_id);
    let workspace = record.and_then(|record| record.execution_workspace_id);
    let policy = policy.or(record.map(|record| record.lease_policy));
    let field = if how == How::Resume { "resumesLeaseId" } else { "replacesLeaseId" };
    let resource = record.and_then(|record| record.provider_lease_id.clone());
    let body = json!({
        "heartbeatRunId": ids::run(run), "leasePolicy": policy, field: id,
        "executionWorkspaceId": workspace.unwrap_or(ids::workspace(9)),
        "providerLeaseId": resource.map_or("sbx-9".to_owned(), |resource| resource.to_string()),
    });
    match how {
        How::StandIn => ask::reserve(environment, body),
        How::Resume | How::TakeOver => ask::acquire(environment, body),
    }
}
