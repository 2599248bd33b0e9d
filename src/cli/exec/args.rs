//! What `leasehold exec` is told.

use std::path::PathBuf;

use clap::Args;
use leasehold_domain::id::WorkspaceId;
use leasehold_domain::lease::{Disposition, Policy};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::cli::exit::Failed;
use crate::run::driver::Workspace;

/// Run a command under a lease; its output and its exit code are the command's.
#[derive(Debug, Args)]
pub(in crate::cli) struct Exec {
    /// Where: the environment that the execution workspace names. Without any, the company's local
    /// one.
    #[arg(long, value_name = "ID|NAME")]
    pub(super) environment: Option<String>,
    /// The environment that the issue names, if the workspace names none.
    #[arg(long, value_name = "ID|NAME")]
    pub(super) issue_environment: Option<String>,
    /// The environment that the project names, if neither does.
    #[arg(long, value_name = "ID|NAME")]
    pub(super) project_environment: Option<String>,
    /// The agent's default environment, if none of these names one.
    #[arg(long, value_name = "ID|NAME")]
    pub(super) agent_environment: Option<String>,
    /// The company's default environment, if none of these names one.
    #[arg(long, value_name = "ID|NAME")]
    pub(super) company_environment: Option<String>,
    /// The directory to work on: used in place, bound in or copied, as the driver does it.
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// The workspace's id; one made of the directory unless given.
    #[arg(long, requires = "workspace", value_name = "ID")]
    workspace_id: Option<Uuid>,
    /// The issue that it is done for.
    #[arg(long, value_name = "ID")]
    pub(super) issue: Option<Uuid>,
    /// The agent that does it.
    #[arg(long, value_name = "ID")]
    pub(super) agent: Option<Uuid>,
    /// The run that it is part of and that goes on after it; a run of its own unless given.
    #[arg(long, value_name = "ID")]
    pub(super) run: Option<Uuid>,
    /// The promise to renew: how long after a kill -9 the lease ends by itself, in seconds.
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(2..=31_622_400))]
    pub(super) ttl: Option<u32>,
    /// How long the command may take, in seconds; then it is stopped, and the exit code is 6.
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) timeout: Option<u32>,
    /// `ephemeral`, `reuse_by_environment`, `reuse_by_execution_workspace` or `retain_on_failure`.
    #[arg(long, default_value = "ephemeral", value_name = "WORD")]
    pub(super) policy: Policy,
    /// `keep_running`, `stop_and_retain` or `destroy`; what the policy says unless given.
    #[arg(long, value_name = "WORD")]
    pub(super) disposition: Option<Disposition>,
    /// What starts the agent; some adapters work on this machine only.
    #[arg(long, value_name = "NAME")]
    pub(super) adapter: Option<String>,
    /// A variable for the command: `NAME=VALUE`, or `NAME` for the value that it has here.
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}

impl Exec {
    /// The workspace with its real path, so that two names of one directory are one workspace.
    pub(super) fn workspace(&self) -> Result<Option<Workspace>, Failed> {
        let Some(given) = &self.workspace else { return Ok(None) };
        let unusable =
            |why: String| Failed::usage(format!("--workspace {}: {why}", given.display()));
        let root = given.canonicalize().map_err(|error| unusable(error.to_string()))?;
        if !root.is_dir() {
            return Err(unusable("it is no directory".to_owned()));
        }
        Ok(Some(Workspace { root, id: self.workspace_id.map(WorkspaceId) }))
    }

    /// The variables that were given. What is taken over is a reference until it is needed.
    pub(super) fn variables(&self) -> Result<Map<String, Value>, Failed> {
        let one = |given: &String| match given.split_once('=') {
            Some(("", _)) => Err(Failed::usage("--env needs a name before the `=`")),
            Some((name, value)) => Ok((name.to_owned(), Value::from(value))),
            None if std::env::var_os(given).is_none() => {
                Err(Failed::usage(format!("--env {given}: there is no such variable here")))
            }
            None => Ok((given.clone(), serde_json::json!({"fromEnv": given}))),
        };
        self.env.iter().map(one).collect()
    }
}
