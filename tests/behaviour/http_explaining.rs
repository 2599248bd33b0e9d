//! A lease's story over HTTP: why it was granted, what happened, why it ended, what is still open.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Server, id};

async fn explain(server: &Server, lease: &str) -> Value {
    server.get(&format!("leases/{lease}/explain")).await.expect(200)
}

fn events(story: &Value) -> Vec<&str> {
    let steps = story["steps"].as_array().unwrap().iter();
    steps.map(|step| step["event"].as_str().unwrap()).collect()
}

/// The story's words, without the instants in front of its steps.
fn words(story: &Value) -> String {
    let without = |line: &str| line.split_once("Z  ").map_or(line, |(_, text)| text).to_owned();
    let lines: Vec<String> = story["text"].as_str().unwrap().lines().map(without).collect();
    lines.join("\n")
}

fn assert_says(story: &Value, sentences: &[&str]) {
    let words = words(story);
    let mut rest = words.as_str();
    for sentence in sentences {
        let place = rest.find(sentence);
        let place = place.unwrap_or_else(|| panic!("{sentence:?} is not (there) in\n{words}"));
        rest = &rest[place + sentence.len()..];
    }
}

#[tokio::test]
async fn a_grant_is_explained_by_what_was_free_then_and_not_now() {
    let server = Server::start().await;
    let place = server.environment("box", json!({"capacity": 3, "singleFlight": true})).await;
    let gone = id(&server.lease(&place, json!({})).await);
    server.post(&format!("leases/{gone}/release"), &json!({})).await.expect(200);
    let elsewhere = server.environment("barn", json!({})).await;
    let other = id(&server.lease(&elsewhere, json!({})).await);
    let first = id(&server.lease(&place, json!({})).await);
    let second = id(&server.lease(&place, json!({})).await);
    server.post(&format!("leases/{first}/release"), &json!({})).await.expect(200);
    server.lease(&place, json!({})).await;
    let path = format!("environments/{place}");
    server.send("PATCH", &path, &json!({"capacity": 9})).await.expect(200);

    let room = |held: usize| json!({"environmentId": place, "capacity": 3, "held": held, "singleFlight": true});
    for (lease, held) in [(&gone, 0), (&first, 0), (&second, 1)] {
        let story = explain(&server, lease).await;
        assert_eq!((&story["leaseId"], &story["granted"]), (&json!(lease), &room(held)));
        assert_says(
            &story,
            &[&format!("Lease {lease} on environment {place}: {held} of 3 places were taken.")],
        );
    }
    let story = explain(&server, &other).await;
    assert_eq!(
        (&story["granted"]["capacity"], &story["granted"]["held"]),
        (&json!(null), &json!(0))
    );
    let sentences = [
        "0 leases were there, and room for any number.",
        "granted on ssh environment",
        "It is active.",
        "Nothing is to be done at the provider.",
    ];
    assert_says(&story, &sentences);
    assert_eq!((&story["ended"], &story["open"]), (&Value::Null, &Value::Null));
    server.stop().await;
}

#[tokio::test]
async fn an_end_and_its_cleanup_are_told_with_their_reasons_and_actors() {
    let server = Server::start().await;
    let place = server.environment("box", json!({"driver": "sandbox"})).await;
    let run = Uuid::now_v7();
    let agent = json!({"type": "agent", "id": "agent 7", "runId": run});
    let with = json!({
        "provider": "daytona", "providerLeaseId": "sbx-1", "heartbeatRunId": run, "actor": agent,
    });
    let lease = id(&server.lease(&place, with).await);
    let over = json!({
        "status": "failed", "failureReason": "disk full",
        "actor": {"type": "user", "id": "ada"},
    });
    let shown = server.post(&format!("leases/{lease}/release"), &over).await.expect(200);
    let story = explain(&server, &lease).await;
    let steps = story["steps"].as_array().unwrap();
    let by = |step: &Value| (step["by"]["type"].clone(), step["by"]["id"].clone());
    assert_eq!(events(&story), ["LeaseAcquired", "Failed", "CleanupRequested"]);
    assert_eq!(by(&steps[0]), (json!("agent"), json!("agent 7")));
    assert_eq!(by(&steps[1]), (json!("user"), json!("ada")));
    for (place, step) in steps.iter().enumerate() {
        assert_eq!(step["sequence"], place + 1);
        assert!(step["position"].is_u64() && step["at"].is_string(), "{step}");
    }
    let ended = &story["ended"];
    assert_eq!((&ended["status"], &ended["reason"]), (&json!("failed"), &json!("disk full")));
    assert_eq!((&ended["cause"], &ended["by"]), (&shown["endCause"], &shown["endedBy"]));
    let open = &story["open"];
    assert_eq!((&open["provider"], &open["providerLeaseId"]), (&json!("daytona"), &json!("sbx-1")));
    assert_eq!(open["cleanup"]["state"], "pending");
    tells_of_the_end(&story);
    clean_up(&server, &lease).await;
    server.stop().await;
}

