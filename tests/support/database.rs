//! A database for one test: made from a migrated template, dropped when the test passes.

use std::str::FromStr;

use leasehold::database::prepare;
use leasehold::dispatch::{Dispatcher, Lanes, Settings};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use uuid::Uuid;

/// A database with the schema in it.
pub(crate) struct TestDatabase {
    pub(crate) options: PgConnectOptions,
    pub(crate) pool: PgPool,
    name: String,
}

impl TestDatabase {
    pub(crate) async fn new() -> Self {
        let server = server();
        let mut admin = PgConnection::connect_with(&server).await.unwrap();
        let name = format!("test_{}", Uuid::now_v7().simple());
        admin.execute(format!("create database {name}").as_str()).await.unwrap();
        let options = server.database(&name);
        prepare(&options).await.unwrap();
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .connect_with(options.clone())
            .await
            .unwrap();
        Self { options, pool, name }
    }

    pub(crate) fn dispatcher(&self) -> (Dispatcher, Lanes) {
        Dispatcher::start(&self.options, Settings::default())
    }

    /// Ends the test well: the database goes. One that failed stays, to be looked at.
    pub(crate) async fn drop(self) {
        self.pool.close().await;
        let mut admin = PgConnection::connect_with(&server()).await.unwrap();
        let drop = format!("drop database {} with (force)", self.name);
        admin.execute(drop.as_str()).await.unwrap();
    }
}

fn server() -> PgConnectOptions {
    let url = std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL");
    PgConnectOptions::from_str(&url).unwrap()
}
