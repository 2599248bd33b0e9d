//! What cycles leave on the server: write-ahead log, and bytes of tables and indexes.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::Error;

/// How far the server had come at one time.
#[derive(Debug, Clone, Default)]
pub(super) struct Mark {
    wal_bytes: i64,
    /// Tables with their indexes; partitions under the table that they are of.
    table_bytes: BTreeMap<String, i64>,
}

/// What a cycle left, on average.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Footprint {
    /// Write-ahead log, whole pages after a checkpoint included.
    pub wal_bytes: f64,
    /// Growth of each table that grew, with its indexes.
    pub table_bytes: BTreeMap<String, f64>,
}

impl Mark {
    /// Where the server is now. Dead rows count: nothing is vacuumed for the occasion.
    pub(super) async fn read(database: &PgConnectOptions) -> Result<Self, Error> {
        let options = database.clone().disable_statement_logging();
        let mut connection = PgConnection::connect_with(&options).await?;
        let wal_bytes = sqlx::query_scalar(
            "select pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::bigint",
        )
        .fetch_one(&mut connection)
        .await?;
        let tables: Vec<(String, i64)> = sqlx::query_as(
            "select n.nspname || '.' || p.relname,
                    sum(pg_catalog.pg_total_relation_size(c.oid))::bigint
             from pg_catalog.pg_class c
             left join pg_catalog.pg_inherits i on i.inhrelid = c.oid
             join pg_catalog.pg_class p on p.oid = coalesce(i.inhparent, c.oid)
             join pg_catalog.pg_namespace n on n.oid = p.relnamespace
             where c.relkind = 'r'
               and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
             group by 1",
        )
        .fetch_all(&mut connection)
        .await?;
        connection.close().await?;
        Ok(Self { wal_bytes, table_bytes: tables.into_iter().collect() })
    }

    /// What each of so many cycles left since an earlier mark.
    pub(super) fn since(&self, earlier: &Self, cycles: usize) -> Option<Footprint> {
        let cycles = u32::try_from(cycles).ok().filter(|cycles| *cycles > 0).map(f64::from)?;
        let each =
            |bytes: i64| i32::try_from(bytes / 16).map_or(f64::MAX, f64::from) * 16.0 / cycles;
        let grown = |(table, bytes): (&String, &i64)| {
            let before = earlier.table_bytes.get(table).copied().unwrap_or(0);
            (*bytes > before).then(|| (table.clone(), each(bytes - before)))
        };
        Some(Footprint {
            wal_bytes: each(self.wal_bytes - earlier.wal_bytes),
            table_bytes: self.table_bytes.iter().filter_map(grown).collect(),
        })
    }
}

impl Footprint {
    /// All tables together.
    #[must_use]
    pub fn stored_bytes(&self) -> f64 {
        self.table_bytes.values().sum()
    }
}
