//! Leases over HTTP.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Answer, Server, all_pages, id, ids};

#[tokio::test]
async fn a_heartbeat_holds_renews_notes_and_releases() {
    let server = Server::start().await;
    let local = server.post("environments/ensure-local", &json!({})).await.expect(200);
    let run = Uuid::now_v7();
    let body = json!({
        "environmentId": id(&local), "heartbeatRunId": run, "ttlSeconds": 60,
        "actor": {"type": "agent", "id": "agent 7", "runId": run},
    });
    let held = server.keyed("acquire-1", "leases", &body).await;
    assert_eq!(held.header("leasehold-key"), Some("acquire-1"));
    assert_eq!(held.header("leasehold-position"), Some("2"));
    let held = held.expect(201);
    assert_eq!((&held["phase"], &held["expiryMode"]), (&json!("active"), &json!("enforced")));

    let again = server.keyed("acquire-1", "leases", &body).await;
    assert_eq!(again.header("leasehold-replayed"), Some("true"));
    assert_eq!(again.header("leasehold-position"), Some("2"));
    assert_eq!(again.expect(201), held);

    let path = format!("leases/{}", id(&held));
    let renew = json!({"ttlSeconds": 600, "fence": held["fence"]});
    let renewed = server.post(&format!("{path}/renew"), &renew).await.expect(200);
    assert!(renewed["expiresAt"].as_str() > held["expiresAt"].as_str());
    let notes = json!({"metadata": {"a": 1, "b": {"c": 2}}});
    server.send("PUT", &format!("{path}/metadata"), &notes).await.expect(200);
    let merge = json!({"metadata": {"a": null, "b": {"d": 3}}});
    let merged = server.send("PATCH", &format!("{path}/metadata"), &merge).await.expect(200);
    assert_eq!(merged["metadata"], json!({"b": {"c": 2, "d": 3}}));
    let cleared = json!({"metadata": null});
    let cleared = server.send("PUT", &format!("{path}/metadata"), &cleared).await.expect(200);
    assert_eq!(cleared["metadata"], Value::Null);

    let over = Answer::of(server.request("POST", &format!("{path}/release"))).await.expect(200);
    assert_eq!((&over["status"], &over["endedBy"]["id"]), (&json!("released"), &json!("http")));
    let shown = server.get(&path).await;
    assert_eq!(shown.header("etag"), Some(format!("\"{}\"", over["version"]).as_str()));
    assert_eq!(shown.expect(200), over);
    server.stop().await;
}

#[tokio::test]
async fn metadata_for_another_version_is_refused() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let path = format!("leases/{}/metadata", id(&server.lease(&environment, json!({})).await));
    let put = |method: &'static str, tag: &'static str| {
        let body = json!({"metadata": {"by": method}});
        Answer::of(server.request(method, &path).header("If-Match", tag).json(&body))
    };
    put("PUT", "\"7\"").await.problem("version_mismatch");
    assert_eq!(put("PUT", "\"1\"").await.expect(200)["version"], 2);
    put("PATCH", "\"1\"").await.problem("version_mismatch");
    assert_eq!(put("PATCH", "\"2\"").await.expect(200)["version"], 3);
    server.send("PUT", &path, &json!({})).await.invalid("metadata", "is required");
    server.stop().await;
}

#[tokio::test]
async fn a_kept_lease_is_resumed_under_a_new_fence() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let held = server.lease_of(&environment, Uuid::now_v7()).await;
    let path = format!("leases/{}", id(&held));
    let check = async |fence: &Value| server.get(&format!("{path}/check?fence={fence}")).await;
    check(&held["fence"]).await.expect(200);
    server.get(&format!("{path}/check")).await.invalid("fence", "is required");
    let retain = json!({"failureReason": "looked at", "retainUntil": "2030-01-01T00:00:00Z"});
    let kept = server.post(&format!("{path}/retain"), &retain).await.expect(200);
    assert_eq!((&kept["status"], &kept["releasedAt"]), (&json!("retained"), &Value::Null));
    check(&held["fence"]).await.problem("lease_not_active");
    let run = json!({"heartbeatRunId": Uuid::now_v7()});
    let resumed = server.post(&format!("{path}/resume"), &run).await.expect(200);
    let stale = check(&held["fence"]).await;
    assert_eq!(stale.status, 409);
    assert_eq!(stale.problem("stale_fence")["currentFence"], resumed["fence"]);
    check(&resumed["fence"]).await.expect(200);
    let body = json!({"status": "failed", "failureReason": "gone"});
    server.post(&format!("{path}/release"), &body).await.expect(200);
    let ended = check(&resumed["fence"]).await.problem("lease_ended");
    assert_eq!(
        (&ended["currentStatus"], &ended["failureReason"]),
        (&json!("failed"), &json!("gone"))
    );
    assert_eq!(ended["endedBy"]["id"], "http");
    let refused = server.post(&format!("{path}/release"), &json!({"status": "expired"})).await;
    let refused = refused.problem("lease_ended");
    assert_eq!(refused["endedAt"], ended["endedAt"], "a check and a command tell the same");
    server.stop().await;
}

