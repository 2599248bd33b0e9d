//! One moment of the database, seen from as many connections as are wanted.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use crate::log::{Head, list_heads};

/// A repeatable-read transaction whose snapshot others join. It ends with its connection.
#[derive(Debug)]
pub(crate) struct Snapshot {
    joining: Joining,
    exporter: PgConnection,
}

/// How others join a snapshot, for as long as it is there.
#[derive(Debug, Clone)]
pub(crate) struct Joining {
    options: PgConnectOptions,
    id: String,
}

impl Joining {
    /// A connection to the same database, of no moment.
    pub(crate) async fn connect(&self) -> sqlx::Result<PgConnection> {
        PgConnection::connect_with(&self.options).await
    }

    /// Another connection to the same moment.
    pub(crate) async fn join(&self) -> sqlx::Result<PgConnection> {
        let mut connection = self.connect().await?;
        begin(&mut connection).await?;
        // The id is the server's own word.
        let join = format!("set transaction snapshot '{}'", self.id);
        sqlx::query(&join).execute(&mut connection).await?;
        Ok(connection)
    }
}

impl Snapshot {
    /// Takes a snapshot.
    pub(crate) async fn take(options: &PgConnectOptions, name: &str) -> sqlx::Result<Self> {
        let options = options.clone().application_name(name).disable_statement_logging().options([
            ("jit", "off"),
            ("statement_timeout", "0"),
            ("idle_in_transaction_session_timeout", "0"),
        ]);
        let mut exporter = PgConnection::connect_with(&options).await?;
        begin(&mut exporter).await?;
        let id = sqlx::query_scalar("select pg_catalog.pg_export_snapshot()")
            .fetch_one(&mut exporter)
            .await?;
        Ok(Self { joining: Joining { options, id }, exporter })
    }

    /// How others join it.
    pub(crate) const fn joining(&self) -> &Joining {
        &self.joining
    }

    /// The connection that took it, for short questions.
    pub(crate) const fn connection(&mut self) -> &mut PgConnection {
        &mut self.exporter
    }

    /// Every company's head, in the order of ids.
    pub(crate) async fn heads(&mut self) -> sqlx::Result<Vec<Head>> {
        list_heads(&mut self.exporter).await
    }
}

async fn begin(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("begin isolation level repeatable read read only")
        .execute(connection)
        .await
        .map(|_| ())
}
