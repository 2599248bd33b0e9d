//! A lane's connection: how it is set up, and how a lost one is known to be over.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::time::timeout;

use crate::database::silence;

/// How long a lane waits for a server that takes its connection and says nothing.
const CONNECT_FOR: Duration = Duration::from_secs(5);

/// What a lane has written to tables before the kernel is told to write it out. Left to itself, Linux
/// does so when pages are 30 s old, all at once, and commits wait for that: at 3,000 cycles a second a
/// 99th percentile of 50 to 65 ms, and 14 to 17 with this; as much as PostgreSQL's own writer takes.
const FLUSH_AFTER: &str = "512kB";

/// Settings of a connection that stays. A plan made while the tables are small keeps sequential scans
/// as they grow: a third of the throughput. One generic plan that can only use indexes stays good.
pub(crate) const BY_KEYS: [(&str, &str); 6] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

/// A connection with the backend behind it.
#[derive(Debug)]
pub(super) struct LaneConnection {
    pub(super) connection: PgConnection,
    backend: Backend,
}

/// Which process of the server a connection talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Backend {
    pid: i32,
    started_at: DateTime<Utc>,
}

impl LaneConnection {
    pub(super) async fn open(database: &PgConnectOptions, name: &str) -> sqlx::Result<Self> {
        let options = database
            .clone()
            .application_name(name)
            .disable_statement_logging()
            .statement_cache_capacity(64)
            .options(BY_KEYS)
            .options([
                ("lock_timeout", "5s"),
                ("statement_timeout", "60s"),
                ("idle_in_transaction_session_timeout", "60s"),
                ("synchronous_commit", "on"),
                ("backend_flush_after", FLUSH_AFTER),
            ]);
        let opened = timeout(CONNECT_FOR, Self::open_with(&options)).await;
        opened.unwrap_or_else(|_| Err(silence()))
    }

    async fn open_with(options: &PgConnectOptions) -> sqlx::Result<Self> {
        let mut connection = PgConnection::connect_with(options).await?;
        let backend = sqlx::query_as(
            "select pid, backend_start as started_at
             from pg_catalog.pg_stat_get_activity(pg_backend_pid())",
        )
        .fetch_one(&mut connection)
        .await?;
        Ok(Self { connection, backend })
    }

    pub(super) const fn backend(&self) -> Backend {
        self.backend
    }
}

impl Backend {
    /// Ends this process of the server if it still runs, and waits until it is gone: a statement
    /// that was sent to it either is in the log by then or never will be.
    pub(super) async fn end(self, connection: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query(
            "select pg_catalog.pg_terminate_backend(pid, 5000)
             from pg_catalog.pg_stat_activity
             where pid = $1
               and backend_start = $2",
        )
        .bind(self.pid)
        .bind(self.started_at)
        .execute(connection)
        .await
        .map(|_| ())
    }
}
