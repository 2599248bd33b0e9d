//! Leased runs whose ledger goes away, whose program is killed, and which have secrets.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::Signal;
use sqlx::ConnectOptions;

use super::exec::{send, started};
use crate::support::bridge::Bridge;
use crate::support::kill::kill_with_children;
use crate::support::runs::{Runs, told};

/// Runs that reach their ledger by a way that can be cut. It is carried on by the test's runtime,
/// which needs a thread for that while the test waits for a program.
async fn beyond_a_bridge() -> (Runs, Bridge) {
    let mut runs = Runs::new().await;
    let bridge = Bridge::to(&runs.database.options);
    runs.way = Some(bridge.options().to_url_lossy().to_string());
    (runs, bridge)
}

async fn ended(child: std::process::Child) -> std::process::Output {
    tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap()
}

/// A script that says it is ready and goes on until there is a file of this name.
fn until(file: &str) -> String {
    format!("echo ready; while ! test -e {file}; do sleep 0.02; done; exit 5")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_the_ledger_could_not_be_told_is_told_later() {
    let (runs, mut bridge) = beyond_a_bridge().await;
    let child = started(runs.exec(&["--ttl", "600"], &until("end")));
    bridge.cut().await;
    std::fs::write(runs.root.join("work/end"), "").unwrap();
    let output = ended(child).await;
    assert_eq!(output.status.code(), Some(5), "{}", told(&output));
    assert!(told(&output).contains("lease_release_failed"), "{}", told(&output));
    assert_eq!(runs.journal().len(), 1);
    assert_eq!(runs.leases().await[0].phase, "active");
    bridge.mend();
    assert!(runs.run(&[], "true").await.status.success());
    assert!(runs.journal().is_empty());
    let leases = runs.leases().await;
    assert_eq!((&*leases[0].status, &*leases[0].cleanup_state), ("failed", "succeeded"));
    assert_eq!(runs.activity("heartbeat_run.ended").await.len(), 2);
    runs.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_goes_on_while_its_lease_can_be_trusted() {
    let (runs, mut bridge) = beyond_a_bridge().await;
    let child = started(runs.exec(&["--ttl", "6"], &until("end")));
    bridge.cut().await;
    // The first renewal comes after two seconds and finds nobody.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    bridge.mend();
    tokio::time::sleep(Duration::from_secs(5)).await;
    std::fs::write(runs.root.join("work/end"), "").unwrap();
    let output = ended(child).await;
    assert_eq!(output.status.code(), Some(5), "{}", told(&output));
    assert!(runs.journal().is_empty());
    runs.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_is_stopped_before_its_lease_may_end() {
    let (runs, mut bridge) = beyond_a_bridge().await;
    let child = started(runs.exec(&["--ttl", "4"], "trap '' TERM; echo ready; sleep 1000; :"));
    bridge.cut().await;
    runs.until_nothing_runs().await;
    let is_held: (bool,) =
        sqlx::query_as("select expires_at > clock_timestamp() from leasehold.environment_leases")
            .fetch_one(&runs.database.pool)
            .await
            .unwrap();
    assert!(is_held.0, "the command ran for longer than its lease held");
    let output = ended(child).await;
    assert!(!output.status.success());
    assert!(told(&output).contains("the lease was lost"), "{}", told(&output));
    bridge.mend();
    runs.swept_until("ended").await;
    assert!(runs.run(&[], "true").await.status.success());
    assert!(runs.journal().is_empty());
    runs.drop().await;
}

#[tokio::test]
async fn a_run_that_was_killed_leaves_nothing_running_and_a_lease_that_ends() {
    let runs = Runs::new().await;
    let script = "setsid sleep 1000 & echo ready; sleep 1000";
    let child = started(runs.exec(&["--ttl", "2"], script));
    send(&child, Signal::SIGKILL);
    runs.until_nothing_runs().await;
    assert_eq!(runs.leases().await[0].phase, "active");
    let leases = runs.swept_until("ended").await;
    assert_eq!(leases[0].status, "expired");
    ended(child).await;
    runs.drop().await;
}

#[tokio::test]
async fn secrets_reach_the_command_and_nothing_else() {
    let runs = Runs::new().await;
    std::fs::write(runs.root.join("token"), "s3cret-from-file\n").unwrap();
    let variables = serde_json::json!({
        "A": {"fromFile": runs.root.join("token")}, "B": {"fromEnv": "LENT"},
    });
    runs.environment("box", &["--driver", "local", "--env-vars", &variables.to_string()]).await;
    let script = "test $A = s3cret-from-file && test $B = s3cret-lent && test $C = s3cret-given";
    let options = ["--environment", "box", "-vv", "--env", "C=s3cret-given"];
    let mut command = runs.exec(&options, script);
    command.env("LENT", "s3cret-lent");
    let output = crate::support::runs::output(command).await;
    assert!(output.status.success(), "{}", told(&output));
    assert!(!told(&output).contains("s3cret"), "{}", told(&output));
    let stored: (i64,) = sqlx::query_as(
        "select (select count(*) from leasehold.events e where e::text like '%s3cret%')
              + (select count(*) from leasehold.receipts r where r::text like '%s3cret%')
              + (select count(*) from leasehold.activity_log a where a::text like '%s3cret%')
              + (select count(*) from leasehold.environment_leases l where l::text like '%s3cret%')",
    )
    .fetch_one(&runs.database.pool)
    .await
    .unwrap();
    assert_eq!(stored.0, 0);
    let missing = runs.run(&["--environment", "box"], "true").await;
    assert_eq!(missing.status.code(), Some(1), "{}", told(&missing));
    assert!(told(&missing).contains("no variable LENT"), "{}", told(&missing));
    runs.drop().await;
}

#[tokio::test]
async fn a_private_postgresql_that_is_killed_is_started_again_under_the_run() {
    let runs = Runs::new().await;
    let dir = runs.root.join("private");
    let private = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leasehold"));
        command.args(arguments).arg("--data-dir").arg(&dir).env_remove("DATABASE_URL");
        command.env("LEASEHOLD_STATE_DIR", runs.root.join("state")).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let mut command = private(&["exec"]);
    command.arg("--workspace").arg(runs.root.join("work"));
    command.args(["--", "sh", "-c", &until("end")]);
    let child = started(command);
    let file = std::fs::read_to_string(dir.join("data/postmaster.pid")).unwrap();
    kill_with_children(file.lines().next().unwrap().parse().unwrap());
    std::fs::write(runs.root.join("work/end"), "").unwrap();
    let output = ended(child).await;
    assert_eq!(output.status.code(), Some(5), "{}", told(&output));
    assert!(!told(&output).contains("lease_release_failed"), "{}", told(&output));
    assert!(runs.journal().is_empty());
    let listed = crate::support::runs::output(private(&["lease", "list", "-o", "json"])).await;
    let leases: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(leases[0]["status"], "failed", "{}", told(&listed));
    // Its supervisors end a moment after the programs that had it started.
    until_removed(&dir).await;
    runs.drop().await;
}

async fn until_removed(dir: &Path) {
    for _ in 0..400 {
        if std::fs::remove_dir_all(dir).is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} is in use", dir.display());
}
