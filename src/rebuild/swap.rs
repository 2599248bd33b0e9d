//! The swap: the last events, the last comparison and the renames, under a lock that appends meet.

use std::time::Duration;

use leasehold_projections::projection::Projection;
use sqlx::{Executor, PgConnection};
use tokio::time::Instant;
use uuid::Uuid;

use super::catch_up::{Touched, catch_up, count_events, follow_on};
use super::compare::{Verdict, compare_touched};
use super::error::RebuildError;
use super::holding::{HELD_PAGE, Lock};
use super::poison::{carry_over, keep_marks};
use super::record::{State, enter};
use super::shadow::{list_indexes, shadow};
use super::since::pages;
use super::throttle::Worker;
use super::versions::keep_version;
use super::way::{forget_load, list_behind};

/// More events than this are caught up with outside of the lock, as long as that gains on the log.
const LAST_EVENTS_MAX: usize = 50;
/// How often too much has come by the time of the lock, before it is caught up with under it.
const VAIN_MAX: u32 = 5;
/// Rows that are compared at once outside of the lock.
const PAGE: usize = 500;

/// What became of one attempt.
enum Attempt {
    Swapped,
    /// The tables were busy.
    Locked,
    /// Not everything was caught up with.
    Behind,
    /// It was, but more of it is to be compared than under the lock.
    Uncompared,
}

/// A swap and what it has come to.
pub(super) struct Swap<'s> {
    rebuild: Uuid,
    projections: &'s [&'static Projection],
    verdict: Verdict,
    /// Whether what differs may go.
    is_waived: &'s (dyn Fn(&Verdict) -> bool + Sync),
    /// What was caught up with and is to be compared when everything is: a row whose next event is
    /// not yet followed differs.
    touched: Touched,
}

impl<'s> Swap<'s> {
    pub(super) fn new(
        rebuild: Uuid,
        projections: &'s [&'static Projection],
        verdict: Verdict,
        is_waived: &'s (dyn Fn(&Verdict) -> bool + Sync),
    ) -> Self {
        Self { rebuild, projections, verdict, is_waived, touched: Touched::default() }
    }

    /// Puts the shadow tables in the place of the live ones.
    pub(super) async fn run(
        mut self,
        connection: &mut PgConnection,
        worker: &Worker,
    ) -> Result<Verdict, RebuildError> {
        let (mut vain, mut lock) = (0, Lock::default());
        loop {
            let is_outrun = vain >= VAIN_MAX || worker.is_outrun();
            if !is_outrun {
                self.near(connection, worker).await?;
            }
            if !worker.is_wanted() {
                return Err(RebuildError::Cancelled);
            }
            match self.attempt(connection, &mut lock, is_outrun).await {
                Ok(Attempt::Swapped) => return Ok(self.verdict),
                Ok(Attempt::Locked) => lock.pause_in_vain().await,
                Ok(Attempt::Behind) if is_outrun => lock.pause().await,
                Ok(Attempt::Behind) => vain += 1,
                Ok(Attempt::Uncompared) => self.compare(connection).await?,
                Err(error) => {
                    // The transaction is over with its error.
                    sqlx::query("rollback").execute(&mut *connection).await?;
                    return Err(error);
                }
            }
        }
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
    async fn near(
        &mut self,
        connection: &mut PgConnection,
        worker: &Worker,
    ) -> Result<(), RebuildError> {
        let events = count_events(&list_behind(connection, self.rebuild).await?);
        worker.follow(events);
        if events <= LAST_EVENTS_MAX {
            return Ok(());
        }
        self.compare(connection).await
    }

    /// Catches up and compares what was touched since it was compared last, in one snapshot.
    async fn compare(&mut self, connection: &mut PgConnection) -> Result<(), RebuildError> {
        connection
            .execute("begin isolation level repeatable read; set local synchronous_commit = off")
            .await?;
        self.touched.extend(catch_up(connection, self.rebuild, self.projections).await?);
        let found = self.compare_touched(connection).await?;
        sqlx::query("commit").execute(&mut *connection).await?;
        self.judge(found)
    }

    async fn compare_touched(&mut self, connection: &mut PgConnection) -> sqlx::Result<Verdict> {
        let mut found = Verdict::default();
        for page in std::mem::take(&mut self.touched).pages(PAGE) {
            found.merge(compare_touched(connection, self.projections, &page, "true").await?);
        }
        Ok(found)
    }

    /// Swaps, if little is left to be caught up with; of those who are outrun, as much as a hold allows
    /// is caught up with before.
    async fn attempt(
        &mut self,
        connection: &mut PgConnection,
        lock: &mut Lock,
        is_outrun: bool,
    ) -> Result<Attempt, RebuildError> {
        let indexes = list_index_renames(connection, self.projections).await?;
        sqlx::query("begin").execute(&mut *connection).await?;
        // Nobody waits for the names of indexes, nor for the disk: whatever is stored durably after the
        // swap takes the swap's own record with it, and so does what is forgotten at the end of this.
        connection.execute("set local synchronous_commit = off").await?;
        if !is_outrun {
            connection.execute(&*indexes).await?;
        }
        if !lock.take(connection, self.projections).await? {
            sqlx::query("rollback").execute(&mut *connection).await?;
            return Ok(Attempt::Locked);
        }
        let hold = is_outrun.then(|| lock.time());
        let is_followed = self.follow(connection, hold).await?;
        let is_much = self.touched.positions.len() > PAGE;
        if !is_followed || is_much {
            // What was followed stays; names of indexes were not changed, or go back.
            let end = if is_outrun { "commit" } else { "rollback" };
            sqlx::query(end).execute(&mut *connection).await?;
            return Ok(if is_followed { Attempt::Uncompared } else { Attempt::Behind });
        }
        let found = self.compare_touched(connection).await?;
        self.judge(found)?;
        if is_outrun {
            connection.execute(&*indexes).await?;
        }
        self.exchange(connection).await?;
        Ok(Attempt::Swapped)
    }

    /// Renames the tables, with the record of it, and ends the transaction.
    async fn exchange(&self, connection: &mut PgConnection) -> Result<(), RebuildError> {
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
        Ok(())
    }

    /// Catches up under the lock, with little or for so long; whether that was all.
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
            self.touched.extend(touched);
        }
        carry_over(connection, self.rebuild, self.projections).await?;
        Ok(true)
    }
}

/// The renames of the tables. Nobody vacuums a shadow table: that would wait for the renames of its
/// indexes, and they for it.
fn renames(projections: &[&'static Projection]) -> String {
    let renames = projections.iter().map(|projection| {
        let (name, shadow) = (projection.name, shadow(projection));
        format!(
            "alter table leasehold.{name} rename to {name}_old;
             alter table leasehold.{shadow} rename to {name};
             alter table leasehold.{name} reset (autovacuum_enabled);"
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
