//! What of a log or of the activity is to leave.

use std::collections::BTreeMap;

use leasehold_domain::fence::Position;
use leasehold_domain::operation::Told;
use leasehold_domain::stream::AggregateType;
use leasehold_domain::time::Timestamp;
use uuid::Uuid;

use crate::log::Recorded;
use crate::read::ActivityFilter;

/// What is wanted.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Events of the log.
    Events(EventFilter),
    /// Rows of the activity log.
    Activity(ActivityFilter),
}

/// Which events; what is absent is not asked.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of any of these types.
    pub types: Option<Vec<String>>,
    /// About any of these kinds of thing.
    pub kinds: Option<Vec<AggregateType>>,
    /// About any of these things.
    pub entities: Option<Vec<Uuid>>,
    /// Not recorded before this.
    pub since: Option<Timestamp>,
    /// Recorded before this.
    pub until: Option<Timestamp>,
    /// After this position.
    pub after: Option<Position>,
    /// Up to this position.
    pub up_to: Option<Position>,
}

impl EventFilter {
    /// Whether an event is meant.
    #[must_use]
    pub fn has(&self, event: &Recorded) -> bool {
        let stored = &event.stored;
        let is_any = |asked: Option<bool>| asked.unwrap_or(true);
        is_any(self.types.as_ref().map(|types| types.contains(&stored.event_type)))
            && is_any(self.kinds.as_ref().map(|kinds| kinds.contains(&stored.stream.kind)))
            && is_any(self.entities.as_ref().map(|ids| ids.contains(&stored.stream.id)))
            && is_any(self.since.map(|since| stored.recorded_at >= since))
            && is_any(self.until.map(|until| stored.recorded_at < until))
    }
}

impl Wanted {
    /// Events or activity.
    #[must_use]
    pub const fn what(&self) -> Told {
        match self {
            Self::Events(_) => Told::Events,
            Self::Activity(_) => Told::Activity,
        }
    }

    /// The positions that may be meant: after the first, up to the second.
    pub(super) fn range(&self, head: Position) -> (Position, Position) {
        match self {
            Self::Events(filter) => {
                let after = filter.after.unwrap_or_default();
                (after, filter.up_to.map_or(head, |up_to| up_to.min(head)))
            }
            Self::Activity(_) => (Position(0), head),
        }
    }

    /// The filters by their names, as they are recorded.
    pub(super) fn told(&self) -> BTreeMap<String, String> {
        let told = match self {
            Self::Events(filter) => vec![
                ("type", joined(filter.types.as_deref())),
                ("about", joined(filter.kinds.as_deref())),
                ("entity", joined(filter.entities.as_deref())),
                ("since", filter.since.map(|at| at.to_string())),
                ("until", filter.until.map(|at| at.to_string())),
                ("after", filter.after.map(|position| position.0.to_string())),
                ("upTo", filter.up_to.map(|position| position.0.to_string())),
            ],
            Self::Activity(filter) => vec![
                ("action", joined(filter.actions.as_deref())),
                ("about", joined(filter.kinds.as_deref())),
                ("entity", joined(filter.entities.as_deref())),
                ("run", joined(filter.runs.as_deref())),
                ("agent", joined(filter.agents.as_deref())),
                ("since", filter.since.map(|at| at.to_rfc3339())),
                ("until", filter.until.map(|at| at.to_rfc3339())),
                ("bookkeeping", filter.with_bookkeeping.then(|| "true".to_owned())),
            ],
        };
        let given = |(name, value): (&str, Option<String>)| Some((name.to_owned(), value?));
        told.into_iter().filter_map(given).collect()
    }
}

fn joined<T: ToString>(values: Option<&[T]>) -> Option<String> {
    values.map(|values| values.iter().map(T::to_string).collect::<Vec<_>>().join(","))
}
