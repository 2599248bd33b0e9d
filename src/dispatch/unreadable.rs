//! Streams with an event that this program cannot read: what is about them is not decided, and all
//! else goes on.
//!
//! **Claims.** Nothing is granted, named or removed by a guess of what an unreadable event says.
//! **Because** a command is barred when it is about such a stream, and also when it is about room, a
//! name or a run's end that the stream may have a say in.

use std::collections::HashSet;

use leasehold_domain::company::{Command, Company};
use leasehold_domain::id::{EnvironmentId, LeaseId, RunId};
use leasehold_domain::stream::{AggregateType, StreamId};

use crate::log::{Poison, Recorded, projections_of};

/// The unreadable streams of a company in memory; their states end before what cannot be read.
#[derive(Debug, Default)]
pub(super) struct Unreadable {
    streams: HashSet<StreamId>,
    unmarked: Vec<Poison>,
}

impl Unreadable {
    /// Takes note of an event that cannot be read.
    pub(super) fn note(&mut self, event: &Recorded, error: &sqlx::Error) {
        let stored = &event.stored;
        let (company, position) = (stored.company_id.0, stored.position.0);
        if self.streams.insert(stored.stream) {
            tracing::error!(%company, position, %error, "an event cannot be read");
            let (company, stream) = (stored.company_id, stored.stream);
            let met = |projection: &&'static str| {
                let (position, error) = (stored.position, error.to_string());
                Poison { company, projection, stream, position, error }
            };
            self.unmarked.extend(projections_of(stream.kind).iter().map(met));
        }
    }

    /// What was noted since this was asked last, of each projection that has to do with it.
    pub(super) fn take_unmarked(&mut self) -> Vec<Poison> {
        std::mem::take(&mut self.unmarked)
    }

    /// Whether a command cannot be decided; `streams` is what it is about.
    pub(super) fn bars(
        &self,
        company: &Company,
        command: &Command,
        streams: impl FnOnce() -> Vec<StreamId>,
    ) -> bool {
        if self.streams.is_empty() {
            return false;
        }
        streams().iter().any(|stream| self.streams.contains(stream))
            || self.streams.iter().any(|stream| match stream.kind {
                AggregateType::Environment => {
                    asks_environment(company, command, EnvironmentId(stream.id))
                }
                AggregateType::Lease => asks_room(company, command, LeaseId(stream.id)),
                AggregateType::Run => asks_run(command, RunId(stream.id)),
                AggregateType::Operation => false,
            })
    }
}

/// Names are unique among all environments; room and status are the environment's own.
fn asks_environment(company: &Company, command: &Command, id: EnvironmentId) -> bool {
    matches!(
        command,
        Command::CreateEnvironment(_)
            | Command::UpdateEnvironment(..)
            | Command::EnsureLocalEnvironment
    ) || place_of(company, command).is_some_and(|place| place == id)
}

/// A lease that may hold, or may have let go, on the place that the command is about.
fn asks_room(company: &Company, command: &Command, id: LeaseId) -> bool {
    let held = company.lease(id).and_then(|lease| lease.record.as_ref());
    let place = place_of(company, command);
    place.is_some_and(|place| held.is_none_or(|record| record.environment_id == place))
}

/// The environment that a command takes room on, or changes.
fn place_of(company: &Company, command: &Command) -> Option<EnvironmentId> {
    let index = company.index();
    match command {
        Command::AcquireLease(acquire) => Some(index.resolve(acquire.environment_id)),
        Command::ReserveLease(reserve) => Some(index.resolve(reserve.acquire.environment_id)),
        Command::UpdateEnvironment(id, _) | Command::RemoveEnvironment(id) => {
            Some(index.resolve(*id))
        }
        Command::ResumeLease(id, _) => {
            company.lease(*id)?.record.as_ref().map(|record| record.environment_id)
        }
        Command::CreateEnvironment(_)
        | Command::ArchiveEnvironment(_)
        | Command::ReactivateEnvironment(_)
        | Command::EnsureLocalEnvironment
        | Command::RenewLease(..)
        | Command::SetLeaseMetadata(..)
        | Command::RetainLease(..)
        | Command::ReleaseLease(..)
        | Command::ReleaseRun(..)
        | Command::EndRun(..)
        | Command::RenewRun(..)
        | Command::ActivateLease(..)
        | Command::AbandonLease(..)
        | Command::ClaimCleanups(_)
        | Command::CleanUpLease(..)
        | Command::EnforceLease(..)
        | Command::Import(_)
        | Command::TellOperation(..)
        | Command::ObserveEnvironment(..) => None,
    }
}

fn asks_run(command: &Command, id: RunId) -> bool {
    match command {
        Command::AcquireLease(acquire) => acquire.heartbeat_run_id == Some(id),
        Command::ReserveLease(reserve) => reserve.acquire.heartbeat_run_id == Some(id),
        Command::ResumeLease(_, resume) => resume.heartbeat_run_id == id,
        Command::ReleaseRun(run, _) | Command::EndRun(run, _) | Command::RenewRun(run, _) => {
            *run == id
        }
        Command::CreateEnvironment(_)
        | Command::UpdateEnvironment(..)
        | Command::ArchiveEnvironment(_)
        | Command::ReactivateEnvironment(_)
        | Command::RemoveEnvironment(_)
        | Command::EnsureLocalEnvironment
        | Command::RenewLease(..)
        | Command::SetLeaseMetadata(..)
        | Command::RetainLease(..)
        | Command::ReleaseLease(..)
        | Command::ActivateLease(..)
        | Command::AbandonLease(..)
        | Command::ClaimCleanups(_)
        | Command::CleanUpLease(..)
        | Command::EnforceLease(..)
        | Command::Import(_)
        | Command::TellOperation(..)
        | Command::ObserveEnvironment(..) => false,
    }
}
