//! Which lane works for which company.
//!
//! **Claims.** All that is under way of a company is in one lane. Who shares a lane with a company that
//! keeps it busy goes to a calmer one. Nobody goes where more is waiting than where he is: a lane that is
//! held up is calm, too. Who finds the first lane idle is served there: what comes one by one is done by
//! one process of the server, whose caches have all that the statement needs, and not by all in turn (a
//! single client's cycle took 0.98 ms, and 1.2 in turn). **Because** a company changes its lane only when
//! nothing of it is under way, and its memory is where every lane finds it ([`super::shelf`]), so that it
//! costs nothing.
//! **Not** promised: that lanes are equally busy. A company that is busier than all others together
//! keeps a lane to itself, and no more than one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use leasehold_domain::id::CompanyId;

/// After so many commands each counts for half: what was busy a second ago may be idle now.
const COMMANDS_UNTIL_HALVED: u32 = 4_096;

/// The lane of what comes one by one.
const FIRST: usize = 0;

/// How busy lanes and companies are, and where each company is.
#[derive(Debug)]
pub(super) struct Placement(Mutex<State>);

#[derive(Debug)]
struct State {
    places: HashMap<CompanyId, Place>,
    lanes: Vec<Load>,
    handed_in: u32,
}

/// What there is of commands.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    /// Not answered.
    under_way: u32,
    /// Handed in of late.
    late: u32,
}

/// Where a company is.
#[derive(Debug, Clone, Copy)]
struct Place {
    lane: usize,
    load: Load,
}

/// A job's claim on the lane that its company is in: until it is dropped the company stays there.
#[derive(Debug)]
pub(super) struct Stay {
    placement: Arc<Placement>,
    pub(super) company: CompanyId,
    pub(super) lane: usize,
    commands: u32,
}

impl Placement {
    /// So many lanes, at least one, that nobody has been in.
    pub(super) fn new(lanes: usize) -> Arc<Self> {
        let lanes = vec![Load::default(); lanes.max(1)];
        Arc::new(Self(Mutex::new(State { places: HashMap::new(), lanes, handed_in: 0 })))
    }

    /// The lane for a company's next job, of so many commands.
    pub(super) fn stay(self: &Arc<Self>, company: CompanyId, commands: usize) -> Stay {
        let commands = u32::try_from(commands).unwrap_or(COMMANDS_UNTIL_HALVED).max(1);
        let lane = self.state().place(company, commands);
        Stay { placement: Arc::clone(self), company, lane, commands }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        let mut state = self.placement.state();
        state.lanes[self.lane].under_way -= self.commands;
        if let Some(place) = state.places.get_mut(&self.company) {
            place.load.under_way -= self.commands;
        }
    }
}

impl State {
    fn place(&mut self, company: CompanyId, commands: u32) -> usize {
        let lane = self.choose(company);
        let new = Place { lane, load: Load::default() };
        let place = self.places.entry(company).or_insert(new);
        self.lanes[place.lane].late -= place.load.late;
        self.lanes[lane].late += place.load.late;
        place.lane = lane;
        for load in [&mut place.load, &mut self.lanes[lane]] {
            load.under_way += commands;
            load.late += commands;
        }
        self.handed_in += commands;
        if self.handed_in >= COMMANDS_UNTIL_HALVED {
            self.halve();
        }
        lane
    }

    fn choose(&self, company: CompanyId) -> usize {
        let lanes = self.lanes.iter().copied().enumerate();
        let least = lanes.min_by_key(|(_, load)| (load.under_way, load.late));
        let (calmest, there) = least.unwrap_or_default();
        match self.places.get(&company) {
            Some(place) if place.load.under_way > 0 => place.lane,
            _ if self.lanes[FIRST].under_way == 0 => FIRST,
            Some(place) if !place.gains(self.lanes[place.lane], there) => place.lane,
            _ => calmest,
        }
    }

    /// Forgets who has nothing under way and has had nothing for long.
    fn halve(&mut self) {
        self.handed_in = 0;
        self.lanes.iter_mut().for_each(|lane| lane.late = 0);
        for place in self.places.values_mut() {
            place.load.late /= 2;
            self.lanes[place.lane].late += place.load.late;
        }
        self.places.retain(|_, place| place.load.under_way > 0 || place.load.late > 0);
    }
}

