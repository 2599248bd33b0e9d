//! The sample history, lived through again: every lease's life as separate commands, from
//! concurrent runs, through dispatch as a heartbeat's are; never through import.

mod live;
mod trace;

pub use live::{Lived, live};
pub use trace::{BadSample, Life, Place, Sample};
