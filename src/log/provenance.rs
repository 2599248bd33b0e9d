//! Where an event comes from: the metadata column, a flat map of strings as the stock reader wants.

use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::company::ImportedActivity;
use leasehold_domain::id::{AgentId, RunId};
use leasehold_domain::text::Label;
use leasehold_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who asked, with which key, by which token, and what an imported activity row said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    actor_type: ActorType,
    actor_id: Label,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent_id: Option<AgentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run_id: Option<RunId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    responsible_user_id: Option<Label>,
    /// The token that really spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticated_by: Option<String>,
    /// The command's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The trace that the command was part of: the trace id of its W3C `traceparent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// `import` for history that was taken in; absent for what the ledger decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activity_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activity_created_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activity_action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activity_details: Option<String>,
}

/// How an event came into the log when it was not by a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// Taken in from another installation.
    Import,
}

impl Provenance {
    /// Of a decision.
    #[must_use]
    pub fn decided(actor: &Actor, authenticated_by: Option<&str>, key: &str) -> Self {
        Self {
            actor_type: actor.kind,
            actor_id: actor.id.clone(),
            agent_id: actor.agent_id,
            run_id: actor.run_id,
            responsible_user_id: actor.responsible_user_id.clone(),
            authenticated_by: authenticated_by.map(ToOwned::to_owned),
            key: Some(key.to_owned()),
            correlation_id: None,
            origin: None,
            activity_id: None,
            activity_created_at: None,
            activity_action: None,
            activity_details: None,
        }
    }

    /// Of imported history: the actor is the row's where it has one.
    #[must_use]
    pub fn imported(importer: &Actor, row: &ImportedActivity) -> Self {
        let actor = row.actor.as_ref().unwrap_or(importer);
        Self {
            key: None,
            origin: Some(Origin::Import),
            activity_id: row.id,
            activity_created_at: row.created_at,
            activity_action: row.action.clone(),
            activity_details: row.details.clone(),
            ..Self::decided(actor, None, "")
        }
    }

    /// As part of a trace.
    #[must_use]
    pub fn traced(self, correlation_id: Option<&str>) -> Self {
        Self { correlation_id: correlation_id.map(ToOwned::to_owned), ..self }
    }

    /// Who asked.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor {
            kind: self.actor_type,
            id: self.actor_id.clone(),
            agent_id: self.agent_id,
            run_id: self.run_id,
            responsible_user_id: self.responsible_user_id.clone(),
        }
    }

    /// The activity row that imported history had; none for what the ledger decided.
    #[must_use]
    pub fn imported_activity(&self) -> Option<ImportedActivity> {
        self.origin.map(|Origin::Import| ImportedActivity {
            id: self.activity_id,
            created_at: self.activity_created_at,
            action: self.activity_action.clone(),
            details: self.activity_details.clone(),
            actor: Some(self.actor()),
        })
    }
}
