//! Environments over HTTP.

use serde_json::json;
use uuid::Uuid;

use crate::support::server::{Answer, Server, all_pages, id, ids};

#[tokio::test]
async fn an_environment_is_made_shown_changed_and_removed() {
    let server = Server::start().await;
    let body = r#"{"name": "büro ⏱", "driver": "ssh", "config": {"port": 22.50}}"#;
    let made = server.request("POST", "environments").header("content-type", "application/json");
    let made = Answer::of(made.body(body)).await;
    assert_eq!(made.header("etag"), Some("\"1\""));
    assert_eq!(made.header("leasehold-position"), Some("1"));
    assert!(made.header("leasehold-key").is_some() && made.header("leasehold-replayed").is_none());
    let made = made.expect(201);
    assert_eq!(made["config"].to_string(), r#"{"port":22.50}"#, "numbers stay as written");
    assert_eq!(made["description"], json!(null), "nulls are present");

    let path = format!("environments/{}", id(&made));
    let shown = server.get(&path).await;
    assert_eq!(shown.header("etag"), Some("\"1\""));
    assert_eq!(shown.expect(200), made);

    let changed = server.send("PATCH", &path, &json!({"capacity": 2})).await;
    assert_eq!(changed.header("etag"), Some("\"2\""));
    assert_eq!(changed.expect(200)["capacity"], 2);
    assert_eq!(server.post(&format!("{path}/archive"), &json!({})).await.expect(200)["version"], 3);
    let back = server.request("POST", &format!("{path}/reactivate"));
    assert_eq!(Answer::of(back).await.expect(200)["status"], "active");

    let gone = Answer::of(server.request("DELETE", &path)).await;
    assert_eq!((gone.status, gone.header("leasehold-position")), (204, Some("5")));
    server.get(&path).await.problem("environment_not_found");
    server.stop().await;
}

#[tokio::test]
async fn a_change_for_another_version_is_refused() {
    let server = Server::start().await;
    let path = format!("environments/{}", server.environment("box", json!({})).await);
    let change = |tag: &str| {
        let body = json!({"description": "new"});
        Answer::of(server.request("PATCH", &path).header("If-Match", tag).json(&body))
    };
    let problem = change("\"9\"").await;
    assert_eq!(problem.status, 412);
    assert_eq!(problem.problem("version_mismatch")["currentVersion"], 1);
    change("W/\"1\"").await.invalid("If-Match", "strong");
    change("\"1\", \"2\"").await.invalid("If-Match", "strong");
    change("*").await.invalid("If-Match", "strong");
    assert_eq!(change("\"1\"").await.expect(200)["version"], 2);
    let elsewhere = server.request("DELETE", &path).header("If-Match", "\"2\"");
    Answer::of(elsewhere).await.invalid("If-Match", "alone");
    server.stop().await;
}

#[tokio::test]
async fn a_list_shows_the_newest_change_first_and_goes_on_where_it_ended() {
    let server = Server::start().await;
    let mut made = Vec::new();
    for number in 0..7 {
        let driver = if number % 2 == 0 { "ssh" } else { "sandbox" };
        made.push(server.environment(&format!("box {number}"), json!({"driver": driver})).await);
    }
    server.post(&format!("environments/{}/archive", made[0]), &json!({})).await.expect(200);
    let whole = server.get("environments").await.expect(200);
    // Where the machine is busy the clock may be set back a little, and several changes have one time.
    let mut changed = Vec::new();
    for id in &made {
        let at = server.get(&format!("environments/{id}")).await.expect(200)["updatedAt"].clone();
        changed.push((at.as_str().unwrap().to_owned(), id.clone()));
    }
    assert_eq!(changed.iter().map(|(at, _)| at).max(), Some(&changed[0].0));
    changed.sort();
    let newest: Vec<String> = changed.into_iter().rev().map(|(_, id)| id).collect();
    assert_eq!((ids(&whole), &whole["nextCursor"]), (newest.clone(), &json!(null)));
    let paged = all_pages(&server, "environments?limit=2").await;
    assert_eq!(paged.iter().map(id).collect::<Vec<_>>(), newest);
    let count = async |query: &str| {
        ids(&server.get(&format!("environments?{query}")).await.expect(200)).len()
    };
    assert_eq!(count("status=archived").await, 1);
    assert_eq!(count("status=active&driver=sandbox").await, 3);
    assert_eq!(count("driver=ssh,sandbox&status=active,archived").await, 7);
    assert_eq!(count("driver=local").await, 0);
    server.get("environments?driver=cloud").await.invalid("driver", "unknown word `cloud`");
    server.stop().await;
}

#[tokio::test]
async fn ensuring_the_local_environment_makes_it_once() {
    let server = Server::start().await;
    let first = Answer::of(server.request("POST", "environments/ensure-local")).await.expect(200);
    assert_eq!(first["driver"], "local");
    let again = server.post("environments/ensure-local", &json!({})).await.expect(200);
    assert_eq!(first, again);
    server.stop().await;
}

#[tokio::test]
async fn usage_tells_who_holds_and_what_keeps_from_removal() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({"capacity": 5})).await;
    let other = server.environment("other", json!({})).await;
    let path = format!("environments/{environment}/usage");
    let empty = server.get(&path).await.expect(200);
    assert_eq!((&empty["canRemove"], &empty["held"]), (&json!(true), &json!(0)));
    assert_eq!(empty["removeBlockedReasons"], json!([]));
    let run = Uuid::now_v7();
    server.lease_of(&other, run).await;
    let held = server.lease_of(&environment, run).await;
    let kept = server.lease(&environment, json!({"leasePolicy": "reuse_by_environment"})).await;
    server.post(&format!("leases/{}/retain", id(&kept)), &json!({})).await.expect(200);
    let over = server.lease(&environment, json!({})).await;
    let release = json!({"status": "failed", "cleanupStatus": "pending"});
    server.post(&format!("leases/{}/release", id(&over)), &release).await.expect(200);

    let usage = server.get(&path).await.expect(200);
    let counts = json!({"active": 1, "released": 0, "expired": 0, "failed": 1, "retained": 1});
    assert_eq!(usage["counts"], counts);
    assert_eq!((&usage["held"], &usage["capacity"]), (&json!(2), &json!(5)));
    assert_eq!(usage["openCleanups"], 1);
    assert_eq!(usage["canRemove"], false);
    let reasons = json!(["active_lease", "retained_lease", "open_cleanup"]);
    assert_eq!(usage["removeBlockedReasons"], reasons);
    let holder = json!({"leaseId": id(&held), "runId": run, "issueId": null});
    assert_eq!(usage["holders"][0], holder);
    let refused = Answer::of(server.request("DELETE", &format!("environments/{environment}")));
    assert_eq!(refused.await.problem("environment_in_use")["reasons"], reasons);
    server.stop().await;
}

