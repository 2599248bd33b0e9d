//! The way back: the tables that the last rebuild replaced become the live ones again.
//!
//! **Claims.** They come back as they were, but for what has happened since: the rows of every
//! aggregate that was touched are as its log means them. **Because** they were at the log's end when
//! they were replaced, and the positions of that moment are kept as long as they are; from there they
//! are caught up with like shadow tables, and swapped in like them.

use std::sync::Arc;

use leasehold_projections::projection::Projection;
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use super::catch_up::approach;
use super::compare::Verdict;
use super::error::RebuildError;
use super::record::{self, State};
use super::shadow::{list_indexes, list_old, shadow};
use super::start::{connect, named};
use super::swap::Swap;
use super::telling::tell;
use super::throttle::Throttle;
use super::turn;
use super::versions::check_replaced;
use crate::dispatch::Caller;

/// Goes back to the tables that the last rebuild of some projections replaced; of all when none is
/// named. Answers with the rebuild under which that is recorded.
///
/// # Errors
/// [`RebuildError::NothingOld`] when they are not kept any more,
/// [`RebuildError::OtherFold`] when another fold made them, and as a rebuild.
pub async fn go_back(
    database: &PgConnectOptions,
    names: &[String],
    caller: Caller,
) -> Result<Uuid, RebuildError> {
    let projections = named(names)?;
    let mut connection = connect(database).await?;
    let id = begin(&mut connection, &projections, &caller).await?;
    tell(&mut connection, database).await?;
    let mut worker = Arc::new(Throttle::begin(database, id).await?).work();
    approach(&mut connection, id, &projections, &mut worker, &mut drop).await?;
    let verdict = Verdict::default();
    Swap::new(id, &projections, verdict, &|_| true).run(&mut connection, &mut worker).await?;
    tell(&mut connection, database).await?;
    turn::end(connection).await?;
    Ok(id)
}

/// Makes shadow tables of what was replaced, as far as it had come.
async fn begin(
    connection: &mut PgConnection,
    projections: &[&'static Projection],
    caller: &Caller,
) -> Result<Uuid, RebuildError> {
    if let Some(cut_off) = turn::begin(connection).await? {
        return Err(RebuildError::Running(Box::new(cut_off)));
    }
    let replaced = find_replaced(connection, projections).await?;
    check_replaced(connection, replaced).await?;
    let (id, names) = (Uuid::now_v7(), projections.iter().map(|known| known.name));
    sqlx::query("begin").execute(&mut *connection).await?;
    record::begin(connection, id, &names.collect::<Vec<_>>(), caller).await?;
    record::enter(connection, id, State::Loaded, None).await?;
    for projection in projections {
        for rename in renames(connection, projection).await? {
            sqlx::query(&rename).execute(&mut *connection).await?;
        }
    }
    keep_positions(connection, replaced, id).await?;
    sqlx::query("commit").execute(connection).await?;
    Ok(id)
}

/// The rebuild that replaced them: the last one, if it was of all of these.
async fn find_replaced(
    connection: &mut PgConnection,
    projections: &[&'static Projection],
) -> Result<Uuid, RebuildError> {
    let old = list_old(connection).await?;
    let names: Vec<&str> = projections.iter().map(|known| known.name).collect();
    let is_kept = names.iter().all(|name| old.iter().any(|old| *old == format!("{name}_old")));
    let rebuilds: Vec<Uuid> = sqlx::query_scalar(
        "select distinct v.rebuild_id
         from leasehold.projection_versions v
         where v.name = any($1)
           and exists (
             select
             from leasehold.rebuild_positions p
             where p.rebuild_id = v.rebuild_id
           )",
    )
    .bind(&names)
    .fetch_all(connection)
    .await?;
    match rebuilds.as_slice() {
        [one] if is_kept => Ok(*one),
        _ => Err(RebuildError::NothingOld),
    }
}

async fn renames(
    connection: &mut PgConnection,
    projection: &Projection,
) -> sqlx::Result<Vec<String>> {
    let (name, shadow) = (projection.name, shadow(projection));
    let old = format!("{name}_old");
    let mut statements = vec![format!("alter table leasehold.{old} rename to {shadow}")];
    for index in list_indexes(connection, &old).await? {
        let from = index.name;
        let to = from.strip_suffix("_old").unwrap_or(&from).to_owned();
        statements.push(format!("alter index leasehold.{from} rename to {to}_shadow"));
    }
    Ok(statements)
}

async fn keep_positions(connection: &mut PgConnection, of: Uuid, id: Uuid) -> sqlx::Result<()> {
    sqlx::query(
        "insert into leasehold.rebuild_positions (company_id, rebuild_id, position)
         select company_id, $2, position
         from leasehold.rebuild_positions
         where rebuild_id = $1",
    )
    .bind(of)
    .bind(id)
    .execute(connection)
    .await
    .map(|_| ())
}
