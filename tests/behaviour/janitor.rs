//! `leasehold janitor`: what runs that were cut off left is finished, and providers are held
//! against the ledger, with care.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, SystemTime};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use uuid::Uuid;

use super::exec::{send, started};
use crate::support::leased::until;
use crate::support::runs::{Runs, output, told};

async fn janitor(runs: &Runs, options: &[&str]) -> Output {
    let mut command = runs.program(&["janitor", "--once"]);
    command.args(options);
    output(command).await
}

/// What the janitor says it did, by its words.
fn words(output: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&output.stdout);
    let lines = said.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.map(|line: serde_json::Value| line["what"].as_str().unwrap().to_owned()).collect()
}

/// Something with the mark of a lease that nobody knows.
fn orphan(runs: &Runs, company: Uuid, environment: Uuid) -> PathBuf {
    let lease = Uuid::now_v7();
    let directory = runs.root.join("state/leases").join(lease.to_string());
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("mark"), format!("{company}/{environment}/{lease}")).unwrap();
    directory
}

/// Kills every process of the company's runs but those that the command itself started.
fn kill_guards(runs: &Runs) {
    for path in runs.processes() {
        let line = std::fs::read(format!("{path}/cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains("__guard") {
            let pid = path.rsplit('/').next().unwrap().parse().unwrap();
            kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        }
    }
}

#[tokio::test]
async fn what_a_run_left_that_was_killed_with_its_guard_is_cleaned_up() {
    let runs = Runs::new().await;
    let script = "setsid sleep 1000 & echo ready; sleep 1000";
    let mut child = started(runs.exec(&["--ttl", "2"], script));
    kill_guards(&runs);
    send(&child, Signal::SIGKILL);
    // Its output is still open: what it left has it.
    child.wait().unwrap();
    assert!(!runs.processes().is_empty());
    let leases = runs.swept_until("ended").await;
    assert_eq!((&*leases[0].status, &*leases[0].cleanup_state), ("expired", "pending"));
    let done = janitor(&runs, &["-o", "jsonl"]).await;
    assert!(done.status.success(), "{}", told(&done));
    assert_eq!(words(&done), ["cleaned_up"]);
    assert_eq!(runs.leases().await[0].cleanup_state, "succeeded");
    assert!(runs.left().is_empty());
    let again = janitor(&runs, &["-o", "jsonl"]).await;
    assert!(words(&again).is_empty(), "{}", told(&again));
    runs.drop().await;
}

#[tokio::test]
async fn an_orphan_is_in_quarantine_before_it_goes() {
    let runs = Runs::new().await;
    let place = runs.environment("box", &["--driver", "local"]).await;
    let directory = orphan(&runs, runs.company, place);
    let strange = orphan(&runs, Uuid::now_v7(), place);
    let dry = ["-o", "jsonl", "--dry-run", "--quarantine", "0"];
    assert_eq!(words(&janitor(&runs, &dry).await), ["orphan_found"]);
    assert!(runs.activity("environment.orphan_found").await.is_empty(), "a dry run tells nothing");
    let options = ["-o", "jsonl"];
    assert_eq!(words(&janitor(&runs, &options).await), ["orphan_found"]);
    assert_eq!(words(&janitor(&runs, &options).await), ["orphan_waits"]);
    assert_eq!(words(&janitor(&runs, &dry).await), ["would_destroy"]);
    assert!(directory.exists());
    let done = janitor(&runs, &["-o", "jsonl", "--quarantine", "0"]).await;
    assert_eq!(words(&done), ["orphan_destroyed"], "{}", told(&done));
    assert!(!directory.exists());
    assert!(strange.exists(), "what carries another company's mark is not ours");
    assert_eq!(runs.events().await, ["Created", "OrphanFound", "OrphanGone"]);
    assert_eq!(runs.activity("environment.orphan_gone").await[0]["wasDestroyed"], true);
    runs.drop().await;
}

#[tokio::test]
async fn what_a_lease_holds_is_nobodys_orphan() {
    let runs = Runs::new().await;
    let child = started(runs.exec(&[], "echo ready; sleep 1000"));
    let done = janitor(&runs, &["-o", "jsonl", "--quarantine", "0", "--absence", "0"]).await;
    assert!(words(&done).is_empty(), "{}", told(&done));
    send(&child, Signal::SIGTERM);
    tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
    assert_eq!(runs.leases().await[0].cleanup_state, "succeeded");
    runs.drop().await;
}

#[tokio::test]
async fn a_list_that_failed_says_nothing_of_what_is_gone() {
    let runs = Runs::new().await;
    let child = started(runs.exec(&["--ttl", "600"], "echo ready; sleep 1000"));
    send(&child, Signal::SIGKILL);
    tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
    runs.until_nothing_runs().await;
    let (leases, aside) = (runs.root.join("state/leases"), runs.root.join("aside"));
    std::fs::rename(&leases, &aside).unwrap();
    std::fs::write(&leases, "no directory").unwrap();
    for _ in 0..3 {
        let done = janitor(&runs, &["-o", "jsonl", "--absence", "0"]).await;
        assert_eq!(words(&done), ["list_failed"], "{}", told(&done));
        assert_eq!(done.status.code(), Some(1));
    }
    std::fs::remove_file(&leases).unwrap();
    // Now it is really gone: missed once is not enough.
    let options = ["-o", "jsonl", "--absence", "0"];
    assert_eq!(words(&janitor(&runs, &options).await), ["missed"]);
    assert!(runs.activity("environment.resource_lost").await.is_empty());
    assert_eq!(words(&janitor(&runs, &options).await), ["resource_lost"]);
    let lost = runs.activity("environment.resource_lost").await;
    assert_eq!(lost[0]["leaseId"], runs.leases().await[0].id.to_string());
    assert_eq!(runs.leases().await[0].phase, "active", "what is held is its holder's");
    runs.drop().await;
}

#[tokio::test]
async fn a_probe_says_whether_a_place_works_and_is_told() {
    let runs = Runs::new().await;
    let place = runs.environment("box", &["--driver", "local"]).await.to_string();
    for named in ["box", &place] {
        let looked = output(runs.program(&["env", "probe", named, "-o", "json"])).await;
        assert!(looked.status.success(), "{}", told(&looked));
    }
    std::fs::write(runs.root.join("state-file"), "no directory").unwrap();
    let mut command = runs.program(&["env", "probe", "box", "-o", "json"]);
    command.env("LEASEHOLD_STATE_DIR", runs.root.join("state-file"));
    let looked = output(command).await;
    assert_eq!(looked.status.code(), Some(1), "{}", told(&looked));
    let shown: serde_json::Value = serde_json::from_slice(&looked.stdout).unwrap();
    assert_eq!((&shown["ok"], &shown["code"]), (&false.into(), &"probe_failed".into()));
    let probed = runs.activity("environment.probed").await;
    let ok: Vec<_> = probed.iter().map(|details| details["ok"].clone()).collect();
    assert_eq!(ok, [true, true, false]);
    assert!(probed.iter().all(|details| details["driver"] == "local"));
    assert!(probed[2]["summary"].as_str().unwrap().contains("state"), "{probed:?}");
    runs.drop().await;
}

/// A plugin whose places take as long to destroy as a file says, in seconds.
fn slow_plugin(root: &Path) -> String {
    let root = root.display();
    format!(
        r#"#!/bin/sh
while IFS= read -r line; do
  id=$(printf %s "$line" | sed 's/.*"id":\([0-9]*\).*/\1/')
  case $line in
    *'"method":"initialize"'*) result='{{"protocolVersion":1,"name":"slow","version":"1"}}' ;;
    *) : >{root}/asked; sleep "$(cat {root}/takes)"; result='{{"wasThere":true}}' ;;
  esac
  printf '{{"jsonrpc":"2.0","id":%s,"result":%s}}\n' "$id" "$result"
done
"#
    )
}

