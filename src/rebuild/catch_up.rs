//! Bringing the shadow tables to the newest heads that the transaction sees.

use std::collections::HashMap;
use std::time::Duration;

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_projections::projection::Projection;
use leasehold_projections::tuple::Tuple;
use sqlx::{Executor, PgConnection};
use tokio::time::Instant;
use uuid::Uuid;

use super::error::RebuildError;
use super::holding::Lock;
use super::poison::{self, carry_over};
use super::shadow::shadow;
use super::since::{PAGE, Streams, Stride, list_events_before, list_events_of, pages};
use super::throttle::Worker;
use super::way::{Behind, list_behind, reach};
use crate::history::{Entry, Fold, Key, Load, OVER_KEPT_MAX, Rendering, Row, Taking, number};
use crate::log::{Poison, Recorded};

/// Events behind which little is left to be caught up with.
const NEAR: usize = 500;
/// How long a page takes at most, about, and after how long it is looked at whether that gains on the
/// log.
const PAGE_TAKES: Duration = Duration::from_millis(100);
const LOOK_AFTER: Duration = Duration::from_millis(500);

/// What a catching up has touched: rows to be compared again.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Companies and ids of aggregates.
    pub(super) aggregates: Vec<(Uuid, Uuid)>,
    /// Companies and positions.
    pub(super) positions: Vec<(Uuid, i64)>,
}

impl Touched {
    /// The same in pages of so many rows of each kind.
    pub(super) fn pages(mut self, rows: usize) -> Vec<Self> {
        self.aggregates.sort_unstable();
        self.aggregates.dedup();
        let count = self.aggregates.len().max(self.positions.len()).div_ceil(rows.max(1));
        let page = |number: usize| {
            let aggregates = self.aggregates.iter().skip(number * rows).take(rows);
            let positions = self.positions.iter().skip(number * rows).take(rows);
            Self {
                aggregates: aggregates.copied().collect(),
                positions: positions.copied().collect(),
            }
        };
        (0..count).map(page).collect()
    }

    /// Adds what was touched later.
    pub(super) fn extend(&mut self, later: Self) {
        self.aggregates.extend(later.aggregates);
        self.positions.extend(later.positions);
    }
}

/// Hears what was touched.
pub(super) type Told<'t> = dyn FnMut(Touched) + Send + 't;

/// The rows that some events made.
#[derive(Debug, Default)]
pub(super) struct Changes {
    rows: Vec<(usize, Key, Vec<u8>)>,
    pub(super) poisons: Vec<Poison>,
}

impl Taking for Changes {
    fn add(&mut self, row: &Row<'_>) {
        self.rows.push((row.table, row.key, row.tuple.to_vec()));
    }

