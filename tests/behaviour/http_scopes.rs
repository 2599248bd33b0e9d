//! Routes without a company, reads that wait, and what only an installation's keepers ask.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Answer, Server, all_pages, id, ids};

#[tokio::test]
async fn the_ledger_finds_the_company_of_an_id() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let run = Uuid::now_v7();
    let body = json!({"environmentId": environment, "heartbeatRunId": run});
    let lease = server.post("/v1/leases", &body).await.expect(201);
    assert_eq!(lease["companyId"], json!(server.company));
    let path = format!("/v1/leases/{}", id(&lease));
    assert_eq!(server.get(&path).await.expect(200), lease);
    server.get(&format!("{path}/check?fence={}", lease["fence"])).await.expect(200);
    server.get(&format!("{path}/history")).await.expect(200);
    server.post(&format!("{path}/renew"), &json!({"ttlSeconds": 60})).await.expect(200);
    server
        .send("PATCH", &format!("{path}/metadata"), &json!({"metadata": {"a": 1}}))
        .await
        .expect(200);
    server.post(&format!("{path}/retain"), &json!({})).await.expect(200);
    server.post(&format!("{path}/resume"), &json!({"heartbeatRunId": run})).await.expect(200);
    let runs = format!("/v1/runs/{run}");
    let renewed =
        server.post(&format!("{runs}/renew"), &json!({"ttlSeconds": 99})).await.expect(200);
    assert_eq!(renewed["leases"].as_array().unwrap().len(), 1);
    let ended =
        server.post(&format!("{runs}/end"), &json!({"outcome": "cancelled"})).await.expect(200);
    assert_eq!(ended["released"][0]["status"], "expired");
    let path = format!("/v1/environments/{environment}");
    server.get(&format!("{path}/usage")).await.expect(200);
    assert_eq!(ids(&server.get(&format!("{path}/leases")).await.expect(200)), [id(&lease)]);
    server.send("PATCH", &path, &json!({"capacity": 1})).await.expect(200);
    server.post(&format!("{path}/archive"), &json!({})).await.expect(200);
    let remove = || Answer::of(server.request("DELETE", &path).header("Idempotency-Key", "rm"));
    assert_eq!(remove().await.status, 204);
    let again = remove().await;
    assert_eq!((again.status, again.header("leasehold-replayed")), (204, Some("true")));
    server.get(&path).await.problem("environment_not_found");
    server.stop().await;
}

#[tokio::test]
async fn an_id_that_nobody_knows_is_not_found() {
    let server = Server::start().await;
    let unknown = Uuid::now_v7();
    let no_lease = server.get(&format!("/v1/leases/{unknown}")).await.problem("lease_not_found");
    assert_eq!(no_lease["leaseId"], json!(unknown));
    let path = format!("/v1/environments/{unknown}");
    let gone = server.send("PATCH", &path, &json!({})).await.problem("environment_not_found");
    assert_eq!(gone["environmentId"], json!(unknown));
    let path = format!("/v1/leases/{unknown}/release");
    let keyed = server.keyed("mine", &path, &json!({})).await.problem("lease_not_found");
    assert_eq!(keyed["key"], "mine");
    let release = server.post(&format!("/v1/runs/{unknown}/release"), &json!({})).await.expect(200);
    assert_eq!(release, json!({"released": [], "errors": []}));
    let renew = format!("/v1/runs/{unknown}/renew");
    let renewed = server.post(&renew, &json!({"ttlSeconds": 5})).await.expect(200);
    assert_eq!(renewed, json!({"leases": []}));
    let end = format!("/v1/runs/{unknown}/end");
    server.post(&end, &json!({"outcome": "failed"})).await.invalid("runId", "with a company");
    let end = format!("runs/{unknown}/end");
    server.post(&end, &json!({"outcome": "failed"})).await.expect(200);
    let end = format!("/v1/runs/{unknown}/end");
    server.post(&end, &json!({"outcome": "failed"})).await.expect(200);
    server.stop().await;
}

#[tokio::test]
async fn the_installation_is_no_company() {
    let server = Server::start().await;
    let path = format!("/v1/companies/{}/environments", Uuid::nil());
    server.get(&path).await.invalid("companyId", "is the installation itself");
    let made = server.post(&path, &json!({"name": "x", "driver": "ssh"})).await;
    made.invalid("companyId", "is the installation itself");
    server.stop().await;
}

#[tokio::test]
async fn what_belongs_to_another_company_is_not_found() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let lease = id(&server.lease(&environment, json!({})).await);
    let other = format!("/v1/companies/{}", Uuid::now_v7());
    server.get(&format!("{other}/leases/{lease}")).await.problem("lease_not_found");
    server.get(&format!("{other}/leases/{lease}/history")).await.problem("lease_not_found");
    let release = format!("{other}/leases/{lease}/release");
    server.post(&release, &json!({})).await.problem("lease_not_found");
    let path = format!("{other}/environments/{environment}");
    server.get(&path).await.problem("environment_not_found");
    Answer::of(server.request("DELETE", &path)).await.problem("environment_not_found");
    let body = json!({"environmentId": environment});
    server.post(&format!("{other}/leases"), &body).await.problem("environment_not_found");
    server.stop().await;
}

