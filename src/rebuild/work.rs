//! A rebuild from asking to swap.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use leasehold_projections::projection::{INLINE, Projection};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use uuid::Uuid;

use super::catch_up::catch_up;
use super::compare::{Verdict, compare};
use super::error::RebuildError;
use super::load::{Loads, Pace, load};
use super::record::{self, Rebuild, State};
use super::telling::tell;
use super::{shadow, swap, way};
use crate::dispatch::Caller;
use crate::history::{Snapshot, Span, spans};
use crate::log::Head;

/// Parts that the log is loaded in, for each task.
const SPANS_PER_TASK: u64 = 8;

/// What is rebuilt, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Names of projections; all that are written inline when empty.
    pub projections: Vec<String>,
    /// Who asks.
    pub asked_by: Caller,
    /// Swap although rows differ. Never for the columns by which decisions find streams.
    pub is_difference_allowed: bool,
    /// How many parts are loaded at once.
    pub tasks: usize,
    /// Events of a part at least: what a rebuild that is cut off may have to load again.
    pub part_events_min: u64,
    /// Events a second at most, over all parts; as fast as it goes when none.
    pub events_per_second_max: Option<u32>,
}

impl Options {
    /// All projections, as fast as it goes, swapped only when nothing differs.
    #[must_use]
    pub fn new(asked_by: Caller) -> Self {
        Self {
            projections: Vec::new(),
            asked_by,
            is_difference_allowed: false,
            tasks: std::thread::available_parallelism().map_or(2, usize::from).min(8),
            part_events_min: 50_000,
            events_per_second_max: None,
        }
    }
}

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many events there are to be loaded.
    Expected(u64),
    /// So many more were loaded.
    Loaded(u64),
    /// The indexes are made.
    Indexing,
    /// Every row is compared.
    Comparing,
    /// The tables are swapped.
    Swapping,
}

/// Hears how far a rebuild is.
pub type Told = Arc<dyn Fn(Progress) + Send + Sync>;

/// Rebuilds projections and swaps them in; goes on with one that was cut off.
///
/// # Errors
/// A [`RebuildError`]; the live tables are as they were. Shadow tables stay, to be gone on with,
/// unless it was cancelled or found differences.
pub async fn rebuild(
    database: &PgConnectOptions,
    options: &Options,
    told: Told,
) -> Result<Verdict, RebuildError> {
    let projections = named(&options.projections)?;
    let mut connection = connect(database).await?;
    let id = take_up(&mut connection, options, &projections).await?;
    tell(&mut connection, database).await?;
    let work = Work { database, options, id, projections, told };
    let done = work.run(&mut connection).await;
    if matches!(done, Err(RebuildError::Cancelled | RebuildError::Differs(_))) {
        clean_up(&mut connection, id, &work.projections).await?;
    }
    // The tables are swapped, whether that can be told now or by the next one.
    if done.is_ok() || matches!(done, Err(RebuildError::Cancelled | RebuildError::Differs(_))) {
        tell(&mut connection, database).await?;
    }
    connection.close().await?;
    done
}

/// Ends the rebuild that runs, or that was cut off; answers with it.
///
/// # Errors
/// The database's.
pub async fn cancel(database: &PgConnectOptions) -> Result<Option<Rebuild>, RebuildError> {
    let mut connection = connect(database).await?;
    let Some(unfinished) = record::find_unfinished(&mut connection).await? else {
        return Ok(None);
    };
    record::enter(&mut connection, unfinished.id, State::Cancelled, None).await?;
    // Whoever runs it sees it soon and cleans up; nobody does when nobody runs it.
    if record::try_run(&mut connection).await? {
        let projections = named(&unfinished.projections)?;
        clean_up(&mut connection, unfinished.id, &projections).await?;
        tell(&mut connection, database).await?;
    }
    connection.close().await?;
    Ok(Some(unfinished))
}

async fn connect(database: &PgConnectOptions) -> sqlx::Result<PgConnection> {
    let options =
        database.clone().application_name("leasehold rebuild").disable_statement_logging();
    PgConnection::connect_with(&options.options([("jit", "off"), ("statement_timeout", "0")])).await
}

fn named(names: &[String]) -> Result<Vec<&'static Projection>, RebuildError> {
    if names.is_empty() {
        return Ok(INLINE.iter().collect());
    }
    let unknown = names.iter().find(|name| !INLINE.iter().any(|known| known.name == **name));
    match unknown {
        Some(name) => Err(RebuildError::Unknown(name.clone())),
        None => Ok(INLINE.iter().filter(|known| names.iter().any(|n| n == known.name)).collect()),
    }
}

