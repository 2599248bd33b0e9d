//! What a caller is told.

use std::sync::Arc;

use leasehold_domain::company::Refusal;
use leasehold_domain::fence::Position;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use thiserror::Error;
use uuid::Uuid;

/// What became of one command.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It was accepted and is durable.
    Accepted {
        /// Its key.
        key: String,
        /// The log's end with its events in.
        position: Position,
        /// Whether it was decided before, under the same key.
        is_replayed: bool,
        /// What it made.
        body: Body,
    },
    /// It was refused by the domain.
    Refused {
        /// Its key.
        key: String,
        /// Whether it was decided before, under the same key.
        is_replayed: bool,
        /// Why, with the evidence.
        refusal: Refusal,
    },
    /// It was not decided.
    Failed {
        /// Its key.
        key: String,
        /// Why.
        failure: Failure,
    },
    /// It was not done because another command of the same atomic dispatch was not.
    NotApplied {
        /// Its key.
        key: String,
    },
}

/// What an accepted command is answered with.
#[derive(Debug, Clone)]
pub enum Body {
    /// An environment as it is with the command's events in.
    Environment(Box<EnvironmentRow>),
    /// An environment is gone.
    Removed(Uuid),
    /// A lease as it is with the command's events in.
    Lease(Arc<LeaseRow>),
    /// The leases of a run that the command was about.
    Run(Vec<LeaseRow>),
    /// The leases whose cleanups were claimed.
    Cleanups(Vec<LeaseRow>),
    /// A history was taken in; false when it was known already.
    Imported(bool),
}

/// Why a command was not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Failure {
    /// The key belongs to another command.
    #[error("the key was used before, with another body")]
    IdempotencyMismatch,
    /// The database cannot hold it.
    #[error("the database cannot hold a value of this command; nothing was stored")]
    Unstorable,
    /// The database cannot be reached; nothing was stored.
    #[error("the database cannot be reached; nothing was stored")]
    DatabaseUnavailable,
    /// The connection was lost while it was being stored.
    #[error("the connection was lost while this was being stored; it may or may not have happened")]
    OutcomeUnknown,
    /// The database has no room left; nothing was stored.
    #[error("the database has no room left; nothing was stored")]
    StorageFull,
    /// The live tables were made by a fold that this program has not; nothing was stored.
    #[error(
        "the tables were made by a newer version of this program, or are to be rebuilt by it; \
         nothing was stored"
    )]
    OtherFold,
    /// A fault of ours; nothing was stored.
    #[error("the ledger could not decide this; nothing was stored")]
    Internal,
}

impl Verdict {
    /// The command's key.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Accepted { key, .. }
            | Self::Refused { key, .. }
            | Self::Failed { key, .. }
            | Self::NotApplied { key } => key,
        }
    }
}
