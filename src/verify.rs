//! The ledger checks itself: digests, heads, positions, sequences, times, rules, tables, receipts.
//!
//! **Claims.** Whatever of a stored event, of a row of a projection or of a head was changed, added
//! or taken away by somebody who did not recompute the digests is found, and named with its company
//! and position. Commands go on meanwhile; nothing is locked.
//! **Because** everything is read from one snapshot, every digest is counted again, and every row
//! is held against what the events mean by the functions that wrote it: first by sums of hashes,
//! then, where these differ, column by column.
//! **Not** found: a log that was cut off together with its head, or whose digests were recomputed.

mod checker;
mod ends;
mod finding;
mod following;
mod readers;
mod receipts;
mod rows;
mod second_reader;
mod spans;
mod sums;
mod tables;
mod telling;
mod work;

pub use finding::{Finding, Findings, Kind};
pub use second_reader::{Difference, SecondReading, read_again, read_sample};
pub use work::{Expected, Options, Report, Stock, Told, verify};
