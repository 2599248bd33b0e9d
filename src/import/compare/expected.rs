//! What a source's row is expected to be in its projection.

use leasehold_domain::id::{CompanyId, EnvironmentId};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::import::rows::{self, Activity, Environment, Lease};
use crate::import::source::{Entry, Table};
use crate::import::survey::Survey;

pub(super) type Columns = Map<String, Value>;

/// Makes expected rows of a table's rows.
pub(super) struct Expected<'s> {
    survey: &'s Survey,
    table: Table,
}

impl<'s> Expected<'s> {
    pub(super) const fn of(survey: &'s Survey, table: Table) -> Self {
        Self { survey, table }
    }

    /// The rows that a row is expected to stand for: of an environment one for each company that
    /// has it, of activity about other things none. None when there is nothing to look for.
    pub(super) fn rows(&self, row: Columns) -> Option<Vec<Columns>> {
        match self.table {
            Table::Companies | Table::Agents => Some(Vec::new()),
            Table::Environments => self.environments(&row),
            Table::Leases => self.lease(row).map(|row| vec![row]),
            Table::Activity => self.activity(row),
        }
    }

    /// The columns of a row that say something and have no place in the projection; none when the
    /// row cannot be read.
    pub(super) fn left(&self, entry: &Entry) -> Option<Vec<String>> {
        match self.table {
            Table::Companies | Table::Agents => Some(Vec::new()),
            Table::Environments => rows::read::<Environment>(entry).map(|row| row.left).ok(),
            Table::Leases => rows::read::<Lease>(entry).map(|row| row.left).ok(),
            Table::Activity => rows::read::<Activity>(entry).map(|row| row.left).ok(),
        }
    }

    fn environments(&self, row: &Columns) -> Option<Vec<Columns>> {
        let source = EnvironmentId(uuid(row, "id")?);
        let homes = self.survey.placement.homes(source);
        let expected = homes.map(|(company, id)| {
            let mut row = row.clone();
            put(&mut row, "company_id", company.0.to_string());
            put(&mut row, "id", id.to_string());
            if id != source {
                put(&mut row, "source_id", source.to_string());
            }
            row
        });
        Some(expected.collect()).filter(|expected: &Vec<_>| !expected.is_empty())
    }

    fn lease(&self, mut row: Columns) -> Option<Columns> {
        let company = CompanyId(uuid(&row, "company_id")?);
        self.survey.leases.company(uuid(&row, "id")?)?;
        match uuid(&row, "environment_id").map(EnvironmentId) {
            Some(source) => {
                let id = self.survey.placement.find(source, company)?;
                put(&mut row, "environment_id", id.to_string());
            }
            // Its environment was deleted: which one that was, the row does not say.
            None => drop(row.shift_remove("environment_id")),
        }
        if row.get("status").and_then(Value::as_str) == Some("pending_cleanup") {
            put(&mut row, "status", "failed".to_owned());
            put(&mut row, "cleanup_status", "pending".to_owned());
            put(&mut row, "source_status", "pending_cleanup".to_owned());
        }
        Some(row)
    }

    fn activity(&self, mut row: Columns) -> Option<Vec<Columns>> {
        let company = CompanyId(uuid(&row, "company_id")?);
        match row.get("entity_type")?.as_str()? {
            "environment_lease" => {
                let lease = uuid(&row, "entity_id")?;
                self.survey.leases.company(lease).filter(|of| *of == company)?;
            }
            "environment" => {
                let source = EnvironmentId(uuid(&row, "entity_id")?);
                let id = self.survey.placement.find(source, company)?;
                put(&mut row, "entity_id", id.to_string());
            }
            _ => return Some(Vec::new()),
        }
        Some(vec![row])
    }
}

fn uuid(row: &Columns, column: &str) -> Option<Uuid> {
    row.get(column)?.as_str()?.parse().ok()
}

fn put(row: &mut Columns, column: &str, value: String) {
    row.insert(column.to_owned(), Value::String(value));
}
