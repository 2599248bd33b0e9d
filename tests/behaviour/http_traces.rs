//! W3C traces: what a request's `traceparent` names stands with the events that it made.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Answer, Server};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

async fn traced(server: &Server, parent: &str, path: &str, body: &Value) -> Value {
    let request = server.request("POST", path).header("traceparent", parent).json(body);
    let answer = Answer::of(request).await;
    assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
    answer.body
}

#[tokio::test]
async fn the_trace_of_a_request_stands_with_its_events_and_in_the_activity() {
    let server = Server::start().await;
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let body = json!({"name": "box", "driver": "ssh"});
    let environment = traced(&server, &parent, "environments", &body).await;
    let run = Uuid::now_v7();
    let acquire = json!({"type": "acquireLease", "environmentId": environment["id"],
        "heartbeatRunId": run, "provider": "e2b", "providerLeaseId": "sandbox-1"});
    let verdicts = traced(&server, &parent, "dispatch", &json!({"commands": [acquire]})).await;
    let lease = verdicts["verdicts"][0]["lease"]["id"].as_str().unwrap().to_owned();
    // What is no trace is none, and harms nobody.
    let end = json!({"cleanupStatus": "pending"});
    traced(&server, "00-what-is-this", &format!("leases/{lease}/release"), &end).await;
    let claim = json!({"owner": "janitor", "limit": 1, "ttlSeconds": 60});
    traced(&server, &parent, "cleanups/claim", &claim).await;
    let events = server.get("events").await.expect(200);
    let of = |event: &Value| event["metadata"].get("correlationId").cloned();
    let told: Vec<_> = events["items"].as_array().unwrap().iter().map(of).collect();
    let known = Some(json!(TRACE));
    assert_eq!((&told[0], &told[1]), (&known, &known));
    assert_eq!(told.last().unwrap(), &known, "the claim");
    assert!(told[2..told.len() - 1].iter().all(Option::is_none), "{told:?}");
    let lines = server.get("activity?bookkeeping=true").await.expect(200);
    let lines = lines["items"].as_array().unwrap();
    let of = |position: u64| {
        let found = lines.iter().find(|line| line["position"] == position).unwrap();
        found["correlationId"].clone()
    };
    assert_eq!((of(1), of(2), of(3)), (json!(TRACE), json!(TRACE), Value::Null));
    server.stop().await;
}
