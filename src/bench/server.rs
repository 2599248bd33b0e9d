//! The server under the bench: a database of its own on it, and what has to be known of it to read
//! the figures.

use std::time::Instant;

use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use uuid::Uuid;

use super::Error;

/// Commits that are timed one after the other to see what one costs.
const PROBES: usize = 50;

/// A database that is made for one run and dropped after it.
#[derive(Debug)]
pub(super) struct BenchDatabase {
    pub(super) options: PgConnectOptions,
    pub(super) name: String,
    server: PgConnectOptions,
}

impl BenchDatabase {
    /// Makes one, does something in it and drops it, also when that fails or is interrupted.
    pub(super) async fn during<T>(
        server: &PgConnectOptions,
        work: impl AsyncFnOnce(&Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let database = Self::create(server).await?;
        let done = database.unless_interrupted(work).await;
        database.drop().await?;
        done
    }

    /// Does something in it, for as long as nobody presses control-C.
    pub(super) async fn unless_interrupted<T>(
        &self,
        work: impl AsyncFnOnce(&Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        tokio::select! {
            done = work(self) => done,
            _ = tokio::signal::ctrl_c() => Err(Error::Interrupted),
        }
    }

    pub(super) async fn create(server: &PgConnectOptions) -> Result<Self, Error> {
        let server = server.clone().application_name("leasehold bench").disable_statement_logging();
        let name = format!("leasehold_bench_{}", Uuid::now_v7().simple());
        let mut connection = PgConnection::connect_with(&server).await?;
        // The name is made here, of a prefix and hexadecimal digits.
        sqlx::query(&format!("create database {name}")).execute(&mut connection).await?;
        connection.close().await?;
        Ok(Self { options: server.clone().database(&name), name, server })
    }

    pub(super) async fn drop(self) -> Result<(), Error> {
        let mut connection = PgConnection::connect_with(&self.server).await?;
        let statement = format!("drop database if exists {} with (force)", self.name);
        sqlx::query(&statement).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// Writes out what the one before has changed, so that nobody pays for another's pages. Where
    /// that is not allowed, rounds even it out.
    pub(super) async fn settle(&self) -> Result<(), Error> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        if let Err(error) = sqlx::query("checkpoint").execute(&mut connection).await {
            tracing::debug!(%error, "no checkpoint between measurements");
        }
        Ok(connection.close().await?)
    }
}

/// What has to be known of a server to read figures that were measured on it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// Its version.
    pub version: String,
    /// Whether a commit waits for the disk.
    pub is_durable: bool,
    /// Settings that figures depend on.
    pub settings: Vec<Setting>,
    /// The median of commits of one row, one after the other, in microseconds.
    pub commit_us: u32,
    /// Processors that this process may use; the server's, when it runs beside.
    pub processors: usize,
}

/// One setting of a server.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value, with the unit.
    pub value: String,
}

impl Server {
    pub(super) async fn look_at(database: &PgConnectOptions) -> Result<Self, Error> {
        let options = database.clone().options([("synchronous_commit", "on")]);
        let mut connection = PgConnection::connect_with(&options).await?;
        let settings = list_settings(&mut connection).await?;
        let is = |name: &str, value: &str| {
            settings.iter().any(|setting| setting.name == name && setting.value == value)
        };
        let is_durable = is("fsync", "on") && is("full_page_writes", "on");
        let version = sqlx::query_scalar("show server_version").fetch_one(&mut connection).await?;
        let commit_us = time_commits(&mut connection).await?;
        connection.close().await?;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { version, is_durable, settings, commit_us, processors })
    }
}

async fn list_settings(connection: &mut PgConnection) -> Result<Vec<Setting>, Error> {
    let settings = sqlx::query_as(
        "select name, current_setting(name) as value
         from pg_catalog.pg_settings
         where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'wal_sync_method',
                        'wal_level', 'shared_buffers', 'min_wal_size', 'max_wal_size',
                        'max_connections')
         order by name",
    )
    .fetch_all(connection)
    .await?;
    Ok(settings)
}

async fn time_commits(connection: &mut PgConnection) -> Result<u32, Error> {
    sqlx::query("create table bench_probe (number integer)").execute(&mut *connection).await?;
    let mut times = Vec::new();
    for number in 0..PROBES {
        let before = Instant::now();
        sqlx::query("insert into bench_probe values ($1)")
            .bind(i32::try_from(number).unwrap_or(0))
            .execute(&mut *connection)
            .await?;
        times.push(u32::try_from(before.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    sqlx::query("drop table bench_probe").execute(&mut *connection).await?;
    times.sort_unstable();
    Ok(times.get(PROBES / 2).copied().unwrap_or(0))
}
