//! Reading the projections' tables in bulk, in parts that several connections can share out.

use leasehold_projections::projection::INLINE;
use sqlx::PgConnection;

use crate::history::{CopyReader, Row, Taking};

/// Blocks of a table that are read at once by one connection: 128 MiB.
const PART_BLOCKS: i64 = 1 << 14;

/// A part of one of the [`INLINE`] tables, by blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    table: usize,
    first: i64,
    end: i64,
}

/// Every table in parts, and about how many rows there are in all.
pub(super) async fn list_parts(connection: &mut PgConnection) -> sqlx::Result<(Vec<Part>, u64)> {
    let (mut parts, mut rows) = (Vec::new(), 0);
    for (table, projection) in INLINE.iter().enumerate() {
        let (blocks, about): (i64, f32) = sqlx::query_as(
            "select pg_catalog.pg_relation_size(oid)
                      / pg_catalog.current_setting('block_size')::bigint,
                    reltuples
             from pg_catalog.pg_class
             where oid = ('leasehold.' || $1)::regclass",
        )
        .bind(projection.name)
        .fetch_one(&mut *connection)
        .await?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate")]
        let about = about.max(0.0) as u64;
        rows += about;
        // The last part is open: rows that came since the size was read are of no snapshot.
        let firsts = (0..=blocks / PART_BLOCKS).map(|part| part * PART_BLOCKS);
        parts.extend(firsts.map(|first| Part { table, first, end: first + PART_BLOCKS }));
    }
    Ok((parts, rows))
}

/// Reads a part and hands its rows over.
pub(super) async fn read<T: Taking>(
    connection: &mut PgConnection,
    part: Part,
    mut taking: T,
    told: &(dyn Fn(u64) + Send + Sync),
) -> sqlx::Result<T> {
    let Part { table, first, end } = part;
    let Some(projection) = INLINE.get(table) else { return Ok(taking) };
    let (name, columns) = (projection.name, projection.columns.join(", "));
    let statement = format!(
        "copy (
           select {columns}
           from leasehold.{name}
           where ctid >= '({first},0)'
             and ctid < '({end},0)'
         ) to stdout (format binary)"
    );
    let mut copy = CopyReader::begin(connection, &statement).await?;
    while let Some(batch) = copy.next().await? {
        let mut rows = 0;
        for row in batch.tuples().filter_map(|tuple| Row::read(table, tuple)) {
            taking.add(&row);
            rows += 1;
        }
        told(rows);
    }
    Ok(taking)
}
