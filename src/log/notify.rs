//! Word to other processes that logs have moved.

use sqlx::PgConnection;

/// The channel. A notification is a list of `company epoch position`, separated by semicolons.
pub const MOVED_CHANNEL: &str = "leasehold_moved";

/// Tells whoever listens. Never in a transaction that appends: a notification takes a lock on the
/// whole server from its commit on.
///
/// # Errors
/// The database's.
pub async fn notify_moved(connection: &mut PgConnection, marks: &[String]) -> sqlx::Result<()> {
    sqlx::query("select pg_notify($1, marks) from unnest($2::text[]) as told (marks)")
        .bind(MOVED_CHANNEL)
        .bind(marks)
        .execute(connection)
        .await
        .map(|_| ())
}
