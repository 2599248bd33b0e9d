//! The bodies of the commands on environments.

use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::environment::{Capacity, Create, Driver, Status, Update};
use leasehold_domain::json::JsonObject;
use serde_json::{Value, json};

use crate::support::read::{faults, map, object, read};
use crate::support::{ids, name, reason};

#[test]
fn a_creation_is_read_field_by_field() {
    let body = json!({
        "name": "box", "driver": "plugin", "description": "d", "status": "archived",
        "config": {"c": 1}, "envVars": {"e": 1}, "metadata": {"m": 1}, "capacity": 2,
        "singleFlight": true,
    });
    let expected = Create {
        name: name("box"),
        driver: Driver::Plugin,
        description: Some(reason("d")),
        status: Status::Archived,
        config: object(json!({"c": 1})),
        env_vars: object(json!({"e": 1})),
        metadata: Some(object(json!({"m": 1}))),
        capacity: Some(Capacity(2)),
        single_flight: true,
        default_ttl_seconds: None,
        source_id: None,
    };
    let command = read(CommandType::CreateEnvironment, body);
    assert_eq!(command, Ok(Command::CreateEnvironment(expected)));
}

#[test]
fn in_a_creation_null_is_as_good_as_absent() {
    let body = json!({
        "name": "box", "driver": "ssh", "description": null, "status": null, "config": null,
        "envVars": null, "metadata": null, "capacity": null, "singleFlight": null,
    });
    let least = json!({"name": "box", "driver": "ssh"});
    let kind = CommandType::CreateEnvironment;
    assert_eq!(read(kind, body), read(kind, least));
}

#[test]
fn a_source_is_set_by_imports_alone() {
    let body = json!({"name": "box", "driver": "ssh", "sourceId": ids::environment(2)});
    assert_eq!(faults(CommandType::CreateEnvironment, body), ["sourceId is not known here"]);
}

#[test]
fn unknown_words_are_refused_with_those_that_are_known() {
    let body = json!({"name": "box", "driver": "docker", "status": "removed"});
    let expected = [
        "driver unknown word `docker`; known are local, ssh, sandbox, plugin",
        "status unknown word `removed`; known are active, archived",
    ];
    assert_eq!(faults(CommandType::CreateEnvironment, body), expected);
    let body = json!({"name": "box", "driver": "SSH", "singleFlight": "yes"});
    let expected = [
        "driver unknown word `SSH`; known are local, ssh, sandbox, plugin",
        "singleFlight is neither true nor false",
    ];
    assert_eq!(faults(CommandType::CreateEnvironment, body), expected);
}

#[test]
fn an_unknown_word_is_repeated_in_short() {
    let body = json!({"name": "box", "driver": "ü".repeat(5_000)});
    let faults = faults(CommandType::CreateEnvironment, body);
    assert!(faults[0].contains(&format!("`{}`", "ü".repeat(100))), "{faults:?}");
}

fn change(body: Value) -> Update {
    let mut body = map(body);
    body.insert("environmentId".to_owned(), json!(ids::environment(1)));
    let command = read(CommandType::UpdateEnvironment, Value::Object(body)).unwrap();
    let Command::UpdateEnvironment(id, update) = command else { panic!("{command:?}") };
    assert_eq!(id, ids::environment(1));
    *update
}

#[test]
fn a_change_is_read_field_by_field() {
    let body = json!({
        "name": "box", "driver": "plugin", "description": "d", "status": "archived",
        "config": {"c": 1}, "envVars": {"e": 1}, "metadata": {"m": 1}, "capacity": 2,
        "singleFlight": true, "ifVersion": 3,
    });
    let expected = Update {
        name: Some(name("box")),
        driver: Some(Driver::Plugin),
        description: Some(Some(reason("d"))),
        status: Some(Status::Archived),
        config: Some(object(json!({"c": 1}))),
        env_vars: Some(object(json!({"e": 1}))),
        metadata: Some(Some(object(json!({"m": 1})))),
        capacity: Some(Some(Capacity(2))),
        single_flight: Some(true),
        default_ttl_seconds: None,
        if_version: Some(3),
    };
    assert_eq!(change(body), expected);
}

#[test]
fn in_a_change_absent_and_null_mean_different_things() {
    assert_eq!(change(json!({})), Update::default());
    let body = json!({"description": null, "metadata": null, "capacity": null});
    let expected = Update {
        description: Some(None),
        metadata: Some(None),
        capacity: Some(None),
        ..Update::default()
    };
    assert_eq!(change(body), expected);
}

#[test]
fn what_is_never_none_cannot_be_changed_to_null() {
    let body = json!({
        "environmentId": ids::environment(1), "name": null, "driver": null, "status": null,
        "config": null, "envVars": null, "singleFlight": null,
    });
    let expected = ["name", "driver", "status", "config", "envVars", "singleFlight"]
        .map(|field| format!("{field} cannot be null"));
    assert_eq!(faults(CommandType::UpdateEnvironment, body), expected);
}

#[test]
fn a_change_that_is_faulty_is_not_read_as_a_change_to_nothing() {
    let body = json!({"environmentId": ids::environment(1), "capacity": -1, "metadata": 7});
    let expected =
        ["metadata is not an object", "capacity is not a whole number from 0 to 1000000"];
    assert_eq!(faults(CommandType::UpdateEnvironment, body), expected);
}

#[test]
fn the_other_commands_on_environments_take_an_id_and_nothing_else() {
    let id = ids::environment(1);
    let of = |kind| read(kind, json!({"environmentId": id})).unwrap();
    assert_eq!(of(CommandType::ArchiveEnvironment), Command::ArchiveEnvironment(id));
    assert_eq!(of(CommandType::ReactivateEnvironment), Command::ReactivateEnvironment(id));
    assert_eq!(of(CommandType::RemoveEnvironment), Command::RemoveEnvironment(id));
    let ensure = read(CommandType::EnsureLocalEnvironment, json!({}));
    assert_eq!(ensure, Ok(Command::EnsureLocalEnvironment));
    assert_eq!(JsonObject::default().to_map().len(), 0);
}