/// Nine environments of three companies, each with a lease.
async fn installation(server: &Server, companies: &[Uuid]) -> (Vec<Value>, Vec<Value>) {
    let (mut environments, mut leases) = (Vec::new(), Vec::new());
    for number in 0..9_usize {
        let company = format!("/v1/companies/{}", companies[number % 3]);
        let body = json!({"name": format!("box {number}"), "driver": "ssh"});
        let made = server.post(&format!("{company}/environments"), &body).await.expect(201);
        let body = json!({"environmentId": id(&made)});
        leases.push(server.post(&format!("{company}/leases"), &body).await.expect(201));
        environments.push(made);
    }
    (environments, leases)
}

/// The ids of rows, newest first. Between companies the times decide, which each one's lane tells
/// by its own clock.
fn newest(rows: &[Value], time: &str) -> Vec<String> {
    let mut keys: Vec<(String, String)> =
        rows.iter().map(|row| (row[time].as_str().unwrap().to_owned(), id(row))).collect();
    keys.sort();
    keys.into_iter().rev().map(|(_, id)| id).collect()
}

#[tokio::test]
async fn lists_without_a_company_are_of_all_companies_in_one_order() {
    let server = Server::start().await;
    let companies: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    let (environments, leases) = installation(&server, &companies).await;
    for path in ["/v1/leases?limit=2", "/v1/leases?open=true&limit=4"] {
        let shown = all_pages(&server, path).await;
        assert_eq!(shown.iter().map(id).collect::<Vec<_>>(), newest(&leases, "acquiredAt"));
    }
    let shown = all_pages(&server, "/v1/environments?limit=4").await;
    assert_eq!(shown.iter().map(id).collect::<Vec<_>>(), newest(&environments, "updatedAt"));
    let path = format!("/v1/leases?environmentId={}", id(&environments[4]));
    assert_eq!(ids(&server.get(&path).await.expect(200)), [id(&leases[4])]);
    server.get("/v1/leases?minPosition=1").await.invalid("minPosition", "needs a company");
    server.stop().await;
}

#[tokio::test]
async fn the_companies_are_listed_with_the_end_of_each_log() {
    let server = Server::start().await;
    let mut companies: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    installation(&server, &companies).await;
    let heads = all_pages(&server, "/v1/admin/companies?limit=2").await;
    let found: Vec<Uuid> =
        heads.iter().map(|head| head["companyId"].as_str().unwrap().parse().unwrap()).collect();
    companies.sort_unstable();
    assert_eq!(found, companies);
    assert_eq!((&heads[0]["position"], &heads[0]["epoch"]), (&json!(6), &json!(1)));
    assert_eq!(heads[0]["digest"].as_str().unwrap().len(), 64);
    assert!(heads[0]["recordedAt"].is_string());
    server.stop().await;
}

#[tokio::test]
async fn a_read_waits_for_the_position_that_its_caller_has_seen() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let paths = [
        format!("environments/{environment}?minPosition=2"),
        "environments?minPosition=2".to_owned(),
        "leases?minPosition=2".to_owned(),
        "activity?minPosition=2".to_owned(),
        "events?minPosition=2".to_owned(),
    ];
    let waiting = futures::future::join_all(paths.iter().map(|path| server.get(path)));
    let acting = server.lease(&environment, json!({}));
    let (answers, _) = tokio::join!(waiting, acting);
    for answer in answers {
        answer.expect(200);
    }
    let items = server.get("leases?minPosition=2").await.expect(200);
    assert_eq!(ids(&items).len(), 1);
    server.get("leases?minPosition=-1").await.invalid("minPosition", "whole number");
    server.get("leases?minPosition=1.5").await.invalid("minPosition", "whole number");
    server.get("leases?minPosition=").await.invalid("minPosition", "whole number");
    server.stop().await;
}

#[tokio::test]
async fn a_server_says_that_it_lives_and_whether_it_is_ready() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await.expect(200), json!({"status": "ok"}));
    assert_eq!(server.get("/readyz").await.expect(200), json!({"status": "ok"}));
    let change = async |statement: &str| {
        sqlx::query(statement).execute(&server.database.pool).await.unwrap();
    };
    change("update leasehold._sqlx_migrations set version = 99999 where version = 1").await;
    assert_eq!(server.get("/readyz").await.problem("upgrade_required")["status"], 503);
    change("update leasehold._sqlx_migrations set success = false where version > 1").await;
    server.get("/readyz").await.problem("database_unavailable");
    let body: Value = server.get("/healthz").await.expect(200);
    assert_eq!(body, json!({"status": "ok"}));
    server.stop().await;
}
