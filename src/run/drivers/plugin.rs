//! Places that somebody else's program provides: a plugin, which speaks JSON-RPC 2.0 over its
//! standard streams (`docs/plugins.md`).
//!
//! A plugin is an executable in the directory `$LEASEHOLD_PLUGINS_DIR`, or `plugins` in the state
//! directory; an environment names it. One process of it serves all calls of this process. When it
//! dies, whoever waited learns so; what may be repeated is asked once more of a new one.

mod config;
mod desk;
mod execute;
mod message;
mod process;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use leasehold_domain::environment::Driver as Word;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use self::config::{Config, Told, find_program};
use self::message::{
    AcquireAnswer, EndAnswer, ListAnswer, ListItem, ProbeAnswer, RealizeAnswer, ResumeAnswer,
    SyncAnswer,
};
use self::process::Running;
use crate::run::driver::{
    Acquired, Capabilities, Driver, Ended, Fault, FaultKind, Found, Held, Launch, Listing, Mark,
    Place, Probe, Proof, ProofState, Realized, Resumed, Stopper, Synced, Target, Workspace,
};
use crate::run::registry::Machine;

/// How long making one may take: machines are started for some.
const ACQUIRES_WITHIN: Duration = Duration::from_mins(4);

/// What only looks.
const LOOK_WITHIN: Duration = Duration::from_mins(1);
/// What makes or removes something.
const DO_WITHIN: Duration = Duration::from_mins(5);
/// What carries a workspace.
const SYNC_WITHIN: Duration = Duration::from_hours(1);
/// A provider's id of a resource, in bytes.
const ID_BYTES_MAX: usize = 512;

/// The driver for `plugin`.
#[derive(Debug)]
pub struct Plugin {
    machine: Machine,
    directory: PathBuf,
    running: Mutex<HashMap<String, Arc<Running>>>,
}

/// A plugin, and what one of its environments is to it.
struct Asked {
    running: Arc<Running>,
    config: Config,
    told: Told,
}

impl Plugin {
    /// The driver for plugins in the directory that this machine names.
    #[must_use]
    pub fn new(machine: Machine) -> Self {
        let named = std::env::var_os("LEASEHOLD_PLUGINS_DIR").filter(|named| !named.is_empty());
        let directory = named.map_or_else(|| machine.state.root().join("plugins"), PathBuf::from);
        Self::at(machine, directory)
    }

    /// The driver for plugins in a directory.
    #[must_use]
    pub fn at(machine: Machine, directory: PathBuf) -> Self {
        Self { machine, directory, running: Mutex::default() }
    }

    async fn of(&self, place: &Place) -> Result<Asked, Fault> {
        let config = Config::read(place)?;
        let told = config.tell()?;
        let program = find_program(&self.directory, &config.plugin)?;
        // Held while one is started, so that there is one.
        let mut known = self.running.lock().await;
        let there = known.get(&config.plugin).filter(|running| running.is_there());
        if let Some(running) = there.map(Arc::clone) {
            return Ok(Asked { running, config, told });
        }
        let shown = format!("plugin {}", config.plugin);
        let running = Running::start(&self.machine.program, &program, &shown).await?;
        let running = Arc::new(running);
        known.insert(config.plugin.clone(), Arc::clone(&running));
        Ok(Asked { running, config, told })
    }

    /// Asks what may be asked twice: once more when the plugin died over it.
    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        place: &Place,
        method: &str,
        within: Duration,
        params: impl Fn(Map<String, Value>) -> Map<String, Value>,
    ) -> Result<T, Fault> {
        let mut is_second = false;
        loop {
            let asked = self.of(place).await?;
            let about = message::about(place, &asked.config.driver, asked.told.config.clone());
            let said = asked.running.ask(method, params(about), Some(within)).await;
            match said {
                Err(fault) if fault.kind == FaultKind::Broken && !is_second => is_second = true,
                Err(fault) => return Err(discreet(&asked, fault)),
                Ok(said) => return asked.read(method, said),
            }
        }
    }
}

impl Asked {
    /// An answer in its shape and without the secrets that the plugin was told.
    fn read<T: serde::de::DeserializeOwned>(&self, method: &str, said: Value) -> Result<T, Fault> {
        if self.told.is_betrayed_by(&said.to_string()) {
            let shown = &self.running.shown;
            let message = format!("{shown} answered {method} with a secret in its answer");
            return Err(Fault::new(FaultKind::Broken, message).after_creating());
        }
        self.running.read(method, said)
    }
}

fn discreet(asked: &Asked, fault: Fault) -> Fault {
    if !asked.told.is_betrayed_by(&fault.message) {
        return fault;
    }
    let message = format!("{} failed, and its words contain a secret", asked.running.shown);
    Fault { message, ..fault }
}

fn acquired(answer: AcquireAnswer) -> Result<Acquired, Fault> {
    let AcquireAnswer { provider_lease_id, metadata } = answer;
    if provider_lease_id.is_empty() || provider_lease_id.len() > ID_BYTES_MAX {
        let message = format!("a providerLeaseId has 1 to {ID_BYTES_MAX} bytes");
        return Err(Fault::new(FaultKind::Broken, message).after_creating());
    }
    Ok(Acquired { provider_lease_id, metadata })
}

fn proof(state: ProofState, answer: &EndAnswer) -> Proof {
    Proof { state, was_there: answer.was_there, processes_ended: answer.processes_ended }
}

fn synced(answer: &SyncAnswer) -> Synced {
    let SyncAnswer { entries, bytes, skipped } = *answer;
    Synced { entries, bytes, skipped }
}

