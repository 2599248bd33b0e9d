//! What the index holds of one environment and of one lease: pure functions of their states.

use crate::environment::{Driver, Environment, Status};
use crate::id::{EnvironmentId, IssueId, RunId, WorkspaceId};
use crate::lease::{self, Cleanup, Lease, Policy, Standing, Ttl};
use crate::text::Name;
use crate::time::Timestamp;

/// What decisions see of an environment that is not removed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of environment::Record, which documents them")]
pub struct EnvironmentEntry {
    pub name: Name,
    pub driver: Driver,
    pub status: Status,
    pub capacity: Option<u32>,
    pub single_flight: bool,
    pub default_ttl: Option<Ttl>,
    pub source_id: Option<EnvironmentId>,
}

impl EnvironmentEntry {
    /// The entry of an environment; none when it is removed or was never made.
    #[must_use]
    pub fn of(environment: &Environment) -> Option<Self> {
        let record = environment.present()?;
        Some(Self {
            name: record.name.clone(),
            driver: record.driver,
            status: record.status,
            capacity: record.capacity,
            single_flight: record.single_flight,
            default_ttl: record.default_ttl_seconds.map(Ttl),
            source_id: record.source_id,
        })
    }
}

/// How a lease counts on its environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Room is held for it.
    Reserved,
    /// It is held.
    Active,
    /// It is kept.
    Retained,
    /// It is over, but its resource may still be there.
    OpenCleanup,
}

/// What decisions see of a lease that still hangs on its environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of lease::Record, which documents them")]
pub struct LeaseEntry {
    pub environment_id: EnvironmentId,
    pub run_id: Option<RunId>,
    pub issue_id: Option<IssueId>,
    pub workspace_id: Option<WorkspaceId>,
    pub policy: Policy,
    pub place: Place,
    /// From when on a janitor may claim its cleanup.
    pub claimable_at: Option<Timestamp>,
}

impl LeaseEntry {
    /// The entry of a lease; none when nothing is left of it.
    #[must_use]
    pub fn of(lease: &Lease) -> Option<Self> {
        let record = lease.record.as_deref()?;
        let place = match &record.standing {
            Standing::Reserved(_) => Place::Reserved,
            Standing::Active => Place::Active,
            Standing::Retained => Place::Retained,
            Standing::Ended(_) if record.has_open_cleanup() => Place::OpenCleanup,
            Standing::Ended(_) => return None,
        };
        Some(Self {
            environment_id: record.environment_id,
            run_id: record.heartbeat_run_id,
            issue_id: record.issue_id,
            workspace_id: record.execution_workspace_id,
            policy: record.lease_policy,
            place,
            claimable_at: record.cleanup.as_deref().and_then(Cleanup::claimable_at),
        })
    }

    /// Whether it takes room: what is reserved or active, and what is retained for reuse.
    #[must_use]
    pub const fn takes_room(&self) -> bool {
        match self.place {
            Place::Reserved | Place::Active => lease::Status::Active.takes_room(self.policy),
            Place::Retained => lease::Status::Retained.takes_room(self.policy),
            Place::OpenCleanup => false,
        }
    }
}
