//! The decisions on one lease. Existence, then fence, then state, then rules; then nothing fails.

use super::{
    Amended, Command, End, EndKind, Ended, Event, Expiry, Lease, MetadataUpdated, Mismatch, Record,
    Refusal, Renew, Renewed, Resume, Resumed, Retain, Retained, SetMetadata, Standing, Status,
};
use crate::actor::Actor;
use crate::fence::Fence;
use crate::id::LeaseId;
use crate::lease::{Cause, CleanupStatus, HandOff};
use crate::limits::Limits;
use crate::time::Timestamp;

/// What a decision sees besides the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The time of the decision.
    pub now: Timestamp,
    /// The lease whose stream it is.
    pub lease_id: LeaseId,
    /// Who asks.
    pub actor: Actor,
    /// The fence that a grant or a resume would have.
    pub fence: Fence,
    /// The bounds of the installation.
    pub limits: Limits,
}

/// Decides one command.
///
/// # Errors
/// A [`Refusal`] with its evidence; the stream is as it was.
pub fn decide(lease: &Lease, command: &Command, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    if let Command::Acquire(grant) = command {
        return Ok(vec![grant.event(facts)]);
    }
    let lease_id = facts.lease_id;
    let record = lease.record.as_deref().ok_or(Refusal::LeaseNotFound { lease_id })?;
    match command {
        Command::Acquire(_) => Ok(Vec::new()),
        Command::Renew(renew) => self::renew(record, renew, facts),
        Command::SetMetadata(set) => set_metadata(lease.version, record, set, facts),
        Command::Retain(retain) => self::retain(record, retain, facts),
        Command::Resume(resume) => self::resume(record, resume, facts),
        Command::End(end) => self::end(record, end, facts),
        Command::HandOff(hand_off) => self::hand_off(record, hand_off, facts),
    }
}

/// Whoever shows another fence than the newest is an older holder.
fn newest(record: &Record, fence: Option<Fence>) -> Result<(), Refusal> {
    let (lease_id, current_fence) = (record.id, record.fence);
    match fence {
        Some(fence) if fence != current_fence => {
            Err(Refusal::StaleFence { lease_id, fence, current_fence })
        }
        Some(_) | None => Ok(()),
    }
}

fn open(record: &Record) -> Result<(), Refusal> {
    record.ending().map_or(Ok(()), |ending| {
        Err(Refusal::LeaseEnded {
            lease_id: record.id,
            environment_id: record.environment_id,
            current_status: record.status(),
            ended_at: ending.at,
            ended_by: Box::new(ending.by.clone()),
            failure_reason: record.failure_reason.clone(),
        })
    })
}

fn active(record: &Record) -> Result<(), Refusal> {
    open(record)?;
    match record.status() {
        Status::Active => Ok(()),
        current_status @ (Status::Retained
        | Status::Released
        | Status::Expired
        | Status::Failed) => Err(Refusal::LeaseNotActive { lease_id: record.id, current_status }),
    }
}

/// A renewal never shortens, and one that changes too little is no event: the stored expiry, which
/// the answer shows, is the only one to trust.
fn renew(record: &Record, renew: &Renew, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    newest(record, renew.fence)?;
    active(record)?;
    let ttl = renew.ttl_seconds.0;
    let expires_at = facts.now.plus_seconds(ttl);
    let enough = facts.now.plus_micros(i64::from(ttl) * 900_000);
    let stored = record.expiry.filter(|expiry| expiry.ttl_seconds.is_some());
    if stored.is_some_and(|expiry| expiry.expires_at >= enough) {
        return Ok(Vec::new());
    }
    let expiry = Expiry { expires_at, ttl_seconds: Some(ttl) };
    Ok(vec![Event::LeaseRenewed(Renewed { at: facts.now, expiry })])
}

fn set_metadata(
    current_version: u64,
    record: &Record,
    set: &SetMetadata,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    let lease_id = record.id;
    if let Some(expected_version) = set.if_version.filter(|v| *v != current_version) {
        return Err(Refusal::VersionMismatch { lease_id, current_version, expected_version });
    }
    let metadata = match &set.metadata {
        Some(patch) if set.merge => {
            let base = record.metadata.clone().unwrap_or_default();
            let bytes_max = facts.limits.json_bytes_max as u64;
            let too_large = Refusal::TooLarge { lease_id, bytes_max };
            Some(base.patched(patch, &facts.limits).map_err(|_| too_large)?)
        }
        given => given.clone(),
    };
    if metadata == record.metadata {
        return Ok(Vec::new());
    }
    Ok(vec![Event::MetadataUpdated(MetadataUpdated { at: facts.now, metadata })])
}

