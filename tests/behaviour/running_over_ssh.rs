//! Runs on another host, against a real sshd: what they see, what comes back, what is left.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use leasehold::run::driver::{Driver, Ended, FaultKind, Held, Resumed, Sign, Stop, Workspace};
use leasehold::run::drivers::Ssh;
use leasehold_domain::environment::Driver as Word;
use serde_json::json;
use tokio::sync::watch;
use uuid::Uuid;

use crate::support::leased::{Leased, mark_on, never, place, until};
use crate::support::ssh_host::SshHost;

async fn leased(host: &SshHost) -> Leased {
    Leased::on(Arc::new(Ssh::new()), place(Word::Ssh, &host.config()), None).await
}

#[tokio::test]
async fn a_command_has_its_place_its_context_and_its_code() {
    let host = SshHost::start();
    let leased = leased(&host).await;
    let work = format!("{}/.leasehold/{}/work", host.base().display(), leased.held.mark.lease_id);
    assert_eq!(leased.target.cwd, work);
    let id = &leased.held.provider_lease_id;
    assert!(id.starts_with("ssh://") && id.contains("@127.0.0.1:"), "{id}");
    let (ended, said) = leased.run("pwd; cat $PAPERCLIP_ENVIRONMENT_FILE; exit 7").await;
    assert_eq!(ended, Ended::Code(7));
    assert_eq!(said.stdout, format!("{work}\n{{\"id\": \"it's one\"}}"));
    // The client's own word for its failures is a command's like any other.
    assert_eq!(leased.run("exit 255").await.0, Ended::Code(255));
    leased.destroy().await;
    assert_eq!(fs::read_dir(host.base()).unwrap().count(), 0);
}

#[tokio::test]
async fn input_goes_there_and_output_comes_as_it_is() {
    let host = SshHost::start();
    let leased = leased(&host).await;
    let (streams, captured) = leasehold::run::driver::Streams::captured().unwrap();
    let (input, mut to_input) = std::io::pipe().unwrap();
    let streams = leasehold::run::driver::Streams { stdin: input.into(), ..streams };
    std::io::Write::write_all(&mut to_input, b"one\ntwo\n").unwrap();
    drop(to_input);
    let command = ["sh", "-c", "cat; echo 'it''s' \"$1\" >&2", "sh", "a 'b' $c\n\"d\""];
    let command = command.map(str::to_owned).into();
    let launch = leasehold::run::driver::Launch {
        command,
        variables: BTreeMap::new(),
        context: None,
        streams,
    };
    let ended = leased.driver.execute(&leased.held, &leased.target, launch, never()).await;
    assert_eq!(ended.unwrap(), Ended::Code(0));
    let said = captured.finish().await;
    assert_eq!((&*said.stdout, &*said.stderr), ("one\ntwo\n", "its a 'b' $c\n\"d\"\n"));
    leased.destroy().await;
}

#[tokio::test]
async fn what_a_command_leaves_running_ends_with_it() {
    let host = SshHost::start();
    let leased = leased(&host).await;
    let script = "setsid sleep 1000 & (setsid sh -c 'trap \"\" TERM; sleep 1000' &) ; exit 0";
    assert_eq!(leased.run(script).await.0, Ended::Code(0));
    assert_eq!(leased.marked(), Vec::<i32>::new());
    leased.destroy().await;
}

