//! Enforcing what fell due: the sweeper's command, compared with what it read.

use super::ending::conclude;
use super::{Facts, cleaning};
use crate::lease::{
    Amnesty, Cause, Deadline, EndKind, Ended, Enforce, Event, Outage, Record, Refusal, Standing,
};
use crate::limits::SWEEP_SECONDS_MAX;
use crate::text::Reason;
use crate::time::Timestamp;

/// Ends what is still due, in the version that was read and not long ago; otherwise refuses, and
/// the next sweep looks again. That is why a lease that was renewed in time is never ended,
/// whoever else is paused, restarted or doubled.
pub(super) fn enforce(
    current_version: u64,
    record: &Record,
    enforce: &Enforce,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    let (lease_id, expected_version) = (record.id, enforce.version);
    if current_version != expected_version {
        return Err(Refusal::VersionMismatch { lease_id, current_version, expected_version });
    }
    let due = record.due();
    let nothing = Refusal::NothingDue { lease_id, due_at: due.map(|(_, at)| at) };
    let is_outdated = facts.now > enforce.read_at.plus_seconds(SWEEP_SECONDS_MAX);
    match due {
        Some((deadline, at)) if at == enforce.due_at && at <= facts.now && !is_outdated => {
            let amnesty = enforce.outage.and_then(|outage| amnesty(record, at, &outage, facts));
            Ok(amnesty.map_or_else(|| fallen(deadline, record, facts), |event| vec![event]))
        }
        _ => Err(nothing),
    }
}

/// A holder that could not renew gets its own promise anew, once for each outage. Who has renewed
/// since needs none.
fn amnesty(record: &Record, at: Timestamp, outage: &Outage, facts: &Facts) -> Option<Event> {
    let seconds = match &record.standing {
        Standing::Active => record.expiry?.ttl_seconds?,
        Standing::Reserved(_) => {
            // From the last amnesty on, which was as long as what was promised first.
            let since = record.pardoned_at.unwrap_or(record.fenced_at);
            let spent = at.seconds_since(since);
            u32::try_from(spent).unwrap_or(u32::MAX).max(1)
        }
        Standing::Retained | Standing::Ended(_) => return None,
    };
    let promised_at = at.plus_micros(-i64::from(seconds) * 1_000_000);
    let had_one = record.pardoned_at.is_some_and(|at| at >= outage.to);
    if had_one || promised_at >= outage.to {
        return None;
    }
    let until = facts.now.plus_seconds(seconds);
    Some(Event::AmnestyGranted(Amnesty { at: facts.now, until, outage: *outage }))
}

fn fallen(deadline: Deadline, record: &Record, facts: &Facts) -> Vec<Event> {
    let (kind, cause, why) = match deadline {
        Deadline::Expiry => (EndKind::Expired, Cause::Expiry, "not renewed in time"),
        Deadline::Reservation => {
            (EndKind::Failed, Cause::ReservationDeadline, "reservation not activated in time")
        }
        Deadline::Retention => {
            (EndKind::Expired, Cause::RetentionDeadline, "kept for as long as was asked")
        }
        Deadline::Claim => return cleaning::lapsed(record, facts),
        Deadline::Cleanup => return cleaning::overdue(record, facts),
    };
    let how = Ended {
        at: facts.now,
        by: facts.actor.clone(),
        cause,
        failure_reason: Reason::new(why).ok(),
        cleanup_status: None,
        provider_resource_disposition: None,
        remote_execution_termination: None,
        replaced_by_lease_id: None,
    };
    conclude(record, kind, how, None)
}
