//! A company sees and changes what is its own; of others it does not even hear the ids.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Answer, Server, id};

/// A company with an environment, a lease and a run, and everything that might give it away.
struct Other {
    company: Uuid,
    environment: String,
    lease: String,
    run: Uuid,
}

async fn live(server: &Server, company: Uuid) -> Other {
    let run = Uuid::now_v7();
    let path = format!("/v1/companies/{company}");
    let body = json!({"name": "theirs", "driver": "ssh", "capacity": 1});
    let environment = id(&server.post(&format!("{path}/environments"), &body).await.expect(201));
    let body = json!({
        "environmentId": environment, "heartbeatRunId": run, "leasePolicy": "reuse_by_environment",
        "executionWorkspaceId": Uuid::now_v7(), "providerLeaseId": "theirs", "ttlSeconds": 600,
    });
    let lease = id(&server.post(&format!("{path}/leases"), &body).await.expect(201));
    Other { company, environment, lease, run }
}

impl Other {
    /// Fails when an answer shows anything that it was not asked with.
    fn is_hidden_from(&self, asked: &str, answer: &Answer) {
        let shown = answer.body.to_string();
        for secret in [&self.company.to_string(), &self.environment, &self.lease] {
            assert!(asked.contains(secret) || !shown.contains(secret), "{asked}: {shown}");
        }
        assert!(!shown.contains("theirs"), "{asked}: {shown}");
    }

    /// Every way to ask for what is theirs or to change it, and the code that it is refused with.
    fn attempts(&self) -> Vec<(&'static str, String, Value, &'static str)> {
        let (environment, lease) = (&self.environment, &self.lease);
        let place = |rest: &str| format!("environments/{environment}{rest}");
        let held = |rest: &str| format!("leases/{lease}{rest}");
        let mine = json!({"heartbeatRunId": Uuid::now_v7()});
        let take = json!({"environmentId": environment});
        let (no_place, no_lease) = ("environment_not_found", "lease_not_found");
        vec![
            ("GET", place(""), Value::Null, no_place),
            ("PATCH", place(""), json!({"name": "mine"}), no_place),
            ("DELETE", place(""), Value::Null, no_place),
            ("GET", place("/leases"), Value::Null, no_place),
            ("GET", place("/usage"), Value::Null, no_place),
            ("POST", "leases".to_owned(), take, no_place),
            ("GET", held(""), Value::Null, no_lease),
            ("GET", held("/check?fence=1"), Value::Null, no_lease),
            ("GET", held("/history"), Value::Null, no_lease),
            ("POST", held("/release"), json!({}), no_lease),
            ("POST", held("/renew"), json!({"ttlSeconds": 5}), no_lease),
            ("PUT", held("/metadata"), json!({"metadata": {}}), no_lease),
            ("PATCH", held("/metadata"), json!({"metadata": {}}), no_lease),
            ("POST", held("/retain"), json!({}), no_lease),
            ("POST", held("/resume"), mine, no_lease),
        ]
    }
}

/// Everything that a company's log and tables hold, in one text.
async fn state_of(server: &Server, company: Uuid) -> String {
    sqlx::query_scalar(
        "select concat_ws(',',
           (select string_agg(e::text, ',' order by position)
            from leasehold.events e where company_id = $1),
           (select string_agg(l::text, ',' order by id)
            from leasehold.environment_leases l where company_id = $1),
           (select string_agg(t::text, ',' order by id)
            from leasehold.environments t where company_id = $1))",
    )
    .bind(company)
    .fetch_one(&server.database.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn what_belongs_to_another_company_is_not_found_and_not_changed() {
    let server = Server::start().await;
    let theirs = live(&server, Uuid::now_v7()).await;
    let own = server.environment("own", json!({})).await;
    let before = state_of(&server, theirs.company).await;
    for (method, path, body, code) in theirs.attempts() {
        let answer = if body.is_null() {
            Answer::of(server.request(method, &path)).await
        } else {
            server.send(method, &path, &body).await
        };
        assert_eq!((answer.status, &answer.body["code"]), (404, &json!(code)), "{method} {path}");
        theirs.is_hidden_from(&format!("{path} {body}"), &answer);
    }
    // Taking over, by what they were called.
    for field in ["replacesLeaseId", "resumesLeaseId"] {
        let mut body = json!({
            "environmentId": own, "executionWorkspaceId": Uuid::now_v7(),
            "providerLeaseId": "p", "heartbeatRunId": Uuid::now_v7(),
        });
        body[field] = json!(theirs.lease);
        let answer = server.post("leases", &body).await;
        assert_eq!(answer.body["code"], "lease_not_found", "{field}");
        theirs.is_hidden_from(&body.to_string(), &answer);
    }
    assert_eq!(state_of(&server, theirs.company).await, before);
    server.stop().await;
}

#[tokio::test]
async fn lists_and_logs_show_no_other_company() {
    let server = Server::start().await;
    let own = server.environment("own", json!({})).await;
    server.lease_of(&own, Uuid::now_v7()).await;
    let theirs = live(&server, Uuid::now_v7()).await;
    for path in [
        "environments".to_owned(),
        "leases".to_owned(),
        format!("leases?runId={}", theirs.run),
        "leases?providerLeaseId=theirs".to_owned(),
        "activity".to_owned(),
        format!("activity?runId={}", theirs.run),
        "events".to_owned(),
    ] {
        let answer = server.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        theirs.is_hidden_from(&path, &answer);
    }
    server.stop().await;
}

#[tokio::test]
async fn the_end_of_a_run_ends_nothing_in_another_company() {
    let server = Server::start().await;
    let theirs = live(&server, Uuid::now_v7()).await;
    server.environment("own", json!({})).await;
    let before = state_of(&server, theirs.company).await;
    let run = theirs.run;
    let released = server.post(&format!("runs/{run}/release"), &json!({})).await.expect(200);
    assert_eq!(released["released"], json!([]));
    let end = json!({"outcome": "failed"});
    let ended = server.post(&format!("runs/{run}/end"), &end).await.expect(200);
    assert_eq!(ended["released"], json!([]));
    assert_eq!(state_of(&server, theirs.company).await, before);
    // Nor does its end here stop it there.
    let path = format!("/v1/companies/{}/leases/{}/renew", theirs.company, theirs.lease);
    server.post(&path, &json!({"ttlSeconds": 60})).await.expect(200);
    server.stop().await;
}
