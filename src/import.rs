//! Rows of a Paperclip installation become history: events with `origin: import`.
//!
//! A [`Source`] (a directory of JSON lines, or a live database) is read twice: once to see what is
//! there (`survey`), and once, oldest lease first, to `translate` each row, with the activity
//! rows about it, into the events of one stream, which the dispatcher then takes in.
//!
//! **Claims.** Every row of the source stands once in its projection and equals it in every column,
//! or is listed with the reason why not. A row that cannot be taken in does no harm to any other.
//! Importing again changes nothing, and goes on where an import broke off.
//! **Because** a stream is taken in by one command, whole or not at all, and only when the ledger
//! does not know it yet; ids come from the source or are derived from it. [`compare()`] reads the
//! source again and holds it against the tables, independently of the translation.
//! **Not** promised: that changes of the source after the import are followed. What the ledger
//! knows stays as it is; [`compare()`] shows the difference.

mod compare;
mod deliver;
mod placement;
mod progress;
mod report;
mod rows;
mod source;
mod survey;
mod take;
mod translate;

pub use compare::{Comparison, TableComparison, compare};
pub use progress::{Observer, Silent, Stage};
pub use report::{Counts, LeftColumn, Placed, Rejected, Report, to_csv};
pub use source::{Source, SourceError, Table};
pub use take::import;

use thiserror::Error;

use crate::dispatch::Failure;

/// Why an import broke off. What was taken in stays; importing again goes on from there.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The source cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The ledger takes nothing in for now.
    #[error(
        "the import broke off; what was taken in stays, and importing again goes on from there"
    )]
    Ledger(#[from] Failure),
    /// The ledger's database does not answer questions.
    #[error("the ledger's database does not answer")]
    Database(#[from] sqlx::Error),
}
