//! Holding the ledger against itself: a second reader, which is not ours, makes states of the log,
//! and the tables have to say the same.

mod second_reader;

pub use second_reader::{Difference, SecondReading, read_again};
