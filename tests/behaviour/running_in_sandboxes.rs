//! Runs in sandboxes of real namespaces: what they see, what they may take, what is left. As the
//! user that the tests run as, and when that is root, once more as nobody.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use leasehold::run::driver::{
    Ended, FaultKind, Held, Launch, Resumed, Sign, Stop, Streams, Workspace,
};
use leasehold_domain::environment::Driver as Word;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use serde_json::json;
use tokio::sync::watch;
use uuid::Uuid;

use crate::support::leased::{Leased, mark_on, never, place, until};
use crate::support::sandboxes::{Here, PROGRAM};

#[tokio::test]
async fn a_command_sees_its_workspace_and_little_else() {
    let Some(here) = Here::find() else { return };
    fs::write(here.0.join("work/file"), "mine\n").unwrap();
    std::os::unix::fs::symlink("/etc/shadow", here.0.join("work/out")).unwrap();
    let leased = here.leased(json!({})).await;
    let script = "pwd; cat file $PAPERCLIP_ENVIRONMENT_FILE; echo; id -u; ls / | tr '\\n' ' '; \
                  ls -d /root /etc/shadow /var /sys; cat out; touch /usr/x; echo new >made; exit 7";
    let (ended, said) = leased.run(script).await;
    assert_eq!(ended, Ended::Code(7));
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(lines[..4], ["/workspace", "mine", "{\"id\": \"it's one\"}", "1000"]);
    assert!(!lines[4].contains("root") && !lines[4].contains("work "), "{}", lines[4]);
    assert_eq!(said.stderr.matches("No such file").count(), 5, "{}", said.stderr);
    assert!(said.stderr.contains("Read-only"), "{}", said.stderr);
    assert_eq!(fs::read_to_string(here.0.join("work/made")).unwrap(), "new\n");
    let (_, said) =
        leased.run("grep -c . /proc/self/mounts >/dev/null; ls /proc | grep -c '^[0-9]'").await;
    assert!(said.stdout.trim().parse::<u32>().unwrap() < 8, "it sees its own processes: {said:?}");
    leased.destroy().await;
    assert!(here.is_clean());
}

#[tokio::test]
async fn there_is_no_network_unless_it_is_asked_for() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let Some(here) = Here::find() else { return };
    let knock = format!("bash -c 'echo >/dev/tcp/127.0.0.1/{port}' 2>/dev/null");
    for (egress, code) in [(json!(null), 1), (json!("none"), 1), (json!("all"), 0)] {
        let leased = here.leased(json!({"networkEgress": egress})).await;
        assert_eq!(leased.run(&knock).await.0, Ended::Code(code), "{egress}");
        leased.destroy().await;
    }
    let some = place(Word::Sandbox, &json!({"networkEgress": {"allow": ["example.org"]}}));
    let fault = here.driver().capabilities(&some).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
}

#[tokio::test]
async fn memory_processes_and_time_have_their_limits() {
    let Some(here) = Here::find() else { return };
    let leased = here.leased(json!({"memoryMb": 64, "timeLimitSeconds": 120})).await;
    let greedy = "head -c 200000000 /dev/zero | tail -c 199999999 | wc -c";
    let (_, said) = leased.run(greedy).await;
    assert_ne!(said.stdout.trim(), "199999999", "{said:?}");
    leased.destroy().await;
    let place = place(Word::Sandbox, &json!({"processesMax": 20}));
    if here.driver().probe(&place).await.is_ok() {
        let leased = here.leased(json!({"processesMax": 20})).await;
        let many =
            "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do sleep 30 & done";
        let (ended, said) = leased.run(many).await;
        assert_ne!(ended, Ended::Code(0));
        assert!(said.stderr.to_lowercase().contains("fork"), "{said:?}");
        leased.destroy().await;
    }
    let leased = here.leased(json!({"timeLimitSeconds": 1})).await;
    let (ended, said) = leased.run("sleep 1000").await;
    assert_eq!(ended, Ended::Signal(9));
    assert!(said.stderr.contains("time limit of 1 s"), "{said:?}");
    leased.destroy().await;
    assert!(here.is_clean());
}

