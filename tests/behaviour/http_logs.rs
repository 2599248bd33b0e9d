//! The activity log and the events over HTTP.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Answer, Server, all_pages, id};

fn positions(page: &Value) -> Vec<u64> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["position"].as_u64().unwrap()).collect()
}

/// Seven events: two environments (1, 2), a lease of a run with notes and an end (3, 4, 6), another
/// lease (5), the end of a run (7).
async fn told(server: &Server) -> (String, Value, Uuid, Uuid) {
    let one = server.environment("one", json!({})).await;
    let two = server.environment("two", json!({})).await;
    let (run, agent) = (Uuid::now_v7(), Uuid::now_v7());
    let lease = server.lease(&one, json!({"heartbeatRunId": run, "agentId": agent})).await;
    let path = format!("leases/{}", id(&lease));
    let notes = json!({"metadata": {"secret": "s3cret"}});
    server.send("PUT", &format!("{path}/metadata"), &notes).await.expect(200);
    server.lease(&two, json!({})).await;
    let user = json!({"actor": {"type": "user", "id": "ada", "responsibleUserId": "ada"}});
    server.post(&format!("{path}/release"), &user).await.expect(200);
    server.post(&format!("runs/{run}/end"), &json!({"outcome": "succeeded"})).await.expect(200);
    (one, lease, run, agent)
}

#[tokio::test]
async fn activity_shows_the_newest_first_and_what_its_filters_say() {
    let server = Server::start().await;
    let (environment, lease, run, agent) = told(&server).await;
    let lease = id(&lease);
    let asked: [(String, &[u64]); 14] = [
        (String::new(), &[7, 6, 5, 3, 2, 1]),
        ("bookkeeping=true".into(), &[7, 6, 5, 4, 3, 2, 1]),
        ("bookkeeping=false&limit=2".into(), &[7, 6]),
        ("action=environment.created".into(), &[2, 1]),
        ("action=environment.lease_acquired,environment.lease_released".into(), &[6, 5, 3]),
        ("entityType=environment".into(), &[2, 1]),
        ("entityType=environment_lease,heartbeat_run&bookkeeping=true".into(), &[7, 6, 5, 4, 3]),
        (format!("entityId={environment}"), &[1]),
        (format!("entityId={lease}&bookkeeping=true"), &[6, 4, 3]),
        (format!("entityId={lease},{run}&entityType=heartbeat_run"), &[7]),
        (format!("entityId={lease},{run}&action=heartbeat_run.ended"), &[7]),
        (format!("runId={run}"), &[7, 6, 3]),
        (format!("runId={run}&entityId={lease}"), &[6, 3]),
        (format!("agentId={agent}&bookkeeping=true"), &[6, 4, 3]),
    ];
    for (query, expected) in asked {
        let page = server.get(&format!("activity?{query}")).await.expect(200);
        assert_eq!(positions(&page), expected, "{query}");
    }
    let paged = all_pages(&server, "activity?bookkeeping=true&limit=3").await;
    assert_eq!(paged.len(), 7);
    let released = server.get(&format!("activity?entityId={lease}")).await.expect(200);
    let released = &released["items"][0];
    assert_eq!((&released["actorType"], &released["actorId"]), (&json!("user"), &json!("ada")));
    assert_eq!(released["details"]["environmentId"], json!(environment));
    let all = server.get("activity?bookkeeping=true").await.expect(200);
    assert!(!all.to_string().contains("s3cret"), "notes are nobody else's");
    server.get("activity?entityType=lease").await.invalid("entityType", "environment_lease");
    server.get("activity?entityId=box").await.invalid("entityId", "is not a UUID");
    server.stop().await;
}

#[tokio::test]
async fn activity_is_found_by_its_time() {
    let server = Server::start().await;
    told(&server).await;
    let page = server.get("activity?bookkeeping=true").await.expect(200);
    let at =
        |position: usize| page["items"][7 - position]["createdAt"].as_str().unwrap().to_owned();
    for first in 1..=7 {
        // Events that are decided in the same microsecond have the same time.
        let (since, until): (Vec<usize>, Vec<usize>) =
            (1..=7).rev().partition(|position| at(*position) >= at(first));
        for (word, expected) in [("since", since), ("until", until)] {
            let path = format!("activity?bookkeeping=true&{word}={}", at(first));
            let found = positions(&server.get(&path).await.expect(200));
            let expected: Vec<u64> = expected.into_iter().map(|position| position as u64).collect();
            assert_eq!(found, expected, "{word} {first}");
        }
    }
    let between = format!("activity?since={}&limit=2", at(5));
    let page = server.get(&between).await.expect(200);
    assert_eq!(positions(&page), [7, 6]);
    let next = format!("{between}&cursor={}", page["nextCursor"].as_str().unwrap());
    assert_eq!(positions(&server.get(&next).await.expect(200))[0], 5);
    let tomorrow = (Utc::now() + TimeDelta::days(1)).format("%Y-%m-%dT%H:%M:%SZ");
    let none = server.get(&format!("activity?since={tomorrow}")).await.expect(200);
    assert_eq!(positions(&none), [] as [u64; 0]);
    server.get("activity?since=yesterday").await.invalid("since", "ISO 8601");
    server.stop().await;
}

#[tokio::test]
async fn events_come_in_order_as_a_page_or_as_lines() {
    let server = Server::start().await;
    told(&server).await;
    let page = server.get("events?limit=3").await.expect(200);
    assert_eq!((positions(&page), &page["nextPosition"]), (vec![1, 2, 3], &json!(3)));
    let event = &page["items"][2];
    assert_eq!(
        (&event["eventType"], &event["aggregateType"]),
        (&json!("LeaseAcquired"), &json!("lease"))
    );
    assert_eq!((&event["sequence"], &event["epoch"]), (&json!(1), &json!(1)));
    assert!(event["payload"]["LeaseAcquired"].is_object() && event["metadata"]["key"].is_string());
    let rest = server.get("events?after=3").await.expect(200);
    assert_eq!((positions(&rest), &rest["nextPosition"]), (vec![4, 5, 6, 7], &json!(7)));
    let end = server.get("events?after=7").await.expect(200);
    assert_eq!(end, json!({"items": [], "nextPosition": 7}));

    let request = server.request("GET", "events?after=2&limit=3");
    let lines = Answer::of(request.header("Accept", "application/x-ndjson, */*;q=0.1")).await;
    assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
    let lines = lines.expect(200);
    let lines: Vec<Value> =
        lines.as_str().unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines.iter().map(|e| e["position"].as_u64().unwrap()).collect::<Vec<_>>(),
        [3, 4, 5]
    );
    assert_eq!(lines[0], *event);
    server.stop().await;
}
