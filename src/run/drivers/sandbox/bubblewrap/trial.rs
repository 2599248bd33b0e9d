//! Whether this machine can make a sandbox as it is asked for, tried before there is one.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use nix::unistd::geteuid;
use tokio::process::Command;
use tokio::time::timeout;

use super::control_group::{self, ControlGroups};
use super::settings::Settings;
use super::view::View;
use crate::run::driver::{Fault, FaultKind};

/// How long an empty sandbox may take.
const TRIAL_FOR: Duration = Duration::from_secs(20);

/// Makes an empty sandbox and leaves it.
pub(super) async fn try_out(settings: &Settings) -> Result<(), Fault> {
    let mut command = Command::new("bwrap");
    command.args(View::bare(settings).into_words()).args(["--", "/bin/sh", "-c", ":"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let output = timeout(TRIAL_FOR, command.output()).await.map_err(|_| {
        Fault::new(FaultKind::TimedOut, "bubblewrap takes too long to make a sandbox")
    })?;
    let output = output.map_err(|error| missing(&error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it failed without a word");
    let message = format!("bubblewrap cannot make a sandbox on this machine: {said}");
    Err(Fault::new(FaultKind::System, message))
}

pub(super) fn missing(error: &io::Error) -> Fault {
    let message = if error.kind() == io::ErrorKind::NotFound {
        "there is no bwrap on this machine; install bubblewrap".to_owned()
    } else {
        format!("bwrap cannot be started: {error}")
    };
    Fault::new(FaultKind::Missing, message)
}

/// By what this machine would keep the limits, with nothing left of the trial.
pub(super) fn try_limits(settings: &Settings) -> Result<ControlGroups, Fault> {
    let slot = format!("trial-{}", uuid::Uuid::now_v7());
    let checked = check_limits(&slot, settings);
    let removed = control_group::remove(&slot);
    removed.map_err(|error| Fault::system("the sandbox's control groups", error))?;
    checked
}

/// A limit that nothing here could keep is refused, and not forgotten. The number of root's
/// processes is limited by control groups alone.
pub(super) fn check_limits(slot: &str, settings: &Settings) -> Result<ControlGroups, Fault> {
    let groups = ControlGroups::make(slot, settings);
    if settings.processes_max.is_some() && !groups.limit_processes && geteuid().is_root() {
        let message = "processesMax needs control groups when the sandbox is root's, and none can \
                       be made here";
        return Err(Fault::new(FaultKind::Unsupported, message));
    }
    Ok(groups)
}
