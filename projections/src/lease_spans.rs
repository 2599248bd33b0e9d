//! `lease_spans`: every time for which a lease took its place, and for whom. It is kept up beside
//! the appends, and answers questions about moments of the past.

use chrono::{DateTime, Utc};
use leasehold_domain::lease::{Acquired, EndKind, Event, Phase, Resumed};
use uuid::Uuid;

use crate::tuple::{Column as _, Tuple};

/// Its name, which is that of its table.
pub const NAME: &str = "lease_spans";
/// The columns of its table, in the order in which [`Span::write`] writes them.
pub const COLUMNS: [&str; 13] = [
    "company_id",
    "lease_id",
    "from_position",
    "to_position",
    "held_from",
    "held_to",
    "environment_id",
    "agent_id",
    "run_id",
    "phase",
    "reach",
    "position_reach",
    "outcome",
];
/// The class of spans that last longer than any other class.
const LONGEST: u32 = 57;
/// The class of spans that go on.
pub const OPEN: i16 = 58;

/// Where in the log, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The event's position.
    pub position: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// A time for which a lease took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table, which documents them")]
pub struct Span {
    pub lease_id: Uuid,
    pub environment_id: Uuid,
    pub agent_id: Option<Uuid>,
    pub run_id: Option<Uuid>,
    pub phase: Phase,
    pub from: Mark,
    pub to: Option<Mark>,
    pub outcome: Option<EndKind>,
}

impl Span {
    /// The class of its duration: it lasts at most two to the power of it, in microseconds.
    #[must_use]
    pub fn reach(&self) -> i16 {
        self.to.map_or(OPEN, |to| class((to.at - self.from.at).num_microseconds()))
    }

    /// The same in positions.
    #[must_use]
    pub fn position_reach(&self) -> i16 {
        self.to.map_or(OPEN, |to| class(Some(to.position - self.from.position)))
    }

    /// Its row in a company.
    pub fn write(&self, company_id: Uuid, to: &mut Tuple) {
        to.begin(COLUMNS.len());
        company_id.write(to);
        self.lease_id.write(to);
        self.from.position.write(to);
        self.to.map(|to| to.position).write(to);
        self.from.at.write(to);
        self.to.map(|to| to.at).write(to);
        self.environment_id.write(to);
        self.agent_id.write(to);
        self.run_id.write(to);
        self.phase.as_str().write(to);
        self.reach().write(to);
        self.position_reach().write(to);
        self.outcome.map(EndKind::as_str).write(to);
    }

    fn granted(lease_id: Uuid, acquired: &Acquired, phase: Phase, from: Mark) -> Self {
        Self {
            lease_id,
            environment_id: acquired.environment_id.0,
            agent_id: acquired.agent_id.map(Into::into),
            run_id: acquired.heartbeat_run_id.map(Into::into),
            phase,
            from,
            to: None,
            outcome: None,
        }
    }

    fn kept(&self, from: Mark) -> Self {
        Self { phase: Phase::Retained, from, ..self.clone() }
    }

    fn resumed(&self, resumed: &Resumed, from: Mark) -> Self {
        Self {
            run_id: Some(resumed.heartbeat_run_id.0),
            agent_id: resumed.agent_id.map(Into::into).or(self.agent_id),
            phase: Phase::Active,
            from,
            ..self.clone()
        }
    }
}

/// The least power of two that is not below a length; a length that nobody knows is the longest.
fn class(length: Option<i64>) -> i16 {
    let length = length.map_or(u64::MAX, |length| length.max(1).unsigned_abs());
    let bits = u64::BITS - (length - 1).leading_zeros();
    i16::try_from(bits.min(LONGEST)).unwrap_or(OPEN)
}

/// How a lease ends with an event; none when it goes on.
#[must_use]
pub const fn outcome(event: &Event) -> Option<EndKind> {
    if matches!(event, Event::Released(_)) {
        Some(EndKind::Released)
    } else if matches!(event, Event::Expired(_)) {
        Some(EndKind::Expired)
    } else if matches!(event, Event::Failed(_)) {
        Some(EndKind::Failed)
    } else {
        None
    }
}

/// Folds an event of a lease onto its open span: the span that it ends, if it ends one. What it
/// begins is open from then on.
pub fn fold(open: &mut Option<Span>, lease_id: Uuid, event: &Event, at: Mark) -> Option<Span> {
    let next = match event {
        Event::LeaseReserved(acquired) => {
            Some(Span::granted(lease_id, acquired, Phase::Reserved, at))
        }
        Event::LeaseAcquired(acquired) => {
            Some(Span::granted(lease_id, acquired, Phase::Active, at))
        }
        Event::Retained(_) => open.as_ref().map(|open| open.kept(at)),
        Event::Resumed(resumed) => open.as_ref().map(|open| open.resumed(resumed, at)),
        Event::Released(_) | Event::Expired(_) | Event::Failed(_) => None,
        Event::LeaseRenewed(_)
        | Event::MetadataUpdated(_)
        | Event::Amended(_)
        | Event::AmnestyGranted(_)
        | Event::FenceRefused(_)
        | Event::CleanupRequested(_)
        | Event::CleanupClaimed(_)
        | Event::CleanupDeferred(_)
        | Event::CleanupSucceeded(_)
        | Event::CleanupFailed(_)
        | Event::CleanupBlocked(_) => return None,
    };
    let ended = std::mem::replace(open, next);
    ended.map(|span| Span { to: Some(at), outcome: outcome(event), ..span })
}

#[cfg(test)]
mod tests {
    use super::class;

    #[test]
    fn a_class_is_the_least_power_of_two_that_is_not_below() {
        for (length, wanted) in [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1 << 40, 40)] {
            assert_eq!(class(Some(length)), wanted, "{length}");
        }
        assert_eq!(class(Some((1 << 40) + 1)), 41);
        assert_eq!((class(Some(i64::MAX)), class(None)), (57, 57));
    }
}
