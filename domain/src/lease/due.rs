//! What falls due without anybody asking, and the command that enforces it.

use super::cleanup::Cleanup;
use super::event::Outage;
use super::{Record, Standing};
use crate::time::Timestamp;
use crate::word::words;

words! {
    /// What can fall due.
    Deadline {
        /// The promise of a holder to renew.
        Expiry = "expiry",
        /// A reservation that was neither activated nor given up.
        Reservation = "reservation",
        /// How long a lease was to be kept.
        Retention = "retention",
        /// A janitor's claim.
        Claim = "claim",
        /// How long a cleanup may take before somebody should look.
        Cleanup = "cleanup",
    }
}

/// The end of a deadline, as whoever enforces it read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enforce {
    /// The version that the lease had.
    pub version: u64,
    /// When it was due.
    pub due_at: Timestamp,
    /// When that was read.
    pub read_at: Timestamp,
    /// The last time in which holders could not renew.
    pub outage: Option<Outage>,
}

impl Record {
    /// What falls due next, and when. A provider's word never does.
    #[must_use]
    pub fn due(&self) -> Option<(Deadline, Timestamp)> {
        match &self.standing {
            Standing::Reserved(reservation) => Some((Deadline::Reservation, reservation.deadline)),
            Standing::Active => {
                let promise = self.expiry.filter(|expiry| expiry.ttl_seconds.is_some());
                promise.map(|expiry| (Deadline::Expiry, expiry.expires_at))
            }
            Standing::Retained => self.retain_until.map(|until| (Deadline::Retention, until)),
            Standing::Ended(_) => self.cleanup.as_deref().and_then(Cleanup::due),
        }
    }
}

impl Cleanup {
    /// What falls due next of a cleanup, and when.
    #[must_use]
    pub fn due(&self) -> Option<(Deadline, Timestamp)> {
        let claim = self.claim.as_ref().map(|claim| (Deadline::Claim, claim.until));
        let patience = self.blocks_at().map(|at| (Deadline::Cleanup, at));
        claim.into_iter().chain(patience).min_by_key(|(_, at)| *at)
    }
}