impl Place {
    /// Whether lanes are more alike when it goes from here to there, where least is under way. A
    /// difference of less than a quarter comes and goes by itself.
    const fn gains(&self, here: Load, there: Load) -> bool {
        let gap = here.late.saturating_sub(there.late);
        gap > here.late / 4 && self.load.late < gap
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use leasehold_domain::id::CompanyId;
    use uuid::Uuid;

    use super::{COMMANDS_UNTIL_HALVED, FIRST, Load, Place, Placement};

    fn company(number: u32) -> CompanyId {
        CompanyId(Uuid::from_u128(number.into()))
    }

    /// Where the next job of a company is done, when it is done at once.
    fn visit(placement: &Arc<Placement>, number: u32) -> usize {
        placement.stay(company(number), 1).lane
    }

    #[test]
    fn companies_are_shared_out_evenly() {
        let placement = Placement::new(2);
        let stays: Vec<_> = (0..50).map(|number| placement.stay(company(number), 1)).collect();
        assert_eq!(stays.iter().filter(|stay| stay.lane == FIRST).count(), 25);
    }

    #[test]
    fn what_comes_one_by_one_is_done_in_the_first_lane() {
        let placement = Placement::new(2);
        let stays: Vec<_> = (0..50).map(|number| placement.stay(company(number), 1)).collect();
        drop(stays);
        assert!((0..1_000).all(|number| visit(&placement, number % 70) == FIRST));
    }

    #[test]
    fn an_idle_first_lane_does_not_take_a_company_apart() {
        let placement = Placement::new(2);
        let first = placement.stay(company(0), 1);
        let under_way = placement.stay(company(1), 1);
        assert_ne!(under_way.lane, FIRST);
        drop(first);
        assert_eq!(visit(&placement, 1), under_way.lane);
    }

    #[test]
    fn neighbours_of_a_busy_company_go_to_the_calmer_lane() {
        let placement = Placement::new(2);
        for number in 1..50 {
            assert_eq!(visit(&placement, number), FIRST);
        }
        let busy: Vec<_> = (0..1_000).map(|_| placement.stay(company(0), 1)).collect();
        assert!(busy.iter().all(|stay| stay.lane == FIRST));
        assert!((1..50).all(|number| visit(&placement, number) != FIRST));
    }

    #[test]
    fn a_company_stays_while_something_of_it_is_under_way() {
        let placement = Placement::new(2);
        let under_way = placement.stay(company(1), 1);
        let beside = placement.stay(company(2), 1);
        assert_ne!(under_way.lane, beside.lane);
        let busy: Vec<_> = (0..100).map(|_| placement.stay(company(3), 1)).collect();
        let shared = if busy[0].lane == under_way.lane { under_way } else { beside };
        assert_eq!(placement.stay(shared.company, 1).lane, shared.lane);
        let (neighbour, lane) = (shared.company, shared.lane);
        drop(shared);
        assert_ne!(placement.stay(neighbour, 1).lane, lane);
    }

    #[test]
    fn a_company_goes_where_lanes_are_clearly_more_alike_by_it() {
        let gains = |late, there| {
            let place = Place { lane: 0, load: Load { under_way: 0, late } };
            place.gains(Load { under_way: 1, late: 100 }, Load { under_way: 0, late: there })
        };
        assert!(gains(25, 74));
        assert!(!gains(25, 75), "it comes and goes by itself");
        assert!(!gains(26, 74), "the other lane would be as far ahead");
    }

    #[test]
    fn nobody_goes_to_a_lane_that_is_held_up() {
        let placement = Placement::new(2);
        let held_up = placement.stay(company(0), 1);
        for number in (1..10).cycle().take(1_000) {
            assert_ne!(visit(&placement, number), held_up.lane);
        }
    }

    #[test]
    fn a_job_counts_as_many_times_as_it_has_commands() {
        let placement = Placement::new(2);
        let many = placement.stay(company(0), 1_000);
        let stays: Vec<_> = (1..10).map(|number| placement.stay(company(number), 1)).collect();
        assert!(stays.iter().all(|stay| stay.lane != many.lane));
    }

    #[test]
    fn companies_that_are_idle_are_forgotten() {
        let placement = Placement::new(2);
        let under_way = placement.stay(company(0), 1);
        visit(&placement, 1);
        for _ in 0..=COMMANDS_UNTIL_HALVED {
            visit(&placement, 2);
        }
        let kept = |number| placement.state().places.contains_key(&company(number));
        assert_eq!([kept(0), kept(1), kept(2)], [true, false, true]);
        drop(under_way);
    }

    #[test]
    fn a_single_lane_has_everybody() {
        let placement = Placement::new(0);
        assert!((0..10).all(|number| visit(&placement, number) == 0));
    }
}
