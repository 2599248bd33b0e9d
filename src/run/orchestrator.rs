//! The orchestrator: what a run does with the ledger and with a driver, step by step.
//!
//! ```text
//!   resolve_environment -> acquire_for_run -> realize_for_run -> execute -> release_for_run
//!                             reserve, driver, activate
//! ```
//!
//! **Claims.** Nothing is made at a provider before the ledger knows of it, and every lease that was
//! granted is given back, now or from the journal. The command does not run for longer than its
//! lease can be trusted to hold.
//! **Because** a reservation is durable before a driver is asked; what cannot be delivered to the
//! ledger is written down first; and trust ends a margin before the promise that was last known to
//! be recorded, counted from before it was asked for.
//! **Not** promised: anything of this process after a kill -9. Its lease ends by itself, and the
//! janitor finishes what it left.

mod acquire;
mod execute;
mod life;
mod realize;
mod release;
mod renew;
mod reuse;

use std::time::Duration;

pub use execute::Task;
pub use life::{Assignment, Finished};
pub use realize::Ready;
pub(super) use release::deliver;
pub use release::{Conclusion, Released};
pub use renew::Renewal;

use super::desk::Desk;
use super::journal::Journal;
use super::registry::Registry;

/// How long a driver's steps may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Making or taking up a resource, where its driver needs no less.
    pub acquire: Duration,
    /// Making a working directory ready.
    pub realize: Duration,
    /// Copying a workspace, each way.
    pub sync: Duration,
    /// The provision command.
    pub provision: Duration,
    /// Stopping or removing a resource.
    pub release: Duration,
    /// Delivering an end to a ledger that is away, before it goes to the journal.
    pub deliver: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            acquire: Duration::from_mins(4),
            realize: Duration::from_mins(2),
            sync: Duration::from_mins(10),
            provision: Duration::from_mins(5),
            release: Duration::from_mins(1),
            deliver: Duration::from_secs(5),
        }
    }
}

/// Takes runs of one company through their lives.
#[derive(Debug, Clone)]
pub struct Orchestrator {
    /// The ledger.
    pub desk: Desk,
    /// The drivers.
    pub registry: Registry,
    /// Where ends wait for a ledger that is away.
    pub journal: Journal,
    /// How long steps may take.
    pub limits: Limits,
}
