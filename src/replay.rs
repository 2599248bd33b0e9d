//! A history told again: event by event, with the state after each and what it changed.
//!
//! Reads no clock and asks nothing but the log: the same history is told the same way for ever.

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{Aggregate, StreamId};
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde_json::{Map, Value, json};
use sqlx::postgres::PgConnectOptions;

use crate::history::{
    Entry, Fold, Kept, OVER_KEPT_MAX, Reader, Sink, Snapshot, Span, Step, follow,
};
use crate::log::{Recorded, Stored};
use crate::read::Cut;

/// One event of a history that is told.
#[derive(Debug)]
pub struct Scene {
    /// The event.
    pub event: Recorded,
    /// Who asked for it, as its metadata says.
    pub actor: String,
    /// Its stream's row after it, as the contract shows it; null when there is none any more.
    pub after: Value,
    /// The fields that it changed: what they were and what they are.
    pub changed: Vec<(String, Value, Value)>,
}

/// Something of a history, in order.
#[derive(Debug)]
pub enum Told {
    /// An event.
    Scene(Box<Scene>),
    /// An event that this program cannot read.
    Unreadable(Position, String),
}

/// Tells the history of a company, or of some of its streams, up to a cut.
///
/// # Errors
/// The database's. A connection that is lost is an error, never a history that is too short.
pub async fn replay(
    database: &PgConnectOptions,
    company: CompanyId,
    streams: Option<Vec<StreamId>>,
    cut: Cut,
    tell: impl FnMut(Told) + Send + 'static,
) -> sqlx::Result<()> {
    let snapshot = Snapshot::take(database, "leasehold replay").await?;
    let mut reader = Reader::open(snapshot.joining()).await?;
    let span = Span { first: company.0, last: company.0, up_to: cut.up_to, streams, paged: None };
    let teller = Teller { cut, tell, before: Value::Null };
    follow(&mut reader, &span, Fold::new(teller, OVER_KEPT_MAX), &mut Kept, &|_| ())
        .await
        .map(|_| ())
}

struct Teller<F> {
    cut: Cut,
    tell: F,
    before: Value,
}

/// What there is to see of a state.
fn shown(state: &Aggregate) -> Value {
    match state {
        Aggregate::Environment(state) => json!(EnvironmentRow::of(state)),
        Aggregate::Lease(state) => json!(LeaseRow::of(state)),
        Aggregate::Run(state) => json!(state.ended),
        Aggregate::Operation(state) => json!(state.record),
    }
}

/// The fields that differ, in the order of the later state.
fn changed(before: &Value, after: &Value) -> Vec<(String, Value, Value)> {
    let nothing = Map::new();
    let (one, two) =
        (before.as_object().unwrap_or(&nothing), after.as_object().unwrap_or(&nothing));
    let gone = one.keys().filter(|name| !two.contains_key(*name));
    let value =
        |row: &Map<String, Value>, name: &String| row.get(name).cloned().unwrap_or_default();
    two.keys()
        .chain(gone)
        .filter(|name| value(one, name) != value(two, name))
        .map(|name| (name.clone(), value(one, name), value(two, name)))
        .collect()
}

impl<F: FnMut(Told) + Send + 'static> Sink for Teller<F> {
    fn entry(&mut self, entry: &Entry) {
        if let Err(error) = &entry.content {
            (self.tell)(Told::Unreadable(entry.position, error.clone()));
        }
    }

    fn before(&mut self, _: &Stored, state: &Aggregate) {
        self.before = shown(state);
    }

    fn after(&mut self, step: &Step<'_>) {
        let event = Recorded { stored: step.stored.clone(), digest: step.digest };
        if !self.cut.has(&event) {
            return;
        }
        let after = shown(step.after);
        let changed = changed(&self.before, &after);
        let actor = &step.content.provenance.actor;
        let actor = format!("{} {}", actor.kind, actor.id);
        (self.tell)(Told::Scene(Box::new(Scene { event, actor, after, changed })));
    }

    /// The event itself was told as unreadable.
    fn poison(&mut self, _: CompanyId, _: StreamId, _: Position, _: &str) {}

    fn settle(&mut self, _: CompanyId, _: &Aggregate, _: Position) {}

    fn unsettle(&mut self, _: CompanyId, _: &Aggregate, _: Position) {}

    fn finish(&mut self, _: CompanyId) {}
}
