//! Tokens: shown once, kept as hashes, expiring, revoked, bound to a company and a rate.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use leasehold::http::{Door, Rules, serve};
use leasehold::ledger::{Ledger, Options};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::support::server::{Answer, Server, id};
use crate::support::tokens::{make, secret, with};

const NOTHING: Value = Value::Null;

#[tokio::test]
async fn from_the_first_token_on_nobody_comes_in_without_one() {
    let server = Server::start().await;
    server.get("leases").await.expect(200);
    let admin = make(&server, None, "admin", None).await;
    let nobody = server.get("leases").await;
    assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
    assert_eq!(nobody.problem("unauthenticated")["status"], 401);
    let keyed = server.keyed("k", "environments/ensure-local", &json!({})).await;
    assert_eq!(keyed.problem("unauthenticated")["key"], "k");
    for path in ["/healthz", "/readyz", "/openapi.json", "/docs/"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    let admin = secret(&admin);
    with(&server, &admin, ("GET", "leases", &NOTHING)).await.expect(200);
    let mut wrong = admin.clone();
    wrong.replace_range(10..11, if &admin[10..11] == "0" { "1" } else { "0" });
    with(&server, &wrong, ("GET", "leases", &NOTHING)).await.problem("unauthenticated");
    for header in ["Basic abc", "Bearer", &format!("Bearer {admin}x"), &format!("Token {admin}")] {
        let request = server.request("GET", "leases").header("Authorization", header);
        Answer::of(request).await.problem("unauthenticated");
    }
    let request =
        server.request("GET", "leases").header("Authorization", format!("bearer {admin}"));
    Answer::of(request).await.expect(200);
    server.stop().await;
}

#[tokio::test]
async fn a_token_is_shown_once_and_stored_as_its_hash() {
    let server = Server::start().await;
    let made = make(&server, None, "admin", None).await;
    let admin = secret(&made);
    assert_eq!((admin.len(), &admin[..4]), (76, "lhd_"));
    let listed = with(&server, &admin, ("GET", "/v1/admin/tokens", &NOTHING)).await.expect(200);
    assert!(listed["items"][0].get("secret").is_none() && !listed.to_string().contains(&admin));
    assert_eq!(listed["items"][0]["id"], made["id"]);
    let rows: Vec<String> = sqlx::query_scalar("select t::text from leasehold.tokens t")
        .fetch_all(&server.database.pool)
        .await
        .unwrap();
    assert!(rows.iter().all(|row| !row.contains(&admin[4..68])), "{rows:?}");
    let removal = sqlx::query("delete from leasehold.tokens").execute(&server.database.pool).await;
    assert!(removal.unwrap_err().to_string().contains("append-only"));
    server.stop().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_or_expired_opens_nothing_on_any_server_within_a_second() {
    let server = Server::start().await;
    let admin = secret(&make(&server, None, "admin", None).await);
    let other = Ledger::open(&server.database.options, Options::default()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}/v1/leases", listener.local_addr().unwrap());
    let door = Door::new(&other, Rules::default());
    let serving = tokio::spawn(serve(listener, door, std::future::pending()));
    let made = make(&server, Some(&admin), "heartbeat", None).await;
    let (token, path) = (secret(&made), format!("/v1/admin/tokens/{}", id(&made)));
    let ask = async || {
        let asked = Client::new().get(&elsewhere).bearer_auth(&token);
        asked.send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask().await, 200);
    let revoked = with(&server, &admin, ("DELETE", &path, &json!({}))).await.expect(200);
    let since = Instant::now();
    with(&server, &token, ("GET", "leases", &NOTHING)).await.problem("unauthenticated");
    while ask().await == 200 {
        assert!(since.elapsed() < Duration::from_secs(1), "it still opens another server");
    }
    let again = with(&server, &admin, ("DELETE", &path, &json!({}))).await.expect(200);
    assert_eq!(again["revokedAt"], revoked["revokedAt"]);
    expires(&server, &admin).await;
    serving.abort();
    let _ = serving.await;
    other.close().await;
    server.stop().await;
}

async fn expires(server: &Server, admin: &str) {
    let body = json!({"name": "short", "role": "auditor",
                      "expiresAt": Utc::now() + TimeDelta::seconds(2)});
    let made = with(server, admin, ("POST", "/v1/admin/tokens", &body)).await.expect(201);
    let token = secret(&made);
    with(server, &token, ("GET", "leases", &NOTHING)).await.expect(200);
    let since = Instant::now();
    while with(server, &token, ("GET", "leases", &NOTHING)).await.status == 200 {
        assert!(since.elapsed() < Duration::from_secs(10), "it does not expire");
    }
    let past = json!({"name": "x", "role": "auditor", "expiresAt": "2020-01-01T00:00:00Z"});
    let refused = with(server, admin, ("POST", "/v1/admin/tokens", &past)).await;
    refused.invalid("expiresAt", "over already");
    let body = json!({"name": "for ever", "role": "auditor", "expiresAt": null});
    let made = with(server, admin, ("POST", "/v1/admin/tokens", &body)).await.expect(201);
    assert_eq!(made["expiresAt"], NOTHING);
}

#[tokio::test]
async fn what_a_token_does_is_written_down_as_its_doing() {
    let server = Server::start().await;
    let admin = secret(&make(&server, None, "admin", None).await);
    let made = make(&server, Some(&admin), "heartbeat", Some(server.company)).await;
    let token = secret(&made);
    with(&server, &token, ("POST", "environments/ensure-local", &json!({}))).await.expect(200);
    let user = json!({"name": "x", "driver": "ssh", "actor": {"type": "user", "id": "ada"}});
    let refused = with(&server, &token, ("POST", "environments", &user)).await;
    assert_eq!(refused.problem("forbidden")["status"], 403);
    let agent = json!({"name": "x", "driver": "ssh", "actor": {"type": "agent", "id": "robin"}});
    let agents = with(&server, &token, ("POST", "environments", &agent)).await.expect(201);
    let mut command = user.clone();
    command["type"] = "createEnvironment".into();
    let renamed = json!({"type": "updateEnvironment", "environmentId": id(&agents), "name": "y"});
    let body = json!({"commands": [command, renamed]});
    let shown = with(&server, &token, ("POST", "dispatch", &body)).await.expect(200);
    assert_eq!(shown["verdicts"][0]["error"]["code"], "forbidden");
    assert_eq!(shown["verdicts"][1]["status"], "accepted");
    with(
        &server,
        &admin,
        (
            "POST",
            "environments",
            &json!({"name": "z", "driver": "ssh",
        "actor": {"type": "user", "id": "ada"}}),
        ),
    )
    .await
    .expect(201);
    let activity = with(&server, &admin, ("GET", "activity", &NOTHING)).await.expect(200);
    let by: Vec<&Value> = (0..4).map(|n| &activity["items"][n]["authenticatedBy"]).collect();
    assert!(by[0].is_string() && by[0] != &made["id"]);
    assert_eq!(&by[1..], [&made["id"]; 3]);
    assert_eq!(activity["items"][3]["actorId"], "a heartbeat", "who names no actor is the token");
    let events = with(&server, &admin, ("GET", "events", &NOTHING)).await.expect(200);
    assert_eq!(events["items"][0]["metadata"]["authenticatedBy"], made["id"]);
    server.stop().await;
}

#[tokio::test]
async fn an_admin_of_one_company_sees_and_makes_its_tokens_alone() {
    let server = Server::start().await;
    let root = make(&server, None, "admin", None).await;
    let other = make(&server, Some(&secret(&root)), "auditor", Some(Uuid::now_v7())).await;
    let own = make(&server, Some(&secret(&root)), "admin", Some(server.company)).await;
    let admin = secret(&own);
    let listed = with(&server, &admin, ("GET", "/v1/admin/tokens", &NOTHING)).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["id"], own["id"]);
    let made = make(&server, Some(&admin), "heartbeat", None).await;
    assert_eq!(made["companyId"], json!(server.company));
    assert_eq!(made["createdBy"], own["id"]);
    let body = json!({"name": "x", "role": "auditor", "companyId": Uuid::now_v7()});
    with(&server, &admin, ("POST", "/v1/admin/tokens", &body)).await.problem("forbidden");
    for id in [id(&other), id(&root), Uuid::now_v7().to_string()] {
        let path = format!("/v1/admin/tokens/{id}");
        let refused = with(&server, &admin, ("DELETE", &path, &json!({}))).await;
        refused.problem("token_not_found");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_token_that_asks_too_much_is_told_when_to_come_back() {
    let rules = Rules { requests_per_second: Some(5), ..Rules::default() };
    let server = Server::start_with(rules).await;
    let hasty = secret(&make(&server, None, "admin", None).await);
    let calm = secret(&make(&server, Some(&hasty), "admin", None).await);
    let mut refused = None;
    for _ in 0..100 {
        let answer = with(&server, &hasty, ("GET", "leases", &NOTHING)).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a hundred requests at once are more than its share");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.problem("rate_limited")["retry"], "same_key");
    with(&server, &calm, ("GET", "leases", &NOTHING)).await.expect(200);
    server.stop().await;
}