#[tokio::test]
async fn a_command_is_asked_first_and_then_ended_with_its_tree() {
    let host = SshHost::start();
    let leased = leased(&host).await;
    let (ask, stop) = watch::channel(Stop::Not);
    let script = "trap 'echo asked; : > asked' TERM; setsid sh -c 'trap \"\" TERM; sleep 1000' & \
                  : > begun; while :; do sleep 0.01; done";
    let running = leased.launch(script, BTreeMap::new(), stop);
    let stopping = async {
        let work = std::path::PathBuf::from(&leased.target.cwd);
        until("it begins", || work.join("begun").exists()).await;
        ask.send(Stop::Ask(Sign::Terminate)).unwrap();
        until("it is asked", || work.join("asked").exists()).await;
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
async fn a_variable_reaches_the_command_and_nobodys_command_line() {
    let host = SshHost::start();
    let leased = leased(&host).await;
    let secret = format!("sesame-{}-'quoted'\nand more", Uuid::now_v7());
    let variables = BTreeMap::from([("DOOR".to_owned(), secret.clone())]);
    let script = "printf %s \"$DOOR\" >got; until [ -e go ]; do sleep 0.01; done";
    let running = leased.launch(script, variables, never());
    let looking = async {
        let work = std::path::PathBuf::from(&leased.target.cwd);
        until("it begins", || work.join("got").exists()).await;
        let got = fs::read_to_string(work.join("got")).unwrap();
        let kept =
            std::process::Command::new("grep").args(["-rl", "sesame"]).arg(host.base()).output();
        let kept = String::from_utf8(kept.unwrap().stdout).unwrap();
        assert_eq!(kept, format!("{}\n", work.join("got").display()), "and in no other file");
        let shown = &secret[..40];
        for process in fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path()) {
            let line = fs::read(process.join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line);
            assert!(!line.contains(shown), "{}: {line}", process.display());
        }
        fs::write(work.join("go"), "").unwrap();
        got
    };
    let ((ended, _), got) = tokio::join!(running, looking);
    assert_eq!((ended.unwrap(), got), (Ended::Code(0), secret));
    let run = host.base().join(format!(".leasehold/{}/run", leased.held.mark.lease_id));
    assert_eq!(fs::read_dir(run).unwrap().count(), 0, "the launch script is gone");
    leased.destroy().await;
}

#[tokio::test]
async fn a_call_that_is_dropped_ends_what_it_started() {
    let host = SshHost::start();
    let leased = leased(&host).await;
    let running = leased.launch("setsid sleep 1000 & sleep 1000", BTreeMap::new(), never());
    let begun = until("it runs", || leased.marked().len() >= 3);
    tokio::select! {
        _ = running => unreachable!(),
        () = begun => {}
    }
    until("it has ended", || leased.marked().is_empty()).await;
    leased.destroy().await;
}

#[tokio::test]
async fn the_workspace_goes_there_and_its_changes_come_back() {
    let host = SshHost::start();
    let root = host.base().join("here");
    fs::create_dir_all(root.join("src")).unwrap();
    for (name, text) in [("src/kept", "kept"), ("src/changed", "before"), ("removed", "gone")] {
        fs::write(root.join(name), text).unwrap();
    }
    std::os::unix::fs::symlink("/etc/passwd", root.join("out")).unwrap();
    let workspace = Workspace { root: root.clone(), id: None };
    let leased = leased(&host).await;
    let (driver, held, target) = (&leased.driver, &leased.held, &leased.target);
    let synced = driver.sync_in(held, target, &workspace).await.unwrap();
    assert_eq!((synced.entries, synced.bytes), (5, 14));
    let script = "[ \"$(readlink out)\" = /etc/passwd ] || exit 1; cat src/kept; rm removed; \
                  echo after >src/changed; mkdir new; echo new >new/file; chmod 755 new/file; \
                  ln -s file new/link; ln -s /etc/shadow new/leads-out";
    assert_eq!(leased.run(script).await.0, Ended::Code(0));
    let synced = driver.sync_out(held, target, &workspace).await.unwrap();
    assert_eq!(synced.skipped, 1);
    assert_eq!(fs::read_to_string(root.join("src/changed")).unwrap(), "after\n");
    assert_eq!(fs::read_to_string(root.join("new/link")).unwrap(), "new\n");
    assert!(!root.join("removed").exists() && !root.join("new/leads-out").is_symlink());
    assert_eq!(fs::read_link(root.join("out")).unwrap().to_str(), Some("/etc/passwd"));
    leased.destroy().await;
}

#[tokio::test]
async fn what_was_released_is_resumed_by_another_lease_and_is_no_more_the_firsts() {
    let host = SshHost::start();
    let leased = leased(&host).await;
    assert_eq!(leased.run("echo kept >file").await.0, Ended::Code(0));
    let proof = leased.driver.release(&leased.held).await.unwrap();
    assert!(proof.was_there);
    let next = Held { mark: mark_on(&leased.held.place), ..leased.held.clone() };
    let resumed = leased.driver.resume(&next).await.unwrap();
    assert!(
        matches!(resumed, Resumed::Here(same) if same.provider_lease_id == next.provider_lease_id)
    );
    assert!(!leased.driver.destroy(&leased.held).await.unwrap().was_there, "it is the second's");
    let listing = leased.driver.list(&next.place).await.unwrap();
    assert_eq!(listing.found[0].mark, next.mark);
    let unknown = Held { provider_lease_id: String::new(), ..next.clone() };
    assert!(leased.driver.destroy(&unknown).await.unwrap().was_there, "the mark alone finds it");
    assert_eq!(leased.driver.resume(&next).await.unwrap(), Resumed::Gone);
}

#[tokio::test]
async fn a_run_may_work_in_place() {
    let host = SshHost::start();
    let mut config = host.config();
    config["workspaceMode"] = json!("in_place");
    fs::write(host.base().join("there"), "already\n").unwrap();
    let leased = Leased::on(Arc::new(Ssh::new()), place(Word::Ssh, &config), None).await;
    assert_eq!(leased.target.cwd, host.base().to_str().unwrap());
    assert!(!leased.driver.capabilities(&leased.held.place).await.unwrap().syncs);
    assert_eq!(leased.run("cat there").await.1.stdout, "already\n");
    leased.destroy().await;
    assert!(host.base().join("there").exists());
}

#[tokio::test]
async fn nothing_to_look_into_is_not_nothing_there() {
    let host = SshHost::start();
    let driver = Ssh::new();
    let leased = leased(&host).await;
    fs::rename(host.base(), host.base().with_extension("away")).unwrap();
    assert_eq!(driver.list(&leased.held.place).await.unwrap_err().kind, FaultKind::System);
    assert_eq!(driver.resume(&leased.held).await.unwrap_err().kind, FaultKind::System);
    assert_eq!(driver.destroy(&leased.held).await.unwrap_err().kind, FaultKind::System);
    fs::rename(host.base().with_extension("away"), host.base()).unwrap();
    leased.destroy().await;
}

#[tokio::test]
async fn what_cannot_be_trusted_with_a_command_line_is_refused() {
    let host = SshHost::start();
    let wrong = [
        ("host", json!("-oProxyCommand=touch /tmp/x")),
        ("username", json!("root -p 1")),
        ("remoteWorkspacePath", json!("relative")),
        ("remoteWorkspacePath", json!("/a/../b")),
        ("port", json!(70_000)),
        ("strictHostKeyChecking", json!(false)),
        ("privateKey", json!("-----BEGIN OPENSSH PRIVATE KEY-----")),
        ("workspaceMode", json!("elsewhere")),
    ];
    for (field, value) in wrong {
        let mut config = host.config();
        config[field] = value;
        let fault = Ssh::new().capabilities(&place(Word::Ssh, &config)).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::BadConfig, "{field}: {fault}");
    }
}

