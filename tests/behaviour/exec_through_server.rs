//! `leasehold exec --server`: the same run by a machine that reaches the ledger's server and not its
//! database.

use serde_json::Value;
use uuid::Uuid;

use super::exec::started;
use crate::support::program::Program;
use crate::support::runs::{Runs, output, told};

/// A token of a role for the company of these runs.
async fn token(runs: &Runs, role: &str) -> String {
    let made =
        output(runs.program(&["token", "create", "--role", role, "--name", role, "-o", "json"]));
    let made = made.await;
    assert!(made.status.success(), "{}", told(&made));
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    made["secret"].as_str().unwrap().to_owned()
}

/// `leasehold exec` through a server, in a workspace, with nothing that leads to a database.
fn exec(
    runs: &Runs,
    server: &str,
    token: Option<&str>,
    options: &[&str],
    script: &str,
) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_leasehold"));
    command.args(["exec", "--server", server, "--company", &runs.company.to_string()]);
    command.arg("--workspace").arg(runs.root.join("work")).args(options);
    command.args(["--", "sh", "-c", script]);
    command.env("LEASEHOLD_STATE_DIR", runs.root.join("state")).env_remove("DATABASE_URL");
    command.env_remove("LEASEHOLD_TOKEN").stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    if let Some(token) = token {
        command.env("LEASEHOLD_TOKEN", token);
    }
    command
}

#[tokio::test]
async fn a_run_leaves_the_same_history_as_on_the_database() {
    let runs = Runs::new().await;
    let server = Program::serve(&runs.database.url());
    for (way, ended) in [
        ("server", output(exec(&runs, &server.address, None, &[], "echo said; exit 7")).await),
        ("database", runs.run(&[], "echo said; exit 7").await),
    ] {
        assert_eq!(ended.status.code(), Some(7), "{way}: {}", told(&ended));
        assert_eq!(String::from_utf8_lossy(&ended.stdout), "said\n", "{way}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{way}");
    }
    let of_one = ["LeaseReserved", "LeaseAcquired", "MetadataUpdated", "Failed", "RunEnded"];
    let expected: Vec<&str> = ["Created"].into_iter().chain(of_one).chain(of_one).collect();
    assert_eq!(runs.events().await, expected);
    let leases = runs.leases().await;
    let notes = |place: usize| {
        let mut notes = leases[place].metadata.clone().unwrap();
        let notes = notes.as_object_mut().unwrap();
        for its_own in ["remoteExecutionTermination", "resource"] {
            assert!(notes.remove(its_own).is_some(), "{its_own}");
        }
        notes.clone()
    };
    assert_eq!(notes(0), notes(1));
    assert!(leases.iter().all(|lease| lease.cleanup_state == "succeeded"), "{leases:?}");
    assert!(runs.left().is_empty() && runs.journal().is_empty());
    runs.drop().await;
}

#[tokio::test]
async fn a_heartbeats_token_is_enough_and_an_agent_is_named() {
    let runs = Runs::new().await;
    let server = Program::serve(&runs.database.url());
    let token = token(&runs, "heartbeat").await;
    let agent = Uuid::now_v7().to_string();
    let options = ["--agent", &agent, "--policy", "retain_on_failure"];
    let ended = output(exec(&runs, &server.address, Some(&token), &options, "true")).await;
    assert!(ended.status.success(), "{}", told(&ended));
    let granted = runs.activity("environment.lease_acquired").await;
    assert_eq!(granted.len(), 1);
    for options in [&[][..], &["--environment", "box"]] {
        let without = output(exec(&runs, &server.address, None, options, "true")).await;
        assert_eq!(without.status.code(), Some(5), "{}", told(&without));
        assert!(told(&without).contains("unauthenticated"), "{}", told(&without));
    }
    let nobody = "http://127.0.0.1:1";
    let away = output(exec(&runs, nobody, Some(&token), &["--environment", "box"], "true")).await;
    assert_eq!(away.status.code(), Some(7), "{}", told(&away));
    let actors: Vec<(String, String)> = sqlx::query_as(
        "select actor_type, actor_id from leasehold.activity_log
         where action = 'environment.lease_acquired'",
    )
    .fetch_all(&runs.database.pool)
    .await
    .unwrap();
    assert_eq!(actors, [("agent".to_owned(), agent)]);
    runs.drop().await;
}

#[tokio::test]
async fn an_end_that_the_server_could_not_be_told_waits_in_the_journal() {
    let runs = Runs::new().await;
    runs.environment("box", &["--driver", "local"]).await;
    let mut server = Program::serve(&runs.database.url());
    let script = "echo ready; while ! test -e end; do sleep 0.02; done; exit 5";
    let options = ["--ttl", "600", "--environment", "box"];
    let child = started(exec(&runs, &server.address, None, &options, script));
    server.kill();
    std::fs::write(runs.root.join("work/end"), "").unwrap();
    let ended = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
    assert_eq!(ended.status.code(), Some(5), "{}", told(&ended));
    assert!(told(&ended).contains("lease_release_failed"), "{}", told(&ended));
    assert_eq!((runs.journal().len(), &*runs.leases().await[0].phase), (1, "active"));
    let server = Program::serve(&runs.database.url());
    let next = output(exec(&runs, &server.address, None, &["--environment", "box"], "true")).await;
    assert!(next.status.success(), "{}", told(&next));
    assert!(runs.journal().is_empty());
    let leases = runs.leases().await;
    assert_eq!((&*leases[0].status, &*leases[0].cleanup_state), ("failed", "succeeded"));
    assert_eq!(runs.activity("heartbeat_run.ended").await.len(), 2);
    runs.drop().await;
}

#[tokio::test]
async fn what_the_ledger_refuses_is_said_through_a_server_too() {
    let runs = Runs::new().await;
    let server = Program::serve(&runs.database.url());
    let place =
        runs.environment("box", &["--driver", "local", "--capacity", "1"]).await.to_string();
    let held = started(exec(
        &runs,
        &server.address,
        None,
        &["--environment", &place],
        "echo ready; sleep 1000",
    ));
    let refused =
        output(exec(&runs, &server.address, None, &["--environment", "box"], "true")).await;
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(told(&refused).contains("lease_acquire_failed"), "{}", told(&refused));
    assert!(told(&refused).contains(r#""canRetry":true"#), "room may come: {}", told(&refused));
    let none =
        output(exec(&runs, &server.address, None, &["--environment", "nowhere"], "true")).await;
    assert_eq!(none.status.code(), Some(3), "{}", told(&none));
    super::exec::send(&held, nix::sys::signal::Signal::SIGTERM);
    tokio::task::spawn_blocking(|| held.wait_with_output().unwrap()).await.unwrap();
    assert_eq!(runs.leases().await[0].failure_reason.as_deref(), Some("stopped by SIGTERM"));
    runs.drop().await;
}
