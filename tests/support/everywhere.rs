//! Leased runs with an environment of every kind: this machine, a real sshd, real namespaces, and a
//! plugin that we ship.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::support::runs::Runs;
use crate::support::ssh_host::SshHost;

/// The environments, by their names, which are those of their drivers.
pub(crate) const EVERYWHERE: [&str; 4] = ["local", "ssh", "sandbox", "plugin"];

pub(crate) struct Everywhere {
    pub(crate) runs: Runs,
    pub(crate) host: SshHost,
}

impl Everywhere {
    pub(crate) async fn new() -> Self {
        Self::of(Runs::new().await).await
    }

    /// The environments of a company.
    pub(crate) async fn of(runs: Runs) -> Self {
        let host = SshHost::start();
        let (plugins, places) = (runs.root.join("plugins"), runs.root.join("places"));
        std::fs::create_dir(&plugins).unwrap();
        std::fs::create_dir(&places).unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugins/places.py");
        let (shown, example) = (places.display(), example.display());
        let wrapper = format!("#!/bin/sh\nPLACES={shown} exec python3 {example}\n");
        std::fs::write(plugins.join("places"), wrapper).unwrap();
        let executable = PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(plugins.join("places"), executable).unwrap();
        let everywhere = Self { runs, host };
        let ssh = everywhere.host.config().to_string();
        let plugin = json!({"pluginKey": "places"}).to_string();
        for (name, config) in
            [("ssh", &*ssh), ("plugin", &*plugin), ("sandbox", "{}"), ("local", "{}")]
        {
            let options = ["--driver", name, "--config", config];
            everywhere.runs.environment(name, &options).await;
        }
        everywhere
    }

    /// `leasehold`, with what the drivers need.
    pub(crate) fn program(&self, subcommand: &[&str]) -> Command {
        let mut command = self.runs.program(subcommand);
        command.env("LEASEHOLD_PLUGINS_DIR", self.runs.root.join("plugins"));
        command
    }

    /// `leasehold exec` on an environment, in a workspace of its own.
    pub(crate) fn exec(&self, name: &str, work: &str, options: &[&str], script: &str) -> Command {
        let directory = self.runs.root.join(work);
        std::fs::create_dir_all(&directory).unwrap();
        let mut command = self.program(&["exec", "--environment", name]);
        command.arg("--workspace").arg(directory).args(options);
        command.args(["--", "sh", "-c", script]);
        command
    }

    /// Whatever is left of any lease, anywhere.
    pub(crate) fn left(&self) -> Vec<PathBuf> {
        let state = self.runs.root.join("state");
        let places = [
            state.join("leases"),
            state.join("sandboxes/leases"),
            self.runs.root.join("places"),
            self.host.base(),
        ];
        let inside = |place: PathBuf| std::fs::read_dir(place).into_iter().flatten();
        let entries = places.into_iter().flat_map(inside);
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// The mounts below the state directory.
    pub(crate) fn mounts(&self) -> Vec<String> {
        let shown = self.runs.root.display().to_string();
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        mounts.lines().filter(|line| line.contains(&shown)).map(str::to_owned).collect()
    }
}
