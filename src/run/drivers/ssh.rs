//! Another host by the system's OpenSSH client: a directory a lease, commands with a guard beside
//! them, the workspace as a tar stream.
//!
//! A lease's resource is `<remoteWorkspacePath>/.leasehold/<lease>` with the mark in it, and whatever
//! processes carry the mark. Its provider id is `ssh://user@host:port/` and that path.

mod config;
mod connection;
mod execute;
mod launch;
mod memory_file;
mod quote;
mod sync;
mod trouble;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use leasehold_domain::environment::Driver as Word;
use leasehold_domain::id::LeaseId;
use serde_json::{Map, Value, json};

use self::config::Config;
use self::connection::Connection;
use self::execute::{Errand, execute};
use self::quote::assigned;
use super::workspace::{Manifest, Unpacked};
use crate::run::driver::{
    Acquired, Capabilities, Driver, Ended, Fault, FaultKind, Found, Held, Launch, Listing, Mark,
    Place, Probe, Proof, ProofState, Realized, Resumed, Stopper, Synced, Target, Workspace,
};

/// How long making one may take, with connections that are tried again.
const ACQUIRES_WITHIN: Duration = Duration::from_mins(1);

const END_MARKED: &str = include_str!("ssh/marked.sh");
const GUARD: &str = include_str!("ssh/guard.sh");
const PLACE: &str = include_str!("ssh/place.sh");

/// The driver for `ssh`.
#[derive(Debug, Default)]
pub struct Ssh {
    /// What each lease's workspace was when it was sent, until it comes back.
    sent: Mutex<HashMap<LeaseId, Manifest>>,
}

/// What a script is told.
struct Deed<'a> {
    name: &'a str,
    mark: Option<&'a Mark>,
    slot: &'a str,
}

impl Ssh {
    /// The driver for hosts that OpenSSH gets to.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn sent(&self) -> std::sync::MutexGuard<'_, HashMap<LeaseId, Manifest>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(place: &Place) -> Result<Connection, Fault> {
    Connection::new(Config::read(place)?)
}

async fn ask(connection: &Connection, deed: &Deed<'_>) -> Result<String, Fault> {
    let config = &connection.config;
    let mark = deed.mark.map(Mark::to_string).unwrap_or_default();
    let lease = deed.mark.map(|mark| mark.lease_id.to_string()).unwrap_or_default();
    let told = [
        ("deed", deed.name),
        ("base", &config.base),
        ("mark", &mark),
        ("lease", &lease),
        ("slot", deed.slot),
        ("work", &config.work(deed.slot)),
    ];
    let told: String = told.into_iter().map(|(name, value)| assigned(name, value)).collect();
    connection.script(&format!("{told}{END_MARKED}{PLACE}")).await
}

/// Ends a lease's processes there, and the rest by the deed's name.
async fn end(held: &Held, deed: &str, state: ProofState) -> Result<Proof, Fault> {
    let connection = connect(&held.place)?;
    let slot = connection.config.slot(held)?;
    let said = ask(&connection, &Deed { name: deed, mark: Some(&held.mark), slot: &slot }).await?;
    let (word, count) = said.trim().split_once(' ').unwrap_or_default();
    let processes_ended = count.parse().map_err(|_| unheard(&connection, &said))?;
    let was_there = word == "there" || processes_ended > 0;
    Ok(Proof { state, was_there, processes_ended })
}

fn unheard(connection: &Connection, said: &str) -> Fault {
    // A login script that writes to its output is the usual cause.
    let first: String = said.lines().next().unwrap_or_default().chars().take(80).collect();
    let message = format!("{} answered {first:?}, which is not ours", connection.config.shown());
    Fault::new(FaultKind::Broken, message).after_creating()
}

fn acquired(config: &Config, slot: &str) -> Acquired {
    let metadata = json!({
        "host": config.host, "port": config.port, "username": config.username,
        "remoteWorkspacePath": config.base, "remoteCwd": config.work(slot),
    });
    Acquired {
        provider_lease_id: config.provider_lease_id(slot),
        metadata: metadata.as_object().cloned().unwrap_or_default(),
    }
}

#[async_trait]
impl Driver for Ssh {
    fn word(&self) -> Word {
        Word::Ssh
    }

    fn provider(&self, place: &Place) -> Result<String, Fault> {
        Config::read(place).map(|_| "ssh".to_owned())
    }

    async fn capabilities(&self, place: &Place) -> Result<Capabilities, Fault> {
        let config = Config::read(place)?;
        Ok(Capabilities {
            realizes: true,
            syncs: !config.is_in_place,
            provisions: true,
            resumes: true,
            lists: true,
            confines_network: false,
            acquires_within: ACQUIRES_WITHIN,
        })
    }

    async fn probe(&self, place: &Place) -> Result<Probe, Fault> {
        let connection = connect(place)?;
        let said = ask(&connection, &Deed { name: "probe", mark: None, slot: "" }).await?;
        let (shown, system) = (connection.config.shown(), said.trim());
        let facts = json!({"host": connection.config.host, "system": system});
        let facts = facts.as_object().cloned().unwrap_or_default();
        Ok(Probe { summary: format!("{shown} with {system}"), facts })
    }

