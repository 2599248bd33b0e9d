//! Reading who asked: an object in a field, whose faults carry the field's name.

use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::fields::{Fields, Invalid};
use leasehold_domain::limits::Limits;
use serde_json::{Value, json};

use crate::support::read::map;
use crate::support::{ids, label};

fn read(actor: &Value) -> Result<Actor, Invalid> {
    let body = map(json!({"actor": actor}));
    Fields::read(body, &Limits::default(), |fields| fields.required("actor"))
}

#[test]
fn an_actor_is_read_with_all_that_is_known_of_it() {
    let actor = Actor {
        kind: ActorType::Agent,
        id: label("agent-7"),
        agent_id: Some(ids::agent(7)),
        run_id: Some(ids::run(1)),
        responsible_user_id: Some(label("ada")),
    };
    let body = json!({
        "type": "agent", "id": "agent-7", "agentId": ids::agent(7), "runId": ids::run(1),
        "responsibleUserId": "ada",
    });
    assert_eq!(read(&body).unwrap(), actor);
    assert_eq!(serde_json::to_value(&actor).unwrap(), body);
}

#[test]
fn an_actor_needs_a_type_and_an_id() {
    let actor = read(&json!({"type": "user", "id": "ada"})).unwrap();
    assert_eq!((actor.kind, actor.agent_id, actor.run_id), (ActorType::User, None, None));
    let invalid = read(&json!({})).unwrap_err();
    assert_eq!(invalid.to_string(), "actor.type is required; actor.id is required");
}

#[test]
fn the_faults_of_an_actor_carry_the_name_of_its_field() {
    let body = json!({"type": "robot", "id": "", "agentId": "x", "shoe": 43});
    let invalid = read(&body).unwrap_err();
    let fields: Vec<_> = invalid.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["actor.type", "actor.id", "actor.agentId", "actor.shoe"]);
}

#[test]
fn an_actor_is_an_object() {
    for other in [json!("ada"), json!([]), json!(1)] {
        assert_eq!(read(&other).unwrap_err().to_string(), "actor is not an object");
    }
}

#[test]
fn a_program_without_a_usable_name_is_the_ledger_itself() {
    assert_eq!(Actor::system("sweeper").id, label("sweeper"));
    for name in ["", "  ", &"x".repeat(513), "a\0b"] {
        assert_eq!(Actor::system(name).id, label("leasehold"));
    }
    assert_eq!(Actor::system("sweeper").kind, ActorType::System);
}
