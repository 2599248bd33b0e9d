//! Sandboxes of Linux namespaces, made by bubblewrap: for root and for anybody else.
//!
//! **Claims**: a command sees the system's programs, its workspace, a home and a `/tmp` of its own,
//! and nothing else of this machine's files; no process but its own; no network unless it was asked
//! for; no rights over anything. When the command ends, or is ended, everything that it started has
//! ended. **Because**: each command has namespaces of its own, of which the first process is
//! bubblewrap's, and a [guard](crate::run::guard) above it. **So** what is kept between commands is
//! files: a sandbox that is kept has no processes, and to stop it is nothing. **Not**: a boundary
//! against faults of the kernel.

mod control_group;
mod execute;
mod home;
mod settings;
mod trial;
mod view;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use leasehold_domain::environment::Driver as Word;
use serde_json::{Map, Value, json};
use tokio::task::spawn_blocking;

use self::home::Home;
use self::settings::Settings;
use self::trial::{check_limits, try_limits, try_out};
use self::view::WORKSPACE;
use super::Provider;
use crate::run::driver::{
    Acquired, Capabilities, Driver, Ended, Fault, FaultKind, Found, Held, Launch, Listing, Mark,
    Place, Probe, Proof, ProofState, Realized, Resumed, Stopper, Synced, Target, Workspace,
};
use crate::run::guard::tree::end_marked;
use crate::run::registry::Machine;

pub(super) const KEY: &str = "bubblewrap";
/// How long making one may take, on a machine that is busy.
const ACQUIRES_WITHIN: Duration = Duration::from_secs(15);

/// Where the directory of sandboxes is, in a lease's metadata.
const STATE_DIRECTORY: &str = "stateDirectory";

/// The provider `bubblewrap`.
#[derive(Debug)]
pub struct Bubblewrap {
    machine: Machine,
    host: String,
}

impl Bubblewrap {
    /// For the machine that this runs on.
    #[must_use]
    pub fn new(machine: Machine) -> Self {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        Self { machine, host: host.trim().to_owned() }
    }

    fn prefix(&self) -> String {
        format!("sandbox://{KEY}/{}/", self.host)
    }

    /// The name of the sandbox's directory, and the directory.
    fn home(&self, held: &Held) -> Result<(String, Home), Fault> {
        let id = &held.provider_lease_id;
        let slot = if id.is_empty() {
            held.mark.lease_id.to_string()
        } else {
            let slot = id.strip_prefix(&self.prefix()).map(str::to_owned);
            let is_name = |slot: &String| !slot.is_empty() && !slot.contains(['/', '\0']);
            slot.filter(is_name).filter(|slot| slot != "..").ok_or_else(|| {
                let message = format!("{id} is another machine's; this one is {}", self.host);
                Fault::new(FaultKind::Elsewhere, message)
            })?
        };
        let recorded = held.metadata.get(STATE_DIRECTORY).and_then(Value::as_str);
        let state = recorded.map_or_else(|| self.state().to_owned(), PathBuf::from);
        let home = Home::of(&state, &slot);
        Ok((slot, home))
    }

    fn state(&self) -> &Path {
        self.machine.state.root()
    }

    fn acquired(&self, slot: &str, state: &Path) -> Acquired {
        let mut metadata = Map::new();
        metadata.insert(STATE_DIRECTORY.to_owned(), state.display().to_string().into());
        metadata.insert("sandboxName".to_owned(), slot.into());
        metadata.insert("remoteCwd".to_owned(), WORKSPACE.into());
        Acquired { provider_lease_id: format!("{}{slot}", self.prefix()), metadata }
    }

    /// Ends what carries the mark; how many processes that were.
    async fn end(&self, mark: Mark) -> Result<u64, Fault> {
        blocking("its processes", move || end_marked(&mark)).await
    }
}

async fn blocking<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    let done = spawn_blocking(work).await.unwrap_or_else(|error| Err(error.into()));
    done.map_err(|error| Fault::system(format!("the sandbox: {what}"), error))
}

impl Provider for Bubblewrap {
    fn key(&self) -> &'static str {
        KEY
    }
}

#[async_trait]
impl Driver for Bubblewrap {
    fn word(&self) -> Word {
        Word::Sandbox
    }

    fn provider(&self, _: &Place) -> Result<String, Fault> {
        Ok(KEY.to_owned())
    }

    async fn capabilities(&self, place: &Place) -> Result<Capabilities, Fault> {
        try_limits(&Settings::read(place)?)?;
        Ok(Capabilities {
            realizes: true,
            syncs: false,
            provisions: false,
            resumes: true,
            lists: true,
            confines_network: true,
            acquires_within: ACQUIRES_WITHIN,
        })
    }

    async fn probe(&self, place: &Place) -> Result<Probe, Fault> {
        let settings = Settings::read(place)?;
        try_out(&settings).await?;
        let groups = try_limits(&settings)?;
        let by = |is_group| if is_group { "control group" } else { "each process" };
        let facts = json!({
            "host": self.host,
            "network": settings.has_network,
            "memoryLimitedBy": settings.memory_bytes_max.map(|_| by(groups.limit_memory)),
            "processesLimitedBy": settings.processes_max.map(|_| by(groups.limit_processes)),
        });
        let network = if settings.has_network { "with" } else { "without" };
        let summary = format!("bubblewrap on {}, {network} network", self.host);
        Ok(Probe { summary, facts: facts.as_object().cloned().unwrap_or_default() })
    }

