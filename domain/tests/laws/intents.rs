//! Steps of reservations, of janitors and of the sweeper, for the scripts.

use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{Cause, Enforce, Outage, OutageKind, Record};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::script::{NTH, environments, leases, nth};
use crate::support::world::World;
use crate::support::{ask, ids};

/// Something that a careful holder, a janitor or the sweeper does.
#[derive(Debug, Clone)]
pub(super) enum Intent {
    Reserve { nth: usize, run: u32, deadline: u32 },
    Activate { nth: usize, resource: u8 },
    Abandon { nth: usize, maybe_created: bool },
    Claim { limit: u32, ttl: u32 },
    Conclude { nth: usize, how: u8 },
    Sweep { nth: usize, has_outage: bool, is_old: bool },
}

pub(super) fn intent() -> impl Strategy<Value = Intent> {
    let reserve = (NTH, 1..7_u32, 1..20_u32).prop_map(|(nth, run, deadline)| Intent::Reserve {
        nth,
        run,
        deadline,
    });
    let activate = (NTH, 0..2_u8).prop_map(|(nth, resource)| Intent::Activate { nth, resource });
    let abandon = (NTH, any::<bool>())
        .prop_map(|(nth, maybe_created)| Intent::Abandon { nth, maybe_created });
    let claim = (1..4_u32, 1..200_u32).prop_map(|(limit, ttl)| Intent::Claim { limit, ttl });
    let conclude = (NTH, 0..6_u8).prop_map(|(nth, how)| Intent::Conclude { nth, how });
    let sweep = (NTH, any::<bool>(), prop::bool::weighted(0.1))
        .prop_map(|(nth, has_outage, is_old)| Intent::Sweep { nth, has_outage, is_old });
    prop_oneof![6 => reserve, 12 => activate, 1 => abandon, 8 => claim, 10 => conclude, 12 => sweep]
}

impl Intent {
    pub(super) fn command(&self, world: &World) -> Option<Command> {
        let lease = |index| nth(&leases(world), index, ids::lease(9));
        Some(match self {
            Self::Reserve { nth: index, run, deadline } => {
                let id = nth(&environments(world), *index, ids::environment(9));
                ask::reserve(
                    id,
                    json!({"heartbeatRunId": ids::run(*run), "ttlSeconds": 60,
                    "deadlineSeconds": deadline}),
                )
            }
            Self::Activate { nth: index, resource } => {
                let made = reservations(world);
                let late: Vec<_> = made.iter().copied().filter(|id| is_late(world, *id)).collect();
                let some = nth(&made, *index, lease(*index));
                let id = if *resource == 1 { nth(&late, *index, some) } else { some };
                ask::activate(id, &format!("r{resource}"))
            }
            Self::Abandon { nth: index, maybe_created } => {
                let id = nth(&reservations(world), *index, lease(*index));
                ask::abandon(id, *maybe_created)
            }
            Self::Claim { limit, ttl } => ask::claim(*limit, *ttl),
            Self::Conclude { nth: index, how } => {
                let id = nth(&claimed(world), *index, lease(*index));
                conclude(world, id, *how)
            }
            Self::Sweep { nth: index, has_outage, is_old } => {
                let due = due(world);
                let id = nth(&due, *index, lease(*index));
                enforce(world, id, *has_outage, *is_old)?
            }
        })
    }
}

/// What is due, so that sweeps are not all in vain.
fn due(world: &World) -> Vec<LeaseId> {
    let is_due = |id: &LeaseId| {
        let record = world.company.lease(*id).and_then(|lease| lease.record.as_deref());
        record.and_then(Record::due).is_some_and(|(_, at)| at <= world.now)
    };
    leases(world).into_iter().filter(is_due).collect()
}

fn reservations(world: &World) -> Vec<LeaseId> {
    let firsts = world.log.iter().filter(|decided| decided.event.name() == "LeaseReserved");
    firsts.map(|decided| LeaseId(decided.stream.id)).collect()
}

/// Whether a reservation ended by its deadline.
fn is_late(world: &World, id: LeaseId) -> bool {
    let record = world.company.lease(id).and_then(|lease| lease.record.as_deref());
    let ending = record.and_then(Record::ending);
    ending.is_some_and(|ending| ending.cause == Cause::ReservationDeadline)
}

fn claimed(world: &World) -> Vec<LeaseId> {
    let is_claimed = |id: &LeaseId| {
        let record = world.company.lease(*id).and_then(|lease| lease.record.as_deref());
        record.is_some_and(|record| record.cleanup.as_ref().is_some_and(|c| c.claim.is_some()))
    };
    leases(world).into_iter().filter(is_claimed).collect()
}

fn enforce(world: &World, id: LeaseId, has_outage: bool, is_old: bool) -> Option<Command> {
    let lease = world.company.lease(id)?;
    let (_, due_at) = lease.record.as_deref()?.due()?;
    let to = world.now.plus_micros(-1_000_000);
    let outage = Outage { why: OutageKind::Outage, from: due_at, to, holders: 1 };
    let version = lease.version - u64::from(is_old);
    let outage = has_outage.then_some(outage);
    let enforce = Enforce { version, due_at, read_at: world.now, outage };
    Some(Command::EnforceLease(id, enforce))
}

/// A janitor's word on a lease, under the last claim that there was.
fn conclude(world: &World, id: LeaseId, how: u8) -> Command {
    let record = world.company.lease(id).and_then(|lease| lease.record.as_deref());
    let fence = record.and_then(|record| record.cleanup.as_deref()?.last_fence).map_or(7, |f| f.0);
    let body = |more: Value| {
        let mut body = crate::support::read::map(more);
        body.insert("leaseId".to_owned(), json!(id));
        body.insert("claimFence".to_owned(), json!(fence));
        Value::Object(body)
    };
    match how {
        0 => ask::ask(CommandType::SucceedCleanup, body(json!({"proof": {"gone": true}}))),
        1 => ask::ask(CommandType::DeferCleanup, body(json!({"seconds": 1}))),
        2 => ask::ask(CommandType::RenewCleanup, body(json!({"ttlSeconds": 90}))),
        _ => ask::ask(CommandType::FailCleanup, body(json!({"kind": "timeout"}))),
    }
}
