//! A lease that a run has got, and what its metadata remember of its resource.

use std::fmt::Write as _;
use std::sync::Arc;

use leasehold_domain::environment::Level;
use leasehold_domain::id::{AgentId, IssueId, LeaseId, RunId, WorkspaceId};
use leasehold_domain::lease::Policy;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::driver::{Acquired, Capabilities, Driver, Held, Mark, Place, Workspace};

/// The entry with the configuration that a resource was made with.
const CONFIG: &str = "config";
/// The entry with what a driver told of the resource.
const RESOURCE: &str = "resource";
/// The entry by which a later lease knows that it may take a resource over.
pub(super) const FINGERPRINT: &str = "leaseFingerprint";

/// The promise of a run that makes none, on an environment that asks for none: long enough for a
/// ledger that is restarted, short enough that a run which was killed is soon known to be.
const TTL_SECONDS_DEFAULT: u32 = 120;

/// What a run wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The run.
    pub run_id: RunId,
    /// Its issue.
    pub issue_id: Option<IssueId>,
    /// Its agent.
    pub agent_id: Option<AgentId>,
    /// The directory that it works on.
    pub workspace: Option<Workspace>,
    /// What is to happen with the resource after the run.
    pub policy: Policy,
    /// The promise to renew, in seconds; the environment's own, or two minutes, unless given.
    pub ttl_seconds: Option<u32>,
}

/// What a run would get, once it is granted.
#[derive(Debug, Clone)]
pub struct Prospect {
    /// The environment.
    pub environment: EnvironmentRow,
    /// Which level of the chain named it.
    pub level: Level,
    /// The environment as drivers see it.
    pub place: Place,
    /// Who serves it.
    pub driver: Arc<dyn Driver>,
    /// What that can do there.
    pub capabilities: Capabilities,
    /// Who provides the resource.
    pub provider: String,
    /// Whose it would be.
    pub wanted: Wanted,
}

impl Prospect {
    /// The promise to renew, in seconds.
    #[must_use]
    pub fn ttl_seconds(&self) -> u32 {
        let own = self.environment.default_ttl_seconds.and_then(|ttl| u32::try_from(ttl).ok());
        self.wanted.ttl_seconds.or(own).unwrap_or(TTL_SECONDS_DEFAULT)
    }
}

/// How a resource was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acquisition {
    /// It was made.
    Created,
    /// It was there from an earlier run.
    Resumed,
    /// It was made, because the one from an earlier run was gone.
    Replacement(LeaseId),
}

/// A lease that a run holds, with its resource.
#[derive(Debug, Clone)]
pub struct Leased {
    /// The environment.
    pub environment: EnvironmentRow,
    /// Which level of the chain named it.
    pub level: Level,
    /// Who serves it.
    pub driver: Arc<dyn Driver>,
    /// What that can do there.
    pub capabilities: Capabilities,
    /// Who provides the resource.
    pub provider: String,
    /// The resource.
    pub held: Held,
    /// Proof of being the newest holder.
    pub fence: i64,
    /// Whose it is.
    pub wanted: Wanted,
    /// The promise to renew, in seconds.
    pub ttl_seconds: u32,
    /// How the resource was come by.
    pub acquisition: Acquisition,
    /// When the ledger was asked for the promise that it holds by now.
    pub promised_at: Instant,
}

impl Leased {
    /// A lease that is granted, and has no resource yet.
    pub(super) fn granted(
        prospect: Prospect,
        lease_id: LeaseId,
        fence: i64,
        acquisition: Acquisition,
    ) -> Self {
        let ttl_seconds = prospect.ttl_seconds();
        let Prospect { environment, level, place, driver, capabilities, provider, wanted } =
            prospect;
        let (company_id, environment_id) = (place.company_id, place.environment_id);
        let mark = Mark { company_id, environment_id, lease_id };
        let held = Held { place, mark, provider_lease_id: String::new(), metadata: Map::new() };
        Self {
            environment,
            level,
            driver,
            capabilities,
            provider,
            held,
            fence,
            wanted,
            ttl_seconds,
            acquisition,
            promised_at: Instant::now(),
        }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> LeaseId {
        self.held.mark.lease_id
    }
}

/// The workspace's id, where known.
pub(super) fn workspace_id(wanted: &Wanted) -> Option<WorkspaceId> {
    wanted.workspace.as_ref().and_then(|workspace| workspace.id)
}

/// What makes two resources the same: a later run may take one over only if all of it is equal.
pub(super) fn fingerprint(prospect: &Prospect) -> String {
    let (place, wanted) = (&prospect.place, &prospect.wanted);
    let identity = json!([
        place.company_id,
        place.environment_id,
        workspace_id(wanted),
        wanted.agent_id,
        prospect.provider,
        place.config,
    ]);
    let digest = Sha256::digest(identity.to_string().as_bytes());
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a lease's metadata say from its reservation on. The configuration that it was made with is
/// there, so that a janitor finds the resource however the environment has changed since.
pub(super) fn noted(prospect: &Prospect) -> Map<String, Value> {
    let noted = json!({
        "driver": prospect.place.driver,
        "agentId": prospect.wanted.agent_id,
        "environmentSource": prospect.level,
        CONFIG: prospect.place.config,
        FINGERPRINT: fingerprint(prospect),
    });
    let mut noted = noted.as_object().cloned().unwrap_or_default();
    noted.retain(|_, value| !value.is_null());
    noted
}

/// The same, with what the driver told of the resource.
pub(super) fn with_resource(mut noted: Map<String, Value>, acquired: &Acquired) -> Value {
    noted.insert(RESOURCE.to_owned(), Value::Object(acquired.metadata.clone()));
    Value::Object(noted)
}

/// The resource that a lease's row tells of: with the configuration that it was made with, where
/// the row has it.
#[must_use]
pub fn held_of(row: &LeaseRow, place: &Place) -> Held {
    let entry = |name: &str| {
        let found = row.metadata.as_ref().and_then(|metadata| metadata.get(name));
        found.and_then(|found| found.as_object().cloned())
    };
    let config = entry(CONFIG).unwrap_or_else(|| place.config.clone());
    let (company_id, environment_id) = (place.company_id, place.environment_id);
    Held {
        place: Place { config, ..place.clone() },
        mark: Mark { company_id, environment_id, lease_id: LeaseId(row.id) },
        provider_lease_id: row.provider_lease_id.clone().unwrap_or_default(),
        metadata: entry(RESOURCE).unwrap_or_default(),
    }
}
