//! Whether an end leaves something at the provider: one function, so that no other place guesses.

use super::CleanupReason;
use crate::environment::Driver;
use crate::lease::{Cause, CleanupStatus, Disposition, EndKind, Phase, Policy};

/// How a lease ends, as far as it matters to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaving {
    /// What kind of place it was a right to.
    pub driver: Driver,
    /// What was to happen with its resource.
    pub policy: Policy,
    /// Where it was before the end.
    pub phase: Phase,
    /// How it ends.
    pub kind: EndKind,
    /// What led to it.
    pub cause: Cause,
    /// Whether the provider's id of a resource is known.
    pub has_resource: bool,
    /// What whoever ends it says of the cleanup.
    pub told: Option<CleanupStatus>,
    /// What the holder wants done with the resource.
    pub disposition: Option<Disposition>,
    /// What whoever gives a reservation up says of the provider.
    pub maybe_created: Option<bool>,
}

/// Why something is left at the provider; none when nothing is. Where nobody knows, something is:
/// a cleanup that finds nothing costs a question, one that is not asked for costs a leak.
#[must_use]
pub fn left(leaving: &Leaving) -> Option<CleanupReason> {
    match (leaving.told, leaving.maybe_created) {
        (Some(CleanupStatus::Success), _) | (None, Some(false)) => None,
        (Some(CleanupStatus::Pending), _) => Some(CleanupReason::ToldPending),
        (Some(CleanupStatus::Failed), _) => Some(CleanupReason::ToldFailed),
        (None, Some(true)) => Some(CleanupReason::MaybeCreated),
        (None, None) => untold(leaving),
    }
}

/// Nobody said anything of the provider: driver, policy and outcome decide.
fn untold(leaving: &Leaving) -> Option<CleanupReason> {
    let goes_on = matches!(leaving.cause, Cause::HandOff | Cause::Import);
    if goes_on {
        return None;
    }
    if !leaving.driver.has_provider() {
        // A directory goes with nobody who does not ask for it, but what a holder that vanished had
        // running there does.
        let vanished = leaving.cause == Cause::Expiry && leaving.has_resource;
        let is_unwanted = leaving.disposition == Some(Disposition::Destroy) && leaving.has_resource;
        return match (is_unwanted, vanished) {
            (true, _) => Some(CleanupReason::DestroyAsked),
            (false, true) => Some(CleanupReason::UncleanEnd),
            (false, false) => None,
        };
    }
    let ended_well = leaving.kind == EndKind::Released;
    if leaving.phase == Phase::Reserved {
        return Some(CleanupReason::NoAnswer);
    }
    if !leaving.has_resource {
        return (!ended_well).then_some(CleanupReason::UncleanEnd);
    }
    let is_kept = ended_well
        || matches!(
            leaving.disposition,
            Some(Disposition::KeepRunning | Disposition::StopAndRetain)
        );
    if leaving.disposition == Some(Disposition::Destroy) {
        Some(CleanupReason::DestroyAsked)
    } else if leaving.policy.is_reuse() {
        (!is_kept).then_some(CleanupReason::UncleanEnd)
    } else if leaving.policy.keeps_failures() && leaving.kind == EndKind::Failed {
        Some(CleanupReason::KeptAfterFailure)
    } else {
        Some(CleanupReason::NotReleased)
    }
}
