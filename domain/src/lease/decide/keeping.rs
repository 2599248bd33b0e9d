//! Keeping a lease after its run, holding it again, giving its resource to another one.

use super::ending::ended;
use super::{Facts, active, newest, open};
use crate::lease::{
    Amended, Cause, CleanupStatus, Disposition, EndKind, Ended, Event, Expiry, HandOff, Mismatch,
    Phase, RESOURCE_GONE, Record, Refusal, Resume, Resumed, Retain, Retained, Standing, Status,
    Takes,
};
use crate::text::Reason;

pub(super) fn retain(
    record: &Record,
    retain: &Retain,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    newest(record, retain.fence)?;
    open(record)?;
    if record.phase() == Phase::Reserved {
        active(record)?;
    }
    let disposition = retain.provider_resource_disposition;
    let same = record.standing == Standing::Retained
        && retain.failure_reason.as_ref().is_none_or(|r| Some(r) == record.failure_reason.as_ref())
        && retain.cleanup_status.is_none_or(|c| Some(c) == record.cleanup_status)
        && disposition.is_none_or(|wanted| Some(wanted) == record.disposition)
        && retain.retain_until.is_none_or(|until| Some(until) == record.retain_until);
    if same {
        return Ok(Vec::new());
    }
    Ok(vec![Event::Retained(Retained {
        at: facts.now,
        failure_reason: retain.failure_reason.clone(),
        cleanup_status: retain.cleanup_status,
        retain_until: retain.retain_until.or(record.retain_until),
        provider_resource_disposition: retain.provider_resource_disposition,
    })])
}

/// An active lease goes on only for its own run; a retained one for any.
pub(super) fn resume(
    record: &Record,
    resume: &Resume,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    open(record)?;
    let own = record.heartbeat_run_id == Some(resume.heartbeat_run_id);
    let current_phase = record.phase();
    if current_phase == Phase::Reserved || current_phase == Phase::Active && !own {
        return Err(Refusal::LeaseNotRetained {
            lease_id: record.id,
            current_status: record.status(),
            current_phase,
            conflicting: vec![record.as_holder()],
        });
    }
    Ok(held_again(record, resume, facts))
}

/// An active lease whose run has ended goes on for another run, which was let in. Whoever still
/// acts for the ended one has an older fence.
pub(super) fn adopt(
    record: &Record,
    resume: &Resume,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    active(record)?;
    Ok(held_again(record, resume, facts))
}

fn held_again(record: &Record, resume: &Resume, facts: &Facts) -> Vec<Event> {
    let kept = record.expiry.map(|expiry| match expiry.ttl_seconds {
        Some(ttl) => Expiry { expires_at: facts.now.plus_seconds(ttl), ..expiry },
        None => expiry,
    });
    vec![Event::Resumed(Box::new(Resumed {
        at: facts.now,
        heartbeat_run_id: resume.heartbeat_run_id,
        agent_id: resume.agent_id,
        issue_id: resume.issue_id,
        expiry: resume.due.map(|due| due.expiry(facts.now)).or(kept),
        metadata: resume.metadata.clone(),
        fence: facts.fence,
    }))]
}

fn may_be_handed_on(record: &Record) -> Result<(), Refusal> {
    if record.replaced_by_lease_id.is_some() {
        return Err(record.mismatched(Mismatch::Succession));
    }
    let is_touched = record.cleanup.as_deref().is_some_and(|cleanup| cleanup.last_fence.is_some());
    let is_unwanted =
        record.status() == Status::Released && record.disposition == Some(Disposition::Destroy);
    if is_touched || is_unwanted {
        return Err(record.mismatched(Mismatch::Cleanup));
    }
    Ok(())
}

/// A retained lease ends as expired in the same step; a released one keeps its end. The succession
/// is recorded on both, and happens once. What waits to be cleaned up is taken over instead, or is
/// gone; what a janitor has laid hands on, or its holder let go to be destroyed, is not.
pub(super) fn hand_off(
    record: &Record,
    hand_off: &HandOff,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    may_be_handed_on(record)?;
    let replaced_by_lease_id = Some(hand_off.to);
    let taken_over = record.has_open_cleanup().then_some(CleanupStatus::Success);
    let failure_reason = match hand_off.takes {
        Takes::Resource => None,
        Takes::Place => Reason::new(RESOURCE_GONE).ok(),
    };
    match record.status() {
        Status::Retained => Ok(vec![ended(
            EndKind::Expired,
            Ended {
                at: facts.now,
                by: facts.actor.clone(),
                cause: Cause::HandOff,
                failure_reason,
                cleanup_status: Some(CleanupStatus::Success),
                provider_resource_disposition: None,
                remote_execution_termination: None,
                replaced_by_lease_id,
            },
        )]),
        Status::Released => Ok(vec![Event::Amended(Box::new(Amended {
            at: facts.now,
            failure_reason,
            cleanup_status: taken_over,
            remote_execution_termination: None,
            replaced_by_lease_id,
            provider_lease_id: None,
            imported: None,
        }))]),
        Status::Active | Status::Expired | Status::Failed => {
            Err(record.mismatched(Mismatch::Status))
        }
    }
}