#[tokio::test]
async fn the_history_of_a_lease_is_its_events_oldest_first() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    server.lease(&environment, json!({})).await;
    let path = format!("leases/{}", id(&server.lease(&environment, json!({})).await));
    for number in 0..4 {
        let body = json!({"metadata": {"number": number}});
        server.send("PUT", &format!("{path}/metadata"), &body).await.expect(200);
    }
    server.post(&format!("{path}/release"), &json!({})).await.expect(200);
    let events = all_pages(&server, &format!("{path}/history?limit=4")).await;
    let sequences: Vec<_> =
        events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, [1, 2, 3, 4, 5, 6]);
    let names: Vec<_> = events.iter().map(|event| event["eventType"].as_str().unwrap()).collect();
    assert_eq!((names[0], names[5]), ("LeaseAcquired", "Released"));
    assert_eq!(events[0]["digest"].as_str().unwrap().len(), 64);
    assert_eq!(events[0]["epoch"], 1);
    server.get(&format!("leases/{}/history", Uuid::now_v7())).await.problem("lease_not_found");
    server.stop().await;
}

/// Twelve leases that differ in whatever a list can ask for; the company next door has one more.
async fn fleet(server: &Server) -> Vec<Value> {
    let environments =
        [server.environment("a", json!({})).await, server.environment("b", json!({})).await];
    let mut leases = Vec::new();
    for number in 0..12_usize {
        let policy = if number % 3 == 0 { "reuse_by_environment" } else { "ephemeral" };
        let with = json!({
            "heartbeatRunId": number_id(100 + number / 2), "issueId": number_id(200 + number / 3),
            "agentId": number_id(300 + number % 3), "executionWorkspaceId": number_id(400 + number),
            "provider": format!("provider {}", number % 2), "providerLeaseId": format!("p{number}"),
            "leasePolicy": policy,
        });
        leases.push(server.lease(&environments[number % 2], with).await);
    }
    let end = async |number: usize, what: &str, body: Value| {
        let path = format!("leases/{}/{what}", id(&leases[number]));
        server.post(&path, &body).await.expect(200);
    };
    end(0, "release", json!({})).await;
    end(1, "release", json!({"status": "failed", "cleanupStatus": "pending"})).await;
    end(2, "release", json!({"status": "expired", "cleanupStatus": "success"})).await;
    end(3, "retain", json!({})).await;
    leases
}

fn number_id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128)
}

