//! What has to happen at the provider after the right has ended: its own queue, beside the lease.
//!
//! ```text
//!            requested          claimed              succeeded
//!   (none) -----------> pending --------> claimed ------------> succeeded   (final)
//!                          ^                 |
//!                          |   back-off      |  failed, deferred, or the claim lapsed
//!                          +-----------------+  blocked: after many tries or a long time, louder
//! ```
//!
//! It is never given up: whatever is not done is offered again, oldest first.

mod command;
mod left;

use serde::{Deserialize, Serialize};

pub use command::{Claim, CleanupCommand, Defer, Fail, RenewClaim, Seconds, Succeed};
pub use left::{Leaving, left};

use super::event::{Blocked, Claimed, Deferred, FailedAttempt, Requested, Succeeded};
use super::{CleanupStatus, Policy};
use crate::fence::Fence;
use crate::json::JsonValue;
use crate::limits::{
    ATTEMPTS_BEFORE_BLOCKED, BACK_OFF_SECONDS_FIRST, BACK_OFF_SECONDS_MAX, SECONDS_BEFORE_BLOCKED,
};
use crate::text::{Label, Reason};
use crate::time::Timestamp;
use crate::word::words;

words! {
    /// Where a cleanup is.
    CleanupState {
        /// It waits for a janitor, or for its time.
        Pending = "pending",
        /// A janitor is at it.
        Claimed = "claimed",
        /// A janitor put it off without having tried.
        Deferred = "deferred",
        /// The last attempt failed; the next one has its time.
        Failed = "failed",
        /// It failed too often or takes too long: somebody should look. It is offered on.
        Blocked = "blocked",
        /// Done.
        Succeeded = "succeeded",
    }
}

words! {
    /// Why something is left at the provider.
    CleanupReason {
        /// Whoever ended the lease said that it is to be done.
        ToldPending = "told_pending",
        /// Whoever ended the lease tried, and failed.
        ToldFailed = "told_failed",
        /// The reservation was given up when the provider may have created something.
        MaybeCreated = "maybe_created",
        /// The reservation ended without a word of what the provider did.
        NoAnswer = "no_answer",
        /// The provider's resource turned up after its lease had ended.
        LateAnswer = "late_answer",
        /// The holder wants it destroyed, and did not say that it is.
        DestroyAsked = "destroy_asked",
        /// The resource goes with its lease, and nobody said that it is gone.
        NotReleased = "not_released",
        /// The lease did not end well, so that nobody can take its resource over.
        UncleanEnd = "unclean_end",
        /// It is kept for a look at what failed, and then goes.
        KeptAfterFailure = "kept_after_failure",
    }
}

/// Who is at a cleanup, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// The janitor, by its own name.
    pub owner: Label,
    /// What it shows to prove that it is not an older one.
    pub fence: Fence,
    /// When it lapses.
    pub until: Timestamp,
}

/// What went wrong in an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// A word of the janitor's.
    pub kind: Label,
    /// In words.
    pub message: Option<Reason>,
}

/// The cleanup of one lease, folded from its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cleanup {
    /// Where it is.
    pub state: CleanupState,
    /// Why it is to be done; none where that was only told as a word.
    pub reason: Option<CleanupReason>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// From when on it counts as late: later than requested when it was to be kept first.
    pub since: Timestamp,
    /// Attempts begun and not put off.
    pub attempt: u32,
    /// From when on a janitor may claim it.
    pub due_at: Timestamp,
    /// Who is at it.
    pub claim: Option<Held>,
    /// The fence of the last claim, lapsed or not.
    pub last_fence: Option<Fence>,
    /// Since when it is blocked.
    pub blocked_at: Option<Timestamp>,
    /// What went wrong last.
    pub failure: Option<Failure>,
    /// The evidence that it is done.
    pub proof: Option<JsonValue>,
}

impl Cleanup {
    /// A cleanup that is only known by Paperclip's word for it.
    pub(super) const fn told(at: Timestamp, state: CleanupState) -> Self {
        Self {
            state,
            reason: None,
            requested_at: at,
            since: at,
            attempt: 0,
            due_at: at,
            claim: None,
            last_fence: None,
            blocked_at: None,
            failure: None,
            proof: None,
        }
    }

