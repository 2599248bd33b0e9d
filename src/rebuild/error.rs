//! Why a rebuild did not swap.

use leasehold_projections::projection::INLINE;
use thiserror::Error;

use super::compare::Verdict;
use super::record::Rebuild;
use crate::journal::Untold;

/// The projections that can be rebuilt, as a list for people.
pub(crate) fn names() -> String {
    INLINE.map(|projection| projection.name).join(", ")
}

/// Why a rebuild did not swap. The live tables are as they were.
#[derive(Debug, Error)]
pub enum RebuildError {
    /// Another one runs.
    #[error("rebuild {} of {} runs already, asked for by {}", .0.id, .0.projections.join(", "), .0.asked_by)]
    Running(Box<Rebuild>),
    /// Whoever has the turn rebuilds nothing, or nothing more: it cleans up, or takes what was skipped.
    #[error("another program has not finished its work at the projections; ask again")]
    Ending,
    /// The live tables are not what the log means.
    #[error("the live tables differ from what the log means: {0}")]
    Differs(Box<Verdict>),
    /// Somebody cancelled it.
    #[error("it was cancelled")]
    Cancelled,
    /// No such projection.
    #[error("there is no projection {0}; there are {known}", known = names())]
    Unknown(String),
    /// The lock of the swap could not be had between the writers.
    #[error("the tables are too busy to be swapped; ask again, the shadow tables are kept")]
    Busy,
    /// Somebody has gone on with it: this one had lost the connection that says that it runs.
    #[error("another program has gone on with it")]
    TakenOver,
    /// There is no way back.
    #[error("nothing is kept of these projections from before the last rebuild of them together")]
    NothingOld,
    /// Another fold made what was replaced.
    #[error(
        "{name} was of version {version} before the last rebuild, and this program has {own}: \
         go back with a program that has that one"
    )]
    OtherFold {
        /// The projection.
        name: String,
        /// The version of the table that is kept.
        version: i32,
        /// This program's.
        own: u32,
    },
    /// It could not be recorded in the installation's log.
    #[error(transparent)]
    Untold(#[from] Untold),
    /// The database's.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}
