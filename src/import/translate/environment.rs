//! The history of an environment: its creation, what was said of it, and its last change.

use leasehold_domain::company::Import;
use leasehold_domain::environment::{
    Change, Created, Event, ImportedColumns, Record, Status, Updated,
};
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::stream::{self, Aggregate};
use leasehold_domain::time::Timestamp;

use super::{History, in_order};
use crate::import::rows::{self, Activity};

const CREATED: &str = "environment.created";
/// Says something of an environment without changing it.
const PROBED: &str = "environment.probed";

enum Step<'a> {
    /// The change that the row shows the outcome of.
    LastChange(Option<&'a Activity>),
    /// Something was said of it.
    Said(&'a Activity),
}

/// The history of a company's environment, from its row and the activity about it in that company.
pub(in crate::import) fn environment(
    row: &rows::Environment,
    (company_id, id): (CompanyId, EnvironmentId),
    mut activities: Vec<Activity>,
) -> Import {
    activities.sort_by_key(|activity| activity.created_at);
    let creation = activities.iter().find(|activity| activity.action.as_str() == CREATED);
    let change = last_change(row, &activities);
    let rest = activities.iter().filter(|activity| {
        let is_taken =
            |taken: Option<&Activity>| taken.is_some_and(|taken| taken.id == activity.id);
        !is_taken(creation) && !is_taken(change)
    });
    let mut steps: Vec<_> = rest.map(|said| (said.created_at, Step::Said(said))).collect();
    if row.updated_at > row.created_at {
        steps.insert(0, (row.updated_at, Step::LastChange(change)));
    }
    let mut history = History::new(company_id, id.into(), row.created_at);
    history.push(created(row, company_id, id), creation);
    for (at, step) in in_order(steps) {
        let at = history.not_before(at);
        match step {
            Step::LastChange(activity) => history.push(changed(row, at), activity),
            Step::Said(activity) => history.push(said(at), Some(activity)),
        }
    }
    correct(row, &mut history);
    history.finish()
}

/// The first activity row that was written after the last change and may tell of it.
fn last_change<'a>(row: &rows::Environment, activities: &'a [Activity]) -> Option<&'a Activity> {
    activities.iter().find(|activity| {
        let may_tell = !matches!(activity.action.as_str(), CREATED | PROBED);
        row.updated_at > row.created_at && may_tell && activity.created_at >= row.updated_at
    })
}

/// What it was made as is not known: what it is now, but for having been archived since.
fn created(row: &rows::Environment, company_id: CompanyId, id: EnvironmentId) -> stream::Event {
    let status = if row.updated_at > row.created_at { Status::Active } else { row.status };
    stream::Event::Environment(Event::Created(Box::new(Created {
        at: row.created_at,
        id,
        company_id,
        name: row.name.clone(),
        description: row.description.clone(),
        driver: row.driver,
        status,
        config: row.config.clone(),
        env_vars: row.env_vars.clone(),
        metadata: row.metadata.clone(),
        capacity: None,
        single_flight: false,
        default_ttl_seconds: None,
        source_id: (id != row.id).then_some(row.id),
    })))
}

fn changed(row: &rows::Environment, at: Timestamp) -> stream::Event {
    stream::Event::Environment(match row.status {
        Status::Archived => Event::Archived(Change { at }),
        Status::Active => Event::Updated(Box::new(Updated::nothing(at))),
    })
}

fn said(at: Timestamp) -> stream::Event {
    stream::Event::Environment(Event::Updated(Box::new(Updated::nothing(at))))
}

/// Makes the outcome equal the row where the events alone would not.
fn correct(row: &rows::Environment, history: &mut History) {
    let columns = ImportedColumns { created_at: row.created_at, updated_at: row.updated_at };
    if folded(history).is_some_and(|record| columns_of(record) != columns) {
        let at = history.not_before(row.updated_at);
        let updated = Updated { imported: Some(columns), ..Updated::nothing(at) };
        history.push(stream::Event::Environment(Event::Updated(Box::new(updated))), None);
    }
}

fn columns_of(record: &Record) -> ImportedColumns {
    ImportedColumns { created_at: record.created_at, updated_at: record.updated_at }
}

fn folded(history: &History) -> Option<&Record> {
    match &history.state {
        Aggregate::Environment(environment) => environment.present(),
        Aggregate::Lease(_) | Aggregate::Run(_) | Aggregate::Operation(_) => None,
    }
}
