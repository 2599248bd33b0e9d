//! Who asked.

use serde::{Deserialize, Serialize};

use crate::fields::{Fault, Fields, FromField};
use crate::id::{AgentId, RunId};
use crate::limits::Limits;
use crate::text::Label;
use crate::word::words;

words! {
    /// What kind of party an actor is.
    ActorType {
        /// An agent, in one of its runs.
        Agent = "agent",
        /// A person.
        User = "user",
        /// A program of the installation.
        System = "system",
    }
}

/// Who asked for a change. Beside it the log keeps the token that really spoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// What kind of party.
    #[serde(rename = "type")]
    pub kind: ActorType,
    /// Its id, as the caller's system knows it.
    pub id: Label,
    /// The agent, where known.
    pub agent_id: Option<AgentId>,
    /// The run, where known.
    pub run_id: Option<RunId>,
    /// The person answerable for it, where known.
    pub responsible_user_id: Option<Label>,
}

impl Actor {
    /// A program of the installation, by name.
    ///
    /// # Panics
    /// Never: an empty or over-long name falls back to `leasehold`.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the fallback is a literal within its bounds")]
    pub fn system(name: &str) -> Self {
        let id = Label::new(name).or_else(|_| Label::new("leasehold"));
        Self {
            kind: ActorType::System,
            id: id.expect("a literal of nine bytes is a label"),
            agent_id: None,
            run_id: None,
            responsible_user_id: None,
        }
    }
}

impl FromField for Actor {
    fn from_field(value: serde_json::Value, limits: &Limits) -> Result<Self, Fault> {
        Fields::nested(value, limits, |fields| {
            let kind = fields.required("type");
            let id = fields.required("id");
            let agent_id = fields.optional("agentId");
            let run_id = fields.optional("runId");
            let responsible_user_id = fields.optional("responsibleUserId");
            Some(Self { kind: kind?, id: id?, agent_id, run_id, responsible_user_id })
        })
    }
}
