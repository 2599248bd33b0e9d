//! The forms in which the events of runs are stored.

use leasehold_domain::actor::Actor;
use leasehold_domain::run::{Event, Outcome, RunEnded};

use super::golden;
use crate::support::{at, ids, reason};

golden! {
    Run, Event:
    RunEnded {
        "": RunEnded { reason: Some(reason("too slow")), ..ended(Outcome::TimedOut) },
        "-minimal": ended(Outcome::Succeeded),
    }
}

fn ended(outcome: Outcome) -> RunEnded {
    RunEnded {
        ended_at: at(0),
        at: at(1),
        id: ids::run(1),
        company_id: ids::company(1),
        outcome,
        by: Actor::system("heartbeat"),
        reason: None,
    }
}
