//! What tests are written with: ids, a clock, commands in the words of the contract, a world.

pub(crate) mod ask;
pub(crate) mod ids;
pub(crate) mod life;
pub(crate) mod read;
pub(crate) mod world;

use leasehold_domain::text::{Label, Name, Reason};
use leasehold_domain::time::Timestamp;

/// The time at which every world begins.
const START: &str = "2026-03-02T09:00:00Z";

/// The instant so many seconds after the start.
pub(crate) fn at(seconds: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap().plus_micros(seconds * 1_000_000)
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

pub(crate) fn reason(text: &str) -> Reason {
    Reason::new(text).unwrap()
}
