//! An import from its first look to its report: environments first, then leases, oldest first.

mod environments;
mod leases;

use std::collections::HashMap;

use leasehold_domain::environment::Driver;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use sqlx::PgPool;

use super::ImportError;
use super::deliver::{Origin, Outcome};
use super::progress::Observer;
use super::report::{Place, Report};
use super::rows::Activity;
use super::source::{Handle, Source, Table};
use super::survey::{self, Activities, Notes, Survey};
use crate::dispatch::Dispatcher;

/// Takes everything in that the ledger does not know yet.
///
/// # Errors
/// [`ImportError`] when the source or the ledger fails as a whole. What was taken in until then
/// stays; a row that cannot be taken in is no error but stands in the report.
pub async fn import(
    source: &mut Source,
    dispatcher: &Dispatcher,
    ledger: &PgPool,
    observer: &dyn Observer,
) -> Result<Report, ImportError> {
    let mut notes = Notes::new(observer);
    let survey = survey::take(source, ledger, &mut notes).await?;
    let activities = Activities::take(source, &survey, &mut notes).await?;
    let placed = HashMap::new();
    let mut intake = Intake { source, dispatcher, survey, activities, notes, placed };
    intake.environments().await?;
    intake.leases().await?;
    Ok(intake.notes.finish())
}

/// An import under way.
struct Intake<'i> {
    source: &'i mut Source,
    dispatcher: &'i Dispatcher,
    survey: Survey,
    activities: Activities,
    notes: Notes<'i>,
    /// The environments that are in the ledger: what leases can be on.
    placed: HashMap<(EnvironmentId, CompanyId), (EnvironmentId, Driver)>,
}

/// An activity row and its place in the source.
type Found = (Place, Activity);

impl Intake<'_> {
    /// Reads activity rows; those that cannot be read are rejected.
    async fn read_activities(&mut self, handles: Vec<Handle>) -> Result<Vec<Found>, ImportError> {
        let entries = self.source.get(Table::Activity, handles).await?;
        let mut found = Vec::with_capacity(entries.len());
        for entry in &entries {
            if let Some(activity) = self.notes.full::<Activity>(Table::Activity, entry) {
                let id = Some(activity.id.to_string());
                found.push((Place::of(Table::Activity, entry, id), activity));
            }
        }
        Ok(found)
    }

    /// Counts the activity of a history that was delivered.
    fn settle_activities(&mut self, origin: Origin, outcome: &Outcome) {
        let rows = origin.activities.len() as u64;
        match outcome {
            Outcome::New => self.notes.counts(Table::Activity).imported += rows,
            Outcome::Known => self.notes.counts(Table::Activity).known += rows,
            Outcome::Rejected(_) => {
                for place in origin.activities {
                    self.notes.reject(place.reject("what it is about was not taken in"));
                }
            }
        }
    }
}
