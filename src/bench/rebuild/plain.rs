//! What PostgreSQL itself needs for the rows of the projections: to copy them, to make the same
//! indexes, and to read them back. Nothing is folded and nothing compared.

use std::time::{Duration, Instant};

use futures::TryStreamExt;
use futures::future::try_join_all;
use leasehold_projections::projection::{INLINE, Projection};
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use super::connect;
use crate::bench::Error;
use crate::rebuild::list_indexes;

/// How long each part took, in seconds. Tables are done side by side, as a rebuild does.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plain {
    /// From the live tables through the client into empty ones, in COPY's binary format.
    pub copy_seconds: f64,
    /// The indexes that the live tables have.
    pub index_seconds: f64,
    /// Out of the copies, in COPY's binary format.
    pub read_seconds: f64,
}

impl Plain {
    /// All of it.
    #[must_use]
    pub const fn seconds(&self) -> f64 {
        self.copy_seconds + self.index_seconds + self.read_seconds
    }
}

/// Copies, indexes and reads back; nothing of it is left.
pub(super) async fn measure(database: &PgConnectOptions) -> Result<Plain, Error> {
    let mut connection = connect(database).await?;
    for projection in INLINE {
        let name = projection.name;
        let make = format!(
            "create table bench_{name} (
               like leasehold.{name} including constraints including defaults including storage
             ) with (autovacuum_enabled = off)"
        );
        sqlx::query(&make).execute(&mut connection).await?;
    }
    let copy = timed(INLINE.iter().map(|projection| copy(database, projection))).await?;
    let index = timed(INLINE.iter().map(|projection| index(database, projection))).await?;
    let read = timed(INLINE.iter().map(|projection| read(database, projection))).await?;
    for projection in INLINE {
        let drop = format!("drop table bench_{}", projection.name);
        sqlx::query(&drop).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(Plain {
        copy_seconds: copy.as_secs_f64(),
        index_seconds: index.as_secs_f64(),
        read_seconds: read.as_secs_f64(),
    })
}

async fn timed(
    parts: impl Iterator<Item = impl Future<Output = Result<(), Error>>>,
) -> Result<Duration, Error> {
    let begun = Instant::now();
    try_join_all(parts).await?;
    Ok(begun.elapsed())
}

async fn copy(database: &PgConnectOptions, projection: &Projection) -> Result<(), Error> {
    let (name, columns) = (projection.name, projection.columns.join(", "));
    let (mut from, mut to) = (connect(database).await?, connect(database).await?);
    let out = format!("copy leasehold.{name} ({columns}) to stdout (format binary)");
    let into = format!("copy bench_{name} ({columns}) from stdin (format binary)");
    let mut rows = from.copy_out_raw(&out).await?;
    let mut copied = to.copy_in_raw(&into).await?;
    while let Some(chunk) = rows.try_next().await? {
        copied.send(chunk).await?;
    }
    copied.finish().await?;
    Ok(())
}

async fn index(database: &PgConnectOptions, projection: &Projection) -> Result<(), Error> {
    let mut connection = connect(database).await?;
    for index in list_indexes(&mut connection, projection.name).await? {
        let unique = if index.is_unique { "unique " } else { "" };
        let make =
            format!("create {unique}index on bench_{} using {}", projection.name, index.using);
        sqlx::query(&make).execute(&mut connection).await?;
    }
    let analyze = format!("analyze bench_{}", projection.name);
    sqlx::query(&analyze).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

async fn read(database: &PgConnectOptions, projection: &Projection) -> Result<(), Error> {
    let mut connection: PgConnection = connect(database).await?;
    let out = format!("copy bench_{} to stdout (format binary)", projection.name);
    let mut rows = connection.copy_out_raw(&out).await?;
    while rows.try_next().await?.is_some() {}
    Ok(())
}
