//! `leasehold exec`: a command as a leased run, from its environment to its end.

use std::io::{BufRead, BufReader};
use std::process::Child;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::support::runs::{Runs, output, told};

/// Starts it and waits until it has said `ready`.
pub(super) fn started(mut command: std::process::Command) -> Child {
    let mut child = command.spawn().unwrap();
    let stdout = child.stdout.as_mut().unwrap();
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    if line != "ready\n" {
        let ended = child.wait_with_output().unwrap();
        panic!("it said {line:?} and {}", told(&ended));
    }
    child
}

pub(super) fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
}

#[tokio::test]
async fn the_output_and_the_exit_code_are_the_commands() {
    let runs = Runs::new().await;
    let ended = runs.run(&[], "echo out; echo err >&2; pwd; exit 7").await;
    assert_eq!(ended.status.code(), Some(7), "{}", told(&ended));
    let work = runs.root.join("work").canonicalize().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stdout), format!("out\n{}\n", work.display()));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "err\n");
    let leases = runs.leases().await;
    assert_eq!((leases.len(), &*leases[0].status), (1, "failed"));
    let reason = leases[0].failure_reason.as_deref();
    assert_eq!(reason, Some("the command ended with exit code 7"));
    assert_eq!(leases[0].cleanup_state, "succeeded", "{leases:?}");
    let told =
        ["Created", "LeaseReserved", "LeaseAcquired", "MetadataUpdated", "Failed", "RunEnded"];
    assert_eq!(runs.events().await, told);
    assert!(runs.left().is_empty());
    runs.drop().await;
}

#[tokio::test]
async fn a_run_that_goes_well_gives_its_lease_back_with_a_proof() {
    let runs = Runs::new().await;
    let ended = runs.run(&[], "true").await;
    assert!(ended.status.success(), "{}", told(&ended));
    let leases = runs.leases().await;
    assert_eq!((&*leases[0].status, &leases[0].failure_reason), ("released", &None));
    let notes = leases[0].metadata.as_ref().unwrap();
    assert_eq!(notes["environmentSource"], "local");
    let receipt = &notes["remoteExecutionTermination"];
    assert_eq!(receipt["schema"], "paperclip.remote-termination.v1");
    assert_eq!((&receipt["state"], &receipt["provider"]), (&"destroyed".into(), &"local".into()));
    let ended = runs.activity("heartbeat_run.ended").await;
    assert_eq!(ended[0]["outcome"], "succeeded");
    runs.drop().await;
}

#[tokio::test]
async fn the_command_is_told_where_it_is() {
    let runs = Runs::new().await;
    let box_id = runs.environment("box", &["--driver", "local"]).await;
    let script = r#"printf '%s\n' "$PAPERCLIP_ENVIRONMENT"; cat "$PAPERCLIP_ENVIRONMENT_FILE""#;
    let ended = runs.run(&["--environment", "box"], script).await;
    assert!(ended.status.success(), "{}", told(&ended));
    let said = String::from_utf8(ended.stdout).unwrap();
    let (variable, file) = said.split_once('\n').unwrap();
    assert_eq!(variable, file);
    let context: Value = serde_json::from_str(variable).unwrap();
    let leases = runs.leases().await;
    assert_eq!(context["id"], box_id.to_string());
    assert_eq!(context["name"], "box");
    assert_eq!(context["driver"], "local");
    assert_eq!(context["leaseId"], leases[0].id.to_string());
    let work = runs.root.join("work").canonicalize().unwrap().display().to_string();
    assert_eq!(context["remoteCwd"], work);
    let notes = leases[0].metadata.as_ref().unwrap();
    assert_eq!(context["workspaceRealization"], notes["workspaceRealization"]);
    assert_eq!(notes["environmentSource"], "execution_workspace");
    runs.drop().await;
}

#[tokio::test]
async fn the_strongest_level_that_names_an_environment_is_taken() {
    let runs = Runs::new().await;
    runs.environment("box", &["--driver", "local"]).await;
    let chain = ["--agent-environment", "box", "--company-environment", "nowhere"];
    assert!(runs.run(&chain, "true").await.status.success());
    assert_eq!(runs.leases().await[0].metadata.as_ref().unwrap()["environmentSource"], "agent");
    let chain = ["--issue-environment", "nowhere", "--agent-environment", "box"];
    let ended = runs.run(&chain, "true").await;
    assert_eq!(ended.status.code(), Some(3), "{}", told(&ended));
    assert!(told(&ended).contains("environment_not_found"), "{}", told(&ended));
    runs.drop().await;
}

