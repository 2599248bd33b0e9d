//! This machine itself: the workspace is used in place, and nothing that a command starts is left.
//!
//! A lease's resource is its directory below the state directory, with the mark and the run's
//! context in it, and whatever processes carry the mark. Its provider id is
//! `local://<host>/<lease>`: on another host nobody can say anything of it.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use leasehold_domain::environment::Driver as Word;
use leasehold_domain::id::LeaseId;
use serde_json::{Map, Value, json};
use tokio::task::spawn_blocking;

use crate::run::driver::{
    Acquired, Capabilities, Driver, Ended, Fault, FaultKind, Found, Held, Launch, Listing, Mark,
    Place, Probe, Proof, ProofState, Realized, Resumed, Stopper, Synced, Target, Workspace,
};
use crate::run::guard::tree::{end_marked, list_marked};
use crate::run::guard::{Guardable, Guarded};
use crate::run::registry::Machine;
use crate::run::state::{remove_marked, write};
use crate::run::{CONTEXT_FILE_VARIABLE, MARK_VARIABLE};

/// How long making one may take, on a machine that is busy.
const ACQUIRES_WITHIN: Duration = Duration::from_secs(15);

const CONTEXT_FILE: &str = "context.json";

/// The driver for `local`.
#[derive(Debug)]
pub struct Local {
    machine: Machine,
    host: String,
    trees: Mutex<HashMap<LeaseId, Trees>>,
}

/// The commands of one lease that this process has run.
#[derive(Debug, Default)]
struct Trees {
    running: u32,
    /// Whether a guard could not say that all of its tree has ended.
    is_doubtful: bool,
}

impl Local {
    /// The driver for the machine that this runs on.
    #[must_use]
    pub fn new(machine: Machine) -> Self {
        Self { machine, host: host(), trees: Mutex::default() }
    }

    fn provider_lease_id(&self, mark: &Mark) -> String {
        format!("local://{}/{}", self.host, mark.lease_id)
    }

    /// The lease's directory, which may be below another state directory of this machine.
    fn directory(&self, held: &Held) -> Result<PathBuf, Fault> {
        let id = &held.provider_lease_id;
        if !id.is_empty() && *id != self.provider_lease_id(&held.mark) {
            let message = format!("{id} is another machine's; this one is {}", self.host);
            return Err(Fault::new(FaultKind::Elsewhere, message));
        }
        let recorded = held.metadata.get("stateDirectory").and_then(Value::as_str);
        let own = || self.machine.state.lease(held.mark.lease_id);
        Ok(recorded.map_or_else(own, PathBuf::from))
    }

    fn trees(&self) -> MutexGuard<'_, HashMap<LeaseId, Trees>> {
        self.trees.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether guards have seen the end of all that ran under a lease, so that nobody has to be
    /// looked for: it ran here, and each of them says so.
    fn is_known_to_be_over(&self, lease: LeaseId) -> bool {
        let trees = self.trees().remove(&lease);
        trees.is_some_and(|trees| trees.running == 0 && !trees.is_doubtful)
    }

    /// Ends what runs and removes what is left; how much there was.
    async fn clear(&self, held: &Held) -> Result<Proof, Fault> {
        let (directory, mark) = (self.directory(held)?, held.mark);
        let is_over = self.is_known_to_be_over(mark.lease_id);
        let cleared = blocking(move || {
            let processes_ended = if is_over { 0 } else { end_marked(&mark)? };
            let was_there = remove_marked(&directory, &mark)?;
            Ok((processes_ended, was_there))
        });
        let (processes_ended, had_directory) = cleared.await?;
        let was_there = had_directory || processes_ended > 0;
        Ok(Proof { state: ProofState::Destroyed, was_there, processes_ended })
    }
}

/// What `/proc` calls this machine; containers and namespaces have names of their own.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "localhost".to_owned() } else { name.to_owned() }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    let done = spawn_blocking(work).await.unwrap_or_else(|error| Err(error.into()));
    done.map_err(|error| Fault::system("this machine's own state", error))
}

#[async_trait]
impl Driver for Local {
    fn word(&self) -> Word {
        Word::Local
    }

    fn provider(&self, _: &Place) -> Result<String, Fault> {
        Ok("local".to_owned())
    }

    async fn capabilities(&self, _: &Place) -> Result<Capabilities, Fault> {
        Ok(Capabilities {
            realizes: true,
            syncs: false,
            provisions: false,
            resumes: false,
            lists: true,
            confines_network: false,
            acquires_within: ACQUIRES_WITHIN,
        })
    }

    async fn probe(&self, _: &Place) -> Result<Probe, Fault> {
        let root = self.machine.state.root().to_owned();
        let checked = root.clone();
        blocking(move || {
            std::fs::create_dir_all(&checked)?;
            let trial = checked.join(format!("probe.{}", std::process::id()));
            write(&trial, b"probe")?;
            std::fs::remove_file(&trial)?;
            std::fs::read_dir("/proc").map(drop)
        })
        .await?;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let facts = json!({
            "host": self.host, "processors": processors, "stateDirectory": root.display().to_string(),
        });
        let facts = facts.as_object().cloned().unwrap_or_default();
        Ok(Probe { summary: format!("{} with {processors} processors", self.host), facts })
    }

    async fn acquire(&self, _: &Place, mark: &Mark) -> Result<Acquired, Fault> {
        let (state, claimed) = (self.machine.state.clone(), *mark);
        let directory = blocking(move || state.claim(&claimed)).await;
        let directory = directory.map_err(Fault::after_creating)?;
        let mut metadata = Map::new();
        metadata.insert("stateDirectory".to_owned(), directory.display().to_string().into());
        Ok(Acquired { provider_lease_id: self.provider_lease_id(mark), metadata })
    }

