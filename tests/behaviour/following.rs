//! `--follow`: what is recorded by whichever program, a line each, until it is stopped.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::support::server::Server;

/// Follows through a server, or by looking at the database.
fn follow(server: &Server, what: &str, way: [&str; 2]) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args([what, "--follow", "-o", "jsonl", "--company", &server.company.to_string()])
        .args(way)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

async fn positions(lines: &mut Lines<BufReader<ChildStdout>>, count: usize) -> Vec<u64> {
    let mut found = Vec::new();
    while found.len() < count {
        let line = timeout(Duration::from_secs(30), lines.next_line()).await.expect("no line");
        let row: Value = serde_json::from_str(&line.unwrap().unwrap()).unwrap();
        found.push(row["position"].as_u64().unwrap());
    }
    found
}

#[tokio::test]
async fn events_and_activity_are_followed_until_they_are_stopped() {
    let server = Server::start().await;
    let url = server.database.url();
    both_are_followed(server, ["--database-url", &url]).await;
}

#[tokio::test]
async fn events_and_activity_are_followed_through_a_server() {
    let server = Server::start().await;
    let url = server.url.clone();
    both_are_followed(server, ["--server", &url]).await;
}

async fn both_are_followed(server: Server, way: [&str; 2]) {
    let environment = server.environment("one", json!({})).await;
    let (mut events, mut of_events) = follow(&server, "events", way);
    let (mut activity, mut of_activity) = follow(&server, "activity", way);
    assert_eq!(positions(&mut of_events, 1).await, [1]);
    assert_eq!(positions(&mut of_activity, 1).await, [1]);
    let lease = server.lease(&environment, json!({"ttlSeconds": 60})).await;
    let renew = format!("leases/{}/renew", lease["id"].as_str().unwrap());
    server.post(&renew, &json!({"ttlSeconds": 90})).await.expect(200);
    server.environment("two", json!({})).await;
    assert_eq!(positions(&mut of_events, 3).await, [2, 3, 4]);
    assert_eq!(positions(&mut of_activity, 2).await, [2, 4], "renewals leave no line");
    for child in [&mut events, &mut activity] {
        let id = i32::try_from(child.id().unwrap()).unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::SIGTERM).unwrap();
        assert!(child.wait().await.unwrap().success());
    }
    server.stop().await;
}
