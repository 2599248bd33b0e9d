//! The log read in bulk: every event of many companies, in order, folded with bounded memory.
//!
//! **Claims.** Whoever follows the log through here meets each event of a snapshot exactly once, in
//! its company's order, with the state of its stream before and after; and at the end the state of
//! every stream. Memory does not grow with the log, only with what is open in one company.
//! **Because** the log is copied out of one repeatable-read snapshot by the index of positions;
//! streams that are over are put away after a while and folded again when an event comes late.
//! **Not** promised: any order between companies.

mod aside;
mod entry;
mod fold;
mod follow;
mod load;
mod reading;
mod rendering;
mod snapshot;
mod tuples;

pub(crate) use aside::{aside, in_bulk};
pub(crate) use entry::{COLUMNS, Content, Entry, write};
pub(crate) use fold::{Fold, OVER_KEPT_MAX, Sink, Step};
pub(crate) use follow::{Kept, Outlet, Span, follow, spans};
pub(crate) use load::Load;
pub(crate) use reading::Reader;
pub(crate) use rendering::{Key, Rendering, Row, Taking, number};
pub(crate) use snapshot::Snapshot;
pub(crate) use tuples::{CopyReader, fields};
