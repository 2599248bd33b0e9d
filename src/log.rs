//! The log: events in commit order for each company, and the statement that appends them.
//!
//! **Claims.** Positions of a company are 1, 2, 3 … in commit order, without gaps; so are the
//! sequences of a stream. What was acknowledged is durable, and stands with its table rows and its
//! receipt or not at all.
//! **Because** every append changes the company's head row, compared with the position and digest
//! that the writer decided on, in the one statement that also writes everything else.
//! **Not** promised: any order between companies.

mod append;
mod digest;
mod error;
mod head;
mod notify;
mod poison;
mod provenance;
mod read;
mod receipt;
mod stored;
mod term;

pub use append::{
    Append, CompanyAppend, EnvironmentWrite, LeaseWrite, Outcome, OutcomeKind, Sections, append,
    append_statement,
};
pub use digest::Digest;
pub use error::{DatabaseError, Trouble};
pub use head::{Head, create_heads, list_heads, load_heads, lock_head, read_clock};
pub use notify::{MOVED_CHANNEL, notify_moved};
pub use poison::{Poison, mark_poisoned, projections_of, unmark_poisoned};
pub use provenance::{Metadata, Provenance};
pub use read::{
    list_events, list_events_between, list_events_of_epoch, list_open_streams, list_run_ends,
    list_stream_events, list_touched_events,
};
pub use receipt::{
    Receipt, Verdict, days_at, drop_old_receipts, list_companies_of_key, list_receipts,
    make_partitions, partition,
};
pub use stored::{Recorded, Stored};
pub use term::{Term, give_term_back, record_outage, take_term};
