//! The history of a lease: its grant, what its activity tells, its end or its being kept, and the
//! row's own columns where that does not add up to them.

mod ground;
mod steps;

use ground::Ground;
pub(in crate::import) use ground::ground_of;

use leasehold_domain::company::Import;
use leasehold_domain::fence::Fence;
use leasehold_domain::id::AgentId;
use leasehold_domain::json::JsonValue;
use leasehold_domain::lease::{
    Acquired, Amended, Cause, CleanupStatus, Disposition, EndKind, Ended, Event, Expiry,
    ImportedColumns, MetadataUpdated, Record, Resumed, Retained, Standing, Status,
};
use leasehold_domain::limits::Limits;
use leasehold_domain::stream::{self, Aggregate};
use leasehold_domain::text::{Label, Reason};
use leasehold_domain::time::Timestamp;

use super::{History, importer, in_order};
use crate::import::rows::{self, Activity, SourceStatus};
use steps::{Step, Steps};

/// The history of a lease on its ground, from its row and the activity about it.
pub(in crate::import) fn lease(
    row: &rows::Lease,
    ground: Ground,
    mut activities: Vec<Activity>,
) -> Import {
    activities.sort_by_key(|activity| activity.created_at);
    let Steps { grant, steps } = Steps::of(row, &activities);
    let mut history = History::new(row.company_id, row.id.into(), row.acquired_at);
    history.push(acquired(row, ground, grant), grant);
    for (at, step) in in_order(steps) {
        let at = history.not_before(at);
        match step {
            Step::Closing(activity) => history.push(closed(row, at, activity), activity),
            Step::Notes => history.push(noted(row, at), None),
            Step::Said(activity) => history.push(said(at), Some(activity)),
            Step::Told(activity) => {
                let event = told(row, at, activity, standing(&history));
                history.push(event, Some(activity));
            }
        }
    }
    correct(row, &mut history);
    history.finish()
}

fn acquired(row: &rows::Lease, ground: Ground, activity: Option<&Activity>) -> stream::Event {
    let egress = activity.and_then(|activity| activity.details.get("networkEgress"));
    let egress = egress.filter(|egress| !egress.is_null()).cloned();
    stream::Event::Lease(Event::LeaseAcquired(Box::new(Acquired {
        at: row.acquired_at,
        id: row.id,
        company_id: row.company_id,
        environment_id: ground.environment_id,
        driver: ground.driver,
        execution_workspace_id: row.execution_workspace_id,
        issue_id: row.issue_id,
        heartbeat_run_id: row.heartbeat_run_id,
        agent_id: activity.and_then(|activity| activity.actor.agent_id).or_else(|| agent(row)),
        lease_policy: row.lease_policy,
        provider: row.provider.clone(),
        provider_lease_id: row.provider_lease_id.clone(),
        expiry: expiry(row),
        metadata: row.metadata.clone(),
        network_egress: egress.and_then(|egress| JsonValue::new(egress, &unlimited()).ok()),
        // Known when the log has a place for it.
        fence: Fence::default(),
        replaces_lease_id: None,
        deadline: None,
        due: None,
    })))
}

/// The agent as Paperclip's drivers note it.
fn agent(row: &rows::Lease) -> Option<AgentId> {
    row.metadata.as_ref()?.get("agentId")?.as_str()?.parse().ok()
}

/// A recorded one: an imported lease is never ended by a clock.
fn expiry(row: &rows::Lease) -> Option<Expiry> {
    row.expires_at.map(|expires_at| Expiry { expires_at, ttl_seconds: None })
}

/// What was read within bounds is within them.
const fn unlimited() -> Limits {
    Limits { json_bytes_max: usize::MAX }
}

fn noted(row: &rows::Lease, at: Timestamp) -> stream::Event {
    let metadata = row.metadata.clone();
    stream::Event::Lease(Event::MetadataUpdated(MetadataUpdated { at, metadata }))
}