/// Where the workspace is here, and where its copy is to be.
fn at_target(
    mut params: Map<String, Value>,
    target: &Target,
    workspace: &Workspace,
) -> Map<String, Value> {
    params.insert("target".to_owned(), json!(target));
    params.insert("workspacePath".to_owned(), json!(workspace.root));
    params
}

#[async_trait]
impl Driver for Plugin {
    fn word(&self) -> Word {
        Word::Plugin
    }

    fn provider(&self, place: &Place) -> Result<String, Fault> {
        let config = Config::read(place)?;
        Ok(format!("plugin:{}:{}", config.plugin, config.driver))
    }

    async fn capabilities(&self, place: &Place) -> Result<Capabilities, Fault> {
        let able = self.of(place).await?.running.hello.capabilities;
        Ok(Capabilities {
            realizes: able.realize,
            syncs: able.sync,
            provisions: able.provision,
            resumes: able.resume,
            lists: able.list,
            confines_network: able.confine_network,
            acquires_within: ACQUIRES_WITHIN,
        })
    }

    async fn probe(&self, place: &Place) -> Result<Probe, Fault> {
        let answer: ProbeAnswer = self.ask(place, "probe", LOOK_WITHIN, |about| about).await?;
        let hello = self.of(place).await?.running.hello.clone();
        let summary = format!("{} {}: {}", hello.name, hello.version, answer.summary);
        Ok(Probe { summary, facts: answer.facts })
    }

    async fn acquire(&self, place: &Place, mark: &Mark) -> Result<Acquired, Fault> {
        let params = |about| message::marked(about, mark);
        acquired(self.ask(place, "acquire", DO_WITHIN, params).await?)
    }

    async fn resume(&self, held: &Held) -> Result<Resumed, Fault> {
        let params = |about| message::held(about, held);
        match self.ask(&held.place, "resume", DO_WITHIN, params).await? {
            ResumeAnswer::Here(answer) => acquired(answer).map(Resumed::Here),
            ResumeAnswer::Gone => Ok(Resumed::Gone),
        }
    }

    async fn realize(&self, held: &Held, workspace: Option<&Workspace>) -> Result<Realized, Fault> {
        if !self.capabilities(&held.place).await?.realizes {
            return Ok(unrealized(held));
        }
        let params = |about| {
            let mut params = message::held(about, held);
            let root = workspace.map(|workspace| &workspace.root);
            params.insert("workspacePath".to_owned(), json!(root));
            params
        };
        let answer: RealizeAnswer = self.ask(&held.place, "realize", DO_WITHIN, params).await?;
        let RealizeAnswer { cwd, host, port, username, record } = answer;
        let target = Target { kind: Word::Plugin, cwd, host, port, username };
        Ok(Realized { target, record })
    }

    async fn sync_in(
        &self,
        held: &Held,
        target: &Target,
        workspace: &Workspace,
    ) -> Result<Synced, Fault> {
        let params = |about| at_target(message::held(about, held), target, workspace);
        let answer = self.ask(&held.place, "syncIn", SYNC_WITHIN, params).await?;
        Ok(synced(&answer))
    }

    async fn sync_out(
        &self,
        held: &Held,
        target: &Target,
        workspace: &Workspace,
    ) -> Result<Synced, Fault> {
        let params = |about| at_target(message::held(about, held), target, workspace);
        let answer = self.ask(&held.place, "syncOut", SYNC_WITHIN, params).await?;
        Ok(synced(&answer))
    }

    async fn execute(
        &self,
        held: &Held,
        target: &Target,
        launch: Launch,
        stop: Stopper,
    ) -> Result<Ended, Fault> {
        let asked = self.of(&held.place).await?;
        let about = message::about(&held.place, &asked.config.driver, asked.told.config.clone());
        let mut params = message::held(about, held);
        params.insert("target".to_owned(), json!(target));
        let ended = execute::execute(&asked.running, params, launch, stop).await;
        ended.map_err(|fault| discreet(&asked, fault))
    }

    async fn release(&self, held: &Held) -> Result<Proof, Fault> {
        let params = |about| message::held(about, held);
        let answer = self.ask(&held.place, "release", DO_WITHIN, params).await?;
        Ok(proof(ProofState::Stopped, &answer))
    }

    async fn destroy(&self, held: &Held) -> Result<Proof, Fault> {
        let params = |about| message::held(about, held);
        let answer = self.ask(&held.place, "destroy", DO_WITHIN, params).await?;
        Ok(proof(ProofState::Destroyed, &answer))
    }

    async fn list(&self, place: &Place) -> Result<Listing, Fault> {
        let answer: ListAnswer = self.ask(place, "list", LOOK_WITHIN, |about| about).await?;
        let count = answer.items.len();
        let found: Vec<Found> = answer.items.into_iter().filter_map(found).collect();
        // An entry whose mark cannot be read may be anybody's.
        let is_complete = answer.complete && found.len() == count;
        Ok(Listing { is_complete, found })
    }
}

/// Of a plugin that makes no workspace ready: where its commands work, as far as it has said so.
fn unrealized(held: &Held) -> Realized {
    let cwd = held.metadata.get("remoteCwd").and_then(Value::as_str).unwrap_or("/").to_owned();
    let target = Target { kind: Word::Plugin, cwd, host: None, port: None, username: None };
    Realized { target, record: Map::new() }
}

fn found(item: ListItem) -> Option<Found> {
    let ListItem { provider_lease_id, mark, since, metadata } = item;
    Some(Found { provider_lease_id, mark: mark.parse().ok()?, since, metadata })
}
