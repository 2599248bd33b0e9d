//! What holds of every translation, whatever the rows say.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod environments;
mod leases;

use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::company::{Import, ImportedActivity};
use leasehold_domain::fence::Position;
use leasehold_domain::id::{AgentId, CompanyId, RunId};
use leasehold_domain::stream::Aggregate;
use leasehold_domain::text::Label;
use leasehold_domain::time::Timestamp;
use leasehold_projections::activity_log::{ActivityRow, Envelope};
use leasehold_projections::jsonb::Jsonb;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use uuid::Uuid;

use super::importer;
use crate::import::rows::Activity;

fn company() -> CompanyId {
    CompanyId(Uuid::from_u128(1))
}

/// The one run that rows name, so that they may be about the same.
fn run() -> RunId {
    RunId(Uuid::from_u128(2))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::EPOCH.plus_micros(seconds * 1_000_000 + 1)
}

/// Few instants, so that many are equal or in an order that nobody expects.
fn instants() -> impl Strategy<Value = Timestamp> {
    (0_i64..12).prop_map(at)
}

/// What a folded history shows: the state, and its activity rows by id.
fn folded(import: &Import) -> (Aggregate, Vec<ActivityRow>) {
    let mut state = Aggregate::new(import.stream.kind);
    let mut rows = Vec::new();
    let mut last = None;
    for (event, imported) in &import.events {
        assert!(last <= Some(event.at()), "times of a stream never fall");
        last = Some(event.at());
        state.apply(event);
        let (importer, none) = (importer(), ImportedActivity::default());
        let envelope = Envelope {
            event_id: Uuid::nil(),
            company_id: company(),
            position: Position(1),
            stream: import.stream,
            actor: &importer,
            authenticated_by: None,
            imported: Some(imported.as_ref().unwrap_or(&none)),
        };
        rows.extend(ActivityRow::of(event, &state, &envelope));
    }
    (state, rows)
}

/// Sees that every source row stands once among the shown ones, equal in every column.
fn stands_once(shown: &[ActivityRow], rows: &[Activity]) {
    for row in rows {
        let found: Vec<_> = shown.iter().filter(|shown| shown.id == row.id).collect();
        assert_eq!(found.len(), 1, "{row:?}");
        let found = found[0];
        let actor = &row.actor;
        assert_eq!(found.actor_type, actor.kind.as_str());
        assert_eq!(found.actor_id, actor.id.as_str());
        assert_eq!(found.agent_id, actor.agent_id.map(Into::into));
        assert_eq!(found.run_id, actor.run_id.map(Into::into));
        assert_eq!(found.responsible_user_id, actor.responsible_user_id.as_ref().map(to_text));
        assert_eq!(found.action, row.action.as_str());
        assert_eq!(found.details, Jsonb::of(&row.details));
        assert_eq!(found.created_at, row.created_at.chrono());
        assert_eq!(found.entity_id, row.about.to_string());
    }
}

fn to_text(label: &Label) -> String {
    label.to_string()
}

fn actors() -> impl Strategy<Value = Actor> {
    let agent = Some(AgentId(Uuid::from_u128(3)));
    let of = move |kind, id: &str, run_id, owner: &str| Actor {
        kind,
        id: Label::kept(id).unwrap(),
        agent_id: agent.filter(|_| kind == ActorType::Agent),
        run_id,
        responsible_user_id: Label::new(owner).ok(),
    };
    select(vec![
        of(ActorType::Agent, "agent", Some(run()), "owner"),
        of(ActorType::Agent, "agent", Some(RunId(Uuid::from_u128(9))), ""),
        of(ActorType::User, "", None, "owner"),
        of(ActorType::System, "sweeper", None, ""),
    ])
}

/// Activity about one entity; `about` and the ids are set by whoever asks.
fn activities(
    actions: &'static [&'static str],
    details: impl Strategy<Value = Value> + Clone + 'static,
) -> impl Strategy<Value = Vec<Activity>> {
    let one = (select(actions), actors(), details, instants());
    prop::collection::vec(one, 0..6).prop_map(|rows| {
        let numbered = rows.into_iter().zip(100_u128..);
        let row = |((action, actor, details, created_at), number): ((&str, _, _, _), _)| Activity {
            id: Uuid::from_u128(number),
            company_id: company(),
            about: Uuid::from_u128(7),
            actor,
            action: Label::new(action).unwrap(),
            details,
            created_at,
        };
        numbered.map(row).collect()
    })
}

fn some_details() -> impl Strategy<Value = Value> + Clone {
    select(vec![Value::Null, json!({}), json!({"attempt": 2, "reason": "retry"})])
}
