//! Reservations and cleanups over HTTP: what a careful heartbeat and a janitor do.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Server, all_pages, id};

/// Reservations that were given up, each with something left behind.
async fn left_behind(server: &Server, environment: &str, count: usize) -> Vec<String> {
    let mut leases = Vec::new();
    for _ in 0..count {
        let body = json!({"environmentId": environment, "provider": "daytona"});
        let lease = id(&server.post("leases/reserve", &body).await.expect(201));
        let why = json!({"reason": "timeout", "maybeCreated": true});
        server.post(&format!("leases/{lease}/abandon"), &why).await.expect(200);
        leases.push(lease);
    }
    leases
}

fn leases(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["leaseId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_reservation_is_activated_and_shows_its_phase() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({"driver": "sandbox"})).await;
    let body = json!({
        "environmentId": environment, "heartbeatRunId": Uuid::now_v7(), "deadlineSeconds": 60,
        "ttlSeconds": 90,
    });
    let reserved = server.post("leases/reserve", &body).await.expect(201);
    assert_eq!((&reserved["phase"], &reserved["status"]), (&json!("reserved"), &json!("active")));
    assert!(reserved["reservationDeadline"].is_string() && reserved["expiresAt"].is_null());
    let path = format!("leases/{}", id(&reserved));
    let made = json!({"providerLeaseId": "sbx-1", "fence": reserved["fence"]});
    let active = server.post(&format!("{path}/activate"), &made).await.expect(200);
    assert_eq!((&active["phase"], &active["fence"]), (&json!("active"), &reserved["fence"]));
    assert!(active["reservationDeadline"].is_null() && active["expiresAt"].is_string());
    assert_eq!(server.get(&path).await.expect(200), active);
    let open = server.get("leases?phase=reserved,active").await.expect(200);
    assert_eq!(open["items"], json!([active]));
    server.stop().await;
}

#[tokio::test]
async fn a_janitor_claims_the_oldest_and_finishes_each() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({"driver": "sandbox"})).await;
    let left = left_behind(&server, &environment, 3).await;
    let waiting = all_pages(&server, "cleanups?limit=2").await;
    assert_eq!(leases(&json!({"items": waiting})), left);

    let body = json!({"owner": "janitor-1", "limit": 2, "ttlSeconds": 60});
    let claimed = server.keyed("once", "cleanups/claim", &body).await.expect(200);
    assert_eq!(leases(&claimed), left[..2]);
    let first = &claimed["items"][0];
    assert_eq!((&first["state"], &first["owner"]), (&json!("claimed"), &json!("janitor-1")));
    assert_eq!((&first["attempt"], &first["provider"]), (&json!(1), &json!("daytona")));
    assert_eq!(first["environment"]["name"], "box");
    let again = server.keyed("once", "cleanups/claim", &body).await;
    assert_eq!(again.header("leasehold-replayed"), Some("true"));
    assert_eq!(again.expect(200), claimed, "a claim that is repeated takes nothing more");

    let claim = first["claimFence"].clone();
    let path = format!("cleanups/{}", left[0]);
    let step = json!({"claimFence": claim, "ttlSeconds": 600});
    server.post(&format!("{path}/renew"), &step).await.expect(200);
    let done = json!({"claimFence": claim, "proof": {"status": 404}});
    let lease = server.post(&format!("{path}/succeed"), &done).await.expect(200);
    assert_eq!(lease["cleanupStatus"], "success");
    assert_eq!(lease["cleanup"]["proof"], json!({"status": 404}));
    let second = claimed["items"][1]["claimFence"].clone();
    let path = format!("cleanups/{}", left[1]);
    let failed = json!({"claimFence": second, "kind": "quota", "message": "no more calls"});
    let lease = server.post(&format!("{path}/fail"), &failed).await.expect(200);
    assert_eq!(
        (&lease["cleanupState"], &lease["cleanupStatus"]),
        (&json!("failed"), &json!("failed"))
    );
    let late = json!({"claimFence": second});
    server.post(&format!("{path}/defer"), &late).await.problem("cleanup_not_claimed");
    let failed = server.get("cleanups?state=failed").await.expect(200);
    assert_eq!(leases(&failed), left[1..2]);
    assert_eq!(failed["items"][0]["failure"]["kind"], "quota");
    server.stop().await;
}