#[tokio::test]
async fn the_leases_of_an_environment_show_the_newest_use_first() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let elsewhere = server.environment("other", json!({})).await;
    server.lease(&elsewhere, json!({})).await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(id(&server.lease(&environment, json!({})).await));
    }
    server.post(&format!("leases/{}/release", made[0]), &json!({})).await.expect(200);
    let path = format!("environments/{environment}/leases");
    let order = [made[0].clone(), made[2].clone(), made[1].clone()];
    assert_eq!(ids(&server.get(&path).await.expect(200)), order);
    let paged = all_pages(&server, &format!("{path}?limit=1")).await;
    assert_eq!(paged.iter().map(id).collect::<Vec<_>>(), order);
    let active = server.get(&format!("{path}?status=active")).await.expect(200);
    assert_eq!(ids(&active), order[1..]);
    let gone = format!("environments/{}/leases", Uuid::now_v7());
    server.get(&gone).await.problem("environment_not_found");
    server.stop().await;
}

#[tokio::test]
async fn a_source_id_finds_the_copy_of_the_company() {
    let server = Server::start().await;
    let (copy, source) = (server.environment("copy", json!({})).await, Uuid::now_v7());
    let lease = id(&server.lease(&copy, json!({})).await);
    sqlx::query("update leasehold.environments set source_id = $1 where id = $2")
        .bind(source)
        .bind(Uuid::parse_str(&copy).unwrap())
        .execute(&server.database.pool)
        .await
        .unwrap();
    let shown = server.get(&format!("environments/{source}")).await.expect(200);
    assert_eq!(id(&shown), copy);
    let usage = server.get(&format!("environments/{source}/usage")).await.expect(200);
    assert_eq!(usage["environmentId"], copy);
    let leases = server.get(&format!("leases?environmentId={source}")).await.expect(200);
    assert_eq!(ids(&leases), std::slice::from_ref(&lease));
    let leases = server.get(&format!("environments/{source}/leases")).await.expect(200);
    assert_eq!(ids(&leases), [lease]);
    let other = format!("/v1/companies/{}/environments/{source}", Uuid::now_v7());
    server.get(&other).await.problem("environment_not_found");
    server.stop().await;
}
