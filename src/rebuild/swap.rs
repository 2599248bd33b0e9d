//! The swap: the last events, the last comparison and the renames, under a lock that appends meet.

use std::time::Duration;

use leasehold_projections::projection::Projection;
use sqlx::{Executor, PgConnection};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::catch_up::{catch_up, count_events, follow_on};
use super::compare::{Verdict, compare_touched};
use super::error::RebuildError;
use super::poison::{carry_over, keep_marks};
use super::record::{State, enter};
use super::shadow::{list_indexes, shadow};
use super::since::pages;
use super::throttle::Worker;
use super::versions::keep_version;
use super::way::{forget_load, list_behind};

/// How long the lock of a table is asked for at once. Who waits for it stands in the way of all who
/// come after.
const LOCK_TIMEOUT: &str = "15ms";
/// How often it is asked for in vain, with pauses that grow up to half a second.
const TRIES: u32 = 200;
/// The first pause: time for those who have waited to be served.
const PAUSE: Duration = Duration::from_millis(50);
/// More events than this are caught up with outside of the lock, at first.
const LAST_EVENTS_MAX: usize = 50;
/// How long it is caught up with under the lock, at first, and events of a page of that. Who writes
/// faster than they are followed waits so long, again and again, until they are caught up with.
const HOLD: Duration = Duration::from_millis(15);
const HELD_PAGE: i64 = 100;
/// How often too much has come by the time of the lock before that is done: whoever writes so fast
/// will not be caught up with outside of it.
const HOLDS_IN_VAIN: u32 = 5;
/// Holds after which they grow by as much again, and after which pauses between them are halved.
const HOLDS_PER_MORE: u32 = 20;
/// Rows that are compared at once outside of the lock.
const PAGE: usize = 500;

/// What became of one attempt.
enum Attempt {
    Swapped,
    /// The tables were busy.
    Locked,
    /// Not everything was caught up with.
    Behind,
}

/// A swap and what it has come to.
pub(super) struct Swap<'s> {
    pub(super) rebuild: Uuid,
    pub(super) projections: &'s [&'static Projection],
    pub(super) verdict: Verdict,
    /// Whether what differs may go.
    pub(super) is_waived: &'s (dyn Fn(&Verdict) -> bool + Sync),
}