/// The end, or the being kept, that the row shows.
fn closed(row: &rows::Lease, at: Timestamp, activity: Option<&Activity>) -> stream::Event {
    let (failure_reason, disposition) = (row.failure_reason.clone(), disposition(activity));
    let kind = match row.status {
        SourceStatus::Plain(Status::Released) => EndKind::Released,
        SourceStatus::Plain(Status::Expired) => EndKind::Expired,
        SourceStatus::Plain(Status::Failed) | SourceStatus::PendingCleanup => EndKind::Failed,
        SourceStatus::Plain(Status::Active | Status::Retained) => {
            return stream::Event::Lease(Event::Retained(Retained {
                at,
                failure_reason,
                cleanup_status: cleanup(row),
                retain_until: None,
                provider_resource_disposition: disposition,
            }));
        }
    };
    let ended = Box::new(Ended {
        at,
        by: activity.map_or_else(importer, |activity| activity.actor.clone()),
        cause: Cause::Import,
        failure_reason,
        cleanup_status: cleanup(row),
        provider_resource_disposition: disposition,
        remote_execution_termination: None,
        replaced_by_lease_id: None,
    });
    stream::Event::Lease(match kind {
        EndKind::Released => Event::Released(ended),
        EndKind::Expired => Event::Expired(ended),
        EndKind::Failed => Event::Failed(ended),
    })
}

/// What is still to be cleaned up is pending, whatever the last try said.
fn cleanup(row: &rows::Lease) -> Option<CleanupStatus> {
    match row.status {
        SourceStatus::PendingCleanup => Some(CleanupStatus::Pending),
        SourceStatus::Plain(_) => row.cleanup_status,
    }
}

fn disposition(activity: Option<&Activity>) -> Option<Disposition> {
    activity?.detail("providerResourceDisposition")?.parse().ok()
}

/// What an activity row between the grant and the end tells: that the lease was kept, that its run
/// took it up again, or something that changes nothing.
fn told(
    row: &rows::Lease,
    at: Timestamp,
    activity: &Activity,
    standing: Option<&Standing>,
) -> stream::Event {
    stream::Event::Lease(match (standing, steps::resuming_run(row, activity)) {
        (Some(Standing::Active), _) if steps::tells_retained(activity) => {
            Event::Retained(Retained {
                at,
                failure_reason: activity
                    .detail("failureReason")
                    .and_then(|reason| Reason::kept(reason).ok()),
                cleanup_status: activity.detail("cleanupStatus").and_then(|word| word.parse().ok()),
                retain_until: None,
                provider_resource_disposition: disposition(Some(activity)),
            })
        }
        (Some(Standing::Retained), Some(heartbeat_run_id)) => Event::Resumed(Box::new(Resumed {
            at,
            heartbeat_run_id,
            agent_id: activity.actor.agent_id,
            issue_id: row.issue_id,
            expiry: expiry(row),
            metadata: None,
            fence: Fence::default(),
        })),
        _ => return said(at),
    })
}

fn said(at: Timestamp) -> stream::Event {
    stream::Event::Lease(Event::Amended(Box::new(amended(at, None))))
}

fn amended(at: Timestamp, imported: Option<Box<ImportedColumns>>) -> Amended {
    Amended {
        at,
        failure_reason: None,
        cleanup_status: None,
        remote_execution_termination: None,
        replaced_by_lease_id: None,
        provider_lease_id: None,
        imported,
    }
}

/// Makes the outcome equal the row where the events alone would not.
fn correct(row: &rows::Lease, history: &mut History) {
    let columns = columns_of_row(row);
    if folded(history).is_some_and(|record| columns_of(record) != columns) {
        let at = history.not_before(row.updated_at);
        let event = Event::Amended(Box::new(amended(at, Some(Box::new(columns)))));
        history.push(stream::Event::Lease(event), None);
    }
}

fn columns_of_row(row: &rows::Lease) -> ImportedColumns {
    let foreign_word = row.status.foreign_word();
    ImportedColumns {
        acquired_at: row.acquired_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
        released_at: row.released_at,
        failure_reason: row.failure_reason.clone(),
        cleanup_status: cleanup(row),
        created_at: row.created_at,
        updated_at: row.updated_at,
        source_status: foreign_word.and_then(|word| Label::new(word).ok()),
    }
}

fn columns_of(record: &Record) -> ImportedColumns {
    ImportedColumns {
        acquired_at: record.acquired_at,
        last_used_at: record.last_used_at,
        expires_at: record.expiry.map(|expiry| expiry.expires_at),
        released_at: record.released_at,
        failure_reason: record.failure_reason.clone(),
        cleanup_status: record.cleanup_status,
        created_at: record.created_at,
        updated_at: record.updated_at,
        source_status: record.source_status.clone(),
    }
}

fn folded(history: &History) -> Option<&Record> {
    match &history.state {
        Aggregate::Lease(lease) => lease.record.as_deref(),
        Aggregate::Environment(_) | Aggregate::Run(_) | Aggregate::Operation(_) => None,
    }
}

fn standing(history: &History) -> Option<&Standing> {
    folded(history).map(|record| &record.standing)
}
