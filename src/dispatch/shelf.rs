//! The companies that no lane is at: each lane takes from here what a batch is about and brings it back.
//!
//! **Claims.** A company is in one pair of hands at a time. What two had at once costs a miss and
//! nothing else: a draft on an old head is never written. **Because** who takes a company takes it away,
//! and all that is under way of it is in one lane ([`super::placement`]).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use leasehold_domain::id::CompanyId;

use super::memory::Known;

/// Companies that are kept in memory.
const COMPANIES_KEPT_MAX: usize = 20_000;

/// What all lanes of a dispatcher have in memory. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf(Arc<Mutex<HashMap<CompanyId, Known>>>);

impl Shelf {
    /// Takes those of the companies that are there.
    pub(super) fn take(
        &self,
        companies: impl Iterator<Item = CompanyId>,
        into: &mut HashMap<CompanyId, Known>,
    ) {
        let mut kept = self.kept();
        for company in companies {
            if let Some(known) = kept.remove(&company) {
                into.insert(company, known);
            }
        }
    }

    /// Puts companies there; all that were there go when they are too many.
    pub(super) fn put(&self, companies: &mut HashMap<CompanyId, Known>) {
        let mut kept = self.kept();
        kept.extend(companies.drain());
        if kept.len() > COMPANIES_KEPT_MAX {
            kept.clear();
        }
    }

    /// Forgets what is there.
    pub(super) fn clear(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<CompanyId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use leasehold_domain::id::CompanyId;
    use uuid::Uuid;

    use super::{COMPANIES_KEPT_MAX, Shelf};
    use crate::dispatch::memory::Known;

    fn put(shelf: &Shelf, numbers: impl Iterator<Item = usize>) {
        let companies = numbers.map(|number| CompanyId(Uuid::from_u128(number as u128)));
        shelf.put(&mut companies.map(|company| (company, Known::unbegun(company))).collect());
    }

    fn take(shelf: &Shelf, number: usize) -> usize {
        let mut taken = HashMap::new();
        shelf.take([CompanyId(Uuid::from_u128(number as u128))].into_iter(), &mut taken);
        taken.len()
    }

    #[test]
    fn what_one_lane_puts_there_another_finds_once() {
        let shelf = Shelf::default();
        put(&shelf.clone(), 0..3);
        assert_eq!([take(&shelf, 1), take(&shelf, 1), take(&shelf, 2)], [1, 0, 1]);
        shelf.clear();
        assert_eq!(take(&shelf, 0), 0);
    }

    #[test]
    fn no_more_than_so_many_are_kept() {
        let shelf = Shelf::default();
        put(&shelf, 0..COMPANIES_KEPT_MAX);
        assert_eq!(take(&shelf, 0), 1);
        put(&shelf, COMPANIES_KEPT_MAX..COMPANIES_KEPT_MAX + 2);
        assert_eq!(take(&shelf, 1), 0);
    }
}
