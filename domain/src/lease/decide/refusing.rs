//! What a refusal leaves in the log: that an older holder acted, or that a resource turned up whose
//! lease is over. Everything else that is refused leaves nothing.

use super::Facts;
use super::ending::requested;
use crate::lease::{Amended, CleanupReason, Command, Event, FenceRefused, Lease, Record, Refusal};
use crate::limits::REFUSED_FENCES_MAX;
use crate::text::Label;

/// The events of a refused command. Told again, they are none: who repeats a mistake cannot fill
/// the log.
#[must_use]
pub fn told_by_refusal(
    lease: &Lease,
    command: &Command,
    refusal: &Refusal,
    facts: &Facts,
) -> Vec<Event> {
    let Some(record) = lease.record.as_deref() else { return Vec::new() };
    match (refusal, command) {
        (Refusal::StaleFence { fence, current_fence, .. }, _) if fence < current_fence => {
            let known = &record.refused_fences;
            if known.contains(fence) || known.len() >= REFUSED_FENCES_MAX {
                return Vec::new();
            }
            vec![Event::FenceRefused(Box::new(FenceRefused {
                at: facts.now,
                by: facts.actor.clone(),
                fence: *fence,
                current_fence: *current_fence,
                late_seconds: facts.now.seconds_since(record.fenced_at),
            }))]
        }
        (
            Refusal::ReservationExpired { .. } | Refusal::LeaseEnded { .. },
            Command::Activate(activate),
        ) if record.provider_lease_id.is_none() => {
            turned_up(record, &activate.provider_lease_id, facts)
        }
        _ => Vec::new(),
    }
}

/// The provider was slower than the reservation: whoever cleans up has to know what it made, also
/// if the cleanup was over because nothing could be found. A janitor that is at it may have looked
/// before there was anything to find: its claim is over, and whoever is next knows what to look for.
fn turned_up(record: &Record, provider_lease_id: &Label, facts: &Facts) -> Vec<Event> {
    let amended = Event::Amended(Box::new(Amended {
        at: facts.now,
        failure_reason: None,
        cleanup_status: None,
        remote_execution_termination: None,
        replaced_by_lease_id: None,
        provider_lease_id: Some(provider_lease_id.clone()),
        imported: None,
    }));
    let cleanup = record.cleanup.as_deref();
    let waits = record.has_open_cleanup() && cleanup.is_none_or(|c| c.last_fence.is_none());
    let request = || requested(record, CleanupReason::LateAnswer, facts.now);
    [amended].into_iter().chain((!waits).then(request)).collect()
}
