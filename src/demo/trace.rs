//! Reading the sample: rows that a real Paperclip wrote, kept in this program.

use std::collections::{BTreeMap, HashMap, HashSet};

use leasehold_domain::id::CompanyId;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use thiserror::Error;
use uuid::Uuid;

const COMPANIES: &str = include_str!("../../sample/companies.jsonl");
const ENVIRONMENTS: &str = include_str!("../../sample/environments.jsonl");
const LEASES: &str = include_str!("../../sample/environment_leases.jsonl");

/// A row of the sample that is not what it should be.
#[derive(Debug, Error)]
#[error("the sample cannot be read")]
pub struct BadSample(#[from] serde_json::Error);

#[derive(Debug, Deserialize)]
struct CompanyRow {
    id: Uuid,
    name: String,
}

#[derive(Debug, Deserialize)]
struct EnvironmentRow {
    id: Uuid,
    name: String,
    description: Option<String>,
    driver: String,
    status: String,
    config: Value,
    metadata: Option<Value>,
    env_vars: Value,
    updated_at: String,
}

#[derive(Debug, Deserialize)]
struct LeaseRow {
    company_id: Uuid,
    environment_id: Uuid,
    heartbeat_run_id: Uuid,
    status: String,
    lease_policy: String,
    provider: Option<String>,
    provider_lease_id: Option<String>,
    acquired_at: String,
    failure_reason: Option<String>,
    cleanup_status: Option<String>,
    metadata: Option<Map<String, Value>>,
}

/// An environment as one company uses it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The company.
    pub company: CompanyId,
    /// Its id in the sample, shared by the companies there.
    pub source: Uuid,
    /// Whether it is the one local environment.
    pub is_local: bool,
    /// The body of its creation.
    pub body: Value,
    /// Whether it is archived half-way.
    pub is_archived: bool,
}

/// The life of one lease, as the commands that a run's heartbeat would send.
#[derive(Debug, Clone)]
pub struct Life {
    /// The company.
    pub company: CompanyId,
    /// The environment's id in the sample.
    pub environment: Uuid,
    /// Whether it begins after the environment was archived.
    pub is_after_archive: bool,
    /// The agent whose run it is.
    pub agent: Option<String>,
    /// The run.
    pub run: Uuid,
    /// The body of its acquisition, but for the environment.
    pub acquire: Value,
    /// The notes that the run wrote while it held the lease.
    pub notes: Option<Value>,
    /// How it went on; none for those that nobody ever ended.
    pub ending: Option<Ending>,
}

/// How a lease went on.
#[derive(Debug, Clone)]
pub enum Ending {
    /// The body of its release.
    Release(Value),
    /// The body of its retention.
    Retain(Value),
}

/// The whole sample.
#[derive(Debug)]
pub struct Sample {
    /// The companies' names.
    pub companies: HashMap<CompanyId, String>,
    /// Every environment of every company.
    pub places: Vec<Place>,
    /// Every lease's life, in the order in which they began.
    pub lives: Vec<Life>,
}

impl Sample {
    /// Reads the sample that is kept in this program.
    ///
    /// # Errors
    /// [`BadSample`] when it was damaged before this program was built.
    pub fn read() -> Result<Self, BadSample> {
        let companies: Vec<CompanyRow> = rows(COMPANIES)?;
        let environments: Vec<EnvironmentRow> = rows(ENVIRONMENTS)?;
        let mut leases: Vec<LeaseRow> = rows(LEASES)?;
        leases.sort_by(|one, other| one.acquired_at.cmp(&other.acquired_at));
        let archived: HashMap<Uuid, &str> = environments
            .iter()
            .filter(|environment| environment.status == "archived")
            .map(|environment| (environment.id, environment.updated_at.as_str()))
            .collect();
        let used: HashSet<(Uuid, Uuid)> =
            leases.iter().map(|lease| (lease.company_id, lease.environment_id)).collect();
        let places = used.iter().filter_map(|(company, source)| {
            let environment = environments.iter().find(|row| row.id == *source)?;
            Some(((*company, *source), environment.place(CompanyId(*company))))
        });
        // Sorted, so that every demo is told in the same order.
        let places: BTreeMap<_, _> = places.collect();
        Ok(Self {
            companies: companies.into_iter().map(|row| (CompanyId(row.id), row.name)).collect(),
            lives: leases.iter().map(|lease| lease.life(&archived)).collect(),
            places: places.into_values().collect(),
        })
    }
}

fn rows<T: for<'de> Deserialize<'de>>(lines: &str) -> Result<Vec<T>, BadSample> {
    lines.lines().map(|line| serde_json::from_str(line).map_err(BadSample)).collect()
}

impl EnvironmentRow {
    fn place(&self, company: CompanyId) -> Place {
        let body = json!({
            "name": self.name, "driver": self.driver, "description": self.description,
            "config": self.config, "envVars": self.env_vars, "metadata": self.metadata,
        });
        let (is_local, is_archived) = (self.driver == "local", self.status == "archived");
        Place { company, source: self.id, is_local, body, is_archived }
    }
}

impl LeaseRow {
    fn life(&self, archived: &HashMap<Uuid, &str>) -> Life {
        let archived_at = archived.get(&self.environment_id);
        let mut metadata = self.metadata.clone().unwrap_or_default();
        let agent = metadata.get("agentId").and_then(Value::as_str).map(ToOwned::to_owned);
        // What a run finds out about its workspace is written while it holds the lease.
        let notes = metadata.contains_key("workspaceRealization").then(|| json!(metadata));
        metadata.shift_remove("workspaceRealization");
        let acquire = json!({
            "heartbeatRunId": self.heartbeat_run_id, "agentId": agent,
            "leasePolicy": self.lease_policy, "provider": self.provider,
            "providerLeaseId": self.provider_lease_id, "metadata": metadata,
        });
        Life {
            company: CompanyId(self.company_id),
            environment: self.environment_id,
            is_after_archive: archived_at.is_some_and(|at| self.acquired_at.as_str() >= *at),
            agent,
            run: self.heartbeat_run_id,
            acquire,
            notes,
            ending: self.ending(),
        }
    }

    fn ending(&self) -> Option<Ending> {
        let told = json!({
            "failureReason": self.failure_reason, "cleanupStatus": self.cleanup_status,
        });
        match self.status.as_str() {
            "active" => None,
            "retained" => Some(Ending::Retain(told)),
            status => {
                let mut body = told;
                body["status"] = json!(status);
                Some(Ending::Release(body))
            }
        }
    }
}
