//! The leases of a source, as little of each as has to be known to find it again in time's order.

use std::collections::{BTreeSet, HashMap};

use leasehold_domain::id::{CompanyId, LeaseId};
use leasehold_domain::time::Timestamp;
use uuid::Uuid;

use super::Notes;
use crate::import::ImportError;
use crate::import::placement::Tenants;
use crate::import::report::Place;
use crate::import::rows::{self, Lease, LeaseGlance};
use crate::import::source::{Entry, Handle, Source, Table};

/// Every lease of a source.
#[derive(Debug, Default)]
pub(in crate::import) struct Leases {
    keys: Vec<LeaseKey>,
    companies: HashMap<LeaseId, CompanyId>,
    tenants: Tenants,
}

/// Where a lease stands in its source, and in time.
#[derive(Debug, Clone, Copy)]
pub(in crate::import) struct LeaseKey {
    acquired_at: Timestamp,
    pub(in crate::import) id: LeaseId,
    pub(in crate::import) handle: Handle,
}

impl Leases {
    pub(super) async fn take(
        source: &mut Source,
        notes: &mut Notes<'_>,
    ) -> Result<Self, ImportError> {
        let mut leases = Self::default();
        source.begin(Table::Leases).await?;
        loop {
            let page = source.next().await?;
            if page.is_empty() {
                break;
            }
            notes.read(Table::Leases, page.len());
            for entry in &page {
                leases.note(entry, notes);
            }
        }
        leases.keys.sort_unstable_by_key(|key| (key.acquired_at, key.id));
        Ok(leases)
    }

    fn note(&mut self, entry: &Entry, notes: &mut Notes<'_>) {
        let Some(lease) = rows::glance::<LeaseGlance>(entry) else {
            // Whatever a glance cannot see, a full reading names.
            if let Some(lease) = notes.full::<Lease>(Table::Leases, entry) {
                let place = Place::of(Table::Leases, entry, Some(lease.id.to_string()));
                notes.reject(place.reject("has a column twice"));
            }
            return;
        };
        if self.companies.contains_key(&lease.id) {
            let place = Place::of(Table::Leases, entry, Some(lease.id.to_string()));
            return notes.reject(place.reject("has the id of an earlier row"));
        }
        self.companies.insert(lease.id, lease.company_id);
        let key = LeaseKey { acquired_at: lease.acquired_at, id: lease.id, handle: entry.handle };
        self.keys.push(key);
        if let Some(environment) = lease.environment_id {
            let companies = self.tenants.entry(environment).or_default();
            let first = companies.entry(lease.company_id).or_insert((lease.acquired_at, lease.id));
            *first = (*first).min((lease.acquired_at, lease.id));
        }
    }

    /// All of them, in the order in which they were acquired; after that none.
    pub(in crate::import) fn take_keys(&mut self) -> Vec<LeaseKey> {
        std::mem::take(&mut self.keys)
    }

    /// Whose a lease is; none when the source has none of this id.
    pub(in crate::import) fn company(&self, id: Uuid) -> Option<CompanyId> {
        self.companies.get(&LeaseId(id)).copied()
    }

    pub(super) fn companies(&self) -> BTreeSet<CompanyId> {
        self.companies.values().copied().collect()
    }

    pub(super) const fn tenants(&self) -> &Tenants {
        &self.tenants
    }
}
