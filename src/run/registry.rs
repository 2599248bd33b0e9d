//! Which driver serves which kind of environment.

use std::path::PathBuf;
use std::sync::Arc;

use leasehold_domain::environment::Driver as Word;

use super::driver::Driver;
use super::drivers::{Local, Plugin, Sandbox, Ssh};
use super::error::{ErrorCode, RunError};
use super::state::State;

/// What drivers need of the machine that they run on.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The `leasehold` program, which is started again as a [guard](super::guard).
    pub program: PathBuf,
    /// What this machine remembers of its leases.
    pub state: State,
}

/// The drivers of this process, at most one for each kind of environment.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    drivers: Vec<Arc<dyn Driver>>,
}

impl Registry {
    /// No drivers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The drivers that we bring.
    #[must_use]
    pub fn standard(machine: &Machine) -> Self {
        Self::new()
            .with(Arc::new(Local::new(machine.clone())))
            .with(Arc::new(Ssh::new()))
            .with(Arc::new(Sandbox::new(machine)))
            .with(Arc::new(Plugin::new(machine.clone())))
    }

    /// These, and one more in place of another one for the same kind.
    #[must_use]
    pub fn with(mut self, driver: Arc<dyn Driver>) -> Self {
        self.drivers.retain(|known| known.word() != driver.word());
        self.drivers.push(driver);
        self
    }

    /// The driver for a kind of environment.
    ///
    /// # Errors
    /// [`ErrorCode::UnsupportedEnvironment`].
    pub fn find(&self, word: Word) -> Result<Arc<dyn Driver>, RunError> {
        let found = self.drivers.iter().find(|driver| driver.word() == word);
        found.cloned().ok_or_else(|| {
            let message = format!("environment driver \"{word}\" is not registered here");
            let error = RunError::new(ErrorCode::UnsupportedEnvironment, message);
            RunError { driver: Some(word), ..error }
        })
    }

    /// Every driver.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Driver>> {
        self.drivers.iter()
    }
}
