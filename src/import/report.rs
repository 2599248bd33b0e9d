//! What became of an import: counts, the rows that could not be taken in, where environments went.

use std::collections::BTreeMap;

use leasehold_domain::id::{CompanyId, EnvironmentId};
use serde::Serialize;

use super::source::{Entry, Handle, Table};

/// What became of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Rows of each table.
    pub counts: BTreeMap<Table, Counts>,
    /// The rows that could not be taken in, table by table, in the order of their lines.
    pub rejected: Vec<Rejected>,
    /// Where each environment went, by company and source id.
    pub environments: Vec<Placed>,
    /// Columns that the ledger has no place for, with rows that say something in them.
    pub left_columns: Vec<LeftColumn>,
}

/// Rows of one table, each counted once: `read` is the sum of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Rows that the source has.
    pub read: u64,
    /// Rows that became history now.
    pub imported: u64,
    /// Rows of streams that the ledger knew already.
    pub known: u64,
    /// Rows that are not about environments or leases.
    pub skipped: u64,
    /// Rows that cannot be taken in.
    pub rejected: u64,
}

/// A row that cannot be taken in, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rejected {
    /// The table that it is of.
    pub table: Table,
    /// Its line in the table's file; none in a database.
    pub line: Option<u32>,
    /// Its id, as far as it can be told.
    pub id: Option<String>,
    /// What is wrong, to be read after "row … ".
    pub reason: String,
}

impl Rejected {
    /// What rejected rows are listed by.
    pub(super) fn place(&self) -> (Table, Option<u32>, Option<&str>) {
        (self.table, self.line, self.id.as_deref())
    }
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: ", self.table.file())?,
            None => write!(f, "{}: ", self.table)?,
        }
        if let Some(id) = &self.id {
            write!(f, "{id}: ")?;
        }
        f.write_str(&self.reason)
    }
}

/// Where an environment went for one company.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Placed {
    /// The company.
    pub company_id: CompanyId,
    /// Its id where it came from.
    pub source_id: EnvironmentId,
    /// Its id in the company's log: the same for the one that keeps it.
    pub environment_id: EnvironmentId,
    /// Its name.
    pub name: String,
}

/// A column that the ledger has no place for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftColumn {
    /// The table that it is of.
    pub table: Table,
    /// Its name.
    pub column: String,
    /// How many rows have a value in it.
    pub rows: u64,
}

/// The environment map as CSV (RFC 4180) with a header line.
#[must_use]
pub fn to_csv(environments: &[Placed]) -> String {
    let mut csv = String::from("companyId,sourceId,environmentId,name\r\n");
    for placed in environments {
        let ids = [placed.company_id.0, placed.source_id.0, placed.environment_id.0];
        for id in ids {
            csv.push_str(&id.to_string());
            csv.push(',');
        }
        csv.push_str(&quoted(&placed.name));
        csv.push_str("\r\n");
    }
    csv
}

/// A field is put in quotes where it would be read as something else without them.
fn quoted(field: &str) -> String {
    let is_plain = !field.contains(['"', ',', '\r', '\n']) && field.trim() == field;
    if is_plain { field.to_owned() } else { format!("\"{}\"", field.replace('"', "\"\"")) }
}

/// Where a rejected row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) table: Table,
    pub(super) line: Option<u32>,
    pub(super) id: Option<String>,
}

impl Place {
    pub(super) fn of(table: Table, entry: &Entry, id: Option<String>) -> Self {
        Self::at(table, entry.handle, id)
    }

    pub(super) fn at(table: Table, handle: Handle, id: Option<String>) -> Self {
        match handle {
            Handle::Line { number, .. } => Self { table, line: Some(number), id },
            Handle::Row(row) => Self { table, line: None, id: Some(row.to_string()) },
        }
    }

    pub(super) fn reject(self, reason: impl Into<String>) -> Rejected {
        Rejected { table: self.table, line: self.line, id: self.id, reason: reason.into() }
    }
}
