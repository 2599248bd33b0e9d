//! A row of `activity_log`.

use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::fields::{Fault, Fields, FromField};
use leasehold_domain::id::{AgentId, CompanyId, RunId};
use leasehold_domain::json::JsonValue;
use leasehold_domain::limits::Limits;
use leasehold_domain::stream::AggregateType;
use leasehold_domain::text::Label;
use leasehold_domain::time::Timestamp;
use leasehold_projections::activity_log::entity;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::Readable;
use super::field::{optional_text, required_text};

/// What an activity row is about, as far as it is about anything that is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::import) enum Entity {
    /// An environment, by its source id.
    Environment(Uuid),
    /// A lease.
    Lease(Uuid),
}

/// What a first look sees of an activity row.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::import) struct ActivityGlance {
    pub(in crate::import) id: Uuid,
    pub(in crate::import) company_id: CompanyId,
    entity_type: String,
    entity_id: String,
}

impl ActivityGlance {
    /// Whether it is about an environment or a lease at all.
    pub(in crate::import) fn concerns(&self) -> bool {
        self.entity_type == entity(AggregateType::Environment)
            || self.entity_type == entity(AggregateType::Lease)
    }

    /// Which one; none when that is no id.
    pub(in crate::import) fn entity(&self) -> Option<Entity> {
        let id = self.entity_id.parse().ok()?;
        let is_lease = self.entity_type == entity(AggregateType::Lease);
        Some(if is_lease { Entity::Lease(id) } else { Entity::Environment(id) })
    }

    /// The entity in words.
    pub(in crate::import) fn describe(&self) -> String {
        let id: String = self.entity_id.chars().take(100).collect();
        format!("{} {id}", self.entity_type)
    }
}

/// An activity row as Paperclip has it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::import) struct Activity {
    pub(in crate::import) id: Uuid,
    pub(in crate::import) company_id: CompanyId,
    /// The environment or the lease that it is about.
    pub(in crate::import) about: Uuid,
    pub(in crate::import) actor: Actor,
    pub(in crate::import) action: Label,
    pub(in crate::import) details: Value,
    pub(in crate::import) created_at: Timestamp,
}

impl Activity {
    /// A text of its details.
    pub(in crate::import) fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name)?.as_str()
    }
}

impl Readable for Activity {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "company_id",
        "actor_type",
        "actor_id",
        "action",
        "entity_type",
        "entity_id",
        "agent_id",
        "run_id",
        "responsible_user_id",
        "details",
        "created_at",
    ];

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let id = fields.required::<RowId>("id");
        let company_id = fields.required("company_id");
        let actor = actor(fields);
        let action = required_text(fields, "action");
        // It was looked at before: it led here.
        let _: Option<Label> = required_text(fields, "entity_type");
        let about = fields.required::<RowId>("entity_id");
        let details = fields.optional::<JsonValue>("details");
        let created_at = fields.required("created_at");
        Some(Self {
            id: id?.0,
            company_id: company_id?,
            about: about?.0,
            actor: actor?,
            action: action?,
            details: details.map_or(Value::Null, |details| details.as_value().clone()),
            created_at: created_at?,
        })
    }
}

fn actor(fields: &mut Fields<'_>) -> Option<Actor> {
    let kind: Option<ActorType> = fields.required("actor_type");
    let id = required_text(fields, "actor_id");
    let agent_id: Option<AgentId> = fields.optional("agent_id");
    let run_id: Option<RunId> = fields.optional("run_id");
    let responsible_user_id = optional_text(fields, "responsible_user_id");
    Some(Actor { kind: kind?, id: id?, agent_id, run_id, responsible_user_id })
}

/// An id of no kind of its own.
struct RowId(Uuid);

impl FromField for RowId {
    fn from_field(value: Value, limits: &Limits) -> Result<Self, Fault> {
        AgentId::from_field(value, limits).map(|id| Self(id.0))
    }
}
