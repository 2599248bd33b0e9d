//! From rows to the events of one stream. Pure: what comes out is a function of the rows alone.

mod environment;
#[cfg(test)]
mod laws;
mod lease;

pub(super) use environment::environment;
pub(super) use lease::{ground_of, lease};

use leasehold_domain::actor::Actor;
use leasehold_domain::company::{Import, ImportedActivity};
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{Aggregate, Event, StreamId};
use leasehold_domain::time::Timestamp;
use leasehold_projections::activity_log::{ActivityRow, Envelope};
use leasehold_projections::jsonb::Jsonb;
use uuid::Uuid;

use super::rows::Activity;

/// Who is named where the source names nobody.
pub(super) fn importer() -> Actor {
    Actor::system("import")
}

/// A history in the making: its events so far, and the state that they fold to.
struct History {
    company_id: CompanyId,
    stream: StreamId,
    state: Aggregate,
    events: Vec<(Event, Option<ImportedActivity>)>,
    last_at: Timestamp,
}

impl History {
    /// The history of a stream that begins at an instant.
    fn new(company_id: CompanyId, stream: StreamId, begins_at: Timestamp) -> Self {
        let state = Aggregate::new(stream.kind);
        Self { company_id, stream, state, events: Vec::new(), last_at: begins_at }
    }

    /// The instant, or that of the last event when it is earlier: times of a stream never fall.
    fn not_before(&self, at: Timestamp) -> Timestamp {
        at.max(self.last_at)
    }

    fn push(&mut self, event: Event, row: Option<&Activity>) {
        self.last_at = self.not_before(event.at());
        self.state.apply(&event);
        let kept = row.map(|row| self.kept(row, &event));
        self.events.push((event, kept));
    }

    /// What has to be kept of an activity row: what the event would not show by itself.
    fn kept(&self, row: &Activity, event: &Event) -> ImportedActivity {
        let envelope = Envelope {
            event_id: Uuid::nil(),
            company_id: self.company_id,
            position: Position(0),
            stream: self.stream,
            actor: &row.actor,
            authenticated_by: None,
            imported: None,
        };
        let shown = ActivityRow::of(event, &self.state, &envelope);
        let shows_action = shown.as_ref().is_some_and(|shown| shown.action == row.action.as_str());
        let shows_details =
            shown.as_ref().is_some_and(|shown| shown.details == Jsonb::of(&row.details));
        ImportedActivity {
            id: Some(row.id),
            created_at: Some(row.created_at),
            action: (!shows_action).then(|| row.action.to_string()),
            details: (!shows_details).then(|| row.details.to_string()),
            actor: Some(row.actor.clone()),
        }
    }

    fn finish(self) -> Import {
        Import { stream: self.stream, events: self.events }
    }
}

/// What happens at an instant, in a list that is sorted by time.
type Timed<S> = (Timestamp, S);

/// Sorts by time; what happens at the same time stays in the order of the list.
fn in_order<S>(mut steps: Vec<Timed<S>>) -> impl Iterator<Item = Timed<S>> {
    steps.sort_by_key(|(at, _)| *at);
    steps.into_iter()
}
