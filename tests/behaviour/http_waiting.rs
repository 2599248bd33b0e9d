//! Waiting over HTTP: for something to be free, for a lease to be over, whichever process makes it so.

use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::support::program::Program;
use crate::support::server::{Answer, Server, id};

/// A lease that takes all the room that there is, and what can be waited for to be free of it.
struct Taken {
    lease: String,
    awaited: [String; 3],
}

impl Taken {
    async fn on(server: &Server) -> Self {
        let (workspace, issue) = (Uuid::now_v7(), Uuid::now_v7());
        let place = server.environment(&format!("box {issue}"), json!({"capacity": 1})).await;
        let awaited = [
            format!("environment:{place}"),
            format!("workspace:{workspace}"),
            format!("issue:{issue}"),
        ];
        let with = json!({"executionWorkspaceId": workspace, "issueId": issue});
        Self { lease: id(&server.lease(&place, with).await), awaited }
    }
}

/// Asks now, and says when the server has begun to wait.
async fn begin(server: &Server, path: &str) -> JoinHandle<Answer> {
    let before = server.watched_companies();
    let asked = tokio::spawn(Answer::of(server.request("GET", path)));
    while server.watched_companies() == before {
        assert!(!asked.is_finished(), "{path} did not wait: {:?}", asked.await);
        tokio::task::yield_now().await;
    }
    asked
}

async fn waits(server: &Server, awaited: &str) {
    let path = format!("wait?free={awaited}&timeout=0");
    assert_eq!(server.get(&path).await.expect(204), Value::Null, "{awaited} is not free");
}

/// A command that another process carries out.
async fn post_to(other: &Program, path: &str) {
    let url = format!("{}/v1{path}", other.address);
    let answer = Client::new().post(url).json(&json!({})).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{}", answer.text().await.unwrap());
}

