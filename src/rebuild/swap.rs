//! The swap: the last events, the last comparison and the renames, under a lock that appends meet.

use std::time::Duration;

use leasehold_projections::projection::Projection;
use sqlx::{Executor, PgConnection};
use tokio::time::sleep;
use uuid::Uuid;

use super::catch_up::{Touched, approach, catch_up};
use super::compare::{Verdict, compare_touched};
use super::error::RebuildError;
use super::poison::keep_marks;
use super::record::{State, enter};
use super::shadow::{list_indexes, shadow};
use super::throttle::Worker;
use super::versions::keep_version;
use super::way::{forget_load, list_behind};

/// How long the lock of a table is asked for at once. Who waits for it stands in the way of all who
/// come after.
const LOCK_TIMEOUT: &str = "15ms";
/// How often it is asked for, with pauses that grow up to half a second.
const TRIES: u32 = 200;
/// The first pause: time for those who have waited to be served.
const PAUSE: Duration = Duration::from_millis(50);
/// More events than this are caught up with outside of the lock, at first. Later tries take more: who
/// writes faster than this is caught up with would never be swapped under.
const LAST_EVENTS_MAX: u32 = 50;
const TRIES_PER_MORE: u32 = 5;
/// Rows that are compared at once outside of the lock.
const PAGE: usize = 500;

/// What became of one attempt.
enum Attempt {
    Swapped(Verdict),
    /// The tables were busy.
    Locked,
    /// Too much was appended meanwhile.
    Behind,
}

/// Puts the shadow tables in the place of the live ones.
pub(super) async fn swap(
    connection: &mut PgConnection,
    rebuild: Uuid,
    projections: &[&'static Projection],
    worker: &mut Worker,
    verdict: &mut Verdict,
    is_waived: impl Fn(&Verdict) -> bool + Sync,
) -> Result<(), RebuildError> {
    for attempt in 1..=TRIES {
        let few = LAST_EVENTS_MAX * (1 + attempt / TRIES_PER_MORE);
        if count_behind(connection, rebuild).await? > few {
            // What came while everything was compared may be much; what comes meanwhile is not.
            let may_rest = attempt == 1;
            near(connection, rebuild, projections, (worker, may_rest), verdict).await?;
            if !is_waived(verdict) {
                return Err(RebuildError::Differs(Box::new(verdict.clone())));
            }
        }
        let tried = try_swap(connection, rebuild, projections, (few, verdict), &is_waived).await;
        match tried {
            Ok(Attempt::Swapped(last)) => {
                *verdict = last;
                return Ok(());
            }
            Ok(Attempt::Locked) => sleep(PAUSE * attempt.min(10)).await,
            Ok(Attempt::Behind) => {}
            Err(error) => {
                // The transaction is over with its error.
                sqlx::query("rollback").execute(&mut *connection).await?;
                return Err(error);
            }
        }
    }
    Err(RebuildError::Busy)
}

/// Catches up outside of the lock, and compares what is touched in one snapshot.
async fn near(
    connection: &mut PgConnection,
    rebuild: Uuid,
    projections: &[&'static Projection],
    (worker, may_rest): (&mut Worker, bool),
    verdict: &mut Verdict,
) -> Result<(), RebuildError> {
    let mut touched = Touched::default();
    if may_rest {
        approach(connection, rebuild, projections, worker, Some(&mut touched)).await?;
    }
    sqlx::query("begin isolation level repeatable read").execute(&mut *connection).await?;
    touched.extend(catch_up(connection, rebuild, projections).await?);
    for page in touched.pages(PAGE) {
        verdict.merge(compare_touched(connection, projections, &page).await?);
        if may_rest {
            worker.rest().await;
        }
    }
    sqlx::query("commit").execute(&mut *connection).await?;
    Ok(())
}

async fn try_swap(
    connection: &mut PgConnection,
    rebuild: Uuid,
    projections: &[&'static Projection],
    (few, verdict): (u32, &Verdict),
    is_waived: &(impl Fn(&Verdict) -> bool + Sync),
) -> Result<Attempt, RebuildError> {
    let indexes = list_index_renames(connection, projections).await?;
    sqlx::query("begin").execute(&mut *connection).await?;
    // Nobody waits for the names of indexes, nor for the disk: whatever is stored durably after the
    // swap takes the swap's own record with it, and so does what is forgotten at the end of this.
    connection.execute(&*format!("set local synchronous_commit = off; {indexes}")).await?;
    if !lock(connection, projections).await? {
        sqlx::query("rollback").execute(&mut *connection).await?;
        return Ok(Attempt::Locked);
    }
    if count_behind(connection, rebuild).await? > few {
        sqlx::query("rollback").execute(&mut *connection).await?;
        return Ok(Attempt::Behind);
    }
    let touched = catch_up(connection, rebuild, projections).await?;
    let mut verdict = verdict.clone();
    verdict.merge(compare_touched(connection, projections, &touched).await?);
    if !is_waived(&verdict) {
        return Err(RebuildError::Differs(Box::new(verdict)));
    }
    connection.execute(&*renames(projections)).await?;
    keep_marks(connection, rebuild, projections).await?;
    for projection in projections {
        keep_version(connection, projection.name, projection.version, rebuild).await?;
    }
    if !enter(connection, rebuild, State::Swapped, Some(&verdict)).await? {
        return Err(RebuildError::Cancelled);
    }
    sqlx::query("commit").execute(&mut *connection).await?;
    forget_load(connection, rebuild).await?;
    Ok(Attempt::Swapped(verdict))
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

/// Events that the shadow tables lack.
async fn count_behind(connection: &mut PgConnection, rebuild: Uuid) -> Result<u32, RebuildError> {
    let behind = list_behind(connection, rebuild).await?;
    let events: i64 = behind.iter().map(|(_, reached, head)| head - reached).sum();
    Ok(u32::try_from(events).unwrap_or(u32::MAX))
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
