//! A lease's story, from the log alone: why it was granted, what happened, why and by whom it ended,
//! and what is still open at the provider. In words for people, and the facts behind the words.

mod words;

use leasehold_domain::actor::Actor;
use leasehold_domain::company::{EnvironmentEntry, LeaseEntry};
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId};
use leasehold_domain::lease::{self, Lease, Record};
use leasehold_domain::stream::{Aggregate, Event, StreamId};
use leasehold_domain::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::log::{Provenance, Recorded, list_stream_events};
use crate::read::{list_lease_history, list_neighbours};

pub use words::in_words;

/// Events that a story tells at most; what it leaves out in the middle is in the history.
const STEPS_MAX: usize = 1_000;
/// Events that are read at once.
const PAGE: i64 = 1_000;

/// What happened to one lease.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Story {
    /// The lease.
    pub lease_id: LeaseId,
    /// All of it, a sentence a line.
    pub text: String,
    /// Why it was granted: what was free on its environment.
    pub granted: Room,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// Whether it is over: how, when, why and by whom.
    pub ended: Option<Value>,
    /// What is still to be done at the provider.
    pub open: Option<Value>,
}

/// What room there was when a lease was granted.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// Where.
    pub environment_id: EnvironmentId,
    /// How many leases the environment held at once; none for any number.
    pub capacity: Option<u32>,
    /// How many of them were taken.
    pub held: usize,
    /// Whether a workspace had at most one holder.
    pub single_flight: bool,
}

/// One event of the story.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its place in the lease's stream.
    pub sequence: u64,
    /// Its place in the company's log.
    pub position: Position,
    /// When it happened.
    pub at: Timestamp,
    /// Its name.
    pub event: &'static str,
    /// Who asked.
    pub by: Actor,
    /// In words.
    pub text: String,
}

/// Tells the story of a lease; none when there is no such lease.
///
/// # Errors
/// The database's, and that an event cannot be read.
pub async fn tell(
    connection: &mut PgConnection,
    company: CompanyId,
    id: LeaseId,
) -> sqlx::Result<Option<Story>> {
    let (mut lease, mut steps) = (Lease::default(), Vec::new());
    let mut after = 0;
    loop {
        let page = list_lease_history(connection, company, id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.stored.sequence;
        for event in &page {
            if let Event::Lease(own) = &decode(event)? {
                lease.apply(own);
                steps.push(step(event, own)?);
            }
        }
        // How it began and how it ended say more than what was in between.
        if steps.len() > STEPS_MAX {
            steps.drain(STEPS_MAX / 2..steps.len() - STEPS_MAX / 2);
        }
    }
    let (Some(record), Some(first)) = (lease.record.as_deref(), steps.first()) else {
        return Ok(None);
    };
    let granted = room(connection, company, record, first).await?;
    let text = text(record, &granted, &steps);
    let (ended, open) = (ended(record), open(record));
    Ok(Some(Story { lease_id: id, text, granted, steps, ended, open }))
}

fn decode(event: &Recorded) -> sqlx::Result<Event> {
    event.read().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn step(event: &Recorded, own: &lease::Event) -> sqlx::Result<Step> {
    let stored = &event.stored;
    let provenance: Provenance = serde_json::from_str(&stored.metadata)
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(Step {
        sequence: stored.sequence,
        position: stored.position,
        at: stored.occurred_at,
        event: own.name(),
        by: provenance.actor,
        text: activation(stored.sequence, own).unwrap_or_else(|| in_words(own)),
    })
}

/// What is said of an acquisition of what was reserved.
fn activation(sequence: u64, own: &lease::Event) -> Option<String> {
    let lease::Event::LeaseAcquired(acquired) = own else { return None };
    let made = acquired.provider_lease_id.as_ref().filter(|_| sequence > 1)?;
    Some(format!("activated, the provider made {}", made.as_str()))
}

/// Folds what stood on the environment in the moment of the grant.
async fn room(
    connection: &mut PgConnection,
    company: CompanyId,
    record: &Record,
    first: &Step,
) -> sqlx::Result<Room> {
    let (environment_id, at) = (record.environment_id, first.at);
    let neighbours = list_neighbours(connection, company, environment_id, at).await?;
    let mut streams: Vec<StreamId> =
        neighbours.into_iter().filter(|id| *id != record.id).map(StreamId::from).collect();
    streams.push(environment_id.into());
    let before = Position(first.position.0.saturating_sub(1));
    let events = list_stream_events(connection, company, &streams, before).await?;
    let mut states = std::collections::HashMap::new();
    for event in &events {
        let stream = event.stored.stream;
        let state = states.entry(stream).or_insert_with(|| Aggregate::new(stream.kind));
        state.apply(&decode(event)?);
    }
    let mut room = Room { environment_id, capacity: None, held: 0, single_flight: false };
    for state in states.values() {
        match state {
            Aggregate::Environment(state) => {
                let entry = EnvironmentEntry::of(state);
                room.capacity = entry.as_ref().and_then(|entry| entry.capacity);
                room.single_flight = entry.is_some_and(|entry| entry.single_flight);
            }
            Aggregate::Lease(state) => {
                let entry = LeaseEntry::of(state);
                room.held += usize::from(entry.is_some_and(|entry| entry.takes_room()));
            }
            Aggregate::Run(_) | Aggregate::Operation(_) => {}
        }
    }
    Ok(room)
}

fn ended(record: &Record) -> Option<Value> {
    let ending = record.ending()?;
    Some(json!({
        "status": record.status(), "at": ending.at, "by": ending.by, "cause": ending.cause,
        "reason": record.failure_reason, "replacedByLeaseId": record.replaced_by_lease_id,
    }))
}

fn open(record: &Record) -> Option<Value> {
    let cleanup = record.cleanup.as_deref().filter(|cleanup| cleanup.is_open())?;
    Some(json!({
        "provider": record.provider, "providerLeaseId": record.provider_lease_id,
        "cleanup": cleanup,
    }))
}

fn text(record: &Record, room: &Room, steps: &[Step]) -> String {
    let free = match room.capacity {
        Some(capacity) => format!("{} of {capacity} places were taken", room.held),
        None => format!("{} leases were there, and room for any number", room.held),
    };
    let mut lines =
        vec![format!("Lease {} on environment {}: {free}.", record.id, room.environment_id)];
    let mut told = 0;
    for step in steps {
        let left_out = step.sequence.saturating_sub(told + 1);
        if left_out > 0 {
            lines.push(format!("{left_out} events that the history has are left out here."));
        }
        told = step.sequence;
        lines.push(format!("{}  {} ({} {})", step.at, step.text, step.by.kind, step.by.id));
    }
    lines.push(match record.ending() {
        Some(ending) => {
            let why = record.failure_reason.as_ref();
            let why = why.map_or_else(|| words::cause(ending.cause), |why| why.as_str());
            format!(
                "It ended as {} at {}, by {} {}: {why}.",
                ending.kind, ending.at, ending.by.kind, ending.by.id
            )
        }
        None => format!("It is {}.", record.phase()),
    });
    lines.push(match record.cleanup.as_deref() {
        Some(cleanup) if cleanup.is_open() => {
            let (state, attempt) = (cleanup.state, cleanup.attempt);
            format!("Something may be left at the provider: {state}, {attempt} attempts.")
        }
        Some(_) => "What was left at the provider is gone.".to_owned(),
        None => "Nothing is to be done at the provider.".to_owned(),
    });
    lines.join("\n")
}
