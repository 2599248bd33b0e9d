//! Activating a reservation, or giving it up.

use super::ending::conclude;
use super::{Facts, newest};
use crate::lease::{
    Abandon, Acquired, Activate, Cause, EndKind, Ended, Event, Phase, Record, Refusal, Reservation,
    Standing,
};

/// The reservation of a lease. A holder that comes after the deadline, but before the end, comes in
/// time: no clock ends a lease.
fn reservation(record: &Record) -> Result<&Reservation, Refusal> {
    let (lease_id, environment_id) = (record.id, record.environment_id);
    match &record.standing {
        Standing::Reserved(reservation) => Ok(reservation),
        Standing::Ended(ending) if ending.cause == Cause::ReservationDeadline => {
            Err(Refusal::ReservationExpired { lease_id, environment_id, ended_at: ending.at })
        }
        Standing::Ended(_) => Err(super::open(record).err().unwrap_or_else(|| other(record))),
        Standing::Active | Standing::Retained => Err(other(record)),
    }
}

fn other(record: &Record) -> Refusal {
    let (current_status, current_phase) = (record.status(), record.phase());
    Refusal::LeaseNotReserved { lease_id: record.id, current_status, current_phase }
}

/// Told again, an activation is no event.
pub(super) fn activate(
    record: &Record,
    activate: &Activate,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    newest(record, activate.fence)?;
    let is_told_again = record.phase() == Phase::Active
        && record.provider_lease_id.as_ref() == Some(&activate.provider_lease_id);
    if is_told_again {
        return Ok(Vec::new());
    }
    let reservation = reservation(record)?;
    Ok(vec![Event::LeaseAcquired(Box::new(Acquired {
        at: facts.now,
        id: record.id,
        company_id: record.company_id,
        environment_id: record.environment_id,
        driver: record.driver,
        execution_workspace_id: record.execution_workspace_id,
        issue_id: record.issue_id,
        heartbeat_run_id: record.heartbeat_run_id,
        agent_id: record.agent_id,
        lease_policy: record.lease_policy,
        provider: record.provider.clone(),
        provider_lease_id: Some(activate.provider_lease_id.clone()),
        expiry: reservation.due.map(|due| due.expiry(facts.now)),
        metadata: activate.metadata.clone().or_else(|| record.metadata.clone()),
        network_egress: reservation.network_egress.clone(),
        fence: record.fence,
        replaces_lease_id: record.replaces_lease_id,
        deadline: None,
        due: None,
    }))])
}

/// Given up again, a reservation is no event.
pub(super) fn abandon(
    record: &Record,
    abandon: &Abandon,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    newest(record, abandon.fence)?;
    if record.ending().is_some_and(|ending| ending.cause == Cause::Abandon) {
        return Ok(Vec::new());
    }
    reservation(record)?;
    let how = Ended {
        at: facts.now,
        by: facts.actor.clone(),
        cause: Cause::Abandon,
        failure_reason: Some(abandon.reason.clone()),
        cleanup_status: None,
        provider_resource_disposition: None,
        remote_execution_termination: None,
        replaced_by_lease_id: None,
    };
    Ok(conclude(record, EndKind::Failed, how, Some(abandon.maybe_created)))
}