/// The rebuild that was cut off, if it is of the same projections, or a new one. One runs at a time:
/// the connection holds the lock that says so.
async fn take_up(
    connection: &mut PgConnection,
    options: &Options,
    projections: &[&'static Projection],
) -> Result<Uuid, RebuildError> {
    let is_free = record::try_run(connection).await?;
    let unfinished = record::find_unfinished(connection).await?;
    let names: Vec<&str> = projections.iter().map(|projection| projection.name).collect();
    match unfinished {
        Some(unfinished) if !is_free => return Err(RebuildError::Running(Box::new(unfinished))),
        Some(unfinished) if unfinished.projections == names => return Ok(unfinished.id),
        Some(other) => {
            record::enter(connection, other.id, State::Cancelled, None).await?;
            clean_up(connection, other.id, &named(&other.projections)?).await?;
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

async fn clean_up(
    connection: &mut PgConnection,
    id: Uuid,
    projections: &[&'static Projection],
) -> sqlx::Result<()> {
    shadow::drop_shadows(connection, projections).await?;
    way::forget_way(connection, id).await
}

/// Each part with the positions up to which it will be loaded.
fn jobs(heads: &[Head], spans: Vec<Span>) -> Vec<(Span, Vec<(Uuid, i64)>)> {
    let reached =
        |head: &Head| (head.company_id.0, i64::try_from(head.position.0).unwrap_or(i64::MAX));
    let job = |span: Span| {
        let is_in = |head: &&Head| (span.first..=span.last).contains(&head.company_id.0);
        let reached = heads.iter().filter(is_in).map(reached).collect();
        (span, reached)
    };
    spans.into_iter().map(job).collect()
}

struct Work<'w> {
    database: &'w PgConnectOptions,
    options: &'w Options,
    id: Uuid,
    projections: Vec<&'static Projection>,
    told: Told,
}

impl Work<'_> {
    async fn run(&self, connection: &mut PgConnection) -> Result<Verdict, RebuildError> {
        if record::state_of(connection, self.id).await? == Some(State::Loading) {
            self.load(connection).await?;
            (self.told)(Progress::Indexing);
            self.index(connection).await?;
        }
        // Before the snapshot: what came during the load is much, what comes later little.
        sqlx::query("begin isolation level repeatable read").execute(&mut *connection).await?;
        catch_up(connection, self.id, &self.projections).await?;
        sqlx::query("commit").execute(&mut *connection).await?;
        (self.told)(Progress::Comparing);
        let mut verdict = self.compare(connection).await?;
        (self.told)(Progress::Swapping);
        shadow::drop_old_of(connection, &self.projections).await?;
        let is_waived = |verdict: &Verdict| self.is_waived(verdict);
        swap::swap(connection, self.id, &self.projections, &mut verdict, is_waived).await?;
        Ok(verdict)
    }

    fn is_waived(&self, verdict: &Verdict) -> bool {
        verdict.is_same() || (self.options.is_difference_allowed && verdict.is_waivable())
    }

    /// Loads what is not loaded yet, several parts at once.
    async fn load(&self, connection: &mut PgConnection) -> Result<(), RebuildError> {
        let mut snapshot = Snapshot::take(self.database, "leasehold rebuild").await?;
        let heads = snapshot.heads().await?;
        if !way::has_spans(connection, self.id).await? {
            let parts = spans(
                &heads,
                self.options.tasks as u64 * SPANS_PER_TASK,
                self.options.part_events_min,
            );
            way::keep_spans(connection, self.id, &parts).await?;
        }
        let jobs = jobs(&heads, way::list_spans(connection, self.id).await?);
        let events = jobs.iter().flat_map(|(_, reached)| reached).map(|(_, at)| at.unsigned_abs());
        (self.told)(Progress::Expected(events.sum()));
        let snapshot = Arc::new(snapshot);
        let jobs = jobs.into_iter().map(|(span, reached)| {
            let (snapshot, told) = (Arc::clone(&snapshot), Arc::clone(&self.told));
            let (loads, pace) = (Loads::new(self.id, &self.projections), self.pace());
            let loading = async move {
                let told = move |events| told(Progress::Loaded(events));
                load(&snapshot, &span, loads, pace, &reached, &told).await
            };
            async move {
                let loaded = tokio::spawn(loading).await;
                loaded.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
            }
        });
        stream::iter(jobs).buffer_unordered(self.options.tasks.max(1)).try_collect().await
    }

    /// How fast one of the tasks may be.
    fn pace(&self) -> Pace {
        let tasks = u32::try_from(self.options.tasks.max(1)).unwrap_or(u32::MAX);
        Pace {
            events_per_second_max: self.options.events_per_second_max.map(|most| most / tasks),
            begun_at: None,
        }
    }

    /// Makes the indexes, all of them or none, so that one that was cut off is made again.
    async fn index(&self, connection: &mut PgConnection) -> Result<(), RebuildError> {
        sqlx::query("begin").execute(&mut *connection).await?;
        for projection in &self.projections {
            shadow::index(connection, projection, self.id).await?;
        }
        if !record::enter(connection, self.id, State::Loaded, None).await? {
            sqlx::query("rollback").execute(&mut *connection).await?;
            return Err(RebuildError::Cancelled);
        }
        sqlx::query("commit").execute(connection).await?;
        Ok(())
    }

    /// Catches up and compares everything in one snapshot.
    async fn compare(&self, connection: &mut PgConnection) -> Result<Verdict, RebuildError> {
        sqlx::query("begin isolation level repeatable read").execute(&mut *connection).await?;
        catch_up(connection, self.id, &self.projections).await?;
        let verdict = compare(connection, &self.projections).await?;
        sqlx::query("commit").execute(&mut *connection).await?;
        if self.is_waived(&verdict) {
            return Ok(verdict);
        }
        record::enter(connection, self.id, State::Differs, Some(&verdict)).await?;
        Err(RebuildError::Differs(Box::new(verdict)))
    }
}
