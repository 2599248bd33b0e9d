//! The lock of the live tables, which appends meet, and holding up by it who writes faster than they
//! are followed.
//!
//! **Claims.** Whatever the rate of writes, what is left to be caught up with gets less. **Because**
//! nothing is appended while the tables are locked; holds get longer and the pauses between them
//! shorter for as long as that is not enough, and the lock is asked for for longer where it is had in
//! vain.

use std::time::Duration;

use leasehold_projections::projection::Projection;
use sqlx::{Executor, PgConnection};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::catch_up::follow_on;
use super::error::RebuildError;
use super::shadow::shadow;
use super::since::pages;
use super::way::list_behind;

/// How long the lock of a table is asked for at once. Who waits for it stands in the way of all who
/// come after. Where it was asked for in vain so often, appends last longer: twice as long.
const LOCK_TIMEOUT: Duration = Duration::from_millis(15);
const VAIN_PER_MORE: u32 = 8;
const DOUBLED_MAX: u32 = 6;
/// How often it is asked for in vain, with pauses that grow up to half a second: time for those who
/// have waited to be served.
const VAIN_MAX: u32 = 200;
/// How long a hold is, and the pause after it or after a lock in vain, at first.
const HOLD: Duration = Duration::from_millis(15);
const PAUSE: Duration = Duration::from_millis(50);
const PAUSES_MAX: u32 = 10;
/// Holds after which they are longer by as much again, and after which pauses are half as long.
const HOLDS_PER_MORE: u32 = 10;
const HALVED_MAX: u32 = 6;
/// Events of a page that is caught up with under the lock.
pub(super) const HELD_PAGE: i64 = 100;

/// The lock, and how often it was had and not had.
#[derive(Debug, Default)]
pub(super) struct Lock {
    holds: u32,
    vain: u32,
}

impl Lock {
    /// How long the next hold may be.
    pub(super) fn time(&self) -> Duration {
        HOLD * (1 + self.holds / HOLDS_PER_MORE)
    }

    /// Locks the shadow tables and the live ones against everybody until the transaction ends; false
    /// when that took too long.
    ///
    /// # Errors
    /// [`RebuildError::Busy`] when it was asked for in vain too often, and the database's.
    pub(super) async fn take(
        &mut self,
        connection: &mut PgConnection,
        projections: &[&'static Projection],
    ) -> Result<bool, RebuildError> {
        let timeout = LOCK_TIMEOUT * 2_u32.pow((self.vain / VAIN_PER_MORE).min(DOUBLED_MAX));
        let timeout = format!("set local lock_timeout = '{}ms'", timeout.as_millis());
        sqlx::query(&timeout).execute(&mut *connection).await?;
        // First those that nobody should have, so that nobody waits meanwhile; then the live ones in
        // the order in which the append statement meets them.
        let shadows = projections.iter().map(|projection| shadow(projection));
        let names = shadows.chain(projections.iter().map(|projection| projection.name.to_owned()));
        let names: Vec<String> = names.map(|name| format!("leasehold.{name}")).collect();
        let lock = format!("lock table {} in access exclusive mode", names.join(", "));
        let Err(error) = sqlx::query(&lock).execute(&mut *connection).await else {
            sqlx::query("set local lock_timeout = 0").execute(connection).await?;
            return Ok(true);
        };
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        // lock_not_available, deadlock_detected
        if !matches!(code.as_deref(), Some("55P03" | "40P01")) {
            return Err(error.into());
        }
        self.vain += 1;
        if self.vain < VAIN_MAX { Ok(false) } else { Err(RebuildError::Busy) }
    }

    /// Lets those who waited write, after a lock in vain.
    pub(super) async fn pause_in_vain(&self) {
        sleep(PAUSE * self.vain.min(PAUSES_MAX)).await;
    }

    /// Lets those who waited write, after a hold.
    pub(super) async fn pause(&mut self) {
        self.holds += 1;
        sleep(PAUSE / 2_u32.pow((self.holds / HOLDS_PER_MORE).min(HALVED_MAX))).await;
    }

    /// Catches up under the lock for as long as a hold is; not at all when the tables are busy.
    pub(super) async fn follow(
        &mut self,
        connection: &mut PgConnection,
        rebuild: Uuid,
        projections: &[&'static Projection],
    ) -> Result<(), RebuildError> {
        connection.execute("begin; set local synchronous_commit = off").await?;
        if !self.take(connection, projections).await? {
            sqlx::query("rollback").execute(connection).await?;
            self.pause_in_vain().await;
            return Ok(());
        }
        let begun_at = Instant::now();
        for page in pages(list_behind(connection, rebuild).await?, HELD_PAGE) {
            if begun_at.elapsed() > self.time() {
                break;
            }
            follow_on(connection, rebuild, &page, projections).await?;
        }
        sqlx::query("commit").execute(connection).await?;
        self.pause().await;
        Ok(())
    }
}
