//! The lock of the live tables, which appends meet, and holding up by it who writes faster than they
//! are followed.
//!
//! **Claims.** Whatever the rate of writes, what is left to be caught up with gets less, as long as a
//! second is enough to follow twice of what every lane appends with a statement or two. **Because**
//! nothing is appended while the tables are locked; after a hold that followed less than twice of what
//! was written until the next one, holds are twice as long, up to a second, and pauses half as long;
//! and the lock is asked for for longer where it is had in vain. Holds are half as long again where
//! they follow far more than what is written: those who write wait no longer than is needed.

use std::time::Duration;

use leasehold_projections::projection::Projection;
use sqlx::{Executor, PgConnection};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::catch_up::{Told, count_events, follow_on};
use super::error::RebuildError;
use super::shadow::shadow;
use super::since::{Stride, pages};
use super::way::list_behind;

/// How long the lock of a table is asked for at once. Who waits for it stands in the way of all who
/// come after. Where it was asked for in vain so often, appends last longer: twice as long.
const LOCK_TIMEOUT: Duration = Duration::from_millis(15);
const VAIN_PER_MORE: u32 = 8;
const DOUBLED_MAX: u32 = 6;
/// How often it is asked for in vain, with pauses that grow up to half a second: time for those who
/// have waited to be served.
const VAIN_MAX: u32 = 200;
const PAUSES_MAX: u32 = 10;
/// How long PostgreSQL has to send off its own vacuum, which it does for whoever has waited for a
/// second (`deadlock_timeout`).
const SENT_OFF_WITHIN: Duration = Duration::from_secs(3);
/// How long a hold is, and the pause after it or after a lock in vain: at first, and when holds have
/// become longer. Whoever appends waits for a lock for five seconds: the longest hold is well below.
const HOLD: (Duration, Duration) = (Duration::from_millis(15), Duration::from_secs(1));
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(2));
/// As many times of what is written until the next one a hold has to follow; so many are too many.
const ENOUGH: usize = 2;
const MUCH: usize = 6;

/// The lock, how often it was not had, and how long it is held.
#[derive(Debug)]
pub(super) struct Lock {
    /// In vain since it was had; half of those before it was had are not forgotten.
    vain: u32,
    hold: Duration,
    pause: Duration,
    stride: Stride,
    /// Events that the last hold has followed, and those that it has left.
    last: Option<(usize, usize)>,
}

impl Default for Lock {
    fn default() -> Self {
        Self { vain: 0, hold: HOLD.0, pause: PAUSE.0, stride: Stride::default(), last: None }
    }
}

impl Lock {
    /// How long a hold may be.
    pub(super) fn time(&self) -> Duration {
        self.hold
    }