fn tells_of_the_end(story: &Value) {
    let sentences = [
        "granted on sandbox environment",
        "(agent agent 7)",
        "failed: it was asked for (disk full) (user ada)",
        "something is left: ",
        "It ended as failed at ",
        ", by user ada: disk full.",
        "Something may be left at the provider: pending, 0 attempts.",
    ];
    assert_says(story, &sentences);
}

async fn clean_up(server: &Server, lease: &str) {
    let claim = json!({"owner": "janitor-1"});
    let claimed = server.post("cleanups/claim", &claim).await.expect(200);
    let fence = &claimed["items"][0]["claimFence"];
    let story = explain(server, lease).await;
    assert_says(
        &story,
        &[
            "janitor-1 is at it until ",
            "Something may be left at the provider: claimed, 1 attempts.",
        ],
    );
    assert_eq!(story["open"]["cleanup"]["state"], "claimed");
    let done = json!({"claimFence": fence, "proof": {"status": 404}});
    server.post(&format!("cleanups/{lease}/succeed"), &done).await.expect(200);
    let story = explain(server, lease).await;
    let told = ["LeaseAcquired", "Failed", "CleanupRequested", "CleanupClaimed"];
    assert_eq!(events(&story)[..4], told);
    assert_eq!(events(&story)[4..], ["CleanupSucceeded"]);
    assert_eq!(story["open"], Value::Null);
    assert_eq!(story["ended"]["reason"], "disk full", "a cleanup changes nothing of the end");
    assert_says(
        &story,
        &["nothing is left at the provider", "What was left at the provider is gone."],
    );
}

#[tokio::test]
async fn an_expiry_is_told_as_the_sweepers() {
    let server = Server::start().await;
    let place = server.environment("box", json!({})).await;
    let lease = id(&server.lease(&place, json!({"ttlSeconds": 1})).await);
    let is_over = |lease: &Value| lease["phase"] == "ended";
    server.swept_until(&format!("leases/{lease}"), is_over).await;
    let story = explain(&server, &lease).await;
    assert_eq!(events(&story), ["LeaseAcquired", "Expired"]);
    assert_eq!(
        (&story["ended"]["status"], &story["ended"]["cause"]),
        (&json!("expired"), &json!("expiry"))
    );
    assert_eq!(story["ended"]["by"]["id"], "sweeper");
    assert!(story["ended"]["reason"].is_string(), "an end has a reason: {}", story["ended"]);
    assert_says(&story, &["It ended as expired at ", ", by system sweeper: "]);
    server.stop().await;
}

#[tokio::test]
async fn a_long_story_is_told_to_its_end() {
    let server = Server::start().await;
    let place = server.environment("box", json!({})).await;
    let lease = id(&server.lease(&place, json!({})).await);
    let path = format!("leases/{lease}/metadata");
    for number in 0..1_050 {
        server.send("PUT", &path, &json!({"metadata": {"n": number}})).await.expect(200);
    }
    server.post(&format!("leases/{lease}/release"), &json!({})).await.expect(200);
    let story = explain(&server, &lease).await;
    let steps = story["steps"].as_array().unwrap();
    let (first, last) = (&steps[0], &steps[steps.len() - 1]);
    assert_eq!((&first["event"], &first["sequence"]), (&json!("LeaseAcquired"), &json!(1)));
    assert_eq!((&last["event"], &last["sequence"]), (&json!("Released"), &json!(1_052)));
    assert_eq!(story["ended"]["status"], "released");
    let left_out = format!("\n{} events that the history has are left out", 1_052 - steps.len());
    assert_says(&story, &["granted on", &left_out, "It ended as released at "]);
    server.stop().await;
}

#[tokio::test]
async fn a_story_without_a_lease_is_refused() {
    let server = Server::start().await;
    let path = format!("leases/{}/explain", Uuid::now_v7());
    server.get(&path).await.problem("lease_not_found");
    server.get("leases/box/explain").await.problem("invalid_request");
    server.stop().await;
}
