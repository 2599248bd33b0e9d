//! One heartbeat run of an agent. The ledger knows of it only that it has ended.

mod aggregate;
mod decide;
mod event;
mod refusal;
mod upcast;

use serde::{Deserialize, Serialize};

pub use decide::{Command, End, Facts, decide};
pub use event::{Event, RunEnded};
pub use refusal::Refusal;
pub use upcast::EndHasItsOwnTime;

use crate::lease::EndKind;
use crate::word::words;

words! {
    /// How a run ended.
    Outcome {
        /// It did what it was for.
        Succeeded = "succeeded",
        /// It did not.
        Failed = "failed",
        /// It took too long.
        TimedOut = "timed_out",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// It was cut off; nobody knows how far it came.
        Interrupted = "interrupted",
    }
}

impl Outcome {
    /// How a lease ends when its run ends so (Paperclip's mapping).
    #[must_use]
    pub const fn lease_end(self) -> EndKind {
        match self {
            Self::Cancelled => EndKind::Expired,
            Self::Failed | Self::TimedOut => EndKind::Failed,
            Self::Succeeded | Self::Interrupted => EndKind::Released,
        }
    }
}

/// The state of a run, folded from its events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// How many events were folded.
    pub version: u64,
    /// That it has ended, and how.
    pub ended: Option<RunEnded>,
}

impl Run {
    /// Folds one event in.
    pub fn apply(&mut self, event: &Event) {
        self.version += 1;
        match event {
            Event::RunEnded(ended) => self.ended = Some(ended.clone()),
        }
    }
}