    /// What stood before the first of the events is overwritten anyway.
    fn remove(&mut self, _: &Row<'_>) {}

    fn poison(&mut self, met: Poison) {
        self.poisons.push(met);
    }
}

/// Folds what was appended since into the shadow tables: all that the transaction sees.
pub(super) async fn catch_up(
    connection: &mut PgConnection,
    rebuild: Uuid,
    projections: &[&'static Projection],
) -> sqlx::Result<Touched> {
    let mut touched = Touched::default();
    for page in pages(list_behind(connection, rebuild).await?, PAGE) {
        touched.extend(follow_on(connection, rebuild, &page, projections).await?);
    }
    carry_over(connection, rebuild, projections).await?;
    Ok(touched)
}

/// The same in transactions of a page each, with rests between them, until little is left. Who writes
/// faster than they are followed without any rest is held up, until nothing is. What was touched is
/// told.
pub(super) async fn approach(
    connection: &mut PgConnection,
    rebuild: Uuid,
    projections: &[&'static Projection],
    worker: &mut Worker,
    told: &mut Told<'_>,
) -> Result<(), RebuildError> {
    let (mut lock, mut stride, mut is_outrun) = (Lock::default(), Stride::default(), false);
    loop {
        let behind = list_behind(connection, rebuild).await?;
        let events = count_events(&behind);
        worker.follow(events);
        is_outrun |= worker.is_outrun();
        if events < NEAR && !is_outrun {
            return Ok(());
        }
        if !worker.is_wanted() {
            return Err(RebuildError::Cancelled);
        }
        if is_outrun {
            // Outside of the lock it would only fall back.
            if lock.hold(connection, rebuild, projections, told).await? {
                return Ok(());
            }
            continue;
        }
        let begun_at = Instant::now();
        for page in pages(behind, stride.within(PAGE_TAKES)) {
            let page_begun_at = Instant::now();
            connection.execute("begin; set local synchronous_commit = off").await?;
            told(follow_on(connection, rebuild, &page, projections).await?);
            sqlx::query("commit").execute(&mut *connection).await?;
            stride.took(count_events(&page), page_begun_at.elapsed());
            worker.rest().await;
            if begun_at.elapsed() > LOOK_AFTER {
                break;
            }
        }
    }
}

/// How many events that is.
pub(super) fn count_events(behind: &[Behind]) -> usize {
    let events: i64 = behind.iter().map(|(_, reached, head)| head - reached).sum();
    usize::try_from(events).unwrap_or(usize::MAX)
}

/// Folds the events of a page into the shadow tables.
pub(super) async fn follow_on(
    connection: &mut PgConnection,
    rebuild: Uuid,
    page: &[Behind],
    projections: &[&'static Projection],
) -> sqlx::Result<Touched> {
    let events = list_events_of(connection, page).await?;
    let position = |at: Position| i64::try_from(at.0).unwrap_or(i64::MAX);
    let place = |event: &Recorded| (event.stored.company_id.0, position(event.stored.position));
    let positions = events.iter().map(place).collect();
    let streams = Streams::of(&events);
    let before = list_events_before(connection, &streams, page).await?;
    let mut fold = Fold::new(Rendering::new(Changes::default()), OVER_KEPT_MAX);
    let (mut before, mut events) = (by_company(before), by_company(events));
    for (company, _, _) in page {
        fold.enter(CompanyId(*company));
        fold.recall(&before.remove(company).unwrap_or_default());
        fold.take(&events.remove(company).unwrap_or_default());
    }
    fold.finish();
    let changes = fold.sink.taking;
    for projection in projections {
        store(connection, &streams.keys, &changes, projection, &shadow(projection)).await?;
    }
    keep_poisons(connection, rebuild, &changes.poisons).await?;
    let reached: Vec<(Uuid, i64)> = page.iter().map(|(company, _, to)| (*company, *to)).collect();
    reach(connection, rebuild, &reached).await?;
    Ok(Touched { aggregates: streams.keys, positions })
}

fn by_company(events: Vec<Recorded>) -> HashMap<Uuid, Vec<Entry>> {
    let mut of: HashMap<Uuid, Vec<Entry>> = HashMap::new();
    for event in events {
        of.entry(event.stored.company_id.0).or_default().push(Entry::from(event));
    }
    of
}

async fn keep_poisons(
    connection: &mut PgConnection,
    rebuild: Uuid,
    poisons: &[Poison],
) -> sqlx::Result<()> {
    let (mut load, mut tuple) = (Load::default(), Tuple::default());
    for met in poisons {
        poison::write(rebuild, met, &mut tuple, &mut load);
    }
    load.send(connection, "rebuild_poisoned", &poison::COLUMNS).await
}

/// Puts the rows of some aggregates, named by company and id, and of their events, into a table in the
/// place of what it has of those aggregates. Rows of events have to be new.
pub(super) async fn store(
    connection: &mut PgConnection,
    aggregates: &[(Uuid, Uuid)],
    changes: &Changes,
    projection: &Projection,
    table: &str,
) -> sqlx::Result<()> {
    let mut load = Load::default();
    let of_table = number(projection);
    for (_, _, tuple) in changes.rows.iter().filter(|(table, _, _)| *table == of_table) {
        load.add(tuple);
    }
    if projection.key == "id" {
        let (companies, ids): (Vec<Uuid>, Vec<Uuid>) = aggregates.iter().copied().unzip();
        let gone = format!(
            "delete from leasehold.{table} t
             using unnest($1::uuid[], $2::uuid[]) as gone (company_id, id)
             where t.id = gone.id
               and t.company_id = gone.company_id"
        );
        sqlx::query(&gone).bind(companies).bind(ids).execute(&mut *connection).await?;
    }
    load.send(connection, table, projection.columns).await
}
