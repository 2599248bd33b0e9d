//! Rows of the live tables against those of the shadow tables, column by column.

use std::collections::BTreeMap;

use leasehold_projections::projection::Projection;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::catch_up::Touched;
use super::paging::Page;
use super::shadow::shadow;
use super::summing::sum;

/// Differences that a verdict names; all of them are counted.
const NAMED_MAX: usize = 20;

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Rows that were compared, table by table.
    pub compared: BTreeMap<String, i64>,
    /// How many rows differ in which column, as `table.column`; `table.-` is missing from the live
    /// table, `table.+` is in it and not meant.
    pub differing: BTreeMap<String, i64>,
    /// The first of them.
    pub first: Vec<Different>,
    /// Aggregates that a projection could not take: their rows stay as they are, and are listed.
    #[serde(default)]
    pub poisoned: i64,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Different {
    /// In which table.
    pub table: String,
    /// Whose row.
    pub company_id: Uuid,
    /// Its id or its position.
    pub key: String,
    /// The columns; `-` when the live table lacks it, `+` when it is not meant.
    pub columns: Vec<String>,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let told: Vec<String> = self
            .differing
            .iter()
            .map(|(column, rows)| format!("{column} in {rows} rows"))
            .collect();
        f.write_str(&told.join(", "))
    }
}

impl Verdict {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.differing.is_empty()
    }

    /// Whether it may be waived: decisions find streams by none of what differs.
    #[must_use]
    pub fn is_waivable(&self) -> bool {
        self.differing.keys().all(|column| !FOUND_BY.contains(&column.as_str()))
    }
}

/// The columns by which decisions find streams (`list_open_streams`, `list_run_ends`), and rows that
/// are not there to be found.
const FOUND_BY: [&str; 8] = [
    "environments.-",
    "environment_leases.-",
    "activity_log.-",
    "environment_leases.status",
    "environment_leases.cleanup_status",
    "activity_log.action",
    "activity_log.entity_id",
    "activity_log.entity_type",
];

/// Compares the rows of a page, one by one.
pub(super) async fn compare_page(
    connection: &mut PgConnection,
    projection: &Projection,
    page: &Page,
    verdict: &mut Verdict,
) -> sqlx::Result<()> {
    let range = page.condition(projection);
    let rows = format!("select count(*) from leasehold.{} where {range}", shadow(projection));
    let rows: i64 = sqlx::query_scalar(&rows).fetch_one(&mut *connection).await?;
    *verdict.compared.entry(projection.name.to_owned()).or_default() += rows;
    compare_rows(connection, projection, &range, verdict).await
}

/// Compares all rows from a page's beginning, however many: by their sums, and one by one those of
/// which these differ.
pub(super) async fn compare_rest(
    connection: &mut PgConnection,
    projection: &Projection,
    page: &Page,
    verdict: &mut Verdict,
) -> sqlx::Result<()> {
    let sums = sum(connection, projection, &page.condition(projection)).await?;
    *verdict.compared.entry(projection.name.to_owned()).or_default() += sums.rows;
    match sums.differing {
        Some(range) => compare_rows(connection, projection, &range, verdict).await,
        None => Ok(()),
    }
}

async fn compare_rows(
    connection: &mut PgConnection,
    projection: &Projection,
    range: &str,
    verdict: &mut Verdict,
) -> sqlx::Result<()> {
    let differing = differing(projection, range);
    let counts = sqlx::query_as(&counted(&differing)).fetch_all(&mut *connection).await?;
    if verdict.count(projection, counts) {
        let first = sqlx::query_as(&named(&differing)).fetch_all(connection).await?;
        verdict.name(projection, first);
    }
    Ok(())
}

