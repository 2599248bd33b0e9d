//! Runs over HTTP: one command for all of a run's leases.

use serde_json::json;
use uuid::Uuid;

use crate::support::server::Server;

#[tokio::test]
async fn a_run_is_renewed_released_once_and_ended() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let (run, other) = (Uuid::now_v7(), Uuid::now_v7());
    for run in [run, run, other] {
        server.lease_of(&environment, run).await;
    }
    let path = format!("runs/{run}");
    let renewed =
        server.post(&format!("{path}/renew"), &json!({"ttlSeconds": 90})).await.expect(200);
    let leases = renewed["leases"].as_array().unwrap();
    assert_eq!(leases.len(), 2);
    assert!(leases.iter().all(|lease| lease["expiryMode"] == "enforced"));
    let why = json!({"status": "expired", "failureReason": "cancelled by a user"});
    let first = server.post(&format!("{path}/release"), &why).await.expect(200);
    let released = first["released"].as_array().unwrap();
    assert_eq!((released.len(), &first["errors"]), (2, &json!([])));
    assert!(released.iter().all(|lease| lease["failureReason"] == "cancelled by a user"));
    let second = server.post(&format!("{path}/release"), &why).await.expect(200);
    assert_eq!(second, json!({"released": [], "errors": []}));

    let end = json!({"outcome": "timed_out", "reason": "too slow"});
    let ended = server.post(&format!("runs/{other}/end"), &end).await.expect(200);
    assert_eq!(ended["released"][0]["status"], "failed");
    let again = server.post(&format!("runs/{other}/end"), &end).await.expect(200);
    assert_eq!(again["released"], json!([]));
    let contrary =
        server.post(&format!("runs/{other}/end"), &json!({"outcome": "succeeded"})).await;
    assert_eq!(contrary.problem("run_ended")["outcome"], "timed_out");
    let late = json!({"environmentId": environment, "heartbeatRunId": other});
    server.post("leases", &late).await.problem("run_ended");
    server.stop().await;
}

#[tokio::test]
async fn the_same_key_releases_a_run_once_and_shows_the_same_leases() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let run = Uuid::now_v7();
    server.lease_of(&environment, run).await;
    let path = format!("runs/{run}/release");
    let first = server.keyed("k", &path, &json!({})).await.expect(200);
    let again = server.keyed("k", &path, &json!({})).await;
    assert_eq!(again.header("leasehold-replayed"), Some("true"));
    assert_eq!(again.expect(200), first);
    assert_eq!(first["released"].as_array().unwrap().len(), 1);
    server.stop().await;
}
