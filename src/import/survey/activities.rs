//! Which activity rows are about which environment or lease. Only where they stand is kept.

use std::collections::HashSet;

use leasehold_domain::id::{CompanyId, EnvironmentId};
use uuid::Uuid;

use super::{Notes, Survey};
use crate::import::ImportError;
use crate::import::report::Place;
use crate::import::rows::{self, Activity, ActivityGlance, Entity};
use crate::import::source::{Entry, Handle, Source, Table};

/// The activity rows about environments and leases, found by what they are about.
#[derive(Debug, Default)]
pub(in crate::import) struct Activities {
    /// Sorted by entity, then in the source's order.
    handles: Vec<(Entity, Handle)>,
}

impl Activities {
    pub(in crate::import) async fn take(
        source: &mut Source,
        survey: &Survey,
        notes: &mut Notes<'_>,
    ) -> Result<Self, ImportError> {
        let mut activities = Self::default();
        let mut seen = HashSet::new();
        source.begin(Table::Activity).await?;
        loop {
            let page = source.next().await?;
            if page.is_empty() {
                break;
            }
            notes.read(Table::Activity, page.len());
            for entry in &page {
                activities.note(entry, survey, &mut seen, notes);
            }
        }
        activities.handles.sort_by_key(|(entity, _)| *entity);
        Ok(activities)
    }

    fn note(
        &mut self,
        entry: &Entry,
        survey: &Survey,
        seen: &mut HashSet<Uuid>,
        notes: &mut Notes<'_>,
    ) {
        let Some(row) = rows::glance::<ActivityGlance>(entry) else {
            // Whatever a glance cannot see, a full reading names.
            if let Some(row) = notes.full::<Activity>(Table::Activity, entry) {
                let place = Place::of(Table::Activity, entry, Some(row.id.to_string()));
                notes.reject(place.reject("has a column twice"));
            }
            return;
        };
        if !row.concerns() {
            notes.counts(Table::Activity).skipped += 1;
            return;
        }
        let place = Place::of(Table::Activity, entry, Some(row.id.to_string()));
        let entity = row.entity().filter(|entity| is_known(survey, *entity, row.company_id));
        match entity {
            _ if !seen.insert(row.id) => notes.reject(place.reject("has the id of an earlier row")),
            Some(entity) => self.handles.push((entity, entry.handle)),
            None => notes.reject(place.reject(format!(
                "is about {}, which company {} does not have in this source",
                row.describe(),
                row.company_id
            ))),
        }
    }

    /// The rows about an entity, in the source's order.
    pub(in crate::import) fn about(&self, entity: Entity) -> impl Iterator<Item = Handle> + '_ {
        let first = self.handles.partition_point(|(about, _)| *about < entity);
        let rest = self.handles.get(first..).unwrap_or_default();
        rest.iter().take_while(move |(about, _)| *about == entity).map(|(_, handle)| *handle)
    }
}

fn is_known(survey: &Survey, entity: Entity, company: CompanyId) -> bool {
    match entity {
        Entity::Environment(id) => survey.placement.find(EnvironmentId(id), company).is_some(),
        Entity::Lease(id) => survey.leases.company(id) == Some(company),
    }
}