#[tokio::test]
async fn a_signal_ends_the_command_and_its_lease() {
    for (signal, name) in [(Signal::SIGTERM, "SIGTERM"), (Signal::SIGINT, "SIGINT")] {
        let runs = Runs::new().await;
        let script = "trap 'exit 3' TERM INT; setsid sleep 1000 & echo ready; \
                      while :; do sleep 0.02; done";
        let child = started(runs.exec(&[], script));
        send(&child, signal);
        let ended = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap());
        let ended = ended.await.unwrap();
        assert_eq!(ended.status.code(), Some(3), "{}", told(&ended));
        let leases = runs.leases().await;
        let reason = format!("stopped by {name}");
        assert_eq!(leases[0].failure_reason.as_deref(), Some(&*reason));
        assert_eq!((&*leases[0].status, &*leases[0].cleanup_state), ("expired", "succeeded"));
        assert_eq!(runs.activity("heartbeat_run.ended").await[0]["outcome"], "cancelled");
        runs.drop().await;
    }
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_stopped() {
    let runs = Runs::new().await;
    let ended = runs.run(&["--timeout", "1"], "sleep 1000").await;
    assert_eq!(ended.status.code(), Some(6), "{}", told(&ended));
    assert_eq!(runs.leases().await[0].status, "failed");
    assert_eq!(runs.activity("heartbeat_run.ended").await[0]["outcome"], "timed_out");
    runs.drop().await;
}

#[tokio::test]
async fn the_run_of_a_heartbeat_goes_on_after_its_command() {
    let runs = Runs::new().await;
    let run = uuid::Uuid::now_v7().to_string();
    for _ in 0..2 {
        let ended = runs.run(&["--run", &run], "test $LEASEHOLD_RUN_ID = \"$0\"").await;
        assert_eq!(ended.status.code(), Some(1), "{}", told(&ended));
    }
    assert!(runs.activity("heartbeat_run.ended").await.is_empty());
    assert_eq!(runs.leases().await.len(), 2);
    runs.drop().await;
}

#[tokio::test]
async fn what_cannot_be_had_is_said_before_anything_is_stored() {
    let runs = Runs::new().await;
    runs.environment("there", &["--driver", "ssh"]).await;
    runs.environment("old", &["--driver", "local", "--status", "archived"]).await;
    let before = runs.events().await;
    let refused: [(&[&str], i32, &str); 4] = [
        (&["--environment", "nowhere"], 3, "environment_not_found"),
        (&["--environment", "old"], 4, "environment_inactive"),
        (&["--environment", "there", "--adapter", "process"], 4, "unsupported_adapter_environment"),
        (&["--environment", "here", "--disposition", "keep_running"], 4, "unsupported_environment"),
    ];
    for (options, code, word) in refused {
        if options[1] == "here" {
            let mut command = runs.program(&["env", "reactivate"]);
            let old = runs.program(&["env", "list", "--driver", "local", "-o", "json"]);
            let shown: Value = serde_json::from_slice(&output(old).await.stdout).unwrap();
            command.arg(shown[0]["id"].as_str().unwrap());
            assert!(output(command).await.status.success());
            let ended = runs.run(&["--environment", "old", options[2], options[3]], "true").await;
            assert_eq!(ended.status.code(), Some(code), "{}", told(&ended));
            assert!(told(&ended).contains(word), "{}", told(&ended));
            continue;
        }
        let ended = runs.run(options, "true").await;
        assert_eq!(ended.status.code(), Some(code), "{}", told(&ended));
        assert!(told(&ended).contains(word), "{}", told(&ended));
        assert_eq!(runs.events().await, before);
    }
    assert!(runs.leases().await.is_empty());
    runs.drop().await;
}

#[tokio::test]
async fn two_runs_in_one_workspace_exclude_each_other_under_single_flight() {
    let runs = Runs::new().await;
    runs.environment("box", &["--driver", "local", "--single-flight", "true"]).await;
    let options = ["--environment", "box"];
    let child = started(runs.exec(&options, "echo ready; sleep 1000"));
    let second = runs.run(&options, "true").await;
    assert_eq!(second.status.code(), Some(1), "{}", told(&second));
    let said = told(&second);
    assert!(said.contains("lease_acquire_failed") && said.contains("canRetry\":true"), "{said}");
    send(&child, Signal::SIGTERM);
    tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
    assert!(runs.run(&options, "true").await.status.success());
    runs.drop().await;
}

#[tokio::test]
async fn a_program_that_is_not_there_fails_the_run_and_frees_the_lease() {
    let runs = Runs::new().await;
    let mut command = runs.program(&["exec"]);
    command.args(["--", "/no/such/program"]);
    let ended = output(command).await;
    assert_eq!(ended.status.code(), Some(127), "{}", told(&ended));
    assert!(told(&ended).contains("/no/such/program"), "{}", told(&ended));
    let leases = runs.leases().await;
    assert_eq!((&*leases[0].status, &*leases[0].cleanup_state), ("failed", "succeeded"));
    assert!(runs.left().is_empty());
    runs.drop().await;
}