#[tokio::test]
async fn a_command_is_asked_first_and_then_ended_with_its_tree() {
    let Some(here) = Here::find() else { return };
    let leased = here.leased(json!({})).await;
    let (ask, stop) = watch::channel(Stop::Not);
    let script = "trap 'echo asked; : > asked' TERM; setsid sh -c 'trap \"\" TERM; sleep 1000' & \
                  : > begun; while :; do sleep 0.01; done";
    let running = leased.launch(script, BTreeMap::new(), stop);
    let stopping = async {
        until("it begins", || here.0.join("work/begun").exists()).await;
        ask.send(Stop::Ask(Sign::Terminate)).unwrap();
        until("it is asked", || here.0.join("work/asked").exists()).await;
        ask.send(Stop::Kill).unwrap();
        std::future::pending::<()>().await;
    };
    let (ended, said) = tokio::select! {
        ended = running => ended,
        () = stopping => unreachable!(),
    };
    assert_eq!((ended.unwrap(), &*said.stdout), (Ended::Signal(9), "asked\n"));
    assert_eq!(leased.marked(), Vec::<i32>::new());
    leased.destroy().await;
}

#[tokio::test]
async fn what_a_command_leaves_running_ends_with_it() {
    let Some(here) = Here::find() else { return };
    let leased = here.leased(json!({})).await;
    let script =
        "env -i setsid sleep 1000 & (env -i setsid sh -c 'trap \"\" TERM; sleep 1000' &) ; exit 0";
    assert_eq!(leased.run(script).await.0, Ended::Code(0));
    assert_eq!(leased.marked(), Vec::<i32>::new());
    leased.destroy().await;
}

#[tokio::test]
async fn a_variable_is_on_nobodys_command_line_and_in_no_file_for_long() {
    let Some(here) = Here::find() else { return };
    let leased = here.leased(json!({})).await;
    let secret = format!("sesame-{}", Uuid::now_v7());
    let variables = BTreeMap::from([("DOOR".to_owned(), secret.clone())]);
    let script = "printf %s \"$DOOR\" >got; until [ -e go ]; do sleep 0.01; done";
    let running = leased.launch(script, variables, never());
    let looking = async {
        until("it begins", || here.0.join("work/got").exists()).await;
        for process in fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path()) {
            let line = fs::read(process.join("cmdline")).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&line).contains(&secret), "{}", process.display());
        }
        let said = Command::new("grep").args(["-rl", &secret]).arg(here.0.join("state")).output();
        assert_eq!(String::from_utf8_lossy(&said.unwrap().stdout), "");
        fs::write(here.0.join("work/go"), "").unwrap();
    };
    let ((ended, _), ()) = tokio::join!(running, looking);
    assert_eq!(ended.unwrap(), Ended::Code(0));
    leased.destroy().await;
}

#[tokio::test]
async fn what_was_released_is_resumed_by_another_lease_and_is_no_more_the_firsts() {
    let Some(here) = Here::find() else { return };
    let leased = here.leased(json!({})).await;
    // As package caches are: nobody may write there.
    let script = "mkdir -p ~/cache && echo kept >~/cache/file && chmod 500 ~/cache";
    assert_eq!(leased.run(script).await.0, Ended::Code(0));
    assert!(leased.driver.release(&leased.held).await.unwrap().was_there);
    let next = Held { mark: mark_on(&leased.held.place), ..leased.held.clone() };
    let Resumed::Here(resumed) = leased.driver.resume(&next).await.unwrap() else {
        panic!("it is there")
    };
    assert_eq!(resumed.provider_lease_id, next.provider_lease_id);
    assert!(!leased.driver.destroy(&leased.held).await.unwrap().was_there, "it is the second's");
    let target = leased.driver.realize(&next, Some(&here.workspace())).await.unwrap().target;
    let second = Leased { driver: Arc::clone(&leased.driver), held: next.clone(), target };
    assert_eq!(second.run("cat ~/cache/file").await.1.stdout, "kept\n");
    second.destroy().await;
    assert_eq!(second.driver.resume(&next).await.unwrap(), Resumed::Gone);
    assert!(here.is_clean());
}