#[tokio::test]
async fn a_list_of_leases_shows_what_its_filters_say() {
    let server = Server::start().await;
    let leases = fleet(&server).await;
    let environment = leases[0]["environmentId"].as_str().unwrap();
    let asked: [(String, &[usize]); 20] = [
        ("limit=500".into(), &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ("status=released".into(), &[0]),
        ("status=retained,failed".into(), &[3, 1]),
        ("status=active&limit=3".into(), &[11, 10, 9]),
        ("phase=retained".into(), &[3]),
        ("phase=ended".into(), &[2, 1, 0]),
        ("open=true".into(), &[11, 10, 9, 8, 7, 6, 5, 4, 3, 1]),
        ("open=false".into(), &[2, 0]),
        (format!("environmentId={environment}&status=active"), &[10, 8, 6, 4]),
        (format!("environmentId={environment}&open=false"), &[2, 0]),
        (format!("runId={},{}", number_id(100), number_id(105)), &[11, 10, 1, 0]),
        (format!("runId={}&status=failed", number_id(100)), &[1]),
        (format!("issueId={}", number_id(201)), &[5, 4, 3]),
        (format!("agentId={}", number_id(301)), &[10, 7, 4, 1]),
        (format!("executionWorkspaceId={}", number_id(404)), &[4]),
        ("provider=provider%201&limit=2".into(), &[11, 9]),
        ("providerLeaseId=p7,p8".into(), &[8, 7]),
        ("leasePolicy=reuse_by_environment".into(), &[9, 6, 3, 0]),
        ("cleanupStatus=pending".into(), &[1]),
        ("cleanupStatus=success,pending".into(), &[2, 1]),
    ];
    for (query, expected) in asked {
        let page = server.get(&format!("leases?{query}")).await.expect(200);
        let expected: Vec<_> = expected.iter().map(|number| id(&leases[*number])).collect();
        assert_eq!(ids(&page), expected, "{query}");
    }
    let nobody = format!("/v1/companies/{}/leases", Uuid::now_v7());
    assert_eq!(ids(&server.get(&nobody).await.expect(200)).len(), 0);
    server.stop().await;
}

#[tokio::test]
async fn every_list_of_leases_goes_on_where_its_page_ended() {
    let server = Server::start().await;
    let leases = fleet(&server).await;
    let environment = leases[1]["environmentId"].as_str().unwrap();
    let queries = [
        ("open=true".to_owned(), 10),
        ("agentId=00000000-0000-0000-0000-00000000012c".to_owned(), 4),
        (format!("environmentId={environment}"), 6),
        (format!("runId={},{}", number_id(101), number_id(102)), 4),
    ];
    for (query, count) in queries {
        let paged = all_pages(&server, &format!("leases?{query}&limit=3")).await;
        let whole = server.get(&format!("leases?{query}")).await.expect(200);
        assert_eq!(paged.len(), count, "{query}");
        assert_eq!(Value::Array(paged), whole["items"], "{query}");
    }
    let page = server.get("leases?limit=1").await.expect(200);
    let cursor = page["nextCursor"].as_str().unwrap();
    let other = format!("leases?environmentId={environment}&cursor={cursor}");
    server.get(&other).await.invalid("cursor", "is not one that this list gave");
    server.stop().await;
}

/// Of history that was taken in, a lease may outlive its run, and its last use be long ago.
async fn take_in(server: &Server, ended_run: Uuid, idle: &Value) {
    let idle = Uuid::parse_str(&id(idle)).unwrap();
    let long_ago = chrono::Utc::now() - chrono::TimeDelta::minutes(45);
    sqlx::query("update leasehold.environment_leases set last_used_at = $1 where id = $2")
        .bind(long_ago)
        .bind(idle)
        .execute(&server.database.pool)
        .await
        .unwrap();
    sqlx::query(
        "insert into leasehold.activity_log (id, company_id, actor_type, actor_id, action,
           entity_type, entity_id, created_at, bookkeeping, position)
         values ($1, $2, 'system', 'test', 'heartbeat_run.ended', 'heartbeat_run', $3, now(),
           false, 1000)",
    )
    .bind(Uuid::now_v7())
    .bind(server.company)
    .bind(ended_run.to_string())
    .execute(&server.database.pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn stale_leases_are_those_that_may_be_nobodys_any_more() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let due = server.lease(&environment, json!({"expiresAt": "2020-01-01T00:00:00Z"})).await;
    let fresh = server.lease(&environment, json!({"ttlSeconds": 600})).await;
    let idle = server.lease(&environment, json!({})).await;
    let run = Uuid::now_v7();
    let orphan = server.lease_of(&environment, run).await;
    let over = format!("runs/{}/end", Uuid::now_v7());
    server.post(&over, &json!({"outcome": "failed"})).await.expect(200);
    take_in(&server, run, &idle).await;
    let stale =
        async |query: &str| ids(&server.get(&format!("leases?stale={query}")).await.expect(200));
    assert_eq!(stale("overdue").await, [id(&due)]);
    assert_eq!(stale("idle:30m").await, [id(&idle)]);
    assert_eq!(stale("idle:1h").await, [] as [String; 0]);
    assert_eq!(stale("run_ended").await, [id(&orphan)]);
    assert_eq!(stale("overdue,run_ended,idle:30m").await, [id(&orphan), id(&idle), id(&due)]);
    assert_eq!(stale(&format!("overdue,run_ended&runId={run}")).await, [id(&orphan)]);
    assert!(!stale("overdue,run_ended,idle:1h").await.contains(&id(&fresh)));
    server.get("leases?stale=old").await.invalid("stale", "idle:30m");
    server.get("leases?stale=idle:0m").await.invalid("stale", "idle:30m");
    server.stop().await;
}
