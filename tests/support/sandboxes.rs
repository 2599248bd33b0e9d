//! A sandbox driver with a workspace and a state directory of its own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use leasehold::run::Machine;
use leasehold::run::driver::{Driver, Workspace};
use leasehold::run::drivers::Sandbox;
use leasehold::run::state::State;
use leasehold_domain::environment::Driver as Word;
use serde_json::Value;
use uuid::Uuid;

use crate::support::leased::{Leased, place};

/// Tells a copy of this program where its copy of `leasehold` is.
pub(crate) const PROGRAM: &str = "LEASEHOLD_TEST_PROGRAM";

/// A directory with a workspace and a state; removed when it goes out of scope.
pub(crate) struct Here(pub(crate) PathBuf);

impl Here {
    /// None where this machine lets nobody make namespaces: inside of some containers.
    pub(crate) fn find() -> Option<Self> {
        let mut trial = Command::new("bwrap");
        trial.args(["--unshare-all", "--unshare-user", "--ro-bind", "/", "/", "true"]);
        let output = trial.output().expect("bwrap, of the package bubblewrap");
        if !output.status.success() {
            println!("not shown: {}", String::from_utf8_lossy(&output.stderr));
            return None;
        }
        let root = std::env::temp_dir().join(format!("leasehold-sandbox-{}", Uuid::now_v7()));
        fs::create_dir_all(root.join("work")).unwrap();
        Some(Self(root))
    }

    /// The driver, with a state of its own.
    pub(crate) fn driver(&self) -> Arc<dyn Driver> {
        let program =
            std::env::var(PROGRAM).map_or(env!("CARGO_BIN_EXE_leasehold").into(), Into::into);
        Arc::new(Sandbox::new(&Machine { program, state: State::at(self.0.join("state")) }))
    }

    /// The workspace.
    pub(crate) fn workspace(&self) -> Workspace {
        Workspace { root: self.0.join("work"), id: None }
    }

    /// A lease on a sandbox with these settings.
    pub(crate) async fn leased(&self, config: Value) -> Leased {
        let place = place(Word::Sandbox, &config);
        Leased::on(self.driver(), place, Some(&self.workspace())).await
    }

    /// Nothing is left of any sandbox.
    pub(crate) fn is_clean(&self) -> bool {
        fs::read_dir(self.0.join("state/sandboxes/leases"))
            .is_ok_and(|mut left| left.next().is_none())
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
