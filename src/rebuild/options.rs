//! What is asked of a rebuild, and how it says how far it is.

use std::sync::Arc;

use crate::dispatch::Caller;

/// What is rebuilt, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Names of projections; all that are written inline when empty.
    pub projections: Vec<String>,
    /// Who asks.
    pub asked_by: Caller,
    /// Swap although rows differ. Never for the columns by which decisions find streams.
    pub is_difference_allowed: bool,
    /// How many parts are loaded at once.
    pub tasks: usize,
    /// Events of a part at least: what a rebuild that is cut off may have to load again.
    pub part_events_min: u64,
    /// Events a second at most, over all parts; as fast as it goes when none.
    pub events_per_second_max: Option<u32>,
}

impl Options {
    /// All projections, as fast as it goes, swapped only when nothing differs.
    #[must_use]
    pub fn new(asked_by: Caller) -> Self {
        Self {
            projections: Vec::new(),
            asked_by,
            is_difference_allowed: false,
            tasks: std::thread::available_parallelism().map_or(2, usize::from).min(8),
            part_events_min: 50_000,
            events_per_second_max: None,
        }
    }
}

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many events there are to be loaded.
    Expected(u64),
    /// So many more were loaded.
    Loaded(u64),
    /// The indexes are made.
    Indexing,
    /// Every row is compared.
    Comparing,
    /// The tables are swapped.
    Swapping,
}

/// Hears how far a rebuild is.
pub type Told = Arc<dyn Fn(Progress) + Send + Sync>;
