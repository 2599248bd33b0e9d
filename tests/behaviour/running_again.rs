//! Runs that take up what earlier runs left, places that are made ready first, and places that cannot
//! be had: on every kind of environment that can do it.

use std::fs;

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use uuid::Uuid;

use super::exec::{send, started};
use crate::support::everywhere::{EVERYWHERE, Everywhere};
use crate::support::runs::{Seen, output, told};

async fn janitor(all: &Everywhere) {
    let done = output(all.program(&["janitor", "--once", "--quarantine", "0"])).await;
    assert!(done.status.success(), "{}", told(&done));
}

/// A run of an agent that keeps what it leaves; what it said.
async fn kept_run(all: &Everywhere, name: &str, agent: &str, script: &str) -> String {
    let options = ["--policy", "reuse_by_environment", "--agent", agent];
    let ended = output(all.exec(name, "work", &options, script)).await;
    assert!(ended.status.success(), "{name}: {}", told(&ended));
    String::from_utf8(ended.stdout).unwrap()
}

async fn only(all: &Everywhere, phase: &str) -> Seen {
    let mut leases = all.runs.leases().await;
    leases.retain(|lease| lease.phase == phase);
    assert_eq!(leases.len(), 1, "{leases:?}");
    leases.remove(0)
}

#[tokio::test]
async fn a_later_run_of_an_agent_finds_what_the_first_left_until_it_is_gone() {
    let all = Everywhere::new().await;
    // Beside the workspace, which is the same in every run.
    for (name, kept) in [("ssh", "../kept"), ("sandbox", "~/kept")] {
        let agent = Uuid::now_v7().to_string();
        kept_run(&all, name, &agent, &format!("echo kept >{kept}")).await;
        let first = only(&all, "retained").await;
        let said = kept_run(&all, name, &agent, &format!("cat {kept}")).await;
        assert_eq!(said, "kept\n", "{name}");
        assert_eq!(only(&all, "retained").await.id, first.id, "{name}: it is the same lease");
        for directory in all.left() {
            fs::remove_dir_all(directory).unwrap();
        }
        kept_run(&all, name, &agent, &format!("[ ! -e {kept} ]")).await;
        let second = only(&all, "retained").await;
        assert_ne!(second.id, first.id, "{name}");
        let leases = all.runs.leases().await;
        let gone = leases.iter().find(|lease| lease.id == first.id).unwrap();
        assert_eq!(gone.failure_reason.as_deref(), Some("resource_gone"), "{name}");
        let succession = (gone.replaced_by_lease_id, second.replaces_lease_id);
        assert_eq!(succession, (Some(second.id), Some(first.id)), "{name}: it was handed off");
        let release = output(all.program(&[
            "lease",
            "release",
            &second.id.to_string(),
            "--disposition",
            "destroy",
        ]))
        .await;
        assert!(release.status.success(), "{}", told(&release));
        // It was stopped with a proof, so nothing is due: first it is found, then it goes.
        janitor(&all).await;
        janitor(&all).await;
        assert!(all.left().is_empty(), "{name}: {:?}", all.left());
    }
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

#[tokio::test]
async fn a_place_is_made_ready_by_its_provision_command() {
    let all = Everywhere::new().await;
    for (name, script) in [("ready", "echo made >provisioned"), ("broken", "no-such-program")] {
        let mut config = all.host.config();
        config["provisionCommand"] = json!(script);
        all.runs.environment(name, &["--driver", "ssh", "--config", &config.to_string()]).await;
    }
    let ended = output(all.exec("ready", "one", &[], "cat provisioned")).await;
    assert_eq!(String::from_utf8_lossy(&ended.stdout), "made\n", "{}", told(&ended));
    let ended = output(all.exec("broken", "two", &[], "true")).await;
    assert!(!ended.status.success());
    let said = told(&ended);
    for word in ["workspace_realization_failed", "exit code 127", "not found"] {
        assert!(said.contains(word), "{said}");
    }
    assert_eq!(all.runs.leases().await[1].cleanup_state, "succeeded");
    assert!(all.left().is_empty(), "{:?}", all.left());
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

#[tokio::test]
async fn who_is_asked_to_end_ends_everywhere() {
    let all = Everywhere::new().await;
    for name in EVERYWHERE {
        let script = "trap 'exit 9' TERM; echo ready; while :; do sleep 0.02; done";
        let child = started(all.exec(name, name, &[], script));
        send(&child, Signal::SIGTERM);
        let ended = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap());
        let ended = ended.await.unwrap();
        assert!(!ended.status.success(), "{name}: {}", told(&ended));
        let lease = all.runs.leases().await.pop().unwrap();
        assert_eq!(lease.cleanup_state, "succeeded", "{name}: {}", told(&ended));
    }
    assert!(all.left().is_empty(), "{:?}", all.left());
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

#[tokio::test]
async fn what_no_driver_can_do_is_refused_before_anything_is_stored() {
    let all = Everywhere::new().await;
    let mut host = all.host.config();
    host["networkEgress"] = json!("none");
    let configs = [
        ("sandbox", json!({"provider": "elsewhere"})),
        ("plugin", json!({"pluginKey": "nobody"})),
        ("ssh", json!({"host": "-oProxyCommand=x", "username": "u", "remoteWorkspacePath": "/x"})),
        ("ssh", host),
    ];
    for (number, (driver, config)) in configs.into_iter().enumerate() {
        let name = format!("no-{number}");
        let options = ["--driver", driver, "--config", &config.to_string()];
        all.runs.environment(&name, &options).await;
        let ended = output(all.exec(&name, "work", &[], "true")).await;
        assert!(!ended.status.success());
        assert!(told(&ended).contains("unsupported_environment"), "{}", told(&ended));
    }
    assert!(all.runs.leases().await.is_empty());
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

#[tokio::test]
async fn a_program_that_is_missing_is_named() {
    let all = Everywhere::new().await;
    for (name, program) in [("sandbox", "no bwrap"), ("ssh", "no ssh")] {
        let mut probe = all.program(&["env", "probe", name, "-o", "json"]);
        probe.env("PATH", &all.runs.root);
        let probed = output(probe).await;
        assert_eq!(probed.status.code(), Some(1), "{}", told(&probed));
        let said: Value = serde_json::from_slice(&probed.stdout).unwrap();
        assert_eq!(said["code"], "probe_failed");
        assert!(said["summary"].as_str().unwrap().contains(program), "{said}");
    }
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

#[tokio::test]
async fn what_cannot_be_resumed_is_kept_and_never_replaced() {
    let all = Everywhere::new().await;
    let agent = Uuid::now_v7().to_string();
    kept_run(&all, "ssh", &agent, "echo kept >../kept").await;
    let first = only(&all, "retained").await;
    let (key, aside) = (all.host.base().join("../host"), all.host.base().join("../aside"));
    fs::copy(&key, &aside).unwrap();
    all.host.vanish();
    all.host.make_key("host");
    all.host.listen();
    let options = ["--policy", "reuse_by_environment", "--agent", &agent];
    let refused = output(all.exec("ssh", "work", &options, "true")).await;
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(told(&refused).contains("lease_acquire_failed"), "{}", told(&refused));
    let kept = only(&all, "retained").await;
    assert_eq!((kept.id, all.runs.leases().await.len()), (first.id, 1), "nothing new is made");
    assert_eq!(kept.failure_reason.as_deref(), Some("resume_failed"));
    all.host.vanish();
    fs::copy(&aside, &key).unwrap();
    all.host.listen();
    assert_eq!(kept_run(&all, "ssh", &agent, "cat ../kept").await, "kept\n");
    assert_eq!(only(&all, "retained").await.id, first.id);
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

#[tokio::test]
async fn what_is_kept_running_is_left_as_it_is() {
    let all = Everywhere::new().await;
    let agent = Uuid::now_v7().to_string();
    let options = ["--policy", "reuse_by_environment", "--agent", &agent];
    let running = [&options[..], &["--disposition", "keep_running"]].concat();
    let ended = output(all.exec("sandbox", "work", &running, "echo kept >~/kept")).await;
    assert!(ended.status.success(), "{}", told(&ended));
    let first = only(&all, "retained").await;
    let notes = first.metadata.unwrap();
    assert_eq!(
        notes.get("remoteExecutionTermination"),
        None,
        "nobody asked the provider to stop it"
    );
    assert_eq!(kept_run(&all, "sandbox", &agent, "cat ~/kept").await, "kept\n");
    let again = only(&all, "retained").await;
    assert_eq!(again.id, first.id);
    assert_eq!(again.metadata.unwrap()["remoteExecutionTermination"]["state"], "stopped");
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}