    /// Sends off who vacuums or analyzes a live table, until the transaction ends: for those the lock
    /// of the tables is not asked for long enough. It stands in the way of nobody who reads or writes;
    /// false when that took too long.
    ///
    /// # Errors
    /// As [`Lock::take`].
    pub(super) async fn send_off(
        &mut self,
        connection: &mut PgConnection,
        projections: &[&'static Projection],
    ) -> Result<bool, RebuildError> {
        let names = projections.iter().map(|projection| projection.name.to_owned());
        self.ask(connection, names, "share update exclusive", SENT_OFF_WITHIN).await
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
        // First those that nobody should have, so that nobody waits meanwhile; then the live ones in
        // the order in which the append statement meets them.
        let shadows = projections.iter().map(|projection| shadow(projection));
        let names = shadows.chain(projections.iter().map(|projection| projection.name.to_owned()));
        let is_had = self.ask(connection, names, "access exclusive", timeout).await?;
        if is_had {
            self.vain /= 2;
        }
        Ok(is_had)
    }

    /// Asks for a lock of some tables for so long; false when it was in vain.
    async fn ask(
        &mut self,
        connection: &mut PgConnection,
        names: impl Iterator<Item = String>,
        mode: &str,
        timeout: Duration,
    ) -> Result<bool, RebuildError> {
        let timeout = format!("set local lock_timeout = '{}ms'", timeout.as_millis());
        sqlx::query(&timeout).execute(&mut *connection).await?;
        let names: Vec<String> = names.map(|name| format!("leasehold.{name}")).collect();
        let lock = format!("lock table {} in {mode} mode", names.join(", "));
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
        sleep(PAUSE.0 * self.vain.min(PAUSES_MAX)).await;
    }

    /// Lets those who waited write, after a hold or a lock in vain; whoever is outrun has no more time
    /// for that than they need.
    pub(super) async fn pause(&self) {
        sleep(self.pause).await;
    }

    /// So many events are to be followed in this hold: was the last one long enough?
    fn weigh(&mut self, events: usize) {
        let Some((followed, left)) = self.last else { return };
        let written = events.saturating_sub(left);
        if ENOUGH * written > followed {
            self.hold = (2 * self.hold).min(HOLD.1);
            self.pause = (self.pause / 2).max(PAUSE.1);
        } else if MUCH * written < followed {
            self.hold = (self.hold / 2).max(HOLD.0);
        }
    }

    /// Catches up under the lock that was taken, for as long as a hold may be; whether that was all.
    pub(super) async fn follow(
        &mut self,
        connection: &mut PgConnection,
        rebuild: Uuid,
        projections: &[&'static Projection],
        told: &mut Told<'_>,
    ) -> sqlx::Result<bool> {
        let begun_at = Instant::now();
        let behind = list_behind(connection, rebuild).await?;
        let (events, mut followed) = (count_events(&behind), 0);
        self.weigh(events);
        for page in pages(behind, self.stride.within(self.hold)) {
            let (count, page_begun_at) = (count_events(&page), Instant::now());
            if followed > 0 && begun_at.elapsed() + self.stride.takes(count) > self.hold {
                break;
            }
            told(follow_on(connection, rebuild, &page, projections).await?);
            self.stride.took(count, page_begun_at.elapsed());
            followed += count;
        }
        self.last = Some((followed, events - followed));
        Ok(followed == events)
    }

    /// Takes the lock and catches up under it, not at all when the tables are busy; whether everything
    /// was caught up with.
    pub(super) async fn hold(
        &mut self,
        connection: &mut PgConnection,
        rebuild: Uuid,
        projections: &[&'static Projection],
        told: &mut Told<'_>,
    ) -> Result<bool, RebuildError> {
        connection.execute("begin; set local synchronous_commit = off").await?;
        let is_all = self.send_off(connection, projections).await?
            && self.take(connection, projections).await?
            && self.follow(connection, rebuild, projections, told).await?;
        // Where the lock was not had this goes back.
        sqlx::query("commit").execute(connection).await?;
        if !is_all {
            self.pause().await;
        }
        Ok(is_all)
    }
}

#[cfg(test)]
mod tests {
    use super::{HOLD, Lock, PAUSE};

    #[test]
    fn a_hold_grows_until_it_follows_twice_of_what_is_written_meanwhile() {
        let mut lock = Lock::default();
        let mut weighed = |followed: usize, written: usize| {
            lock.last = Some((followed, 5_000));
            lock.weigh(5_000 + written);
            (lock.hold, lock.pause)
        };
        let first = HOLD.0;
        assert_eq!(weighed(100, 50), (first, PAUSE.0));
        assert_eq!(weighed(100, 51), (2 * first, PAUSE.0 / 2));
        assert_eq!(weighed(0, 0), (2 * first, PAUSE.0 / 2), "nothing is neither");
        assert_eq!(weighed(0, 1), (4 * first, PAUSE.0 / 4));
        assert_eq!(weighed(100, 17), (4 * first, PAUSE.0 / 4));
        assert_eq!(weighed(100, 16), (2 * first, PAUSE.0 / 4));
        for _ in 0..9 {
            weighed(10, 100);
        }
        assert_eq!(weighed(10, 100), (HOLD.1, PAUSE.1));
    }
}
