//! Environments become history: one for each company that has them.

use std::collections::HashMap;

use leasehold_domain::id::{CompanyId, EnvironmentId};

use super::{Found, Intake};
use crate::import::ImportError;
use crate::import::deliver::{Origin, Outcome, Parcel, deliver, rounds};
use crate::import::progress::Stage;
use crate::import::report::{Place, Placed};
use crate::import::rows::{Activity, Entity, Environment};
use crate::import::source::{Handle, Table};
use crate::import::translate;

/// What an activity row takes, about.
const ACTIVITY_BYTES: usize = 1_024;

/// Where an environment goes for one company.
type Home = (CompanyId, EnvironmentId);

impl Intake<'_> {
    pub(super) async fn environments(&mut self) -> Result<(), ImportError> {
        let environments = std::mem::take(&mut self.survey.environments);
        self.notes.observer.begin(Stage::Environments, Some(environments.len() as u64));
        for (handle, row) in environments {
            self.environment(handle, row).await?;
        }
        self.notes.report.environments.sort();
        Ok(())
    }

    async fn environment(&mut self, handle: Handle, row: Environment) -> Result<(), ImportError> {
        let place = Place::at(Table::Environments, handle, Some(row.id.to_string()));
        let rows = self.activities.about(Entity::Environment(row.id.0)).collect();
        let mut said = by_company(self.read_activities(rows).await?);
        let homes = self.survey.placement.homes(row.id);
        let parcels = homes
            .map(|home| parcel(&row, &place, home, said.remove(&home.0).unwrap_or_default()))
            .collect();
        let mut delivered = Vec::new();
        for round in rounds(parcels) {
            delivered.extend(deliver(self.dispatcher, round).await?);
        }
        self.settle_environment(&row, place, delivered);
        self.notes.observer.advance(1);
        Ok(())
    }

    /// Counts a row once, whatever the number of its copies.
    fn settle_environment(
        &mut self,
        row: &Environment,
        place: Place,
        delivered: Vec<(Origin, Outcome)>,
    ) {
        let mut reasons = Vec::new();
        let mut is_new = false;
        if delivered.is_empty() {
            reasons.push("nobody has a lease on it, and there is more than one company".to_owned());
        }
        for (origin, outcome) in delivered {
            match &outcome {
                Outcome::Rejected(reason) => {
                    reasons.push(format!("for company {}: {reason}", origin.company_id));
                }
                Outcome::New | Outcome::Known => {
                    is_new |= outcome == Outcome::New;
                    self.put(row, origin.company_id, EnvironmentId(origin.id));
                }
            }
            self.settle_activities(origin, &outcome);
        }
        if !reasons.is_empty() {
            self.notes.reject(place.reject(reasons.join("; ")));
        } else if is_new {
            self.notes.counts(Table::Environments).imported += 1;
        } else {
            self.notes.counts(Table::Environments).known += 1;
        }
    }

    fn put(&mut self, row: &Environment, company_id: CompanyId, environment_id: EnvironmentId) {
        self.placed.insert((row.id, company_id), (environment_id, row.driver));
        let (source_id, name) = (row.id, row.name.to_string());
        self.notes.report.environments.push(Placed { company_id, source_id, environment_id, name });
    }
}

fn by_company(found: Vec<Found>) -> HashMap<CompanyId, Vec<Found>> {
    let mut companies: HashMap<CompanyId, Vec<Found>> = HashMap::new();
    for (place, activity) in found {
        companies.entry(activity.company_id).or_default().push((place, activity));
    }
    companies
}

fn parcel(row: &Environment, place: &Place, home: Home, said: Vec<Found>) -> Parcel {
    let (activities, said): (Vec<Place>, Vec<Activity>) = said.into_iter().unzip();
    let import = translate::environment(row, home, said);
    let bytes = (activities.len() + 1) * ACTIVITY_BYTES;
    let origin = Origin { company_id: home.0, id: home.1.0, row: place.clone(), activities };
    Parcel { import, origin, bytes }
}