#[tokio::test]
async fn a_key_may_be_a_reference_and_is_never_on_a_disk() {
    let host = SshHost::start();
    let mut config = host.config();
    let file = config.as_object_mut().unwrap().remove("identityFile").unwrap();
    config["privateKey"] = json!({"fromFile": file});
    let place = place(Word::Ssh, &config);
    let probe = tokio::time::timeout(Duration::from_mins(1), Ssh::new().probe(&place)).await;
    assert!(probe.unwrap().unwrap().summary.contains("Linux"));
}

#[tokio::test]
async fn what_was_never_marked_there_is_swept_up() {
    let host = SshHost::start();
    let leased = leased(&host).await;
    let make = |seconds: u64| {
        let path = host.base().join(".leasehold").join(Uuid::now_v7().to_string());
        fs::create_dir(&path).unwrap();
        fs::write(path.join("mark.new"), "half a mark").unwrap();
        let at = SystemTime::now() - Duration::from_secs(seconds);
        fs::File::open(&path).unwrap().set_modified(at).unwrap();
        path
    };
    let (left, about_to_be_marked) = (make(120), make(0));
    let listing = leased.driver.list(&leased.held.place).await.unwrap();
    assert_eq!(listing.found.len(), 1, "{listing:?}");
    assert!(!left.exists() && about_to_be_marked.exists());
    leased.destroy().await;
}
