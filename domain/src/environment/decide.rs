//! The decisions on one environment. What spans environments is [`crate::company`]'s.

use super::event::{Change, Created, Updated};
use super::finding::told;
use super::{Command, Create, Environment, Event, Record, Refusal, Status, Update};
use crate::id::{CompanyId, EnvironmentId};
use crate::time::Timestamp;

/// What a decision sees besides the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The time of the decision.
    pub now: Timestamp,
    /// The company whose stream it is.
    pub company_id: CompanyId,
    /// The environment whose stream it is.
    pub environment_id: EnvironmentId,
}

/// Decides one command.
///
/// # Errors
/// A [`Refusal`] with its evidence; the stream is as it was.
pub fn decide(
    environment: &Environment,
    command: &Command,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Create(create) => Ok(vec![created(create, facts)]),
        Command::Update(update) => updated(environment, update, facts),
        Command::Archive => to_status(environment, Status::Archived, facts),
        Command::Reactivate => to_status(environment, Status::Active, facts),
        Command::Remove => {
            present(environment, facts)?;
            Ok(vec![Event::Removed(Change { at: facts.now })])
        }
        Command::Observe(finding) => {
            present(environment, facts)?;
            Ok(told(environment, finding, facts.now).into_iter().collect())
        }
    }
}

fn present<'e>(environment: &'e Environment, facts: &Facts) -> Result<&'e Record, Refusal> {
    let environment_id = facts.environment_id;
    environment.present().ok_or(Refusal::EnvironmentNotFound { environment_id })
}

fn created(create: &Create, facts: &Facts) -> Event {
    Event::Created(Box::new(Created {
        at: facts.now,
        id: facts.environment_id,
        company_id: facts.company_id,
        name: create.name.clone(),
        description: create.description.clone(),
        driver: create.driver,
        status: create.status,
        config: create.config.clone(),
        env_vars: create.env_vars.clone(),
        metadata: create.metadata.clone(),
        capacity: create.capacity.map(|capacity| capacity.0),
        single_flight: create.single_flight,
        default_ttl_seconds: create.default_ttl_seconds.map(|ttl| ttl.0),
        source_id: create.source_id,
    }))
}

fn updated(
    environment: &Environment,
    update: &Update,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    let record = present(environment, facts)?;
    let current_version = environment.version;
    if let Some(expected_version) = update.if_version.filter(|v| *v != current_version) {
        let environment_id = facts.environment_id;
        return Err(Refusal::VersionMismatch { environment_id, current_version, expected_version });
    }
    let changes = changes(record, update, facts.now);
    let mut events = Vec::new();
    if !changes.changed_fields().is_empty() {
        events.push(Event::Updated(Box::new(changes)));
    }
    if let Some(status) = update.status {
        events.extend(to_status(environment, status, facts)?);
    }
    Ok(events)
}

/// What is really different: what already is as asked is no event.
fn changes(record: &Record, update: &Update, at: Timestamp) -> Updated {
    fn other<T: Clone + PartialEq>(asked: Option<&T>, current: &T) -> Option<T> {
        asked.filter(|value| *value != current).cloned()
    }
    let capacity = update.capacity.map(|capacity| capacity.map(|capacity| capacity.0));
    let default_ttl = update.default_ttl_seconds.map(|ttl| ttl.map(|ttl| ttl.0));
    Updated {
        at,
        name: other(update.name.as_ref(), &record.name),
        driver: other(update.driver.as_ref(), &record.driver),
        description: other(update.description.as_ref(), &record.description),
        config: other(update.config.as_ref(), &record.config),
        env_vars: other(update.env_vars.as_ref(), &record.env_vars),
        metadata: other(update.metadata.as_ref(), &record.metadata),
        capacity: other(capacity.as_ref(), &record.capacity),
        single_flight: other(update.single_flight.as_ref(), &record.single_flight),
        default_ttl_seconds: other(default_ttl.as_ref(), &record.default_ttl_seconds),
        imported: None,
    }
}

fn to_status(
    environment: &Environment,
    status: Status,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    let record = present(environment, facts)?;
    if record.status == status {
        return Ok(Vec::new());
    }
    let change = Change { at: facts.now };
    Ok(vec![match status {
        Status::Active => Event::Reactivated(change),
        Status::Archived => Event::Archived(change),
    }])
}
