//! Leases become history, page by page: one page is read while others are taken in.

use std::collections::HashMap;

use futures::StreamExt as _;
use futures::stream::FuturesOrdered;
use uuid::Uuid;

use super::{Found, Intake};
use crate::dispatch::Failure;
use crate::import::ImportError;
use crate::import::deliver::{Origin, Outcome, Parcel, deliver, rounds};
use crate::import::progress::Stage;
use crate::import::report::Place;
use crate::import::rows::{Activity, Entity, Lease};
use crate::import::source::{Entry, Handle, Table};
use crate::import::survey::LeaseKey;
use crate::import::translate;

/// Leases that are read together.
const PAGE_LEASES: usize = 256;
/// Rounds that are on their way together: enough for a lane never to wait for the next one.
const ROUNDS_IN_FLIGHT: usize = 4;

type Delivered = Result<Vec<(Origin, Outcome)>, Failure>;

impl Intake<'_> {
    pub(super) async fn leases(&mut self) -> Result<(), ImportError> {
        let keys = self.survey.leases.take_keys();
        let rows = keys.len() as u64;
        self.notes.observer.begin(Stage::Leases, Some(rows));
        let dispatcher = self.dispatcher;
        let mut in_flight = FuturesOrdered::new();
        for page in keys.chunks(PAGE_LEASES) {
            for round in rounds(self.read_page(page).await?) {
                in_flight.push_back(deliver(dispatcher, round));
            }
            while in_flight.len() >= ROUNDS_IN_FLIGHT {
                self.settle_round(in_flight.next().await)?;
            }
        }
        while !in_flight.is_empty() {
            self.settle_round(in_flight.next().await)?;
        }
        Ok(())
    }

    fn settle_round(&mut self, delivered: Option<Delivered>) -> Result<(), ImportError> {
        for (origin, outcome) in delivered.transpose()?.unwrap_or_default() {
            self.settle_lease(origin, &outcome);
        }
        Ok(())
    }

    async fn read_page(&mut self, page: &[LeaseKey]) -> Result<Vec<Parcel>, ImportError> {
        let handles = page.iter().map(|key| key.handle).collect();
        let entries = self.source.get(Table::Leases, handles).await?;
        let mut told = self.read_told(page).await?;
        let mut parcels = Vec::with_capacity(entries.len());
        for (entry, key) in entries.iter().zip(page) {
            let told = told.remove(&key.id.0).unwrap_or_default();
            parcels.extend(self.read_lease(entry, told));
        }
        Ok(parcels)
    }

    /// The activity of a page's leases.
    async fn read_told(
        &mut self,
        page: &[LeaseKey],
    ) -> Result<HashMap<Uuid, Vec<Found>>, ImportError> {
        let about = |key: &LeaseKey| self.activities.about(Entity::Lease(key.id.0));
        let handles: Vec<Handle> = page.iter().flat_map(about).collect();
        let mut told: HashMap<Uuid, Vec<Found>> = HashMap::new();
        for (place, activity) in self.read_activities(handles).await? {
            told.entry(activity.about).or_default().push((place, activity));
        }
        Ok(told)
    }

    fn read_lease(&mut self, entry: &Entry, told: Vec<Found>) -> Option<Parcel> {
        let (activities, told): (Vec<Place>, Vec<Activity>) = told.into_iter().unzip();
        let Some(row) = self.notes.full::<Lease>(Table::Leases, entry) else {
            self.leave_out(activities);
            return None;
        };
        let place = Place::of(Table::Leases, entry, Some(row.id.to_string()));
        let placed = |id| self.placed.get(&(id, row.company_id)).copied();
        let environment = match row.environment_id {
            Some(id) if placed(id).is_none() => {
                let reason = format!("is on environment {id}, which was not taken in");
                self.notes.reject(place.reject(reason));
                self.leave_out(activities);
                return None;
            }
            id => id.and_then(placed),
        };
        let ground = translate::ground_of(&row, environment, &told);
        let bytes = entry.text.as_ref().map_or(0, Vec::len);
        let import = translate::lease(&row, ground, told);
        let (company_id, id) = (row.company_id, row.id.0);
        let origin = Origin { company_id, id, row: place, activities };
        Some(Parcel { import, origin, bytes })
    }

    /// A lease that is not taken in takes its activity with it.
    fn leave_out(&mut self, activities: Vec<Place>) {
        for place in activities {
            self.notes.reject(place.reject("its lease was not taken in"));
        }
        self.notes.observer.advance(1);
    }

    fn settle_lease(&mut self, origin: Origin, outcome: &Outcome) {
        match outcome {
            Outcome::New => self.notes.counts(Table::Leases).imported += 1,
            Outcome::Known => self.notes.counts(Table::Leases).known += 1,
            Outcome::Rejected(reason) => {
                self.notes.reject(origin.row.clone().reject(reason.clone()));
            }
        }
        self.settle_activities(origin, outcome);
        self.notes.observer.advance(1);
    }
}