    /// Whether something is still to be done.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, CleanupState::Succeeded)
    }

    /// Paperclip's word for it.
    #[must_use]
    pub const fn status(&self) -> CleanupStatus {
        match self.state {
            CleanupState::Pending | CleanupState::Claimed | CleanupState::Deferred => {
                CleanupStatus::Pending
            }
            CleanupState::Failed | CleanupState::Blocked => CleanupStatus::Failed,
            CleanupState::Succeeded => CleanupStatus::Success,
        }
    }

    /// From when on a janitor may claim it: another one too, once a claim has lapsed.
    #[must_use]
    pub fn claimable_at(&self) -> Option<Timestamp> {
        self.is_open().then(|| self.claim.as_ref().map_or(self.due_at, |claim| claim.until))
    }

    /// When it becomes blocked by its age; none when it is.
    #[must_use]
    pub fn blocks_at(&self) -> Option<Timestamp> {
        let at = self.since.plus_seconds(SECONDS_BEFORE_BLOCKED);
        (self.is_open() && self.blocked_at.is_none()).then_some(at)
    }

    /// Whether one more failure makes it blocked.
    pub(super) const fn is_last_try(&self) -> bool {
        self.attempt >= ATTEMPTS_BEFORE_BLOCKED && self.blocked_at.is_none()
    }

    /// When a failed attempt may be followed by the next one; `jitter` is in thousandths, and adds
    /// up to a fifth.
    pub(super) fn retry_at(&self, now: Timestamp, jitter: u16) -> Timestamp {
        let doublings = self.attempt.saturating_sub(1).min(16);
        let seconds = (BACK_OFF_SECONDS_FIRST << doublings).min(BACK_OFF_SECONDS_MAX);
        let spread = i64::from(seconds) * 200 * i64::from(jitter.min(1_000));
        now.plus_seconds(seconds).plus_micros(spread)
    }

    /// One that was tried before it was asked for has failed once. Who was at it before knew less.
    pub(super) fn request(&mut self, requested: &Requested) {
        let was_tried = requested.attempt > 0;
        self.claim = None;
        self.state = if was_tried { CleanupState::Failed } else { CleanupState::Pending };
        self.attempt = requested.attempt;
        self.reason = Some(requested.reason);
        self.due_at = requested.due_at;
        self.since = requested.due_at;
    }

    pub(super) fn claim(&mut self, claimed: &Claimed) {
        self.state = CleanupState::Claimed;
        self.attempt = claimed.attempt;
        self.last_fence = Some(claimed.claim_fence);
        let (fence, until) = (claimed.claim_fence, claimed.until);
        self.claim = Some(Held { owner: claimed.owner.clone(), fence, until });
    }

    pub(super) fn defer(&mut self, deferred: &Deferred) {
        self.state = self.resting(CleanupState::Deferred);
        self.claim = None;
        self.attempt = deferred.attempt;
        self.due_at = deferred.due_at;
    }

    pub(super) fn fail(&mut self, failed: &FailedAttempt) {
        self.state = self.resting(CleanupState::Failed);
        self.claim = None;
        self.due_at = failed.due_at;
        self.failure = Some(Failure { kind: failed.kind.clone(), message: failed.message.clone() });
    }

    pub(super) const fn block(&mut self, blocked: &Blocked) {
        self.blocked_at = Some(blocked.at);
        if self.claim.is_none() {
            self.state = CleanupState::Blocked;
        }
    }

    pub(super) fn succeed(&mut self, succeeded: &Succeeded) {
        self.state = CleanupState::Succeeded;
        self.claim = None;
        self.proof.clone_from(&succeeded.proof);
    }

    /// Blocked stays blocked, whatever a janitor did in between.
    const fn resting(&self, state: CleanupState) -> CleanupState {
        if self.blocked_at.is_some() { CleanupState::Blocked } else { state }
    }
}

impl Policy {
    /// Whether what failed is kept for a look at it.
    #[must_use]
    pub const fn keeps_failures(self) -> bool {
        match self {
            Self::RetainOnFailure => true,
            Self::Ephemeral | Self::ReuseByEnvironment | Self::ReuseByExecutionWorkspace => false,
        }
    }
}
