//! Ending a lease, what is told of it afterwards, and what the end leaves at the provider.

use serde_json::Value;

use super::{Facts, newest, open};
use crate::json::JsonObject;
use crate::lease::fold::TERMINATION;
use crate::lease::{
    Amended, CleanupReason, CleanupStatus, End, EndKind, Ended, Event, Leaving, Record, Refusal,
    Requested, left,
};
use crate::limits::RETENTION_SECONDS;
use crate::time::Timestamp;

pub(super) fn end(record: &Record, end: &End, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    newest(record, end.fence)?;
    if record.ending().is_some_and(|ending| ending.kind == end.status) {
        receipt_fits(record, end, facts)?;
        return Ok(told_late(record, end, facts.now));
    }
    open(record)?;
    receipt_fits(record, end, facts)?;
    let how = Ended {
        at: facts.now,
        by: facts.actor.clone(),
        cause: end.cause,
        failure_reason: end.failure_reason.clone(),
        cleanup_status: end.cleanup_status,
        provider_resource_disposition: end.provider_resource_disposition,
        remote_execution_termination: end.remote_execution_termination.clone(),
        replaced_by_lease_id: None,
    };
    Ok(conclude(record, end.status, how, None))
}

/// A receipt goes into the notes, which have a bound.
fn receipt_fits(record: &Record, end: &End, facts: &Facts) -> Result<(), Refusal> {
    let Some(receipt) = &end.remote_execution_termination else { return Ok(()) };
    let (lease_id, bytes_max) = (record.id, facts.limits.json_bytes_max as u64);
    let notes = record.metadata.clone().unwrap_or_default();
    let notes = notes.with(TERMINATION, Value::Object(receipt.to_map()));
    let fits = JsonObject::new(notes.to_map(), &facts.limits);
    fits.map(|_| ()).map_err(|_| Refusal::TooLarge { lease_id, bytes_max })
}

/// An end, and the request to clean up what it leaves at the provider.
pub(super) fn conclude(
    record: &Record,
    kind: EndKind,
    how: Ended,
    maybe_created: Option<bool>,
) -> Vec<Event> {
    let told = record.cleanup_status.filter(|word| *word != CleanupStatus::Success);
    let leaving = Leaving {
        driver: record.driver,
        policy: record.lease_policy,
        phase: record.phase(),
        kind,
        cause: how.cause,
        has_resource: record.provider_lease_id.is_some(),
        told: how.cleanup_status.or(told),
        disposition: how.provider_resource_disposition.or(record.disposition),
        maybe_created,
    };
    let at = how.at;
    let requested = left(&leaving).map(|reason| requested(record, reason, at));
    let mut events = vec![ended(kind, how)];
    events.extend(requested);
    events
}

/// A cleanup that is to be done: at once, unless what failed is to be looked at first.
pub(super) fn requested(record: &Record, reason: CleanupReason, at: Timestamp) -> Event {
    let until = record.retain_until.unwrap_or(at.plus_seconds(RETENTION_SECONDS)).max(at);
    let is_kept = reason == CleanupReason::KeptAfterFailure;
    let due_at = if is_kept { until } else { at };
    let attempt = u32::from(reason == CleanupReason::ToldFailed);
    Event::CleanupRequested(Requested { at, reason, due_at, attempt })
}

pub(super) fn ended(kind: EndKind, ended: Ended) -> Event {
    let ended = Box::new(ended);
    match kind {
        EndKind::Released => Event::Released(ended),
        EndKind::Expired => Event::Expired(ended),
        EndKind::Failed => Event::Failed(ended),
    }
}

/// The same end asked again: what it tells that is new is appended, the end stays as it was.
fn told_late(record: &Record, end: &End, at: Timestamp) -> Vec<Event> {
    let new_reason =
        end.failure_reason.as_ref().filter(|r| Some(*r) != record.failure_reason.as_ref());
    let new_cleanup = end.cleanup_status.filter(|word| is_news(record, *word));
    let receipt = end.remote_execution_termination.as_ref().filter(|receipt| {
        let known = record.metadata.as_ref().and_then(|m| m.get(TERMINATION));
        known != Some(Value::Object(receipt.to_map()))
    });
    if new_reason.is_none() && new_cleanup.is_none() && receipt.is_none() {
        return Vec::new();
    }
    let amended = Event::Amended(Box::new(Amended {
        at,
        failure_reason: new_reason.cloned(),
        cleanup_status: new_cleanup,
        remote_execution_termination: receipt.cloned(),
        replaced_by_lease_id: None,
        provider_lease_id: None,
        imported: None,
    }));
    let reason = match new_cleanup.filter(|_| record.cleanup.is_none()) {
        Some(CleanupStatus::Pending) => Some(CleanupReason::ToldPending),
        Some(CleanupStatus::Failed) => Some(CleanupReason::ToldFailed),
        Some(CleanupStatus::Success) | None => None,
    };
    let requested = reason.map(|reason| requested(record, reason, at));
    [amended].into_iter().chain(requested).collect()
}

/// A cleanup word goes forward alone: done stays done, and what a janitor is at is the janitor's,
/// unless it turns out to be done already.
fn is_news(record: &Record, word: CleanupStatus) -> bool {
    let is_claimed = record.cleanup.as_deref().is_some_and(|cleanup| cleanup.claim.is_some());
    match (record.cleanup_status, word) {
        (None, _)
        | (Some(CleanupStatus::Pending | CleanupStatus::Failed), CleanupStatus::Success) => true,
        (Some(CleanupStatus::Pending), CleanupStatus::Failed) => !is_claimed,
        (Some(CleanupStatus::Success), _)
        | (Some(_), CleanupStatus::Pending)
        | (Some(CleanupStatus::Failed), CleanupStatus::Failed) => false,
    }
}
