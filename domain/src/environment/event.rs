//! What can have happened to an environment. Names and fields are stored: they stay for ever.

mod seen;

use serde::{Deserialize, Serialize};

use super::{Driver, Record, Status};
use crate::id::{CompanyId, EnvironmentId};
use crate::json::JsonObject;
use crate::text::{Name, Reason};
use crate::time::Timestamp;

pub use seen::{OrphanFound, OrphanGone, Probed, ResourceLost};

/// A fact about one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// It was made.
    Created(Box<Created>),
    /// Some of what it is was changed.
    Updated(Box<Updated>),
    /// It takes no new leases from here on.
    Archived(Change),
    /// It takes leases again.
    Reactivated(Change),
    /// It is gone, and its name is free.
    Removed(Change),
    /// Somebody looked whether it works.
    Probed(Probed),
    /// Something of ours is there that no lease wants.
    OrphanFound(OrphanFound),
    /// Such a thing is there no more.
    OrphanGone(OrphanGone),
    /// The resource of a lease is not there any more.
    ResourceLost(ResourceLost),
}

impl Event {
    /// The stored name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Created(_) => "Created",
            Self::Updated(_) => "Updated",
            Self::Archived(_) => "Archived",
            Self::Reactivated(_) => "Reactivated",
            Self::Removed(_) => "Removed",
            Self::Probed(_) => "Probed",
            Self::OrphanFound(_) => "OrphanFound",
            Self::OrphanGone(_) => "OrphanGone",
            Self::ResourceLost(_) => "ResourceLost",
        }
    }

    /// When it happened.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Created(created) => created.at,
            Self::Updated(updated) => updated.at,
            Self::Archived(change) | Self::Reactivated(change) | Self::Removed(change) => change.at,
            Self::Probed(probed) => probed.at,
            Self::OrphanFound(found) => found.at,
            Self::OrphanGone(gone) => gone.at,
            Self::ResourceLost(lost) => lost.at,
        }
    }
}

/// A change that says everything by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// When.
    pub at: Timestamp,
}

/// What a new environment is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct Created {
    pub at: Timestamp,
    pub id: EnvironmentId,
    pub company_id: CompanyId,
    pub name: Name,
    pub description: Option<Reason>,
    pub driver: Driver,
    pub status: Status,
    pub config: JsonObject,
    pub env_vars: JsonObject,
    pub metadata: Option<JsonObject>,
    pub capacity: Option<u32>,
    pub single_flight: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_ttl_seconds: Option<u32>,
    pub source_id: Option<EnvironmentId>,
}

impl Created {
    pub(super) fn to_record(&self) -> Record {
        Record {
            id: self.id,
            company_id: self.company_id,
            name: self.name.clone(),
            description: self.description.clone(),
            driver: self.driver,
            status: self.status,
            config: self.config.clone(),
            env_vars: self.env_vars.clone(),
            metadata: self.metadata.clone(),
            capacity: self.capacity,
            single_flight: self.single_flight,
            default_ttl_seconds: self.default_ttl_seconds,
            source_id: self.source_id,
            created_at: self.at,
            updated_at: self.at,
        }
    }
}

/// What is different. A field that is absent did not change; `null` is a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct Updated {
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<Driver>,
    #[serde(
        default,
        deserialize_with = "nullable::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<Option<Reason>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<JsonObject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env_vars: Option<JsonObject>,
    #[serde(
        default,
        deserialize_with = "nullable::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub metadata: Option<Option<JsonObject>>,
    #[serde(
        default,
        deserialize_with = "nullable::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub capacity: Option<Option<u32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_flight: Option<bool>,
    #[serde(
        default,
        deserialize_with = "nullable::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub default_ttl_seconds: Option<Option<u32>>,
    /// Columns of an imported row that its events alone would not give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<ImportedColumns>,
}

/// An imported row's columns as its source had them, where no event tells how they came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Record, which documents them")]
pub struct ImportedColumns {
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Updated {
    /// A change of nothing: something was said of the environment, or its row was touched.
    #[must_use]
    pub const fn nothing(at: Timestamp) -> Self {
        Self {
            at,
            name: None,
            driver: None,
            description: None,
            config: None,
            env_vars: None,
            metadata: None,
            capacity: None,
            single_flight: None,
            default_ttl_seconds: None,
            imported: None,
        }
    }

    pub(super) fn apply(&self, record: &mut Record) {
        fn set<T: Clone>(slot: &mut T, value: Option<&T>) {
            if let Some(value) = value {
                slot.clone_from(value);
            }
        }
        set(&mut record.name, self.name.as_ref());
        set(&mut record.driver, self.driver.as_ref());
        set(&mut record.description, self.description.as_ref());
        set(&mut record.config, self.config.as_ref());
        set(&mut record.env_vars, self.env_vars.as_ref());
        set(&mut record.metadata, self.metadata.as_ref());
        set(&mut record.capacity, self.capacity.as_ref());
        set(&mut record.single_flight, self.single_flight.as_ref());
        set(&mut record.default_ttl_seconds, self.default_ttl_seconds.as_ref());
        if let Some(columns) = self.imported {
            record.created_at = columns.created_at;
            record.updated_at = columns.updated_at;
        }
    }

    /// The names of the fields that changed, as the activity log shows them, sorted.
    #[must_use]
    pub fn changed_fields(&self) -> Vec<&'static str> {
        let fields = [
            ("capacity", self.capacity.is_some()),
            ("config", self.config.is_some()),
            ("defaultTtlSeconds", self.default_ttl_seconds.is_some()),
            ("description", self.description.is_some()),
            ("driver", self.driver.is_some()),
            ("envVars", self.env_vars.is_some()),
            ("metadata", self.metadata.is_some()),
            ("name", self.name.is_some()),
            ("singleFlight", self.single_flight.is_some()),
        ];
        fields.into_iter().filter_map(|(name, changed)| changed.then_some(name)).collect()
    }
}

/// Serde folds `null` into "absent"; here a present `null` is a value of its own.
mod nullable {
    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(from).map(Some)
    }
}
