//! One at a time: who rebuilds, goes back or takes what was skipped has the turn until its end.
//!
//! The turn is a lock of the connection, so that whoever is killed has it no more. Nobody hears that
//! somebody else runs when that one has only just ended: its record ends before its turn does, by the
//! time that it takes to clean up, and the server notices a closed connection later than its client.

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep};

use super::error::RebuildError;
use super::record::{Rebuild, find_unfinished};

/// Names the lock.
pub(super) const LOCK: i64 = 0x6c68_7265_6275_696c;

/// How long somebody who ends is waited for, and how often it is looked.
const ENDING_MAX: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Takes the turn; answers with the rebuild that was cut off, if there is one.
///
/// # Errors
/// [`RebuildError::Running`] when somebody else rebuilds, [`RebuildError::Ending`] when somebody has
/// the turn who rebuilds nothing, or nothing more.
pub(super) async fn begin(connection: &mut PgConnection) -> Result<Option<Rebuild>, RebuildError> {
    let until = Instant::now() + ENDING_MAX;
    loop {
        let is_free = try_begin(connection).await?;
        match find_unfinished(connection).await? {
            unfinished if is_free => return Ok(unfinished),
            Some(running) => return Err(RebuildError::Running(Box::new(running))),
            None if Instant::now() < until => sleep(LOOK_EVERY).await,
            None => return Err(RebuildError::Ending),
        }
    }
}

/// Takes the turn if nobody has it.
pub(super) async fn try_begin(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("select pg_catalog.pg_try_advisory_lock($1)")
        .bind(LOCK)
        .fetch_one(connection)
        .await
}

/// Ends the turn, and the connection that had it.
pub(super) async fn end(mut connection: PgConnection) -> sqlx::Result<()> {
    sqlx::query("select pg_catalog.pg_advisory_unlock($1)")
        .bind(LOCK)
        .execute(&mut connection)
        .await?;
    connection.close().await
}