    async fn acquire(&self, place: &Place, mark: &Mark) -> Result<Acquired, Fault> {
        let connection = connect(place)?;
        let slot = mark.lease_id.to_string();
        let said =
            ask(&connection, &Deed { name: "acquire", mark: Some(mark), slot: &slot }).await?;
        if said.trim() != "made" {
            return Err(unheard(&connection, &said));
        }
        Ok(acquired(&connection.config, &slot))
    }

    async fn resume(&self, held: &Held) -> Result<Resumed, Fault> {
        let connection = connect(&held.place)?;
        let slot = connection.config.slot(held)?;
        let deed = Deed { name: "resume", mark: Some(&held.mark), slot: &slot };
        match ask(&connection, &deed).await?.trim() {
            "here" => Ok(Resumed::Here(acquired(&connection.config, &slot))),
            "gone" => Ok(Resumed::Gone),
            said => Err(unheard(&connection, said)),
        }
    }

    async fn realize(&self, held: &Held, _: Option<&Workspace>) -> Result<Realized, Fault> {
        let connection = connect(&held.place)?;
        let slot = connection.config.slot(held)?;
        let deed = Deed { name: "realize", mark: Some(&held.mark), slot: &slot };
        let said = ask(&connection, &deed).await?;
        let cwd = said.trim_end_matches('\n');
        if !cwd.starts_with('/') || cwd.contains('\n') {
            return Err(unheard(&connection, &said));
        }
        let Config { host, port, username, .. } = connection.config;
        let record = json!({
            "cwd": cwd, "remoteCwd": cwd, "host": host, "port": port, "username": username,
        });
        let (host, port, username) = (Some(host), Some(port), Some(username));
        let target = Target { kind: Word::Ssh, cwd: cwd.to_owned(), host, port, username };
        Ok(Realized { target, record: record.as_object().cloned().unwrap_or_default() })
    }

    async fn sync_in(
        &self,
        held: &Held,
        target: &Target,
        workspace: &Workspace,
    ) -> Result<Synced, Fault> {
        let connection = connect(&held.place)?;
        let slot = connection.config.slot(held)?;
        // What an earlier lease left there would come back as if this run had made it.
        ask(&connection, &Deed { name: "clear", mark: Some(&held.mark), slot: &slot }).await?;
        let sent = sync::send(&connection, workspace.root.clone(), &target.cwd).await?;
        let synced = Synced {
            entries: sent.entries.len() as u64,
            bytes: sent.bytes(),
            skipped: sent.skipped.len() as u64,
        };
        self.sent().insert(held.mark.lease_id, sent);
        Ok(synced)
    }

    async fn sync_out(
        &self,
        held: &Held,
        target: &Target,
        workspace: &Workspace,
    ) -> Result<Synced, Fault> {
        let connection = connect(&held.place)?;
        let sent = self.sent().remove(&held.mark.lease_id);
        let sent = sent.ok_or_else(|| {
            Fault::new(FaultKind::Gone, "what this process did not send it cannot bring back")
        })?;
        let unpacked = sync::fetch(&connection, &target.cwd, workspace.root.clone(), sent).await?;
        Ok(told(&unpacked))
    }

    async fn execute(
        &self,
        held: &Held,
        target: &Target,
        launch: Launch,
        stop: Stopper,
    ) -> Result<Ended, Fault> {
        let connection = connect(&held.place)?;
        let slot = connection.config.slot(held)?;
        let directory = connection.config.directory(&slot);
        let (connection, cwd) = (&connection, &*target.cwd);
        execute(&Errand { connection, mark: held.mark, directory, cwd }, launch, stop).await
    }

    async fn release(&self, held: &Held) -> Result<Proof, Fault> {
        end(held, "release", ProofState::Stopped).await
    }

    async fn destroy(&self, held: &Held) -> Result<Proof, Fault> {
        self.sent().remove(&held.mark.lease_id);
        end(held, "destroy", ProofState::Destroyed).await
    }

    async fn list(&self, place: &Place) -> Result<Listing, Fault> {
        let connection = connect(place)?;
        let said = ask(&connection, &Deed { name: "list", mark: None, slot: "" }).await?;
        let mut lines: Vec<&str> = said.lines().collect();
        // Its last word, so that a list that broke off is not taken for a whole one.
        if lines.pop() != Some("complete") {
            return Err(unheard(&connection, &said));
        }
        let found = lines.into_iter().filter_map(|line| found(&connection.config, line)).collect();
        Ok(Listing { is_complete: true, found })
    }
}

/// A line of the list; `None` for what carries no mark of anybody's.
fn found(config: &Config, line: &str) -> Option<Found> {
    let mut words = line.split(' ');
    let (slot, mark, since) = (words.next()?, words.next()?.parse().ok()?, words.next()?);
    let since = since.parse().ok().filter(|since| *since > 0);
    Some(Found {
        provider_lease_id: config.provider_lease_id(slot),
        mark,
        since: since.and_then(|since| DateTime::from_timestamp(since, 0)),
        metadata: Map::<String, Value>::new(),
    })
}

fn told(unpacked: &Unpacked) -> Synced {
    for path in &unpacked.refused {
        tracing::warn!(path = %path.display(), "left behind: it leads out of the workspace");
    }
    for path in &unpacked.conflicts {
        tracing::warn!(path = %path.display(), "changed on both sides; the run's is beside yours");
    }
    Synced {
        entries: unpacked.written.len() as u64,
        bytes: unpacked.bytes,
        skipped: unpacked.refused.len() as u64,
    }
}
