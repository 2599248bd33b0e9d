//! Where a list goes on: by key, so that rows written in between move nothing.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A place in a list that shows the newest first: everything strictly older follows. Where the
/// oldest is shown first, everything strictly newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyset {
    /// The last row's time.
    pub at: DateTime<Utc>,
    /// The last row's id, which tells rows of one moment apart.
    pub id: Uuid,
}

impl Keyset {
    /// Before the newest row. A bound that is always given stays a condition of the index, which
    /// one that may be absent is not.
    pub const START: Self = Self { at: DateTime::<Utc>::MAX_UTC, id: Uuid::max() };

    /// Before the oldest row, for a list that shows the oldest first.
    pub const OLDEST: Self = Self { at: DateTime::UNIX_EPOCH, id: Uuid::nil() };
}
