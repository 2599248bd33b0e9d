//! Rebuilding projections while the ledger is written: shadow tables, a comparison, a swap.
//!
//! **Claims.** The tables that are swapped in hold exactly what the log means, and what they replace
//! differed from it in nothing that was not shown and waived. No command is refused meanwhile;
//! appends wait for the swap as long as a lock of a few milliseconds. It ends however fast the log
//! grows. A rebuild that is killed goes on behind the last company that it finished; one that is
//! cancelled leaves nothing.
//! **Because** rows come from the fold that writes them inline; shadow tables remember for each
//! company up to which position they are folded, in the transaction that fills them; each comparison is
//! made in one repeatable-read snapshot that is caught up with, and the last one under the lock that
//! appends meet, which also holds those up who write faster than they are followed. An advisory lock says whether the one that runs is still alive. Start, verdict and swap
//! stand in the installation's log, with who asked.
//! **Not** promised: that a company is cut when a rebuild is killed in the middle of it; that company
//! is loaded again.

mod back;
mod catch_up;
mod compare;
mod comparing;
mod error;
mod foreground;
mod holding;
mod load;
mod options;
mod paging;
mod poison;
mod progress;
mod record;
mod redrive;
mod refill;
mod shadow;
mod since;
mod start;
mod summing;
mod swap;
mod telling;
mod throttle;
mod turn;
mod versions;
mod way;
mod work;

pub use back::go_back;
pub use compare::{Different, Verdict};
pub use error::RebuildError;
pub(crate) use error::names;
pub use options::{Options, Progress, Told};
pub use progress::{Status, find_status};
pub use record::{Rebuild, State, list_rebuilds};
pub use redrive::{Redriven, redrive};
pub(crate) use shadow::list_indexes;
pub use shadow::{drop_old, list_old};
pub use start::{Started, cancel, rebuild, start};
pub use versions::{Live, check_versions, list_live};
