//! The first look at a source: which rows there are, what belongs to what, and where things go.
//! Little is kept of each row, so that a source of millions fits in memory.

mod activities;
mod leases;

use std::collections::{BTreeMap, BTreeSet};

use leasehold_domain::id::CompanyId;
use serde::Deserialize;
use sqlx::PgPool;

use super::ImportError;
use super::placement::{Claims, Placement, list_keepers};
use super::progress::{Observer, Stage};
use super::report::{Counts, LeftColumn, Place, Rejected, Report};
use super::rows::{self, Environment, Readable, Row};
use super::source::{Entry, Handle, Source, Table};

pub(super) use activities::Activities;
pub(super) use leases::{LeaseKey, Leases};

/// What a first look has found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Every environment that can be read, with its place.
    pub(super) environments: Vec<(Handle, Environment)>,
    pub(super) leases: Leases,
    pub(super) placement: Placement,
}

/// What an import notes down while it goes on.
pub(super) struct Notes<'o> {
    pub(super) observer: &'o dyn Observer,
    pub(super) report: Report,
    left: BTreeMap<(Table, String), u64>,
}

impl<'o> Notes<'o> {
    pub(super) fn new(observer: &'o dyn Observer) -> Self {
        Self { observer, report: Report::default(), left: BTreeMap::new() }
    }

    pub(super) fn counts(&mut self, table: Table) -> &mut Counts {
        self.report.counts.entry(table).or_default()
    }

    pub(super) fn read(&mut self, table: Table, rows: usize) {
        self.counts(table).read += rows as u64;
        self.observer.advance(rows as u64);
    }

    pub(super) fn reject(&mut self, row: Rejected) {
        self.observer.rejected(&row);
        self.counts(row.table).rejected += 1;
        self.report.rejected.push(row);
    }

    /// Reads a row in full; one that cannot be read is rejected.
    pub(super) fn full<T: Readable>(&mut self, table: Table, entry: &Entry) -> Option<T> {
        match rows::read(entry) {
            Ok(Row { value, left }) => {
                for column in left {
                    *self.left.entry((table, column)).or_default() += 1;
                }
                Some(value)
            }
            Err(unreadable) => {
                self.reject(Place::of(table, entry, unreadable.id).reject(unreadable.reason));
                None
            }
        }
    }

    pub(super) fn finish(mut self) -> Report {
        let column = |((table, column), rows)| LeftColumn { table, column, rows };
        self.report.left_columns = self.left.into_iter().map(column).collect();
        self.report.rejected.sort_by(|one, other| one.place().cmp(&other.place()));
        self.report
    }
}

/// Looks at everything but the activity.
pub(super) async fn take(
    source: &mut Source,
    ledger: &PgPool,
    notes: &mut Notes<'_>,
) -> Result<Survey, ImportError> {
    notes.observer.begin(Stage::Survey, None);
    let mut companies = list_companies(source, notes).await?;
    count(source, Table::Agents, notes).await?;
    let environments = list_environments(source, notes).await?;
    let leases = Leases::take(source, notes).await?;
    companies.extend(leases.companies());
    companies.extend(environments.iter().filter_map(|(_, row)| row.company_id));
    let keepers = list_keepers(ledger, environments.iter().map(|(_, row)| row.id)).await?;
    let claims = Claims { tenants: leases.tenants(), keepers: &keepers, companies: &companies };
    let placement = Placement::of(environments.iter().map(|(_, row)| row), &claims);
    Ok(Survey { environments, leases, placement })
}

async fn list_environments(
    source: &mut Source,
    notes: &mut Notes<'_>,
) -> Result<Vec<(Handle, Environment)>, ImportError> {
    let mut environments = Vec::new();
    let mut seen = BTreeSet::new();
    source.begin(Table::Environments).await?;
    loop {
        let page = source.next().await?;
        if page.is_empty() {
            return Ok(environments);
        }
        notes.read(Table::Environments, page.len());
        for entry in &page {
            let Some(row) = notes.full::<Environment>(Table::Environments, entry) else { continue };
            if seen.insert(row.id) {
                environments.push((entry.handle, row));
            } else {
                let place = Place::of(Table::Environments, entry, Some(row.id.to_string()));
                notes.reject(place.reject("has the id of an earlier row"));
            }
        }
    }
}

/// The tenants' ids: who is alone gets what nobody uses.
async fn list_companies(
    source: &mut Source,
    notes: &mut Notes<'_>,
) -> Result<BTreeSet<CompanyId>, ImportError> {
    #[derive(Deserialize)]
    struct Company {
        id: CompanyId,
    }
    let mut companies = BTreeSet::new();
    source.begin(Table::Companies).await?;
    loop {
        let page = source.next().await?;
        if page.is_empty() {
            return Ok(companies);
        }
        notes.read(Table::Companies, page.len());
        for entry in &page {
            if let Some(company) = rows::glance::<Company>(entry) {
                companies.insert(company.id);
                notes.counts(Table::Companies).skipped += 1;
            } else {
                let place = Place::of(Table::Companies, entry, None);
                notes.reject(place.reject("has no id that is a UUID"));
            }
        }
    }
}

/// Agents are known to the ledger by their ids alone, where leases and activity name them.
async fn count(
    source: &mut Source,
    table: Table,
    notes: &mut Notes<'_>,
) -> Result<(), ImportError> {
    source.begin(table).await?;
    loop {
        let page = source.next().await?;
        if page.is_empty() {
            return Ok(());
        }
        notes.read(table, page.len());
        notes.counts(table).skipped += page.len() as u64;
    }
}
