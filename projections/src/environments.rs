//! `environments`: Paperclip's columns in front (its first, company-scoped form plus `env_vars`).

use chrono::{DateTime, Utc};
use leasehold_domain::environment::Environment;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::projection::{Projection, iso};
use crate::tuple::{Row, row};

/// This projection.
pub const PROJECTION: Projection =
    Projection { name: "environments", version: 1, columns: EnvironmentRow::COLUMNS, key: "id" };

row! {
/// One environment, as its table and the contract show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the domain's Record, which documents them")]
pub struct EnvironmentRow {
    pub id: Uuid,
    pub company_id: Uuid,
    pub name: String,
    pub description: Option<String>,
    pub driver: String,
    pub status: String,
    pub config: Value,
    pub env_vars: Value,
    pub metadata: Option<Value>,
    pub capacity: Option<i32>,
    pub single_flight: bool,
    pub source_id: Option<Uuid>,
    pub default_ttl_seconds: Option<i32>,
    #[serde(serialize_with = "iso::one")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "iso::one")]
    pub updated_at: DateTime<Utc>,
    pub version: i64,
}
}

impl EnvironmentRow {
    /// The row of an environment; none when it is removed or was never made.
    #[must_use]
    pub fn of(environment: &Environment) -> Option<Self> {
        let record = environment.present()?;
        let object = |object: &leasehold_domain::json::JsonObject| Value::Object(object.to_map());
        Some(Self {
            id: record.id.0,
            company_id: record.company_id.0,
            name: record.name.to_string(),
            description: record.description.as_ref().map(ToString::to_string),
            driver: record.driver.to_string(),
            status: record.status.to_string(),
            config: object(&record.config),
            env_vars: object(&record.env_vars),
            metadata: record.metadata.as_ref().map(object),
            capacity: record.capacity.and_then(|capacity| i32::try_from(capacity).ok()),
            single_flight: record.single_flight,
            source_id: record.source_id.map(Into::into),
            default_ttl_seconds: record.default_ttl_seconds.and_then(|t| i32::try_from(t).ok()),
            created_at: record.created_at.chrono(),
            updated_at: record.updated_at.chrono(),
            version: i64::try_from(environment.version).unwrap_or(i64::MAX),
        })
    }
}