/// A lease on one of its places, which waits for a janitor.
async fn slow_to_destroy(runs: &Runs) {
    let plugins = runs.root.join("plugins");
    std::fs::create_dir(&plugins).unwrap();
    let script = slow_plugin(&runs.root);
    std::fs::write(plugins.join("slow"), script).unwrap();
    std::fs::set_permissions(plugins.join("slow"), PermissionsExt::from_mode(0o755)).unwrap();
    let options = ["--driver", "plugin", "--config", r#"{"pluginKey": "slow"}"#];
    let place = runs.environment("slow", &options).await.to_string();
    let run = Uuid::now_v7().to_string();
    let acquire = [
        "lease",
        "acquire",
        "--environment",
        &place,
        "--run",
        &run,
        "--provider",
        "plugin:slow:default",
    ];
    let mut command = runs.program(&acquire);
    command.args(["--provider-lease-id", "place-1", "-o", "json"]);
    let granted = output(command).await;
    assert!(granted.status.success(), "{}", told(&granted));
    let lease: serde_json::Value = serde_json::from_slice(&granted.stdout).unwrap();
    let id: Uuid = lease["id"].as_str().unwrap().parse().unwrap();
    let given = output(runs.program(&["lease", "release", &id.to_string()])).await;
    assert!(given.status.success(), "{}", told(&given));
    assert_eq!(runs.leases().await[0].cleanup_state, "pending");
}

/// A janitor that is told to stop while a plugin destroys something for this long, in seconds.
async fn stopped_while_destroying(runs: &Runs, takes: &str) -> Output {
    std::fs::write(runs.root.join("takes"), takes).unwrap();
    let asked = runs.root.join("asked");
    let _ = std::fs::remove_file(&asked);
    let mut command = runs.program(&["janitor", "--every", "1", "--reconcile-every", "600"]);
    command.env("LEASEHOLD_PLUGINS_DIR", runs.root.join("plugins"));
    let child = command.spawn().unwrap();
    until("asked to destroy", || asked.exists()).await;
    send(&child, Signal::SIGTERM);
    tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_janitor_that_is_told_to_stop_hands_back_what_it_cannot_finish() {
    let runs = Runs::new().await;
    slow_to_destroy(&runs).await;
    let ended = stopped_while_destroying(&runs, "1000").await;
    assert!(ended.status.success(), "{}", told(&ended));
    assert!(told(&ended).contains("handed_back"), "{}", told(&ended));
    let lease = runs.leases().await.remove(0);
    assert_eq!(lease.cleanup_state, "deferred", "the next janitor need not wait for its claim");
    // The next one goes on, and finishes what it is at though it is told to stop.
    let ended = stopped_while_destroying(&runs, "1").await;
    assert!(ended.status.success(), "{}", told(&ended));
    assert_eq!(runs.leases().await[0].cleanup_state, "succeeded", "{}", told(&ended));
    let events = runs.events().await;
    let cleaning = events.iter().filter(|name| name.starts_with("Cleanup")).map(String::as_str);
    let expected = [
        "CleanupRequested",
        "CleanupClaimed",
        "CleanupDeferred",
        "CleanupClaimed",
        "CleanupSucceeded",
    ];
    assert_eq!(cleaning.collect::<Vec<_>>(), expected);
    runs.drop().await;
}

#[tokio::test]
async fn what_was_never_marked_or_half_removed_is_swept_up() {
    let runs = Runs::new().await;
    runs.environment("box", &["--driver", "local"]).await;
    let make = |name: String, file: Option<&str>, seconds: u64| {
        let path = runs.root.join("state/leases").join(name);
        std::fs::create_dir_all(&path).unwrap();
        if let Some(file) = file {
            std::fs::write(path.join(file), "half a mark").unwrap();
        }
        let at = SystemTime::now() - Duration::from_secs(seconds);
        std::fs::File::open(&path).unwrap().set_modified(at).unwrap();
        path
    };
    let id = || Uuid::now_v7().to_string();
    let left = [
        make(id(), None, 120),
        make(id(), Some("mark.77.new"), 120),
        make(format!("{}.gone", id()), Some("context.json"), 120),
    ];
    let about_to_be_marked = make(id(), None, 0);
    let strange = make(id(), Some("somebody's file"), 120);
    assert!(janitor(&runs, &["--dry-run"]).await.status.success());
    assert!(left.iter().all(|path| path.exists()), "a dry run changes nothing");
    janitor(&runs, &[]).await;
    assert!(!left.iter().any(|path| path.exists()), "{:?}", runs.left());
    assert!(about_to_be_marked.exists() && strange.exists(), "{:?}", runs.left());
    runs.drop().await;
}
