//! The host's bad days: it refuses, hangs, does not let us in, changes its key, disappears.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;

use leasehold::run::driver::{Driver, Fault, FaultKind};
use leasehold::run::drivers::Ssh;
use leasehold_domain::environment::Driver as Word;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::support::leased::{Leased, mark_on, never, place, until};
use crate::support::ssh_host::SshHost;

/// Why nothing can be acquired there, and nothing is probed.
async fn refused(config: &Value) -> Fault {
    let place = place(Word::Ssh, config);
    let probed = Ssh::new().probe(&place).await.unwrap_err();
    let acquired = Ssh::new().acquire(&place, &mark_on(&place)).await.unwrap_err();
    assert_eq!((probed.kind, &probed.message), (acquired.kind, &acquired.message));
    acquired
}

#[tokio::test]
async fn a_host_that_refuses_is_said_to_refuse() {
    let host = SshHost::start();
    host.stop();
    let fault = refused(&host.config()).await;
    assert_eq!(fault.kind, FaultKind::Unreachable);
    assert!(fault.message.contains("refuses connections"), "{fault}");
    assert!(!fault.may_have_created);
}

#[tokio::test]
async fn a_host_that_hangs_is_given_up() {
    let host = SshHost::start();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = host.config();
    config["port"] = json!(silent.local_addr().unwrap().port());
    let fault = refused(&config).await;
    assert_eq!(fault.kind, FaultKind::TimedOut);
    assert!(fault.message.contains("does not answer"), "{fault}");
}

#[tokio::test]
async fn a_host_that_changed_its_key_gets_no_command() {
    let host = SshHost::start();
    let config = host.config();
    host.make_key("host");
    host.listen();
    let fault = refused(&config).await;
    assert_eq!(fault.kind, FaultKind::Denied);
    assert!(fault.message.contains("another host key"), "{fault}");
    let mut unknown = config.clone();
    unknown["knownHosts"] = json!("example.org ssh-ed25519 AAAA\n");
    let fault = refused(&unknown).await;
    assert_eq!(fault.kind, FaultKind::Denied);
    assert!(fault.message.contains("not known"), "{fault}");
}

#[tokio::test]
async fn a_key_that_the_host_does_not_know_is_denied() {
    let host = SshHost::start();
    let mut config = host.config();
    config["identityFile"] = json!(host.make_key("stranger"));
    let fault = refused(&config).await;
    assert_eq!(fault.kind, FaultKind::Denied);
    assert!(fault.message.contains("does not let us in"), "{fault}");
}

#[tokio::test]
async fn a_connection_that_breaks_ends_the_command_on_the_host() {
    let host = SshHost::start();
    let place = place(Word::Ssh, &host.config());
    let leased = Leased::on(Arc::new(Ssh::new()), place, None).await;
    let running = leased.launch("setsid sleep 1000 & sleep 1000", BTreeMap::new(), never());
    let breaking = async {
        until("it runs", || leased.marked().len() >= 3).await;
        for session in host.sessions() {
            kill(Pid::from_raw(session), Signal::SIGKILL).unwrap();
        }
    };
    let ((ended, _), ()) = tokio::join!(running, breaking);
    let fault = ended.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    assert!(fault.message.contains("broke while the command ran"), "{fault}");
    until("it has ended there", || leased.marked().is_empty()).await;
    leased.destroy().await;
}

#[tokio::test]
async fn a_host_that_hangs_in_mid_command_is_given_up_and_ends_it_by_itself() {
    let host = SshHost::start();
    let place = place(Word::Ssh, &host.config());
    let leased = Leased::on(Arc::new(Ssh::new()), place, None).await;
    let running = leased.launch("setsid sleep 1000 & sleep 1000", BTreeMap::new(), never());
    let hanging = async {
        until("it runs", || leased.marked().len() >= 3).await;
        for session in host.sessions() {
            kill(Pid::from_raw(session), Signal::SIGSTOP).unwrap();
        }
    };
    let ((ended, _), ()) = tokio::join!(running, hanging);
    assert_eq!(ended.unwrap_err().kind, FaultKind::Unreachable);
    // The guard there has heard nothing for half a minute.
    until("it has ended there", || leased.marked().is_empty()).await;
    leased.destroy().await;
}

#[tokio::test]
async fn a_host_without_room_says_so() {
    let host = SshHost::start();
    let mut mount = std::process::Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(host.base());
    if !mount.status().is_ok_and(|status| status.success()) {
        println!("not shown: nothing can be mounted here");
        return;
    }
    let leased = Leased::on(Arc::new(Ssh::new()), place(Word::Ssh, &host.config()), None).await;
    let root = host.base().with_extension("large");
    std::fs::create_dir(&root).unwrap();
    std::fs::write(root.join("large"), vec![7; 1 << 20]).unwrap();
    let workspace = leasehold::run::driver::Workspace { root, id: None };
    let sent = leased.driver.sync_in(&leased.held, &leased.target, &workspace).await;
    let fault = sent.unwrap_err();
    leased.destroy().await;
    let unmounted = std::process::Command::new("umount").arg(host.base()).status();
    assert!(unmounted.is_ok_and(|status| status.success()));
    assert_eq!(fault.kind, FaultKind::System);
    assert!(fault.message.contains("no room left"), "{fault}");
}