/// Compares those of the rows that were touched of whose `t.company_id` and `t.key` something is true.
pub(super) async fn compare_touched(
    connection: &mut PgConnection,
    projections: &[&'static Projection],
    touched: &Touched,
    which: &str,
) -> sqlx::Result<Verdict> {
    let mut verdict = Verdict::default();
    for projection in projections {
        let found: Vec<Found> = if projection.key == "id" {
            let (companies, ids): (Vec<Uuid>, Vec<Uuid>) =
                touched.aggregates.iter().copied().unzip();
            let statement = differing_touched(projection, "uuid", which);
            sqlx::query_as(&statement).bind(companies).bind(ids).fetch_all(&mut *connection).await?
        } else {
            let (companies, positions): (Vec<Uuid>, Vec<i64>) =
                touched.positions.iter().copied().unzip();
            let statement = differing_touched(projection, "bigint", which);
            let query = sqlx::query_as(&statement).bind(companies).bind(positions);
            query.fetch_all(&mut *connection).await?
        };
        let columns = found.iter().flat_map(|(_, _, columns)| columns.clone());
        verdict.count(projection, columns.map(|column| (column, 1)).collect());
        verdict.name(projection, found);
    }
    Ok(verdict)
}

/// Company, key and columns of a row that differs.
type Found = (Uuid, String, Vec<String>);

impl Verdict {
    /// Counts rows by column; whether there are any.
    fn count(&mut self, projection: &Projection, counts: Vec<(String, i64)>) -> bool {
        let is_any = !counts.is_empty();
        for (column, rows) in counts {
            *self.differing.entry(format!("{}.{column}", projection.name)).or_default() += rows;
        }
        is_any
    }

    fn name(&mut self, projection: &Projection, found: Vec<Found>) {
        let room = NAMED_MAX.saturating_sub(self.first.len());
        let table = projection.name;
        self.first.extend(found.into_iter().take(room).map(|(company_id, key, columns)| {
            Different { table: table.to_owned(), company_id, key, columns }
        }));
    }

    /// Adds what a later comparison found.
    pub(super) fn merge(&mut self, other: Self) {
        for (column, rows) in other.differing {
            *self.differing.entry(column).or_default() += rows;
        }
        let room = NAMED_MAX.saturating_sub(self.first.len());
        self.first.extend(other.first.into_iter().take(room));
    }
}

/// The columns in which two rows `l` and `s` differ, as an expression.
fn columns(projection: &Projection) -> String {
    let column =
        |name: &&str| format!("case when l.{name} is distinct from s.{name} then '{name}' end");
    let each: Vec<String> = projection.columns.iter().map(column).collect();
    format!(
        "case when l.company_id is null then array['-']
              when s.company_id is null then array['+']
              else array_remove(array[{}], null) end",
        each.join(", ")
    )
}

fn row(alias: &str, projection: &Projection) -> String {
    let names: Vec<String> =
        projection.columns.iter().map(|name| format!("{alias}.{name}")).collect();
    format!("({})", names.join(", "))
}

/// Every row of a range that differs.
fn differing(projection: &Projection, range: &str) -> String {
    let (name, key, shadow) = (projection.name, projection.key, shadow(projection));
    let (columns, one, two) = (columns(projection), row("l", projection), row("s", projection));
    format!(
        "select coalesce(l.company_id, s.company_id) as company_id,
                coalesce(l.{key}, s.{key})::text as key,
                {columns} as columns
         from (select * from leasehold.{name} where {range}) l
         full join (select * from leasehold.{shadow} where {range}) s
           on s.{key} = l.{key}
          and s.company_id = l.company_id
         where {one} is distinct from {two}"
    )
}

/// How many rows differ in which column.
fn counted(differing: &str) -> String {
    format!(
        "select c.name, count(*)
         from ({differing}) d
         cross join unnest(d.columns) as c (name)
         group by c.name"
    )
}

/// The first rows that differ.
fn named(differing: &str) -> String {
    format!("{differing} order by company_id, key limit {NAMED_MAX}")
}

/// Those of some keys that differ: $1 companies, $2 ids or positions.
fn differing_touched(projection: &Projection, kind: &str, which: &str) -> String {
    let (name, key, shadow) = (projection.name, projection.key, shadow(projection));
    let (columns, one, two) = (columns(projection), row("l", projection), row("s", projection));
    format!(
        "select t.company_id, t.key::text, {columns}
         from (select distinct * from unnest($1::uuid[], $2::{kind}[]) as t (company_id, key)) t
         left join leasehold.{name} l
           on l.{key} = t.key
          and l.company_id = t.company_id
         left join leasehold.{shadow} s
           on s.{key} = t.key
          and s.company_id = t.company_id
         where {which}
           and {one} is distinct from {two}"
    )
}
