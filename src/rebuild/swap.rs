//! The swap: the last events, the last comparison and the renames, under a lock that appends meet.

use std::time::Duration;

use leasehold_projections::projection::Projection;
use sqlx::PgConnection;
use tokio::time::sleep;
use uuid::Uuid;

use super::catch_up::catch_up;
use super::compare::{Verdict, compare_touched};
use super::error::RebuildError;
use super::poison::keep_marks;
use super::record::{State, enter};
use super::shadow::{list_indexes, shadow};
use super::versions::keep_version;
use super::way::{forget_load, list_behind};

/// How long the lock is asked for at once. Who waits for it stands in the way of all who come after.
const LOCK_TIMEOUT: &str = "25ms";
/// How often it is asked for, with pauses that grow up to half a second.
const TRIES: u32 = 200;
/// More events than this are caught up with outside of the lock.
const LAST_EVENTS_MAX: u64 = 200;

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
    verdict: &mut Verdict,
    is_waived: impl Fn(&Verdict) -> bool + Sync,
) -> Result<(), RebuildError> {
    for attempt in 0..TRIES {
        let tried = try_swap(connection, rebuild, projections, verdict, &is_waived).await;
        match tried {
            Ok(Attempt::Swapped(last)) => {
                *verdict = last;
                return Ok(());
            }
            Ok(Attempt::Locked) => {
                let pause = Duration::from_millis(10) * attempt.min(50);
                sleep(pause).await;
            }
            Ok(Attempt::Behind) => {
                near(connection, rebuild, projections, verdict).await?;
                if !is_waived(verdict) {
                    return Err(RebuildError::Differs(Box::new(verdict.clone())));
                }
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

/// Catches up outside of the lock, comparing what is touched, in one snapshot.
async fn near(
    connection: &mut PgConnection,
    rebuild: Uuid,
    projections: &[&'static Projection],
    verdict: &mut Verdict,
) -> Result<(), RebuildError> {
    sqlx::query("begin isolation level repeatable read").execute(&mut *connection).await?;
    let touched = catch_up(connection, rebuild, projections).await?;
    verdict.merge(compare_touched(connection, projections, &touched).await?);
    sqlx::query("commit").execute(&mut *connection).await?;
    Ok(())
}

async fn try_swap(
    connection: &mut PgConnection,
    rebuild: Uuid,
    projections: &[&'static Projection],
    verdict: &Verdict,
    is_waived: &(impl Fn(&Verdict) -> bool + Sync),
) -> Result<Attempt, RebuildError> {
    let indexes = list_renames(connection, projections).await?;
    sqlx::query("begin").execute(&mut *connection).await?;
    if !lock(connection, projections).await? {
        sqlx::query("rollback").execute(&mut *connection).await?;
        return Ok(Attempt::Locked);
    }
    if is_far_behind(connection, rebuild).await? {
        sqlx::query("rollback").execute(&mut *connection).await?;
        return Ok(Attempt::Behind);
    }
    let touched = catch_up(connection, rebuild, projections).await?;
    let mut verdict = verdict.clone();
    verdict.merge(compare_touched(connection, projections, &touched).await?);
    if !is_waived(&verdict) {
        return Err(RebuildError::Differs(Box::new(verdict)));
    }
    for rename in &indexes {
        sqlx::query(rename).execute(&mut *connection).await?;
    }
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

async fn is_far_behind(connection: &mut PgConnection, rebuild: Uuid) -> sqlx::Result<bool> {
    let behind = list_behind(connection, rebuild).await?;
    let events: i64 = behind.iter().map(|(_, reached, head)| head - reached).sum();
    Ok(events.unsigned_abs() > LAST_EVENTS_MAX)
}

/// The renames of tables and indexes, as statements.
async fn list_renames(
    connection: &mut PgConnection,
    projections: &[&'static Projection],
) -> sqlx::Result<Vec<String>> {
    let mut statements = Vec::new();
    for projection in projections {
        let (name, shadow) = (projection.name, shadow(projection));
        statements.push(format!("alter table leasehold.{name} rename to {name}_old"));
        statements.push(format!("alter table leasehold.{shadow} rename to {name}"));
        for index in list_indexes(connection, name).await? {
            let index = index.name;
            statements.push(format!("alter index leasehold.{index} rename to {index}_old"));
            statements.push(format!("alter index leasehold.{index}_shadow rename to {index}"));
        }
    }
    Ok(statements)
}
