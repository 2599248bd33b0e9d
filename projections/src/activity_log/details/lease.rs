//! What an activity row tells of a lease. Acquisitions and ends are most of the log: they are written
//! straight from the record.

use leasehold_domain::environment::Driver;
use leasehold_domain::id::{EnvironmentId, IssueId, WorkspaceId};
use leasehold_domain::json::JsonValue;
use leasehold_domain::lease::{
    Amended, CleanupReason, CleanupStatus, Disposition, Event, Policy, Record, Requested, Status,
};
use leasehold_domain::text::{Label, Reason};
use leasehold_domain::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::jsonb::Jsonb;

pub(super) fn of(event: &Event, record: &Record) -> Jsonb {
    match event {
        Event::LeaseReserved(acquired) | Event::LeaseAcquired(acquired) => {
            Jsonb::of(&Acquired::of(record, acquired.network_egress.as_ref()))
        }
        Event::Resumed(_) => Jsonb::of(&Acquired::of(record, None)),
        Event::Retained(retained) => {
            Jsonb::of(&Released::of(record, retained.provider_resource_disposition))
        }
        Event::Released(ended) | Event::Expired(ended) | Event::Failed(ended) => {
            Jsonb::of(&Released::of(record, ended.provider_resource_disposition))
        }
        Event::CleanupRequested(requested) => Jsonb::of(&CleanupRequested::of(record, requested)),
        Event::MetadataUpdated(updated) => {
            let keys = updated.metadata.as_ref().map_or(0, |metadata| metadata.to_map().len());
            let environment_id = record.environment_id;
            Jsonb::of(&json!({"environmentId": environment_id, "metadataTopLevelKeyCount": keys}))
        }
        Event::Amended(amended) => Jsonb::of(&of_amendment(record, amended)),
        Event::AmnestyGranted(_)
        | Event::FenceRefused(_)
        | Event::CleanupClaimed(_)
        | Event::CleanupDeferred(_)
        | Event::CleanupSucceeded(_)
        | Event::CleanupFailed(_)
        | Event::CleanupBlocked(_) => Jsonb::of(&told(event, record)),
        Event::LeaseRenewed(_) => Jsonb::of(&Value::Null),
    }
}

/// Paperclip's details of an acquisition, in the order in which `jsonb` keeps them: nothing is left to
/// be sorted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Acquired<'r> {
    driver: Driver,
    issue_id: Option<IssueId>,
    provider: Option<&'r Label>,
    lease_policy: Policy,
    environment_id: EnvironmentId,
    network_egress: Option<&'r JsonValue>,
    execution_workspace_id: Option<WorkspaceId>,
}

impl<'r> Acquired<'r> {
    const fn of(record: &'r Record, network_egress: Option<&'r JsonValue>) -> Self {
        Self {
            driver: record.driver,
            issue_id: record.issue_id,
            provider: record.provider.as_ref(),
            lease_policy: record.lease_policy,
            environment_id: record.environment_id,
            network_egress,
            execution_workspace_id: record.execution_workspace_id,
        }
    }
}

/// Paperclip's details of an end, in the order in which `jsonb` keeps them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Released<'r> {
    driver: Driver,
    status: Status,
    issue_id: Option<IssueId>,
    provider: Option<&'r Label>,
    lease_policy: Policy,
    cleanup_status: Option<CleanupStatus>,
    environment_id: EnvironmentId,
    failure_reason: Option<&'r Reason>,
    execution_workspace_id: Option<WorkspaceId>,
    provider_resource_disposition: &'static str,
}

impl<'r> Released<'r> {
    fn of(record: &'r Record, disposition: Option<Disposition>) -> Self {
        Self {
            driver: record.driver,
            status: record.status(),
            issue_id: record.issue_id,
            provider: record.provider.as_ref(),
            lease_policy: record.lease_policy,
            cleanup_status: record.cleanup_status,
            environment_id: record.environment_id,
            failure_reason: record.failure_reason.as_ref(),
            execution_workspace_id: record.execution_workspace_id,
            provider_resource_disposition: disposition
                .map_or("legacy_default", Disposition::as_str),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CleanupRequested {
    due_at: Timestamp,
    reason: CleanupReason,
    attempt: u32,
    environment_id: EnvironmentId,
}

impl CleanupRequested {
    const fn of(record: &Record, requested: &Requested) -> Self {
        let Requested { reason, due_at, attempt, at: _ } = *requested;
        Self { environment_id: record.environment_id, reason, due_at, attempt }
    }
}

fn of_amendment(record: &Record, amended: &Amended) -> Value {
    json!({
        "environmentId": record.environment_id,
        "status": record.status(),
        "failureReason": amended.failure_reason,
        "cleanupStatus": amended.cleanup_status,
        "replacedByLeaseId": amended.replaced_by_lease_id,
        "providerLeaseId": amended.provider_lease_id,
    })
}

/// What the event itself tells, beside the environment; its time and its actor stand in the row.
fn told(event: &Event, record: &Record) -> Value {
    let payload = serde_json::to_value(event).unwrap_or_default();
    let told = payload.get(event.name()).and_then(Value::as_object).cloned();
    let mut details = Map::new();
    details.insert("environmentId".to_owned(), json!(record.environment_id));
    let own = told.unwrap_or_default().into_iter();
    details.extend(own.filter(|(name, _)| name != "at" && name != "by"));
    Value::Object(details)
}
