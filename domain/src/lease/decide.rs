//! The decisions on one lease. Existence, then fence, then state, then rules; then nothing fails.

mod cleaning;
mod ending;
mod enforcing;
mod keeping;
mod refusing;
mod reserving;

pub use refusing::told_by_refusal;

use super::{
    Command, Event, Expiry, Lease, MetadataUpdated, Phase, Record, Refusal, Renew, Renewed,
    SetMetadata,
};
use crate::actor::Actor;
use crate::fence::Fence;
use crate::id::LeaseId;
use crate::limits::{Limits, RENEWAL_SECONDS_MIN};
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
    /// A random number in thousandths, to spread what would otherwise come at once.
    pub jitter: u16,
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
    if let Command::Reserve(grant, seconds) = command {
        return Ok(vec![grant.reservation(*seconds, facts)]);
    }
    let lease_id = facts.lease_id;
    let record = lease.record.as_deref().ok_or(Refusal::LeaseNotFound { lease_id })?;
    match command {
        Command::Acquire(_) | Command::Reserve(..) => Ok(Vec::new()),
        Command::Activate(activate) => reserving::activate(record, activate, facts),
        Command::Abandon(abandon) => reserving::abandon(record, abandon, facts),
        Command::Renew(renew) => self::renew(record, renew, facts),
        Command::SetMetadata(set) => set_metadata(lease.version, record, set, facts),
        Command::Retain(retain) => keeping::retain(record, retain, facts),
        Command::Resume(resume) => keeping::resume(record, resume, facts),
        Command::Adopt(resume) => keeping::adopt(record, resume, facts),
        Command::End(end) => ending::end(record, end, facts),
        Command::HandOff(hand_off) => keeping::hand_off(record, hand_off, facts),
        Command::Cleanup(cleanup) => cleaning::clean_up(record, cleanup, facts),
        Command::Enforce(enforce) => enforcing::enforce(lease.version, record, enforce, facts),
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
    match record.phase() {
        Phase::Active => Ok(()),
        current_phase @ (Phase::Reserved | Phase::Retained | Phase::Ended) => {
            let (lease_id, current_status) = (record.id, record.status());
            Err(Refusal::LeaseNotActive { lease_id, current_status, current_phase })
        }
    }
}

/// A renewal never shortens, and one that changes too little is no event: the stored expiry, which
/// the answer shows, is the only one to trust. A promise takes the place of a provider's word, be it
/// sooner: the two say different things, and only a promise is enforced.
fn renew(record: &Record, renew: &Renew, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    newest(record, renew.fence)?;
    active(record)?;
    let ttl = renew.ttl_seconds.0;
    let expires_at = facts.now.plus_seconds(ttl);
    let slack = (i64::from(ttl) * 100_000).min(i64::from(RENEWAL_SECONDS_MIN) * 1_000_000);
    let enough = expires_at.plus_micros(-slack);
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
