//! What a backup of the ledger is, and what has to be done around its restoring.

use std::path::Path;

use sqlx::PgConnection;

/// Arguments of `pg_dump`: schema `leasehold` alone, in the custom format, from one snapshot.
#[must_use]
pub fn dump_arguments(url: &str, file: &Path) -> Vec<String> {
    let file = format!("--file={}", file.display());
    ["--format=custom", "--schema=leasehold", "--no-owner", &file, url].map(str::to_owned).into()
}

/// Arguments of `pg_restore`: all of it or nothing.
#[must_use]
pub fn restore_arguments(url: &str, file: &Path) -> Vec<String> {
    let (url, file) = (format!("--dbname={url}"), file.display().to_string());
    ["--single-transaction", "--exit-on-error", "--no-owner", &url, &file].map(str::to_owned).into()
}

/// Whether there is a ledger in the database.
///
/// # Errors
/// The database's.
pub async fn has_ledger(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("select pg_catalog.to_regclass('leasehold.heads') is not null")
        .fetch_one(connection)
        .await
}

/// Makes the roles that a backup gives rights to, where they are missing.
///
/// # Errors
/// The database's.
pub async fn make_roles(connection: &mut PgConnection) -> sqlx::Result<()> {
    for role in ["leasehold_writer", "leasehold_reader"] {
        let is_there: bool = sqlx::query_scalar(
            "select exists (select from pg_catalog.pg_roles where rolname = $1)",
        )
        .bind(role)
        .fetch_one(&mut *connection)
        .await?;
        if !is_there {
            sqlx::query(&format!("create role {role} nologin")).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Begins a new epoch in every company's log.
///
/// # Errors
/// The database's.
pub async fn raise_epochs(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("update leasehold.heads set epoch = epoch + 1")
        .execute(connection)
        .await
        .map(|_| ())
}