#[tokio::test]
async fn what_is_free_is_told_at_once_and_what_is_not_when_the_time_is_over() {
    let server = Server::start().await;
    let unknown = Uuid::now_v7();
    for free in [format!("workspace:{unknown}"), format!("issue:{unknown}")] {
        let path = format!("wait?free={free}&timeout=0");
        assert_eq!(server.get(&path).await.expect(200), json!({"free": true}));
    }
    let room = server.environment("barn", json!({"capacity": 2})).await;
    server.lease(&room, json!({})).await;
    let path = format!("wait?free=environment:{room}&timeout=0");
    assert_eq!(server.get(&path).await.expect(200), json!({"free": true}), "one place is left");
    server.lease(&room, json!({})).await;
    waits(&server, &format!("environment:{room}")).await;

    let taken = Taken::on(&server).await;
    for free in &taken.awaited {
        waits(&server, free).await;
        let path = format!("wait?free={free}&timeout=1");
        assert_eq!(server.get(&path).await.expect(204), Value::Null);
    }
    server.post(&format!("leases/{}/release", taken.lease), &json!({})).await.expect(200);
    for free in &taken.awaited {
        let path = format!("wait?free={free}&timeout=0");
        assert_eq!(server.get(&path).await.expect(200), json!({"free": true}), "{free}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_freed_during_the_wait_is_told_whoever_frees_it() {
    let server = Server::start().await;
    let other = Program::serve(&server.database.url());
    for by_other in [false, true] {
        for kind in 0..3 {
            let taken = Taken::on(&server).await;
            let path = format!("wait?free={}&timeout=60", taken.awaited[kind]);
            let asked = begin(&server, &path).await;
            let release = format!("/companies/{}/leases/{}/release", server.company, taken.lease);
            if by_other {
                post_to(&other, &release).await;
            } else {
                server.post(&format!("/v1{release}"), &json!({})).await.expect(200);
            }
            assert_eq!(asked.await.unwrap().expect(200), json!({"free": true}), "{path}");
        }
    }
    drop(other);
    server.stop().await;
}

#[tokio::test]
async fn other_news_of_the_company_and_a_retained_reusable_lease_do_not_end_a_wait() {
    let server = Server::start().await;
    let place = server.environment("box", json!({"capacity": 1})).await;
    let with = json!({"leasePolicy": "reuse_by_environment", "providerLeaseId": "sbx-1"});
    let lease = id(&server.lease(&place, with).await);
    let path = format!("wait?free=environment:{place}&timeout=60");
    let asked = begin(&server, &path).await;
    server.environment("other", json!({})).await;
    server.post(&format!("leases/{lease}/retain"), &json!({})).await.expect(200);
    waits(&server, &format!("environment:{place}")).await;
    assert!(!asked.is_finished(), "{:?}", asked.await);
    server.post(&format!("leases/{lease}/release"), &json!({})).await.expect(200);
    assert_eq!(asked.await.unwrap().expect(200), json!({"free": true}));
    server.stop().await;
}

#[tokio::test]
async fn an_archived_environment_is_never_free() {
    let server = Server::start().await;
    let place = server.environment("box", json!({})).await;
    let archived = json!({"status": "archived"});
    server.send("PATCH", &format!("environments/{place}"), &archived).await.expect(200);
    waits(&server, &format!("environment:{place}")).await;
    server.stop().await;
}

#[tokio::test]
async fn a_wait_for_nothing_that_can_be_is_refused() {
    let server = Server::start().await;
    server.get("wait").await.invalid("free", "is required");
    server.get("wait?free=box").await.invalid("free", "none of environment:ID");
    server.get("wait?free=run:1").await.invalid("free", "none of environment:ID");
    server.get("wait?free=issue:1").await.invalid("free", "none of environment:ID");
    let unknown = Uuid::now_v7();
    let path = format!("wait?free=environment:{unknown}");
    server.get(&format!("{path}&timeout=601")).await.invalid("timeout", "from 0 to 600");
    server.get(&path).await.problem("environment_not_found");
    server.get(&format!("/v1/{path}")).await.problem("environment_not_found");
    let path = format!("/v1/wait?free=workspace:{unknown}");
    server.get(&path).await.invalid("free", "needs a company");
    let place = server.environment("box", json!({})).await;
    let path = format!("/v1/wait?free=environment:{place}&timeout=0");
    assert_eq!(server.get(&path).await.expect(200), json!({"free": true}), "its company is known");
    server.stop().await;
}

#[tokio::test]
async fn a_lease_is_waited_for_until_it_is_over_whoever_ends_it() {
    let server = Server::start().await;
    let other = Program::serve(&server.database.url());
    let place = server.environment("box", json!({})).await;
    for by_other in [false, true] {
        let lease = id(&server.lease(&place, json!({})).await);
        let path = format!("leases/{lease}");
        let now = server.get(&format!("{path}?waitFor=ended&timeout=0")).await.expect(200);
        assert_eq!(now["phase"], "active", "as it is when the time is over");
        let asked = begin(&server, &format!("{path}?waitFor=ended&timeout=60")).await;
        server.lease(&place, json!({})).await;
        let release = format!("/companies/{}/{path}/release", server.company);
        if by_other {
            post_to(&other, &release).await;
        } else {
            server.post(&format!("/v1{release}"), &json!({})).await.expect(200);
        }
        let ended = asked.await.unwrap().expect(200);
        assert_eq!((&ended["id"], &ended["phase"]), (&json!(lease), &json!("ended")));
        let again = server.get(&format!("{path}?waitFor=ended&timeout=60")).await.expect(200);
        assert_eq!(again, ended, "what is over is told at once");
    }
    let lease = id(&server.lease(&place, json!({})).await);
    let path = format!("leases/{lease}?waitFor=active");
    server.get(&path).await.invalid("waitFor", "is not `ended`");
    let path = format!("leases/{}?waitFor=ended", Uuid::now_v7());
    server.get(&path).await.problem("lease_not_found");
    drop(other);
    server.stop().await;
}

#[tokio::test]
async fn a_lease_that_another_process_lets_expire_is_over_for_who_waits() {
    let server = Server::start().await;
    let place = server.environment("box", json!({"capacity": 1})).await;
    let sweeping = Program::serve(&server.database.url());
    let lease = id(&server.lease(&place, json!({"ttlSeconds": 1})).await);
    let free = tokio::spawn(Answer::of(
        server.request("GET", &format!("wait?free=environment:{place}&timeout=60")),
    ));
    let ended = server.get(&format!("leases/{lease}?waitFor=ended&timeout=60")).await.expect(200);
    assert_eq!((&ended["status"], &ended["endCause"]), (&json!("expired"), &json!("expiry")));
    assert_eq!(ended["endedBy"]["id"], "sweeper");
    assert_eq!(free.await.unwrap().expect(200), json!({"free": true}));
    drop(sweeping);
    server.stop().await;
}
