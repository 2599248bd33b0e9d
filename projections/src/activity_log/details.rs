//! What an activity row tells of its event: Paperclip's details where it has them, never the values
//! of settings, variables or notes.

mod lease;

use leasehold_domain::environment::{self, Record as EnvironmentRecord, Updated};
use leasehold_domain::operation;
use leasehold_domain::run::{self, RunEnded};
use leasehold_domain::stream::{Aggregate, Event};
use serde_json::{Map, Value, json};

use crate::jsonb::Jsonb;

/// The details of an event's row, from the event and the state after it.
pub(super) fn of(event: &Event, after: &Aggregate) -> Jsonb {
    let none = || Jsonb::of(&Value::Null);
    match (event, after) {
        (Event::Environment(event), Aggregate::Environment(state)) => {
            let record = state.record.as_deref();
            record.map_or_else(none, |record| Jsonb::of(&of_environment(event, record)))
        }
        (Event::Lease(event), Aggregate::Lease(state)) => {
            state.record.as_deref().map_or_else(none, |record| lease::of(event, record))
        }
        (Event::Run(run::Event::RunEnded(ended)), Aggregate::Run(_)) => Jsonb::of(&of_run(ended)),
        (Event::Operation(event), _) => Jsonb::of(&of_operation(event)),
        (Event::Environment(_) | Event::Lease(_) | Event::Run(_), _) => none(),
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
        tell("configTopLevelKeyCount", json!(config.to_map().len()));
    }
    if let Some(metadata) = &updated.metadata {
        let keys = metadata.as_ref().map_or(0, |metadata| metadata.to_map().len());
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