impl Swap<'_> {
    /// Puts the shadow tables in the place of the live ones.
    pub(super) async fn run(
        mut self,
        connection: &mut PgConnection,
        worker: &Worker,
    ) -> Result<Verdict, RebuildError> {
        let (mut tries, mut holds) = (0, 0);
        while tries < TRIES {
            if holds < HOLDS_IN_VAIN {
                self.near(connection).await?;
            }
            if !worker.is_wanted() {
                return Err(RebuildError::Cancelled);
            }
            let hold = (holds >= HOLDS_IN_VAIN).then(|| HOLD * (1 + holds / HOLDS_PER_MORE));
            match self.attempt(connection, hold).await {
                Ok(Attempt::Swapped) => return Ok(self.verdict),
                Ok(Attempt::Locked) => {
                    tries += 1;
                    sleep(PAUSE * tries.min(10)).await;
                }
                Ok(Attempt::Behind) => {
                    holds += 1;
                    sleep(PAUSE / 2_u32.pow((holds / HOLDS_PER_MORE).min(6))).await;
                }
                Err(error) => {
                    // The transaction is over with its error.
                    sqlx::query("rollback").execute(&mut *connection).await?;
                    return Err(error);
                }
            }
        }
        Err(RebuildError::Busy)
    }

    /// Adds what was found; what differs and may not is the end.
    fn judge(&mut self, found: Verdict) -> Result<(), RebuildError> {
        self.verdict.merge(found);
        if (self.is_waived)(&self.verdict) {
            Ok(())
        } else {
            Err(RebuildError::Differs(Box::new(self.verdict.clone())))
        }
    }

    /// Catches up outside of the lock, if it is much, and compares what is touched in one snapshot.
    async fn near(&mut self, connection: &mut PgConnection) -> Result<(), RebuildError> {
        if count_events(&list_behind(connection, self.rebuild).await?) <= LAST_EVENTS_MAX {
            return Ok(());
        }
        connection
            .execute("begin isolation level repeatable read; set local synchronous_commit = off")
            .await?;
        let touched = catch_up(connection, self.rebuild, self.projections).await?;
        let mut found = Verdict::default();
        for page in touched.pages(PAGE) {
            found.merge(compare_touched(connection, self.projections, &page, "true").await?);
        }
        sqlx::query("commit").execute(&mut *connection).await?;
        self.judge(found)
    }

    /// Swaps, if little is left to be caught up with; with a time, as much as that allows is caught
    /// up with before.
    async fn attempt(
        &mut self,
        connection: &mut PgConnection,
        hold: Option<Duration>,
    ) -> Result<Attempt, RebuildError> {
        let indexes = list_index_renames(connection, self.projections).await?;
        sqlx::query("begin").execute(&mut *connection).await?;
        // Nobody waits for the names of indexes, nor for the disk: whatever is stored durably after the
        // swap takes the swap's own record with it, and so does what is forgotten at the end of this.
        connection.execute("set local synchronous_commit = off").await?;
        if hold.is_none() {
            connection.execute(&*indexes).await?;
        }
        if !lock(connection, self.projections).await? {
            sqlx::query("rollback").execute(&mut *connection).await?;
            return Ok(Attempt::Locked);
        }
        if !self.follow(connection, hold).await? {
            // What was followed stays; names of indexes were not changed, or go back.
            let end = if hold.is_some() { "commit" } else { "rollback" };
            sqlx::query(end).execute(&mut *connection).await?;
            return Ok(Attempt::Behind);
        }
        if hold.is_some() {
            connection.execute(&*indexes).await?;
        }
        connection.execute(&*renames(self.projections)).await?;
        keep_marks(connection, self.rebuild, self.projections).await?;
        for projection in self.projections {
            keep_version(connection, projection.name, projection.version, self.rebuild).await?;
        }
        if !enter(connection, self.rebuild, State::Swapped, Some(&self.verdict)).await? {
            return Err(RebuildError::Cancelled);
        }
        sqlx::query("commit").execute(&mut *connection).await?;
        forget_load(connection, self.rebuild).await?;
        Ok(Attempt::Swapped)
    }

    /// Catches up under the lock, with little or for so long, and compares what is touched; whether
    /// that was all.
    async fn follow(
        &mut self,
        connection: &mut PgConnection,
        hold: Option<Duration>,
    ) -> Result<bool, RebuildError> {
        let begun_at = Instant::now();
        let behind = list_behind(connection, self.rebuild).await?;
        if hold.is_none() && count_events(&behind) > LAST_EVENTS_MAX {
            return Ok(false);
        }
        for page in pages(behind, HELD_PAGE) {
            if hold.is_some_and(|hold| begun_at.elapsed() > hold) {
                return Ok(false);
            }
            let touched = follow_on(connection, self.rebuild, &page, self.projections).await?;
            carry_over(connection, self.rebuild, self.projections).await?;
            let found = compare_touched(connection, self.projections, &touched, "true").await?;
            self.judge(found)?;
        }
        Ok(true)
    }
}

/// Locks the live tables against everybody; false when that took too long.
async fn lock(
    connection: &mut PgConnection,
    projections: &[&'static Projection],
) -> sqlx::Result<bool> {
    let timeout = format!("set local lock_timeout = '{LOCK_TIMEOUT}'");
    sqlx::query(&timeout).execute(&mut *connection).await?;
    // In the order in which the append statement meets them.
    let names: Vec<String> =
        projections.iter().map(|projection| format!("leasehold.{}", projection.name)).collect();
    let lock = format!("lock table {} in access exclusive mode", names.join(", "));
    match sqlx::query(&lock).execute(&mut *connection).await {
        Ok(_) => {
            sqlx::query("set local lock_timeout = 0").execute(connection).await?;
            Ok(true)
        }
        Err(error) => {
            let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
            // lock_not_available, deadlock_detected
            if matches!(code.as_deref(), Some("55P03" | "40P01")) { Ok(false) } else { Err(error) }
        }
    }
}

/// The renames of the tables.
fn renames(projections: &[&'static Projection]) -> String {
    let renames = projections.iter().map(|projection| {
        let (name, shadow) = (projection.name, shadow(projection));
        format!(
            "alter table leasehold.{name} rename to {name}_old;
             alter table leasehold.{shadow} rename to {name};"
        )
    });
    renames.collect()
}

/// Those of their indexes.
async fn list_index_renames(
    connection: &mut PgConnection,
    projections: &[&'static Projection],
) -> sqlx::Result<String> {
    let mut statements = Vec::new();
    for projection in projections {
        for index in list_indexes(connection, projection.name).await? {
            let index = index.name;
            statements.push(format!(
                "alter index leasehold.{index} rename to {index}_old;
                 alter index leasehold.{index}_shadow rename to {index};"
            ));
        }
    }
    Ok(statements.concat())
}