#[tokio::test]
async fn a_janitor_of_the_installation_claims_in_every_company() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({"driver": "sandbox"})).await;
    let mut left = left_behind(&server, &environment, 1).await;
    let other = format!("/v1/companies/{}", Uuid::now_v7());
    let body = json!({"name": "there", "driver": "plugin"});
    let place = id(&server.post(&format!("{other}/environments"), &body).await.expect(201));
    let body = json!({"environmentId": place});
    let lease = server.post(&format!("{other}/leases/reserve"), &body).await.expect(201);
    let why = json!({"reason": "gone"});
    server.post(&format!("/v1/leases/{}/abandon", id(&lease)), &why).await.expect(200);
    left.push(id(&lease));

    let body = json!({"owner": "janitor-1", "limit": 9});
    let claimed = server.keyed("all", "/v1/cleanups/claim", &body).await.expect(200);
    assert_eq!(leases(&claimed), left);
    let again = server.keyed("all", "/v1/cleanups/claim", &body).await.expect(200);
    let mut heard = leases(&again);
    heard.sort();
    left.sort();
    assert_eq!(heard, left, "a lost answer is heard again");
    let nothing = server.post("/v1/cleanups/claim", &body).await.expect(200);
    assert_eq!(nothing, json!({"items": []}));
    let all = server.get("/v1/cleanups?state=claimed").await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    server.stop().await;
}

#[tokio::test]
async fn a_claim_in_every_company_takes_no_more_than_its_limit_and_is_heard_again() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({"driver": "sandbox"})).await;
    let mut left = left_behind(&server, &environment, 2).await;
    let mut other = server;
    other.company = Uuid::now_v7();
    let there = other.environment("there", json!({"driver": "sandbox"})).await;
    left.extend(left_behind(&other, &there, 3).await);

    let body = json!({"owner": "janitor-1", "limit": 3, "ttlSeconds": 60});
    let claimed = other.keyed("three", "/v1/cleanups/claim", &body).await.expect(200);
    assert_eq!(leases(&claimed), left[..3], "two of the one company, one of the other");
    // Another janitor is quicker: what it takes is not what the repeated claim took.
    let two = json!({"owner": "janitor-2", "limit": 1});
    let next = other.post("/v1/cleanups/claim", &two).await.expect(200);
    assert_eq!(leases(&next), left[3..4]);
    let again = other.keyed("three", "/v1/cleanups/claim", &body).await.expect(200);
    assert_eq!(again, claimed, "a lost answer is heard again, and takes nothing more");
    let more = json!({"owner": "janitor-1", "limit": 4, "ttlSeconds": 60});
    let problem = other.keyed("three", "/v1/cleanups/claim", &more).await;
    problem.problem("idempotency_mismatch");
    let last = other.post("/v1/cleanups/claim", &two).await.expect(200);
    assert_eq!(leases(&last), left[4..]);
    other.stop().await;
}

#[tokio::test]
async fn what_turns_up_after_its_environment_was_removed_is_cleaned_up_all_the_same() {
    let server = Server::start().await;
    let config = json!({"driver": "sandbox", "config": {"region": "eu"}});
    let environment = server.environment("box", config).await;
    let body = json!({"environmentId": environment, "provider": "daytona"});
    let lease = id(&server.post("leases/reserve", &body).await.expect(201));
    let why = json!({"reason": "no quota", "maybeCreated": false});
    server.post(&format!("leases/{lease}/abandon"), &why).await.expect(200);
    server.send("DELETE", &format!("environments/{environment}"), &json!({})).await.expect(204);
    let late = json!({"providerLeaseId": "sbx-9"});
    server.post(&format!("leases/{lease}/activate"), &late).await.problem("lease_ended");
    let claim = json!({"owner": "janitor-1"});
    let claimed = server.post("cleanups/claim", &claim).await.expect(200);
    let item = &claimed["items"][0];
    let expected = (&json!("late_answer"), &json!("sbx-9"));
    assert_eq!((&item["reason"], &item["providerLeaseId"]), expected);
    assert_eq!(item["environment"]["name"], "box");
    assert_eq!(item["environment"]["config"], json!({"region": "eu"}), "all that it needs");
    server.stop().await;
}

#[tokio::test]
async fn bad_claims_are_refused_before_anything_is_stored() {
    let server = Server::start().await;
    let claim = |body: Value| {
        let server = &server;
        async move { server.post("cleanups/claim", &body).await }
    };
    claim(json!({})).await.invalid("owner", "is required");
    claim(json!({"owner": "j", "limit": 0})).await.invalid("limit", "from 1 to 100");
    claim(json!({"owner": "j", "ttlSeconds": 0})).await.invalid("ttlSeconds", "from 1 to 86400");
    let unknown = Uuid::now_v7();
    let step = json!({"claimFence": 1});
    server.post(&format!("cleanups/{unknown}/succeed"), &step).await.problem("lease_not_found");
    server.get("cleanups?state=lost").await.invalid("state", "unknown word");
    server.get("cleanups?cursor=l0").await.invalid("cursor", "");
    server.stop().await;
}
