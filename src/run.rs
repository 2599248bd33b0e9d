//! A run's whole life on real environments: the orchestrator, and the drivers under it.
//!
//! Start with [`driver`], the one trait that every kind of place is behind. [`registry`] finds the
//! driver of an environment, [`drivers`] are those that we bring, [`guard`] keeps a local process
//! tree from outliving its lease, [`secret`] resolves what configurations refer to, [`state`] is
//! what this machine remembers of its leases.

pub mod driver;
pub mod drivers;
mod error;
pub mod guard;
pub mod registry;
pub mod secret;
pub mod state;

pub use error::{ErrorCode, RunError};
pub use registry::{Machine, Registry};

/// The variable that holds a run's context: `paperclipEnvironment` as JSON.
pub const CONTEXT_VARIABLE: &str = "PAPERCLIP_ENVIRONMENT";
/// The variable that names the file with the same.
pub const CONTEXT_FILE_VARIABLE: &str = "PAPERCLIP_ENVIRONMENT_FILE";
/// The variable that every process of a leased run carries: the text of its
/// [`Mark`](driver::Mark).
pub const MARK_VARIABLE: &str = "LEASEHOLD_MARK";
