//! One event of a lease in a sentence.

use leasehold_domain::lease;

/// What an event says, in words.
#[must_use]
pub fn in_words(event: &lease::Event) -> String {
    use lease::Event as E;
    match event {
        E::LeaseReserved(reserved) => {
            format!(
                "room is held on environment {}, fence {}",
                reserved.environment_id, reserved.fence
            )
        }
        E::LeaseAcquired(acquired) => format!(
            "granted on {} environment {}, policy {}, fence {}",
            acquired.driver, acquired.environment_id, acquired.lease_policy, acquired.fence
        ),
        E::LeaseRenewed(renewed) => format!("due {}", renewed.expiry.expires_at),
        E::MetadataUpdated(updated) => {
            let notes = updated.metadata.as_ref().map_or(0, |notes| notes.as_map().len());
            format!("{notes} notes written by the holder")
        }
        E::Retained(_) => "kept after its run".to_owned(),
        E::Resumed(resumed) => format!("held again, fence {}", resumed.fence),
        E::Released(ended) | E::Expired(ended) | E::Failed(ended) => {
            let reason =
                ended.failure_reason.as_ref().map_or("no reason", |reason| reason.as_str());
            format!("by {} {}: {reason}", ended.by.kind, ended.by.id)
        }
        E::Amended(_) => "something was told after the end".to_owned(),
        E::AmnestyGranted(amnesty) => format!("the promise begins anew, until {}", amnesty.until),
        E::FenceRefused(refused) => format!("fence {} was too old", refused.fence),
        E::CleanupRequested(requested) => format!("something is left: {}", requested.reason),
        E::CleanupClaimed(claimed) => format!("{} is at it until {}", claimed.owner, claimed.until),
        E::CleanupDeferred(deferred) => format!("put off until {}", deferred.due_at),
        E::CleanupSucceeded(_) => "nothing is left at the provider".to_owned(),
        E::CleanupFailed(failed) => format!("attempt {} failed: {}", failed.attempt, failed.kind),
        E::CleanupBlocked(blocked) => blocked.reason.to_string(),
    }
}