#[tokio::test]
async fn who_was_killed_leaves_a_sandbox_that_its_mark_finds() {
    let Some(here) = Here::find() else { return };
    let leased = here.leased(json!({})).await;
    let (streams, _captured) = Streams::captured().unwrap();
    let command = ["sh", "-c", ": >begun; sleep 1000"].map(str::to_owned).into();
    let launch = Launch { command, variables: BTreeMap::new(), context: None, streams };
    let running = leased.driver.execute(&leased.held, &leased.target, launch, never());
    let killing = async {
        until("it runs", || here.0.join("work/begun").exists()).await;
        let is_guard = |pid: &i32| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains("__guard")
        };
        let guard = leased.marked().into_iter().find(is_guard).unwrap();
        kill(Pid::from_raw(guard), Signal::SIGKILL).unwrap();
    };
    let (ended, ()) = tokio::join!(running, killing);
    assert_eq!(ended.unwrap_err().kind, FaultKind::System);
    let listing = leased.driver.list(&leased.held.place).await.unwrap();
    assert_eq!(listing.found[0].mark, leased.held.mark);
    let unknown = Held { provider_lease_id: String::new(), ..leased.held.clone() };
    assert!(leased.driver.destroy(&unknown).await.unwrap().was_there);
    until("it has ended", || leased.marked().is_empty()).await;
    assert!(here.is_clean());
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_anything_is_made() {
    let Some(here) = Here::find() else { return };
    let kinds = [
        (json!({"provider": "elsewhere"}), FaultKind::Unsupported),
        (json!({"memoryMb": 0}), FaultKind::BadConfig),
        (json!({"processesMax": "many"}), FaultKind::BadConfig),
        (json!({"networkEgress": "some"}), FaultKind::BadConfig),
        (json!({"readOnlyPaths": ["relative"]}), FaultKind::BadConfig),
    ];
    for (config, kind) in kinds {
        let fault = here.driver().capabilities(&place(Word::Sandbox, &config)).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{config}: {fault}");
    }
    assert!(!here.0.join("state").exists());
    let mut leased = here.leased(json!({})).await;
    let gone = Workspace { root: here.0.join("gone"), id: None };
    assert_eq!(
        leased.driver.realize(&leased.held, Some(&gone)).await.unwrap_err().kind,
        FaultKind::System
    );
    let own = leased.held.provider_lease_id.clone();
    leased.held.provider_lease_id = "sandbox://bubblewrap/elsewhere/1".to_owned();
    assert_eq!(leased.driver.destroy(&leased.held).await.unwrap_err().kind, FaultKind::Elsewhere);
    leased.held.provider_lease_id = own;
    leased.destroy().await;
}

/// Every test above once more, without root's rights.
#[test]
fn all_of_it_holds_for_nobody_in_particular() {
    if !geteuid().is_root() {
        return;
    }
    let Some(here) = Here::find() else { return };
    fs::set_permissions(&here.0, PermissionsExt::from_mode(0o755)).unwrap();
    let copy = |from: &Path, name: &str| {
        let to = here.0.join(name);
        fs::copy(from, &to).unwrap();
        fs::set_permissions(&to, PermissionsExt::from_mode(0o755)).unwrap();
        to
    };
    let tests = copy(&std::env::current_exe().unwrap(), "tests");
    let program = copy(Path::new(env!("CARGO_BIN_EXE_leasehold")), "leasehold");
    let own = here.0.join("tmp");
    fs::create_dir(&own).unwrap();
    fs::set_permissions(&own, PermissionsExt::from_mode(0o777)).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(tests)
        .args(["running_in_sandboxes::", "workspaces::", "--test-threads=4"])
        .env(PROGRAM, program)
        .env("TMPDIR", own)
        .current_dir("/")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("17 passed"), "{said}");
}
