//! A run's whole life on real environments: the orchestrator, and the drivers under it.
//!
//! Start with [`driver`], the one trait that every kind of place is behind, and [`orchestrator`],
//! which takes a run through its steps. [`registry`] finds the driver of an environment, [`drivers`]
//! are those that we bring, [`guard`] keeps a local process tree from outliving its lease, [`secret`]
//! resolves what configurations refer to, [`state`] is what this machine remembers of its leases and
//! [`journal`] what the ledger has still to be told. [`desk`] is the ledger as all of them see it.
//! [`janitor`] finishes what runs that were cut off have left.

pub mod desk;
pub mod driver;
pub mod drivers;
mod error;
pub mod guard;
mod halt;
pub mod janitor;
pub mod journal;
mod lease;
pub mod orchestrator;
mod probe;
pub mod registry;
mod resolve;
pub mod secret;
pub mod state;

pub use error::{ErrorCode, RunError};
pub use halt::{Halt, Why};
pub use lease::{Acquisition, Leased, Prospect, Wanted, held_of};
pub use probe::probe_environment;
pub use registry::{Machine, Registry};
pub use resolve::{Levels, Resolved, place_of, resolve_environment};

/// The variable that holds a run's context: `paperclipEnvironment` as JSON.
pub const CONTEXT_VARIABLE: &str = "PAPERCLIP_ENVIRONMENT";
/// The variable that names the file with the same.
pub const CONTEXT_FILE_VARIABLE: &str = "PAPERCLIP_ENVIRONMENT_FILE";
/// The variable that every process of a leased run carries: the text of its
/// [`Mark`](driver::Mark).
pub const MARK_VARIABLE: &str = "LEASEHOLD_MARK";
