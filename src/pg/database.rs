//! Our database in the cluster: how to reach it, and making it.

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::Path;

use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::layout::PORT;

/// The database, and the cluster's superuser that owns it.
pub(super) const NAME: &str = "leasehold";
/// SQLSTATE `invalid_catalog_name`: no such database.
const NO_DATABASE: &str = "3D000";
/// SQLSTATE `cannot_connect_now`: starting, recovering or stopping.
const NOT_NOW: &str = "57P03";

/// How to connect over the socket in `run`.
pub(super) fn connect_options(run: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(run)
        .port(PORT)
        .username(NAME)
        .database(NAME)
        .ssl_mode(PgSslMode::Disable)
}

/// The same as a URL, which sqlx and libpq (psql, `pg_dump`) both read.
pub(super) fn url(run: &Path) -> String {
    let mut host = String::new();
    for byte in run.to_string_lossy().bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                host.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            _ => drop(write!(host, "%{byte:02X}")),
        }
    }
    format!("postgresql:///{NAME}?host={host}&port={PORT}&user={NAME}&sslmode=disable")
}

/// Asks the server something, after making our database if it is missing.
pub(super) async fn open(run: &Path) -> Result<(), sqlx::Error> {
    let options = connect_options(run);
    let mut connection = match options.connect().await {
        Err(error) if has_code(&error, NO_DATABASE) => {
            let mut first = options.clone().database("postgres").connect().await?;
            create_database(&mut first).await?;
            first.close().await?;
            options.connect().await?
        }
        connected => connected?,
    };
    connection.ping().await?;
    connection.close().await
}

/// Makes our database. Template0 has nothing that somebody put into template1.
async fn create_database(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection.execute("create database leasehold template template0").await.map(|_| ())
}

/// Whether the server may answer if it is asked again.
pub(super) fn is_not_yet(error: &sqlx::Error) -> bool {
    if let sqlx::Error::Io(cause) = error {
        return cause.kind() != ErrorKind::PermissionDenied;
    }
    has_code(error, NOT_NOW)
}

fn has_code(error: &sqlx::Error, code: &str) -> bool {
    error.as_database_error().and_then(DatabaseError::code).is_some_and(|found| found == code)
}
