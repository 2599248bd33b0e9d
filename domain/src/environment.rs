//! A place where an agent's run can execute.
//!
//! ```text
//!   create            archive
//!  (none) --> active --------> archived
//!                ^ \--reactivate--/ |
//!                |                  |
//!                +---- remove ------+--> removed (terminal; the name is free again)
//! ```

mod aggregate;
mod choice;
mod command;
mod decide;
mod event;
mod finding;
mod refusal;

use serde::{Deserialize, Serialize};

pub use choice::{Level, adapter_can_use};
pub use command::{Capacity, Command, Create, Update};
pub use decide::{Facts, decide};
pub use event::{
    Change, Created, Event, ImportedColumns, OrphanFound, OrphanGone, Probed, ResourceLost, Updated,
};
pub use finding::{ABSENCE_SECONDS, Finding, Findings, QUARANTINE_SECONDS, is_gone};
pub use refusal::{Holder, InUse, Refusal};

use crate::id::{CompanyId, EnvironmentId};
use crate::json::JsonObject;
use crate::text::{Name, Reason};
use crate::time::Timestamp;
use crate::word::words;

words! {
    /// What kind of place an environment is.
    Driver {
        /// The machine that the heartbeat runs on; at most one for each company.
        Local = "local",
        /// A host reached over SSH.
        Ssh = "ssh",
        /// A sandbox of some provider.
        Sandbox = "sandbox",
        /// A place that a plugin provides.
        Plugin = "plugin",
    }
}

words! {
    /// Whether an environment takes new leases.
    Status {
        /// It does.
        Active = "active",
        /// It does not; those that it has go on.
        Archived = "archived",
    }
}

/// Whether an environment with so many holders has room for one more; without a capacity it always
/// has.
#[must_use]
pub fn has_room(capacity: Option<u32>, held: usize) -> bool {
    capacity.is_none_or(|capacity| held < usize::try_from(capacity).unwrap_or(usize::MAX))
}

/// The state of an environment, folded from its events.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// How many events were folded.
    pub version: u64,
    /// What it is; none before its creation.
    pub record: Option<Box<Record>>,
    /// When it was removed.
    pub removed_at: Option<Timestamp>,
    /// What was found there.
    #[serde(default, skip_serializing_if = "Findings::is_empty")]
    pub findings: Findings,
}

/// What an environment is, in the words of the contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its id.
    pub id: EnvironmentId,
    /// The company that it belongs to.
    pub company_id: CompanyId,
    /// Unique among the company's environments that are not removed.
    pub name: Name,
    /// In words.
    pub description: Option<Reason>,
    /// What kind of place.
    pub driver: Driver,
    /// Whether it takes new leases.
    pub status: Status,
    /// The driver's settings; secrets as references.
    pub config: JsonObject,
    /// Variables for runs; secrets as references.
    pub env_vars: JsonObject,
    /// The caller's own notes.
    pub metadata: Option<JsonObject>,
    /// How many leases it holds at once; none for any number.
    pub capacity: Option<u32>,
    /// Whether a workspace has at most one holder here.
    pub single_flight: bool,
    /// The promise of a lease that comes without one, in seconds; none for no expiry.
    pub default_ttl_seconds: Option<u32>,
    /// The environment of another installation that this is a company's copy of.
    pub source_id: Option<EnvironmentId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Driver {
    /// Whether leases have resources of their own at a provider, which outlive them unless they are
    /// released. A directory of a machine is none.
    #[must_use]
    pub const fn has_provider(self) -> bool {
        match self {
            Self::Sandbox | Self::Plugin => true,
            Self::Local | Self::Ssh => false,
        }
    }
}

impl Environment {
    /// What it is, while it exists.
    #[must_use]
    pub fn present(&self) -> Option<&Record> {
        self.record.as_deref().filter(|_| self.removed_at.is_none())
    }

    /// Folds one event in.
    pub fn apply(&mut self, event: &Event) {
        self.version += 1;
        self.findings.apply(event);
        match event {
            Event::Created(created) => self.record = Some(Box::new(created.to_record())),
            Event::Updated(updated) => self.change(updated.at, |record| updated.apply(record)),
            Event::Archived(Change { at }) => {
                self.change(*at, |record| record.status = Status::Archived);
            }
            Event::Reactivated(Change { at }) => {
                self.change(*at, |record| record.status = Status::Active);
            }
            Event::Removed(Change { at }) => {
                self.removed_at = Some(*at);
                self.change(*at, |_| ());
            }
            // What is seen of a place does not change what it is.
            Event::Probed(_)
            | Event::OrphanFound(_)
            | Event::OrphanGone(_)
            | Event::ResourceLost(_) => {}
        }
    }

    fn change(&mut self, at: Timestamp, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.record.as_deref_mut() {
            record.updated_at = at;
            change(record);
        }
    }
}