    async fn acquire(&self, place: &Place, mark: &Mark) -> Result<Acquired, Fault> {
        let settings = Settings::read(place)?;
        try_out(&settings).await?;
        let slot = mark.lease_id.to_string();
        let (state, mark) = (self.state().to_owned(), *mark);
        let making = async {
            check_limits(&slot, &settings)?;
            blocking("its directory", move || Home::make(&state, &mark)).await
        };
        making.await.map_err(Fault::after_creating)?;
        Ok(self.acquired(&slot, self.state()))
    }

    async fn resume(&self, held: &Held) -> Result<Resumed, Fault> {
        let (slot, home) = self.home(held)?;
        let mark = held.mark;
        let is_here = blocking("its directory", move || {
            let is_here = home.mark()?.is_some();
            if is_here {
                home.hand_to(&mark)?;
            }
            Ok(is_here)
        });
        if !is_here.await? {
            return Ok(Resumed::Gone);
        }
        let recorded = held.metadata.get(STATE_DIRECTORY).and_then(Value::as_str);
        let state = recorded.map_or(self.state(), Path::new);
        Ok(Resumed::Here(self.acquired(&slot, state)))
    }

    async fn realize(&self, held: &Held, workspace: Option<&Workspace>) -> Result<Realized, Fault> {
        let (_, home) = self.home(held)?;
        let work = workspace.map_or_else(|| home.own("work"), |workspace| workspace.root.clone());
        let shown = work.display().to_string();
        let bound = blocking("its workspace", move || {
            std::fs::read_dir(&work)?;
            home.bind(&work.canonicalize()?)
        });
        bound.await?;
        let cwd = WORKSPACE.to_owned();
        let record = json!({"cwd": cwd, "remoteCwd": cwd, "workspacePath": shown});
        let target = Target { kind: Word::Sandbox, cwd, host: None, port: None, username: None };
        Ok(Realized { target, record: record.as_object().cloned().unwrap_or_default() })
    }

    async fn sync_in(&self, _: &Held, _: &Target, _: &Workspace) -> Result<Synced, Fault> {
        Err(in_place())
    }

    async fn sync_out(&self, _: &Held, _: &Target, _: &Workspace) -> Result<Synced, Fault> {
        Err(in_place())
    }

    async fn execute(
        &self,
        held: &Held,
        target: &Target,
        launch: Launch,
        stop: Stopper,
    ) -> Result<Ended, Fault> {
        let settings = Settings::read(&held.place)?;
        let (slot, home) = self.home(held)?;
        let groups = check_limits(&slot, &settings)?;
        let errand = execute::Errand {
            program: &self.machine.program,
            mark: held.mark,
            cwd: &target.cwd,
            home,
            settings,
            groups,
        };
        errand.run(launch, stop).await
    }

    async fn release(&self, held: &Held) -> Result<Proof, Fault> {
        let (_, home) = self.home(held)?;
        let processes_ended = self.end(held.mark).await?;
        let mark = held.mark;
        let owner = blocking("its mark", move || home.mark()).await?;
        let was_there = owner == Some(mark) || processes_ended > 0;
        Ok(Proof { state: ProofState::Stopped, was_there, processes_ended })
    }

    async fn destroy(&self, held: &Held) -> Result<Proof, Fault> {
        let (slot, home) = self.home(held)?;
        let processes_ended = self.end(held.mark).await?;
        let mark = held.mark;
        let removed = blocking("its directory", move || {
            let is_ours = home.mark()?.is_none_or(|found| found == mark);
            if is_ours {
                control_group::remove(&slot)?;
            }
            home.remove(&mark)
        });
        let was_there = removed.await? || processes_ended > 0;
        Ok(Proof { state: ProofState::Destroyed, was_there, processes_ended })
    }

    fn would_list(&self, held: &Held) -> bool {
        let recorded = held.metadata.get(STATE_DIRECTORY).and_then(Value::as_str);
        let is_here = recorded.is_none_or(|recorded| Path::new(recorded) == self.state());
        is_here && self.home(held).is_ok()
    }

    async fn list(&self, place: &Place) -> Result<Listing, Fault> {
        let state = self.state().to_owned();
        let listed = blocking("the directory of all", move || home::list(&state)).await?;
        let here =
            listed.into_iter().filter(|(_, mark, _)| mark.environment_id == place.environment_id);
        let found = here.map(|(slot, mark, since)| {
            let Acquired { provider_lease_id, metadata } = self.acquired(&slot, self.state());
            Found { provider_lease_id, mark, since: Some(since.into()), metadata }
        });
        Ok(Listing { is_complete: true, found: found.collect() })
    }
}

fn in_place() -> Fault {
    let message = "bubblewrap binds the workspace and copies nothing";
    Fault::new(FaultKind::Unsupported, message)
}
