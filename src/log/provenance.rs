//! Where an event comes from: the metadata column, a flat map of strings as the stock reader wants.
//!
//! It is written from what the writer has at hand, and read without what nobody reads again.

use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::company::ImportedActivity;
use leasehold_domain::id::{AgentId, RunId};
use leasehold_domain::text::Label;
use leasehold_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The metadata of an event on its way into the log: who asked, with which key, by which token, and
/// what an imported activity row said.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata<'m> {
    actor_type: ActorType,
    actor_id: &'m Label,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<AgentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<RunId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    responsible_user_id: Option<&'m Label>,
    /// The token that really spoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticated_by: Option<&'m str>,
    /// The command's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'m str>,
    /// The trace that the command was part of: the trace id of its W3C `traceparent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<&'m str>,
    /// `import` for history that was taken in; absent for what the ledger decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_action: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_details: Option<&'m str>,
}

/// How an event came into the log when it was not by a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Origin {
    /// Taken in from another installation.
    Import,
}

impl<'m> Metadata<'m> {
    /// Of a decision.
    #[must_use]
    pub const fn decided(
        actor: &'m Actor,
        authenticated_by: Option<&'m str>,
        key: &'m str,
    ) -> Self {
        Self {
            actor_type: actor.kind,
            actor_id: &actor.id,
            agent_id: actor.agent_id,
            run_id: actor.run_id,
            responsible_user_id: actor.responsible_user_id.as_ref(),
            authenticated_by,
            key: Some(key),
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
    pub fn imported(importer: &'m Actor, row: &'m ImportedActivity) -> Self {
        Self {
            key: None,
            origin: Some(Origin::Import),
            activity_id: row.id,
            activity_created_at: row.created_at,
            activity_action: row.action.as_deref(),
            activity_details: row.details.as_deref(),
            ..Self::decided(row.actor.as_ref().unwrap_or(importer), None, "")
        }
    }

    /// As part of a trace.
    #[must_use]
    pub const fn traced(self, correlation_id: Option<&'m str>) -> Self {
        Self { correlation_id, ..self }
    }
}

/// Where an event of the log comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Flat")]
pub struct Provenance {
    /// Who asked.
    pub actor: Actor,
    /// The token that really spoke.
    pub authenticated_by: Option<String>,
    /// The activity row that imported history had; none for what the ledger decided.
    pub imported: Option<ImportedActivity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Flat {
    actor_type: ActorType,
    actor_id: Label,
    agent_id: Option<AgentId>,
    run_id: Option<RunId>,
    responsible_user_id: Option<Label>,
    authenticated_by: Option<String>,
    origin: Option<Origin>,
    activity_id: Option<Uuid>,
    activity_created_at: Option<Timestamp>,
    activity_action: Option<String>,
    activity_details: Option<String>,
}

impl From<Flat> for Provenance {
    fn from(flat: Flat) -> Self {
        let actor = Actor {
            kind: flat.actor_type,
            id: flat.actor_id,
            agent_id: flat.agent_id,
            run_id: flat.run_id,
            responsible_user_id: flat.responsible_user_id,
        };
        let imported = flat.origin.map(|Origin::Import| ImportedActivity {
            id: flat.activity_id,
            created_at: flat.activity_created_at,
            action: flat.activity_action,
            details: flat.activity_details,
            actor: Some(actor.clone()),
        });
        Self { actor, authenticated_by: flat.authenticated_by, imported }
    }
}
