//! Many commands in one request.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Answer, Server};

async fn dispatch(server: &Server, body: Value) -> Vec<Value> {
    let answer = server.post("dispatch", &body).await.expect(200);
    answer["verdicts"].as_array().unwrap().clone()
}

fn statuses(verdicts: &[Value]) -> Vec<&str> {
    verdicts.iter().map(|verdict| verdict["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_command_has_its_own_verdict_in_order() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({"capacity": 2})).await;
    let (run, actor) = (Uuid::now_v7(), json!({"type": "agent", "id": "a"}));
    let acquire = |key: &str| {
        json!({"type": "acquireLease", "key": key, "environmentId": environment,
               "heartbeatRunId": run, "actor": actor})
    };
    let body = json!({"commands": [
        acquire("one"), {"type": "dance"}, acquire("two"), acquire("three"), 7,
        {"type": "renewRun", "runId": run, "ttlSeconds": 60, "key": ""},
        {"type": "renewRun", "runId": run, "ttlSeconds": 60},
        {"type": "releaseRun", "runId": run},
        {"type": "removeEnvironment", "environmentId": environment},
    ]});
    let verdicts = dispatch(&server, body).await;
    let expected = [
        "accepted", "failed", "accepted", "refused", "failed", "failed", "accepted", "accepted",
        "accepted",
    ];
    assert_eq!(statuses(&verdicts), expected, "{verdicts:?}");
    assert_eq!((&verdicts[0]["position"], &verdicts[0]["key"]), (&json!(2), &json!("one")));
    assert_eq!(verdicts[0]["lease"]["heartbeatRunId"], json!(run));
    assert_eq!(verdicts[1]["error"]["errors"][0]["field"], "type");
    assert_eq!(verdicts[3]["error"]["code"], "capacity_exhausted");
    assert_eq!(verdicts[3]["error"]["retry"], "new_key");
    assert_eq!(verdicts[3]["error"]["conflicting"].as_array().unwrap().len(), 2);
    assert_eq!(verdicts[5]["error"]["errors"][0]["field"], "key");
    assert_eq!(verdicts[6]["leases"].as_array().unwrap().len(), 2);
    assert_eq!(verdicts[7]["released"].as_array().unwrap().len(), 2);
    assert_eq!(verdicts[8]["environmentId"], json!(environment));
    assert!(verdicts[8]["key"].is_string(), "a key is made where none is chosen");

    let again = dispatch(&server, json!({"commands": [acquire("one"), acquire("three")]})).await;
    assert_eq!(statuses(&again), ["replayed", "refused"]);
    assert_eq!((&again[0]["replayed"], &again[1]["replayed"]), (&json!(true), &json!(true)));
    assert_eq!(again[0]["lease"], verdicts[0]["lease"]);
    server.stop().await;
}

#[tokio::test]
async fn an_atomic_dispatch_does_all_or_nothing() {
    let server = Server::start().await;
    let make = |name: &str| json!({"type": "createEnvironment", "name": name, "driver": "ssh"});
    let body = json!({"atomic": true, "commands": [make("a"), make("b"), make("a"), make("c")]});
    let verdicts = dispatch(&server, body).await;
    assert_eq!(statuses(&verdicts), ["not_applied", "not_applied", "refused", "not_applied"]);
    let body = json!({"atomic": true, "commands": [make("a"), {"type": "endRun"}, make("b")]});
    let verdicts = dispatch(&server, body).await;
    assert_eq!(statuses(&verdicts), ["not_applied", "failed", "not_applied"]);
    let list = server.get("environments").await.expect(200);
    assert_eq!(list["items"], json!([]));
    let body = json!({"atomic": true, "commands": [make("a"), make("b")]});
    assert_eq!(statuses(&dispatch(&server, body).await), ["accepted", "accepted"]);
    server.stop().await;
}

#[tokio::test]
async fn a_dispatch_that_is_wrong_as_a_whole_is_refused_as_a_whole() {
    let server = Server::start().await;
    let make = |key: &str| json!({"type": "ensureLocalEnvironment", "key": key});
    let refused = async |body: Value, field: &str, message: &str| {
        server.post("dispatch", &body).await.invalid(field, message);
    };
    let twice = json!({"commands": [make("a"), make("b"), make("a")]});
    refused(twice, "commands[2].key", "commands[0]").await;
    refused(json!({}), "commands", "is required").await;
    refused(json!({"commands": {}}), "commands", "is not an array").await;
    refused(json!({"commands": vec![json!({}); 1_001]}), "commands", "more than 1000").await;
    refused(json!({"commands": [], "atomic": 1}), "atomic", "neither true nor false").await;
    refused(json!({"commands": [], "also": 1}), "also", "is not known here").await;
    server
        .keyed("k", "dispatch", &json!({"commands": []}))
        .await
        .invalid("Idempotency-Key", "of its own");
    assert_eq!(dispatch(&server, json!({"commands": []})).await, [] as [Value; 0]);
    let events = server.get("events").await.expect(200);
    assert_eq!(events, json!({"items": [], "nextPosition": 0}));
    server.stop().await;
}

#[tokio::test]
async fn a_thousand_commands_go_in_one_dispatch_of_megabytes() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let notes = json!({"text": "x".repeat(4_000)});
    let acquire = json!({"type": "acquireLease", "environmentId": environment, "metadata": notes});
    let verdicts = dispatch(&server, json!({"commands": vec![acquire; 1_000]})).await;
    assert_eq!(statuses(&verdicts), vec!["accepted"; 1_000]);
    let body = format!("{{\"commands\": [{}]}}", " ".repeat(16 * 1024 * 1024));
    let request = server.request("POST", "dispatch").header("content-type", "application/json");
    let answer = Answer::of(request.body(body)).await;
    assert_eq!(answer.status, 413);
    answer.problem("too_large");
    server.stop().await;
}
