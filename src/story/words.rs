//! One event of a lease in a sentence.

use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{self, Amended, Cause, Ended};
use leasehold_domain::text::Reason;

/// What an event says, in words.
#[must_use]
pub fn in_words(event: &lease::Event) -> String {
    use lease::Event as E;
    match event {
        E::LeaseReserved(reserved) => format!(
            "reserved on {} environment {}, policy {}, fence {}",
            reserved.driver, reserved.environment_id, reserved.lease_policy, reserved.fence
        ),
        E::LeaseAcquired(acquired) => format!(
            "granted on {} environment {}, policy {}, fence {}",
            acquired.driver, acquired.environment_id, acquired.lease_policy, acquired.fence
        ),
        E::LeaseRenewed(renewed) => format!("renewed, due {}", renewed.expiry.expires_at),
        E::MetadataUpdated(updated) => {
            let notes = updated.metadata.as_ref().map_or(0, |notes| notes.to_map().len());
            format!("{notes} notes written by the holder")
        }
        E::Retained(retained) => match &retained.retain_until {
            Some(until) => format!("kept after its run, until {until}"),
            None => "kept after its run".to_owned(),
        },
        E::Resumed(resumed) => {
            format!("held again by run {}, fence {}", resumed.heartbeat_run_id, resumed.fence)
        }
        E::Released(ended) => format!("released: {}", why(ended)),
        E::Expired(ended) => format!("expired: {}", why(ended)),
        E::Failed(ended) => format!("failed: {}", why(ended)),
        E::Amended(amended) => told_later(amended),
        E::AmnestyGranted(amnesty) => format!(
            "the promise begins anew, until {}: {} from {} to {}, {} leases were due",
            amnesty.until,
            amnesty.outage.why,
            amnesty.outage.from,
            amnesty.outage.to,
            amnesty.outage.holders
        ),
        E::FenceRefused(refused) => {
            format!("refused: fence {} came {} s too late", refused.fence, refused.late_seconds)
        }
        E::CleanupRequested(requested) => format!("something is left: {}", requested.reason),
        E::CleanupClaimed(claimed) => format!("{} is at it until {}", claimed.owner, claimed.until),
        E::CleanupDeferred(deferred) => format!("put off until {}", deferred.due_at),
        E::CleanupSucceeded(_) => "nothing is left at the provider".to_owned(),
        E::CleanupFailed(failed) => {
            let said = failed.message.as_ref().map_or("", |message| message.as_str());
            let gap = if said.is_empty() { "" } else { ": " };
            format!("attempt {} failed: {}{gap}{said}", failed.attempt, failed.kind)
        }
        E::CleanupBlocked(blocked) => format!("somebody should look: {}", blocked.reason),
    }
}

/// Why a lease ended: what led to it, and what was said of it.
fn why(ended: &Ended) -> String {
    let reason = ended.failure_reason.as_ref();
    let cause = match ended.replaced_by_lease_id {
        Some(id) => went_to(id, reason),
        None => cause(ended.cause).to_owned(),
    };
    match reason {
        Some(reason) => format!("{cause} ({})", reason.as_str()),
        None => cause,
    }
}

/// What led to an end, in words.
pub(super) const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Release => "it was asked for",
        Cause::RunRelease => "the leases of its run were released",
        Cause::RunEnd => "its run ended",
        Cause::HandOff => "another lease came after it",
        Cause::Abandon => "its reservation was given up",
        Cause::ReservationDeadline => "its reservation was neither activated nor given up in time",
        Cause::Expiry => "its holder did not keep the promise to renew",
        Cause::RetentionDeadline => "it was kept for as long as it was meant to be",
        Cause::Import => "it had ended before it was imported",
    }
}

/// What a lease left to the one that came after it: a resource, unless something had become of it.
fn went_to(id: LeaseId, reason: Option<&Reason>) -> String {
    let what = if reason.is_some() { "place" } else { "resource" };
    format!("its {what} went to lease {id}")
}

/// What was told after the end.
fn told_later(amended: &Amended) -> String {
    if let Some(id) = &amended.replaced_by_lease_id {
        let reason = amended.failure_reason.as_ref();
        let told = reason.map_or_else(String::new, |reason| format!(" ({})", reason.as_str()));
        format!("{}{told}", went_to(*id, reason))
    } else if let Some(id) = &amended.provider_lease_id {
        format!("the provider's resource turned up: {id}")
    } else if let Some(reason) = &amended.failure_reason {
        format!("told after the end: {}", reason.as_str())
    } else if let Some(status) = amended.cleanup_status {
        format!("told after the end: cleanup {status}")
    } else {
        "something was told after the end".to_owned()
    }
}
