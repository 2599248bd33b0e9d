//! Every history of a small installation: two environments, three leases that are reserved, acquired,
//! renewed, kept, resumed, handed on and ended, their cleanups, janitors that come late, two sweepers
//! that are paused and crash, a clock that jumps. The decisions are the domain's own; each invariant
//! is seen to find a bug that was put in on purpose.
//!
//! Histories are gone through step by step, each state once. All kinds of step together reach less
//! far than those that belong together: each [`Scope`] says how far.

mod bugs;
mod invariants;
mod outside;
mod state;

use std::collections::HashSet;

use bugs::Bug;
use invariants::Invariant;
use state::{State, Step};

/// Which steps histories are made of, and how many of them.
struct Scope {
    name: &'static str,
    has: fn(Step) -> bool,
    steps_max: usize,
    /// Fewer would mean that it is not what it was.
    states_min: usize,
}

/// Leases that are held and promised, and an environment's cleanups.
const HOLDING: Scope = Scope { name: "holding", has: is_holding, steps_max: 7, states_min: 25_000 };
/// Leases that are reserved first.
const RESERVING: Scope =
    Scope { name: "reserving", has: is_reserving, steps_max: 6, states_min: 20_000 };
/// Leases that are kept, and whose resource goes on.
const HANDING_ON: Scope =
    Scope { name: "handing on", has: is_handing_on, steps_max: 8, states_min: 8_000 };
/// All of it.
const EVERYTHING: Scope =
    Scope { name: "everything", has: |_| true, steps_max: 4, states_min: 2_000 };

const SCOPES: [Scope; 4] = [HOLDING, RESERVING, HANDING_ON, EVERYTHING];

/// What can happen to whatever is there: time, sweepers, janitors.
const fn is_outside(step: Step) -> bool {
    use Step as S;
    matches!(
        step,
        S::Tick | S::Jump | S::Read(_) | S::Send(_) | S::Crash(_) | S::Claim | S::Succeed(_)
    )
}

const fn is_holding(step: Step) -> bool {
    is_outside(step) || matches!(step, Step::Acquire(_) | Step::Renew(_) | Step::Release(_))
}

const fn is_reserving(step: Step) -> bool {
    use Step as S;
    let own = matches!(step, S::Reserve(_) | S::Activate(_) | S::Abandon(..) | S::Renew(_));
    is_outside(step) || own
}

const fn is_handing_on(step: Step) -> bool {
    use Step as S;
    let own = matches!(
        step,
        S::Acquire(1) | S::Retain(_) | S::Resume(_) | S::HandOff(_) | S::RenewOld(_)
    );
    own || matches!(step, S::Release(_) | S::Tick | S::Read(0) | S::Send(0) | S::Claim)
}

/// Goes through every history; answers with how many states there are, and what is broken first.
fn explore(scope: &Scope, bug: Option<Bug>) -> (usize, Option<(Invariant, Vec<Step>)>) {
    let mut seen = HashSet::new();
    let mut level = vec![State::first()];
    for _ in 0..scope.steps_max {
        let mut next_level = Vec::new();
        for state in &level {
            for step in state.steps().into_iter().filter(|step| (scope.has)(*step)) {
                let Some(next) = state.after(step, bug) else { continue };
                if !seen.insert(next.key()) {
                    continue;
                }
                if let Some(broken) = Invariant::broken(&next) {
                    return (seen.len(), Some((broken, next.history)));
                }
                next_level.push(next);
            }
        }
        level = next_level;
    }
    (seen.len(), None)
}

fn holds_in(scope: &Scope) {
    let (states, broken) = explore(scope, None);
    assert!(broken.is_none(), "{}: {broken:?}", scope.name);
    assert!(states >= scope.states_min, "{}: only {states} states", scope.name);
}

#[test]
fn no_history_of_what_is_held_breaks_an_invariant() {
    holds_in(&HOLDING);
}

#[test]
fn no_history_of_what_is_reserved_breaks_an_invariant() {
    holds_in(&RESERVING);
}

#[test]
fn no_history_of_what_is_handed_on_breaks_an_invariant() {
    holds_in(&HANDING_ON);
}

#[test]
fn no_short_history_of_everything_breaks_an_invariant() {
    holds_in(&EVERYTHING);
}

#[test]
fn each_invariant_finds_the_bugs_that_were_put_in_for_it() {
    for (bug, expected) in Bug::ALL {
        let found = SCOPES.iter().find_map(|scope| explore(scope, Some(bug)).1);
        let (broken, history) = found.unwrap_or_else(|| panic!("{bug:?} is not found"));
        assert_eq!(broken, expected, "{bug:?} by {history:?}");
    }
    for invariant in Invariant::ALL {
        let is_tried = Bug::ALL.iter().any(|(_, expected)| *expected == invariant);
        assert!(is_tried, "no bug was put in for {invariant:?}");
    }
}
