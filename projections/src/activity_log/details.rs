//! What an activity row tells of its event: Paperclip's details where it has them, never the values
//! of settings, variables or notes.

use leasehold_domain::environment::{self, Record as EnvironmentRecord, Updated};
use leasehold_domain::lease::{self, Disposition, Record as LeaseRecord};
use leasehold_domain::operation;
use leasehold_domain::run::{self, RunEnded};
use leasehold_domain::stream::{Aggregate, Event};
use serde_json::{Map, Value, json};

/// The details of an event's row, from the event and the state after it.
pub(super) fn of(event: &Event, after: &Aggregate) -> Value {
    match (event, after) {
        (Event::Environment(event), Aggregate::Environment(state)) => {
            state.record.as_deref().map_or(Value::Null, |record| of_environment(event, record))
        }
        (Event::Lease(event), Aggregate::Lease(state)) => {
            state.record.as_deref().map_or(Value::Null, |record| of_lease(event, record))
        }
        (Event::Run(run::Event::RunEnded(ended)), Aggregate::Run(_)) => of_run(ended),
        (Event::Operation(event), _) => of_operation(event),
        (Event::Environment(_) | Event::Lease(_) | Event::Run(_), _) => Value::Null,
    }
}

fn of_environment(event: &environment::Event, record: &EnvironmentRecord) -> Value {
    match event {
        environment::Event::Created(_) | environment::Event::Removed(_) => {
            json!({"name": record.name, "driver": record.driver, "status": record.status})
        }
        environment::Event::Archived(_) | environment::Event::Reactivated(_) => {
            json!({"changedFields": ["status"], "status": record.status})
        }
        environment::Event::Updated(updated) => Value::Object(of_update(updated)),
        environment::Event::Probed(probed) => json!({
            "driver": record.driver,
            "ok": probed.ok,
            "summary": probed.summary,
            "cause": probed.cause,
        }),
        environment::Event::OrphanFound(found) => json!({
            "driver": record.driver,
            "providerLeaseId": found.provider_lease_id,
            "leaseId": found.lease_id,
            "since": found.since,
        }),
        environment::Event::OrphanGone(gone) => json!({
            "driver": record.driver,
            "providerLeaseId": gone.provider_lease_id,
            "wasDestroyed": gone.was_destroyed,
        }),
        environment::Event::ResourceLost(lost) => json!({
            "driver": record.driver,
            "providerLeaseId": lost.provider_lease_id,
            "leaseId": lost.lease_id,
            "missedAt": lost.missed_at,
        }),
    }
}

fn of_update(updated: &Updated) -> Map<String, Value> {
    let mut details = Map::new();
    let mut tell = |name: &str, value: Value| details.insert(name.to_owned(), value);
    tell("changedFields", json!(updated.changed_fields()));
    if let Some(name) = &updated.name {
        tell("name", json!(name));
    }
    if let Some(driver) = updated.driver {
        tell("driver", json!(driver));
    }
    if updated.description.is_some() {
        tell("descriptionChanged", Value::Bool(true));
    }
    if let Some(config) = &updated.config {
        tell("configChanged", Value::Bool(true));
        tell("configTopLevelKeyCount", json!(config.as_map().len()));
    }
    if let Some(metadata) = &updated.metadata {
        let keys = metadata.as_ref().map_or(0, |metadata| metadata.as_map().len());
        tell("metadataChanged", Value::Bool(true));
        tell("metadataTopLevelKeyCount", json!(keys));
    }
    if let Some(capacity) = &updated.capacity {
        tell("capacity", json!(capacity));
    }
    if let Some(single_flight) = updated.single_flight {
        tell("singleFlight", json!(single_flight));
    }
    details
}

fn of_lease(event: &lease::Event, record: &LeaseRecord) -> Value {
    match event {
        lease::Event::LeaseReserved(acquired) | lease::Event::LeaseAcquired(acquired) => {
            let egress = acquired.network_egress.as_ref();
            acquired_details(record, egress.map_or(&Value::Null, |egress| egress.as_value()))
        }
        lease::Event::Resumed(_) => acquired_details(record, &Value::Null),
        lease::Event::Retained(retained) => {
            released_details(record, retained.provider_resource_disposition)
        }
        lease::Event::Released(ended)
        | lease::Event::Expired(ended)
        | lease::Event::Failed(ended) => {
            released_details(record, ended.provider_resource_disposition)
        }
        lease::Event::MetadataUpdated(updated) => {
            let keys = updated.metadata.as_ref().map_or(0, |metadata| metadata.as_map().len());
            json!({"environmentId": record.environment_id, "metadataTopLevelKeyCount": keys})
        }
        lease::Event::Amended(amended) => json!({
            "environmentId": record.environment_id,
            "status": record.status(),
            "failureReason": amended.failure_reason,
            "cleanupStatus": amended.cleanup_status,
            "replacedByLeaseId": amended.replaced_by_lease_id,
            "providerLeaseId": amended.provider_lease_id,
        }),
        lease::Event::AmnestyGranted(_)
        | lease::Event::FenceRefused(_)
        | lease::Event::CleanupRequested(_)
        | lease::Event::CleanupClaimed(_)
        | lease::Event::CleanupDeferred(_)
        | lease::Event::CleanupSucceeded(_)
        | lease::Event::CleanupFailed(_)
        | lease::Event::CleanupBlocked(_) => told_details(event, record),
        lease::Event::LeaseRenewed(_) => Value::Null,
    }
}

/// What the event itself tells, beside the environment; its time and its actor stand in the row.
fn told_details(event: &lease::Event, record: &LeaseRecord) -> Value {
    let payload = serde_json::to_value(event).unwrap_or_default();
    let told = payload.get(event.name()).and_then(Value::as_object).cloned();
    let mut details = Map::new();
    details.insert("environmentId".to_owned(), json!(record.environment_id));
    let own = told.unwrap_or_default().into_iter();
    details.extend(own.filter(|(name, _)| name != "at" && name != "by"));
    Value::Object(details)
}

fn acquired_details(record: &LeaseRecord, egress: &Value) -> Value {
    json!({
        "environmentId": record.environment_id,
        "driver": record.driver,
        "leasePolicy": record.lease_policy,
        "provider": record.provider,
        "executionWorkspaceId": record.execution_workspace_id,
        "issueId": record.issue_id,
        "networkEgress": egress,
    })
}

fn released_details(record: &LeaseRecord, disposition: Option<Disposition>) -> Value {
    json!({
        "environmentId": record.environment_id,
        "driver": record.driver,
        "leasePolicy": record.lease_policy,
        "provider": record.provider,
        "executionWorkspaceId": record.execution_workspace_id,
        "issueId": record.issue_id,
        "status": record.status(),
        "cleanupStatus": record.cleanup_status,
        "failureReason": record.failure_reason,
        "providerResourceDisposition": disposition.map_or("legacy_default", Disposition::as_str),
    })
}

/// All that the event tells; its time and its id stand in the row.
fn of_operation(event: &operation::Event) -> Value {
    let payload = serde_json::to_value(event).unwrap_or_default();
    let told = payload.get(event.name()).and_then(Value::as_object).cloned();
    let own = told.unwrap_or_default().into_iter();
    Value::Object(own.filter(|(name, _)| name != "at" && name != "id").collect())
}

fn of_run(ended: &RunEnded) -> Value {
    json!({"outcome": ended.outcome, "reason": ended.reason})
}
