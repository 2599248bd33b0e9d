//! What an import tells whoever watches it, so that a bar can be drawn.

use super::report::Rejected;

/// The parts of an import, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Seeing what the source holds; how much that is shows only at the end.
    Survey,
    /// Environments become history.
    Environments,
    /// Leases and their activity become history.
    Leases,
    /// The source is held against the tables.
    Compare,
}

impl Stage {
    /// What is going on, in a word or two.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Survey => "reading",
            Self::Environments => "environments",
            Self::Leases => "leases",
            Self::Compare => "comparing",
        }
    }
}

/// Watches an import.
pub trait Observer: Send + Sync {
    /// A stage begins; `rows` is how many it will go through, where that is known.
    fn begin(&self, stage: Stage, rows: Option<u64>);
    /// So many more rows are done.
    fn advance(&self, rows: u64);
    /// A row was found that cannot be imported.
    fn rejected(&self, row: &Rejected);
}

/// Watches and says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn begin(&self, _: Stage, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn rejected(&self, _: &Rejected) {}
}
