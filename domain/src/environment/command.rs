//! What can be asked of an environment.

use serde::Serialize;

use super::{Driver, Finding, Status};
use crate::fence::Version;
use crate::fields::{Fault, Fields, FromField, integer};
use crate::id::EnvironmentId;
use crate::json::JsonObject;
use crate::lease::Ttl;
use crate::limits::{CAPACITY_MAX, Limits};
use crate::text::{Name, Reason};

/// A request to change one environment.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Make it.
    Create(Create),
    /// Change what is given.
    Update(Update),
    /// Take no new leases.
    Archive,
    /// Take leases again.
    Reactivate,
    /// Let it be gone.
    Remove,
    /// Something was seen there.
    Observe(Finding),
}

/// How many leases an environment holds at once, 0 to a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Capacity(pub u32);

impl FromField for Capacity {
    fn from_field(value: serde_json::Value, _: &Limits) -> Result<Self, Fault> {
        let capacity = integer(&value, 0..=u64::from(CAPACITY_MAX))?;
        u32::try_from(capacity).map(Self).map_err(Fault::invalid)
    }
}

/// What a new environment is to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Create {
    /// Unique among the company's environments that are not removed.
    pub name: Name,
    /// What kind of place.
    pub driver: Driver,
    /// In words.
    pub description: Option<Reason>,
    /// Active unless said otherwise.
    pub status: Status,
    /// The driver's settings; empty unless given.
    pub config: JsonObject,
    /// Variables for runs; empty unless given.
    pub env_vars: JsonObject,
    /// The caller's own notes.
    pub metadata: Option<JsonObject>,
    /// None for any number.
    pub capacity: Option<Capacity>,
    /// Off unless given.
    pub single_flight: bool,
    /// The promise of a lease that comes without one; none for no expiry.
    pub default_ttl_seconds: Option<Ttl>,
    /// Set by imports alone.
    pub source_id: Option<EnvironmentId>,
}

impl Create {
    /// Reads the body of a creation.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name");
        let driver = fields.required("driver");
        let create = Self {
            description: fields.optional("description"),
            status: fields.optional("status").unwrap_or(Status::Active),
            config: fields.optional("config").unwrap_or_default(),
            env_vars: fields.optional("envVars").unwrap_or_default(),
            metadata: fields.optional("metadata"),
            capacity: fields.optional("capacity"),
            single_flight: fields.optional("singleFlight").unwrap_or_default(),
            default_ttl_seconds: fields.optional("defaultTtlSeconds"),
            source_id: None,
            name: name?,
            driver: driver?,
        };
        Some(create)
    }
}

/// What is to be different; what is not given stays. `Some(None)` clears.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Update {
    /// A new name.
    pub name: Option<Name>,
    /// Another kind of place; only while nothing hangs on it.
    pub driver: Option<Driver>,
    /// In words.
    pub description: Option<Option<Reason>>,
    /// Archive or reactivate in the same step.
    pub status: Option<Status>,
    /// Replaces the settings.
    pub config: Option<JsonObject>,
    /// Replaces the variables.
    pub env_vars: Option<JsonObject>,
    /// Replaces the notes.
    pub metadata: Option<Option<JsonObject>>,
    /// Replaces the capacity; those who hold already go on.
    pub capacity: Option<Option<Capacity>>,
    /// Switches single-flight.
    pub single_flight: Option<bool>,
    /// Replaces the promise of leases that come without one; those that are held keep theirs.
    pub default_ttl_seconds: Option<Option<Ttl>>,
    /// Only if this is the version that it has (`If-Match`).
    pub if_version: Option<u64>,
}

impl Update {
    /// Reads the body of a change.
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            name: filled(fields, "name"),
            driver: filled(fields, "driver"),
            description: fields.nullable("description"),
            status: filled(fields, "status"),
            config: filled(fields, "config"),
            env_vars: filled(fields, "envVars"),
            metadata: fields.nullable("metadata"),
            capacity: fields.nullable("capacity"),
            single_flight: filled(fields, "singleFlight"),
            default_ttl_seconds: fields.nullable("defaultTtlSeconds"),
            if_version: fields.optional::<Version>("ifVersion").map(|version| version.0),
        })
    }
}

/// A field that may be absent but not null.
fn filled<T: FromField>(fields: &mut Fields<'_>, name: &str) -> Option<T> {
    let found = fields.nullable(name)?;
    if found.is_none() {
        fields.fault(name, Fault::invalid("cannot be null"));
    }
    found
}
