//! The swap: the last events, the last comparison and the renames, under a lock that appends meet.

use leasehold_projections::projection::Projection;
use sqlx::{Executor, PgConnection};
use tokio::time::Instant;
use uuid::Uuid;

use super::catch_up::{Touched, approach, catch_up, count_events, follow_on};
use super::compare::{Verdict, compare_touched};
use super::error::RebuildError;
use super::holding::Lock;
use super::poison::{carry_over, keep_marks};
use super::record::{State, enter};
use super::shadow::{list_indexes, shadow};
use super::since::pages;
use super::throttle::Worker;
use super::versions::keep_version;
use super::way::{forget_load, list_behind};

/// More events than this are caught up with outside of the lock, as long as that gains on the log.
const LAST_EVENTS_MAX: usize = 50;
/// Events of a page of those that are caught up with under it.
const PAGE_LAST: i64 = 100;
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
        worker: &mut Worker,
    ) -> Result<Verdict, RebuildError> {
        let (mut vain, mut lock) = (0, Lock::default());
        loop {
            // Who was outrun before will be again.
            let is_outrun = vain >= if worker.was_outrun() { 1 } else { VAIN_MAX };
            if !is_outrun {
                self.near(connection, worker).await?;
            }
            if !worker.is_wanted() {
                return Err(RebuildError::Cancelled);
            }
            match self.attempt(connection, &mut lock, is_outrun).await {
                Ok(Attempt::Swapped) => return Ok(self.verdict),
                Ok(Attempt::Behind | Attempt::Locked) if is_outrun => lock.pause().await,
                Ok(Attempt::Locked) => lock.pause_in_vain().await,
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
        worker: &mut Worker,
    ) -> Result<(), RebuildError> {
        let touched = &mut self.touched;
        let told = &mut |later| touched.extend(later);
        approach(connection, self.rebuild, self.projections, worker, told).await?;
        let events = count_events(&list_behind(connection, self.rebuild).await?);
        if events <= LAST_EVENTS_MAX && self.touched.positions.len() <= PAGE {
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
        if !lock.send_off(connection, self.projections).await? {
            sqlx::query("rollback").execute(&mut *connection).await?;
            return Ok(Attempt::Locked);
        }
        if !is_outrun {
            connection.execute(&*indexes).await?;
        }
        if !lock.take(connection, self.projections).await? {
            sqlx::query("rollback").execute(&mut *connection).await?;
            return Ok(Attempt::Locked);
        }
        let missing = if is_outrun {
            self.follow_held(connection, lock).await?
        } else {
            self.follow_last(connection).await?
        };
        if let Some(missing) = missing {
            // What was followed stays; names of indexes were not changed, or go back.
            let end = if is_outrun { "commit" } else { "rollback" };
            sqlx::query(end).execute(&mut *connection).await?;
            return Ok(missing);
        }
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

    /// Catches up under the lock and compares, if it is little; answers with what is missing.
    async fn follow_last(
        &mut self,
        connection: &mut PgConnection,
    ) -> Result<Option<Attempt>, RebuildError> {
        let behind = list_behind(connection, self.rebuild).await?;
        if count_events(&behind) > LAST_EVENTS_MAX {
            return Ok(Some(Attempt::Behind));
        }
        for page in pages(behind, PAGE_LAST) {
            let touched = follow_on(connection, self.rebuild, &page, self.projections).await?;
            self.touched.extend(touched);
        }
        carry_over(connection, self.rebuild, self.projections).await?;
        if self.touched.positions.len() > PAGE {
            return Ok(Some(Attempt::Uncompared));
        }
        let found = self.compare_touched(connection).await?;
        self.judge(found)?;
        Ok(None)
    }

    /// Catches up and compares under the lock for as long as a hold may be; answers with what is
    /// missing. What was compared under it is right until its next event is followed.
    async fn follow_held(
        &mut self,
        connection: &mut PgConnection,
        lock: &mut Lock,
    ) -> Result<Option<Attempt>, RebuildError> {
        let begun_at = Instant::now();
        let touched = &mut self.touched;
        let told = &mut |later| touched.extend(later);
        if !lock.follow(connection, self.rebuild, self.projections, told).await? {
            return Ok(Some(Attempt::Behind));
        }
        carry_over(connection, self.rebuild, self.projections).await?;
        for (number, page) in std::mem::take(&mut self.touched).pages(PAGE).into_iter().enumerate()
        {
            if number > 0 && begun_at.elapsed() > lock.time() {
                self.touched.extend(page);
            } else {
                let found = compare_touched(connection, self.projections, &page, "true").await?;
                self.judge(found)?;
            }
        }
        let is_compared = self.touched.positions.is_empty() && self.touched.aggregates.is_empty();
        Ok(if is_compared { None } else { Some(Attempt::Behind) })
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
