//! Whole tables compared without keeping or sorting a row of either: sums of rows' hashes in groups.
//!
//! **Claims.** A group whose sums are the same in both tables has the same rows in both, but for a
//! chance of one in 2^64. **Because** a row's hash is made of every byte that PostgreSQL would send
//! of it, with a key that is drawn anew each time: its own hashes of columns will not do, a time has
//! but 32 bits in them and `{"a": {"b": 1}}` is told from `{"a": {}, "b": 1}` by none.
//! Each table is read once, in the order in which it lies and by several processes; a join of ten
//! million rows writes both tables to temporary files before it compares the first.

use std::hash::{BuildHasher as _, RandomState};

use leasehold_projections::projection::Projection;
use sqlx::{Executor, PgConnection};

use super::shadow::shadow;

/// Groups of a table, less one: some thousand rows each where there are ten million.
const MASK: i64 = 4_095;

/// What two tables' sums say.
#[derive(Debug)]
pub(super) struct Sums {
    /// Rows of the shadow table.
    pub(super) rows: i64,
    /// What is true of the rows that have to be looked at one by one; none when all are the same.
    pub(super) differing: Option<String>,
}

/// Compares the rows of which something is true by their sums.
pub(super) async fn sum(
    connection: &mut PgConnection,
    projection: &Projection,
    range: &str,
) -> sqlx::Result<Sums> {
    let seed = RandomState::new().hash_one(()).cast_signed();
    // Sorting would write to temporary files what a few groups keep in memory.
    connection.execute("set local enable_sort = off").await?;
    let groups: Vec<(i64, i64, bool)> =
        sqlx::query_as(&sums(projection, range, seed)).fetch_all(&mut *connection).await?;
    connection.execute("set local enable_sort to default").await?;
    let rows = groups.iter().map(|(_, rows, _)| rows).sum();
    let differing: Vec<String> = groups
        .iter()
        .filter(|(_, _, is_same)| !is_same)
        .map(|(group, _, _)| group.to_string())
        .collect();
    let differing = (!differing.is_empty()).then(|| {
        let (group, groups) = (group(projection, seed), differing.join(","));
        format!("{range} and {group} = any('{{{groups}}}'::bigint[])")
    });
    Ok(Sums { rows, differing })
}

/// The group that a row is in, as an expression.
fn group(projection: &Projection, seed: i64) -> String {
    let key = projection.key;
    format!("(hash_record_extended(row(company_id, {key}), '{seed}') & {MASK})")
}

/// Each group, its rows in the shadow table, and whether they are those of the live one.
fn sums(projection: &Projection, range: &str, seed: i64) -> String {
    let (name, shadow) = (projection.name, shadow(projection));
    let (group, columns) = (group(projection, seed), projection.columns.join(", "));
    let side = |table: &str| {
        format!(
            "select {group} as number,
                    count(*) as rows,
                    bit_xor(hash_record_extended(row(record_send(row({columns}))), '{seed}')) as sum
             from leasehold.{table}
             where {range}
             group by 1"
        )
    };
    let (live, meant) = (side(name), side(&shadow));
    format!(
        "select number,
                coalesce(s.rows, 0),
                (l.rows, l.sum) is not distinct from (s.rows, s.sum)
         from ({live}) l
         full join ({meant}) s using (number)"
    )
}