    async fn resume(&self, _: &Held) -> Result<Resumed, Fault> {
        Err(cannot("resume what it has released"))
    }

    async fn realize(&self, _: &Held, workspace: Option<&Workspace>) -> Result<Realized, Fault> {
        let root = match workspace {
            Some(workspace) => workspace.root.clone(),
            None => std::env::current_dir()
                .map_err(|error| Fault::system("the working directory", error))?,
        };
        let cwd = utf8(&root)?;
        // What cannot be entered fails here, with its name, and not as a failed command.
        std::fs::read_dir(&root)
            .map_err(|error| Fault::system(format!("workspace {cwd}"), error))?;
        let target = Target { kind: Word::Local, cwd, host: None, port: None, username: None };
        let record = Map::from_iter([("cwd".to_owned(), Value::from(target.cwd.clone()))]);
        Ok(Realized { target, record })
    }

    async fn sync_in(&self, _: &Held, _: &Target, _: &Workspace) -> Result<Synced, Fault> {
        Err(cannot("copy a workspace that it uses in place"))
    }

    async fn sync_out(&self, _: &Held, _: &Target, _: &Workspace) -> Result<Synced, Fault> {
        Err(cannot("copy a workspace that it uses in place"))
    }

    async fn execute(
        &self,
        held: &Held,
        target: &Target,
        launch: Launch,
        stop: Stopper,
    ) -> Result<Ended, Fault> {
        let mut variables = launch.variables;
        variables.insert(MARK_VARIABLE.to_owned(), held.mark.to_string());
        if let Some(context) = &launch.context {
            let path = self.directory(held)?.join(CONTEXT_FILE);
            variables.insert(CONTEXT_FILE_VARIABLE.to_owned(), utf8(&path)?);
            write(&path, context.as_bytes())
                .map_err(|error| Fault::system(path.display().to_string(), error))?;
        }
        let complain = launch.streams.stderr.try_clone().map(File::from);
        let complain = complain.map_err(|error| Fault::system("the command's streams", error))?;
        let guardable = Guardable {
            command: launch.command.into_iter().map(Into::into).collect(),
            variables: variables.into_iter().map(|(name, value)| (name, Some(value))).collect(),
            inherits_variables: true,
            cwd: Some(PathBuf::from(&target.cwd)),
            streams: launch.streams,
        };
        let guarded = Guarded::start(&self.machine.program, guardable);
        let mut guarded =
            guarded.map_err(|error| Fault::system("the guard cannot start", error))?;
        let lease = held.mark.lease_id;
        self.trees().entry(lease).or_default().running += 1;
        let ended = guarded.follow(stop).await;
        if let Some(trees) = self.trees().get_mut(&lease) {
            trees.running = trees.running.saturating_sub(1);
            trees.is_doubtful |= !guarded.has_ended_all();
        }
        ended.or_else(|fault| as_a_shell_says(fault, complain))
    }

    async fn release(&self, _: &Held) -> Result<Proof, Fault> {
        Err(cannot("keep anything"))
    }

    async fn destroy(&self, held: &Held) -> Result<Proof, Fault> {
        self.clear(held).await
    }

    fn would_list(&self, held: &Held) -> bool {
        let own = self.machine.state.lease(held.mark.lease_id);
        self.directory(held).is_ok_and(|directory| directory == own)
    }

    async fn list(&self, place: &Place) -> Result<Listing, Fault> {
        let state = self.machine.state.clone();
        let listed = blocking(move || {
            let directories = state.list()?;
            Ok((directories, list_marked()?))
        });
        let (directories, processes) = listed.await?;
        let here = |mark: &Mark| mark.environment_id == place.environment_id;
        let mut found: Vec<Found> = Vec::new();
        for (mark, since) in directories.into_iter().filter(|(mark, _)| here(mark)) {
            found.push(self.found(mark, Some(since.into())));
        }
        for (_, mark) in processes.into_iter().filter(|(_, mark)| here(mark)) {
            if !found.iter().any(|known| known.mark == mark) {
                found.push(self.found(mark, None));
            }
        }
        Ok(Listing { is_complete: true, found })
    }
}

impl Local {
    fn found(&self, mark: Mark, since: Option<chrono::DateTime<chrono::Utc>>) -> Found {
        let provider_lease_id = self.provider_lease_id(&mark);
        Found { provider_lease_id, mark, since, metadata: Map::new() }
    }
}

fn utf8(path: &Path) -> Result<String, Fault> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| Fault::new(FaultKind::BadConfig, format!("{} is not UTF-8", path.display())))
}

/// A command that cannot be started has ended with the code that a shell gives for it, as it does
/// where a shell starts it.
fn as_a_shell_says(fault: Fault, mut complain: File) -> Result<Ended, Fault> {
    let code = match fault.kind {
        FaultKind::Missing => Ended::NOT_FOUND,
        FaultKind::Denied => Ended::NOT_EXECUTABLE,
        FaultKind::Unsupported
        | FaultKind::BadConfig
        | FaultKind::Unreachable
        | FaultKind::TimedOut
        | FaultKind::Gone
        | FaultKind::Broken
        | FaultKind::Elsewhere
        | FaultKind::System => return Err(fault),
    };
    // That nobody reads it is no fault.
    let _ = writeln!(complain, "leasehold: {fault}");
    Ok(Ended::Code(code))
}

fn cannot(what: &str) -> Fault {
    Fault::new(FaultKind::Unsupported, format!("the local driver cannot {what}"))
}
