//! What is done with a lease's resource when its run is over: one function, so that whoever drives
//! resources and the ledger's own [`left`](super::left) mean the same.

use super::{Disposition, EndKind, Policy};

/// What is done with a resource when its run is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parting {
    /// It is left running, and the lease is kept for a later run.
    KeepRunning,
    /// It is stopped, and the lease is kept for a later run.
    Retain,
    /// It is stopped for a look at it, and the lease ends: its cleanup is asked for in due time.
    StopForInspection,
    /// It goes, and the lease ends.
    Destroy,
}

impl Policy {
    /// How a run parts with its resource. What is said holds; else what went well is kept under a
    /// policy of reuse, and what failed under the one that is for that. `can_resume`: whether
    /// anything could be taken up again there; where nothing can, nothing is kept unsaid.
    #[must_use]
    pub const fn parting(
        self,
        said: Option<Disposition>,
        end: EndKind,
        can_resume: bool,
    ) -> Parting {
        let failed = matches!(end, EndKind::Failed);
        match said {
            Some(Disposition::KeepRunning) => Parting::KeepRunning,
            Some(Disposition::StopAndRetain) => Parting::Retain,
            None if can_resume && self.is_reuse() && !failed => Parting::Retain,
            None if can_resume && self.keeps_failures() && failed => Parting::StopForInspection,
            Some(Disposition::Destroy) | None => Parting::Destroy,
        }
    }
}
