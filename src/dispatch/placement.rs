//! Which lane works for which company.
//!
//! **Claims.** All that is under way of a company is in one lane. Who shares a lane with a company that
//! keeps it busy goes to a calmer one. **Because** a company changes its lane only when nothing of it is
//! under way, and its memory is where every lane finds it ([`super::shelf`]), so that it costs nothing.
//! **Not** promised: that lanes are equally busy. A company that is busier than all others together
//! keeps a lane to itself, and no more than one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use leasehold_domain::id::CompanyId;

/// After so many jobs each counts for half: what was busy a second ago may be idle now.
const JOBS_UNTIL_HALVED: u32 = 4_096;

/// How busy lanes and companies are, and where each company is.
#[derive(Debug)]
pub(super) struct Placement(Mutex<State>);

#[derive(Debug)]
struct State {
    places: HashMap<CompanyId, Place>,
    /// The jobs of late of each lane.
    lanes: Vec<u32>,
    handed_in: u32,
}

/// Where a company is.
#[derive(Debug, Clone, Copy)]
struct Place {
    lane: usize,
    /// Jobs that are not answered.
    under_way: u32,
    /// Its jobs of late.
    jobs: u32,
}

/// A job's claim on the lane that its company is in: until it is dropped the company stays there.
#[derive(Debug)]
pub(super) struct Stay {
    placement: Arc<Placement>,
    pub(super) company: CompanyId,
    pub(super) lane: usize,
}

impl Placement {
    /// So many lanes, at least one, that nobody has been in.
    pub(super) fn new(lanes: usize) -> Arc<Self> {
        let lanes = vec![0; lanes.max(1)];
        Arc::new(Self(Mutex::new(State { places: HashMap::new(), lanes, handed_in: 0 })))
    }

    /// The lane for the next job of a company.
    pub(super) fn stay(self: &Arc<Self>, company: CompanyId) -> Stay {
        let lane = self.state().place(company);
        Stay { placement: Arc::clone(self), company, lane }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        if let Some(place) = self.placement.state().places.get_mut(&self.company) {
            place.under_way = place.under_way.saturating_sub(1);
        }
    }
}

impl State {
    fn place(&mut self, company: CompanyId) -> usize {
        let lanes = self.lanes.iter().copied().enumerate();
        let (calmest, fewest) = lanes.min_by_key(|(_, jobs)| *jobs).unwrap_or((0, 0));
        let place =
            self.places.entry(company).or_insert(Place { lane: calmest, under_way: 0, jobs: 0 });
        if place.under_way == 0 && place.gains(self.lanes[place.lane], fewest) {
            self.lanes[place.lane] -= place.jobs;
            self.lanes[calmest] += place.jobs;
            place.lane = calmest;
        }
        place.under_way += 1;
        place.jobs += 1;
        self.lanes[place.lane] += 1;
        let lane = place.lane;
        self.handed_in += 1;
        if self.handed_in == JOBS_UNTIL_HALVED {
            self.halve();
        }
        lane
    }

    /// Forgets who has nothing under way and has had nothing for long.
    fn halve(&mut self) {
        self.handed_in = 0;
        self.lanes.fill(0);
        for place in self.places.values_mut() {
            place.jobs /= 2;
            self.lanes[place.lane] += place.jobs;
        }
        self.places.retain(|_, place| place.under_way > 0 || place.jobs > 0);
    }
}

impl Place {
    /// Whether lanes are more alike when it goes from one with so many jobs to one with so few. A
    /// difference of less than a quarter comes and goes by itself.
    const fn gains(&self, here: u32, there: u32) -> bool {
        let gap = here.saturating_sub(there);
        gap > here / 4 && self.jobs < gap
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use leasehold_domain::id::CompanyId;
    use uuid::Uuid;

    use super::{JOBS_UNTIL_HALVED, Placement};

    fn company(number: u32) -> CompanyId {
        CompanyId(Uuid::from_u128(number.into()))
    }

    /// Where the next job of a company is done, when it is done at once.
    fn visit(placement: &Arc<Placement>, number: u32) -> usize {
        placement.stay(company(number)).lane
    }

    #[test]
    fn companies_are_shared_out_evenly() {
        let placement = Placement::new(2);
        let first = (0..50).filter(|number| visit(&placement, *number) == 0).count();
        assert_eq!(first, 25);
    }

    #[test]
    fn neighbours_of_a_busy_company_go_to_the_calmer_lane() {
        let placement = Placement::new(2);
        for _ in 0..20 {
            for number in 1..50 {
                visit(&placement, number);
                for _ in 0..4 {
                    visit(&placement, 0);
                }
            }
        }
        let busy = visit(&placement, 0);
        assert!((1..50).all(|number| visit(&placement, number) != busy));
        assert_eq!(visit(&placement, 0), busy);
    }

    #[test]
    fn a_company_stays_while_something_of_it_is_under_way() {
        let placement = Placement::new(2);
        let under_way = placement.stay(company(1));
        let beside = placement.stay(company(2));
        assert_ne!(under_way.lane, beside.lane);
        let busy: Vec<_> = (0..100).map(|_| placement.stay(company(3))).collect();
        let shared = if busy[0].lane == under_way.lane { under_way } else { beside };
        assert_eq!(placement.stay(shared.company).lane, shared.lane);
        let (neighbour, lane) = (shared.company, shared.lane);
        drop(shared);
        assert_ne!(placement.stay(neighbour).lane, lane);
    }

    #[test]
    fn companies_that_are_idle_are_forgotten() {
        let placement = Placement::new(2);
        let under_way = placement.stay(company(0));
        visit(&placement, 1);
        for _ in 0..=JOBS_UNTIL_HALVED {
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