fn retain(record: &Record, retain: &Retain, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    newest(record, retain.fence)?;
    open(record)?;
    let same = record.standing == Standing::Retained
        && retain.failure_reason.as_ref().is_none_or(|r| Some(r) == record.failure_reason.as_ref())
        && retain.cleanup_status.is_none_or(|c| Some(c) == record.cleanup_status)
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
fn resume(record: &Record, resume: &Resume, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    open(record)?;
    let own = record.heartbeat_run_id == Some(resume.heartbeat_run_id);
    if record.standing == Standing::Active && !own {
        let current_status = record.status();
        return Err(Refusal::LeaseNotRetained { lease_id: record.id, current_status });
    }
    let kept = record.expiry.map(|expiry| match expiry.ttl_seconds {
        Some(ttl) => Expiry { expires_at: facts.now.plus_seconds(ttl), ..expiry },
        None => expiry,
    });
    Ok(vec![Event::Resumed(Box::new(Resumed {
        at: facts.now,
        heartbeat_run_id: resume.heartbeat_run_id,
        agent_id: resume.agent_id,
        issue_id: resume.issue_id,
        expiry: resume.due.map(|due| due.expiry(facts.now)).or(kept),
        metadata: resume.metadata.clone(),
        fence: facts.fence,
    }))])
}

fn mismatch(record: &Record, mismatch: Mismatch) -> Refusal {
    Refusal::ResumeMismatch {
        lease_id: record.id,
        current_status: record.status(),
        current_run_id: record.heartbeat_run_id,
        mismatch,
    }
}

fn end(record: &Record, end: &End, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    newest(record, end.fence)?;
    if record.ending().is_some_and(|ending| ending.kind == end.status) {
        return Ok(told_late(record, end, facts.now));
    }
    open(record)?;
    Ok(vec![ended(
        end.status,
        Ended {
            at: facts.now,
            by: facts.actor.clone(),
            cause: end.cause,
            failure_reason: end.failure_reason.clone(),
            cleanup_status: end.cleanup_status,
            provider_resource_disposition: end.provider_resource_disposition,
            remote_execution_termination: end.remote_execution_termination.clone(),
            replaced_by_lease_id: None,
        },
    )])
}

fn ended(kind: EndKind, ended: Ended) -> Event {
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
    let new_cleanup = end.cleanup_status.filter(|word| Some(*word) != record.cleanup_status);
    let receipt = end.remote_execution_termination.as_ref().filter(|receipt| {
        let known =
            record.metadata.as_ref().and_then(|m| m.as_map().get("remoteExecutionTermination"));
        known.and_then(serde_json::Value::as_object) != Some(receipt.as_map())
    });
    if new_reason.is_none() && new_cleanup.is_none() && receipt.is_none() {
        return Vec::new();
    }
    vec![Event::Amended(Box::new(Amended {
        at,
        failure_reason: new_reason.cloned(),
        cleanup_status: new_cleanup,
        remote_execution_termination: receipt.cloned(),
        replaced_by_lease_id: None,
        imported: None,
    }))]
}

/// A retained lease ends as expired in the same step; a released one keeps its end. The succession
/// is recorded on both, and happens once.
fn hand_off(record: &Record, hand_off: &HandOff, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    if record.replaced_by_lease_id.is_some() {
        return Err(mismatch(record, Mismatch::Succession));
    }
    let replaced_by_lease_id = Some(hand_off.to);
    match record.status() {
        Status::Retained => Ok(vec![ended(
            EndKind::Expired,
            Ended {
                at: facts.now,
                by: facts.actor.clone(),
                cause: Cause::HandOff,
                failure_reason: None,
                cleanup_status: Some(CleanupStatus::Success),
                provider_resource_disposition: None,
                remote_execution_termination: None,
                replaced_by_lease_id,
            },
        )]),
        Status::Released => Ok(vec![Event::Amended(Box::new(Amended {
            at: facts.now,
            failure_reason: None,
            cleanup_status: None,
            remote_execution_termination: None,
            replaced_by_lease_id,
            imported: None,
        }))]),
        Status::Active | Status::Expired | Status::Failed => {
            Err(mismatch(record, Mismatch::Status))
        }
    }
}
