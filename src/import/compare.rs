//! Holding a source against the tables: an independent answer to whether an import was complete.
//!
//! Nothing of the translation is used here, and what equality means is left to PostgreSQL. What is
//! expected to differ is said beforehand, row by row: an environment's id where it was split, and
//! the words of a lease that was still to be cleaned up.

mod expected;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use sqlx::PgPool;

use super::ImportError;
use super::progress::{Observer, Silent, Stage};
use super::rows;
use super::source::{Entry, Source, Table};
use super::survey::{self, Notes, Survey};
use expected::{Columns, Expected};

/// What holding a source against the tables has shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Each table of the source that has a projection.
    pub tables: BTreeMap<Table, TableComparison>,
}

/// What holding one table against its projection has shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TableComparison {
    /// Rows that were looked for; an environment counts once for each company that has it.
    pub rows: u64,
    /// Rows that cannot be read, or that are about nothing the source has.
    pub unreadable: u64,
    /// Rows that are not in the projection.
    pub missing: u64,
    /// Rows that stand there more than once.
    pub repeated: u64,
    /// For each column that differs, in how many rows.
    pub differing: BTreeMap<String, u64>,
}

impl Comparison {
    /// Whether every row that can be read stands once in its projection, and equals it.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.tables
            .values()
            .all(|table| table.missing == 0 && table.repeated == 0 && table.differing.is_empty())
    }
}

/// Holds every row of the source against the ledger's tables.
///
/// # Errors
/// [`ImportError`] when the source or the ledger's database does not answer.
pub async fn compare(
    source: &mut Source,
    ledger: &PgPool,
    observer: &dyn Observer,
) -> Result<Comparison, ImportError> {
    let mut notes = Notes::new(&Silent);
    let survey = survey::take(source, ledger, &mut notes).await?;
    let mut comparison = Comparison::default();
    observer.begin(Stage::Compare, None);
    for table in [Table::Environments, Table::Leases, Table::Activity] {
        let outcome = compare_table(source, ledger, &survey, table, observer).await?;
        comparison.tables.insert(table, outcome);
    }
    Ok(comparison)
}

async fn compare_table(
    source: &mut Source,
    ledger: &PgPool,
    survey: &Survey,
    table: Table,
    observer: &dyn Observer,
) -> Result<TableComparison, ImportError> {
    let mut outcome = TableComparison::default();
    let mut expected = Vec::new();
    let expecting = Expected::of(survey, table);
    source.begin(table).await?;
    loop {
        let page = source.next().await?;
        if expected.len() >= rows_at_once(table) || page.is_empty() {
            hold_against(ledger, table, std::mem::take(&mut expected), &mut outcome).await?;
        }
        if page.is_empty() {
            return Ok(outcome);
        }
        observer.advance(page.len() as u64);
        for entry in &page {
            expect(&expecting, entry, &mut expected, &mut outcome);
        }
    }
}

/// The activity log has no index from an id to its row: it is gone through once for each statement.
const fn rows_at_once(table: Table) -> usize {
    match table {
        Table::Activity => 50_000,
        Table::Companies | Table::Agents | Table::Environments | Table::Leases => 1,
    }
}

/// Notes what a row is expected to be.
fn expect(
    expecting: &Expected<'_>,
    entry: &Entry,
    expected: &mut Vec<Columns>,
    outcome: &mut TableComparison,
) {
    let rows = rows::object(entry).ok().and_then(|row| expecting.rows(row));
    // What is about other things is not read in full: nothing is expected of it.
    let is_about_others = rows.as_ref().is_some_and(Vec::is_empty);
    let left = if is_about_others { Some(Vec::new()) } else { expecting.left(entry) };
    let (Some(rows), Some(left)) = (rows, left) else {
        outcome.unreadable += 1;
        return;
    };
    for column in left {
        *outcome.differing.entry(column).or_default() += rows.len() as u64;
    }
    expected.extend(rows);
}

async fn hold_against(
    ledger: &PgPool,
    table: Table,
    expected: Vec<Columns>,
    outcome: &mut TableComparison,
) -> Result<(), ImportError> {
    outcome.rows += expected.len() as u64;
    let given = Value::Array(expected.into_iter().map(Value::Object).collect());
    let statement = include_str!("compare.sql").replace("{table}", table.name());
    let rows: Vec<(Option<String>, i64, i64)> =
        sqlx::query_as(&statement).bind(given.to_string()).fetch_all(ledger).await?;
    for (column, missing, count) in rows {
        if let Some(column) = column {
            *outcome.differing.entry(column).or_default() += count.unsigned_abs();
        } else {
            outcome.missing += missing.unsigned_abs();
            outcome.repeated += count.unsigned_abs();
        }
    }
    Ok(())
}
