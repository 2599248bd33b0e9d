//! A rebuild's beginning and its end: one at a time, taken up where the last one was cut off.

use std::sync::Arc;

use leasehold_projections::lease_spans::NAME as SPANS;
use leasehold_projections::projection::{INLINE, Projection};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use uuid::Uuid;

use super::compare::Verdict;
use super::error::RebuildError;
use super::options::{Options, Told};
use super::progress::Watch;
use super::record::{self, Rebuild, State};
use super::refill::refill;
use super::telling::tell;
use super::work::Work;
use super::{shadow, turn, way};

/// A rebuild that holds the lock of the one that runs.
#[derive(Debug)]
pub struct Started {
    /// Its id.
    pub id: Uuid,
    database: PgConnectOptions,
    options: Options,
    projections: Vec<&'static Projection>,
    connection: PgConnection,
}

/// Begins a rebuild, or goes on with the one of the same projections that was cut off.
///
/// # Errors
/// A [`RebuildError`] when another one runs, or when it cannot be recorded.
pub async fn start(
    database: &PgConnectOptions,
    options: &Options,
) -> Result<Started, RebuildError> {
    let projections = named(&options.projections)?;
    let mut connection = connect(database).await?;
    let id = take_up(&mut connection, options, &projections).await?;
    tell(&mut connection, database).await?;
    let (database, options) = (database.clone(), options.clone());
    Ok(Started { id, database, options, projections, connection })
}

/// Rebuilds projections and swaps them in; goes on with one that was cut off. `lease_spans`, where it
/// is named, comes after the inline ones and begins anew.
///
/// # Errors
/// As [`start`] and [`Started::run`].
pub async fn rebuild(
    database: &PgConnectOptions,
    options: &Options,
    told: Told,
) -> Result<Verdict, RebuildError> {
    let is_spans = |name: &&String| *name == SPANS;
    if !options.projections.iter().any(|name| is_spans(&name)) {
        return start(database, options).await?.run(told).await;
    }
    let inline: Vec<String> =
        options.projections.iter().filter(|name| !is_spans(name)).cloned().collect();
    let mut verdict = Verdict::default();
    if !inline.is_empty() {
        let options = Options { projections: inline, ..options.clone() };
        verdict = start(database, &options).await?.run(Arc::clone(&told)).await?;
    }
    let refilled = refill(database, options, told).await?;
    verdict.compared.extend(refilled.compared.clone());
    verdict.poisoned += refilled.poisoned;
    verdict.merge(refilled);
    Ok(verdict)
}

impl Started {
    /// Does it, to the swap.
    ///
    /// # Errors
    /// A [`RebuildError`]; the live tables are as they were. Shadow tables stay, to be gone on with,
    /// unless it was cancelled or found differences.
    pub async fn run(self, told: Told) -> Result<Verdict, RebuildError> {
        let Self { id, database, options, projections, mut connection } = self;
        let (watch, told) = Watch::begin(&database, id, told).await?;
        let work = Work { database: &database, options: &options, id, projections, told };
        let done = work.run(&mut connection).await;
        watch.end().await;
        if matches!(done, Err(RebuildError::Cancelled | RebuildError::Differs(_))) {
            clean_up(&mut connection, id, &work.projections).await?;
        }
        // What became of it is told now, or, when that fails, by the next one.
        if done.is_ok() || matches!(done, Err(RebuildError::Cancelled | RebuildError::Differs(_))) {
            tell(&mut connection, &database).await?;
        }
        turn::end(connection).await?;
        done
    }
}

/// Ends the rebuild that runs, or that was cut off; answers with it. With an id, that one alone.
///
/// # Errors
/// The database's.
pub async fn cancel(
    database: &PgConnectOptions,
    id: Option<Uuid>,
) -> Result<Option<Rebuild>, RebuildError> {
    let mut connection = connect(database).await?;
    let unfinished = record::find_unfinished(&mut connection).await?;
    let Some(unfinished) = unfinished.filter(|found| id.is_none_or(|id| id == found.id)) else {
        return Ok(None);
    };
    record::enter(&mut connection, unfinished.id, State::Cancelled, None).await?;
    // Whoever runs it sees it soon and cleans up; nobody does when nobody runs it.
    if turn::try_begin(&mut connection).await? {
        let projections = known(&unfinished.projections);
        clean_up(&mut connection, unfinished.id, &projections).await?;
        tell(&mut connection, database).await?;
        turn::end(connection).await?;
    } else {
        connection.close().await?;
    }
    Ok(Some(unfinished))
}

/// A connection for long work.
pub(super) async fn connect(database: &PgConnectOptions) -> sqlx::Result<PgConnection> {
    let options =
        database.clone().application_name("leasehold rebuild").disable_statement_logging();
    PgConnection::connect_with(&options.options([("jit", "off"), ("statement_timeout", "0")])).await
}

/// The projections of some names; all of them when none is given.
pub(super) fn named(names: &[String]) -> Result<Vec<&'static Projection>, RebuildError> {
    if names.is_empty() {
        return Ok(INLINE.iter().collect());
    }
    let unknown = names.iter().find(|name| !INLINE.iter().any(|known| known.name == **name));
    match unknown {
        Some(name) => Err(RebuildError::Unknown(name.clone())),
        None => Ok(known(names)),
    }
}

/// Those of some names that are written inline.
pub(super) fn known(names: &[String]) -> Vec<&'static Projection> {
    INLINE.iter().filter(|known| names.iter().any(|name| name == known.name)).collect()
}

/// The rebuild that was cut off, if it is of the same projections, or a new one.
async fn take_up(
    connection: &mut PgConnection,
    options: &Options,
    projections: &[&'static Projection],
) -> Result<Uuid, RebuildError> {
    let cut_off = turn::begin(connection).await?;
    let names: Vec<&str> = projections.iter().map(|projection| projection.name).collect();
    match cut_off {
        Some(same) if same.projections == names => return Ok(same.id),
        Some(other) => {
            record::enter(connection, other.id, State::Cancelled, None).await?;
            clean_up(connection, other.id, &known(&other.projections)).await?;
        }
        None => {}
    }
    let id = Uuid::now_v7();
    // Shadow tables and their record come together: a kill in between leaves neither.
    sqlx::query("begin").execute(&mut *connection).await?;
    record::begin(connection, id, &names, &options.asked_by).await?;
    for projection in projections {
        shadow::make(connection, projection).await?;
    }
    sqlx::query("commit").execute(connection).await?;
    Ok(id)
}

pub(super) async fn clean_up(
    connection: &mut PgConnection,
    id: Uuid,
    projections: &[&'static Projection],
) -> sqlx::Result<()> {
    shadow::drop_shadows(connection, projections).await?;
    way::forget_way(connection, id).await
}
