//! Filling the shadow tables from the log, part by part.

use std::collections::HashMap;
use std::time::Duration;

use leasehold_domain::id::CompanyId;
use leasehold_projections::projection::{INLINE, Projection};
use leasehold_projections::tuple::{Column as _, Tuple};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Executor, PgConnection};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::error::RebuildError;
use super::poison;
use super::shadow::shadow;
use super::start::connect;
use super::throttle::Worker;
use super::way::{count, finish_span, reach, take_span};
use crate::history::{
    Fold, Load, OVER_KEPT_MAX, Outlet, Reader, Rendering, Row, Span, Taking, fields, follow,
};
use crate::log::Poison;

/// Bytes of rows that wait before they are sent; where pieces have to be small nothing waits.
const WAITING_MAX: usize = 4 << 20;

/// Rows on their way into the shadow tables.
#[derive(Debug)]
pub(super) struct Loads {
    rebuild: Uuid,
    runner: Uuid,
    wanted: Vec<bool>,
    waiting: Vec<Load>,
    stale: Load,
    poisoned: Load,
    tuple: Tuple,
    rows: i64,
    /// Companies of which all is here, and the rows up to the last of them.
    finished: Vec<Uuid>,
    rows_finished: i64,
}

impl Loads {
    pub(super) fn new(
        (rebuild, runner): (Uuid, Uuid),
        projections: &[&'static Projection],
    ) -> Self {
        let is_wanted = |known: &Projection| projections.iter().any(|p| p.name == known.name);
        Self {
            rebuild,
            runner,
            wanted: INLINE.iter().map(is_wanted).collect(),
            waiting: INLINE.iter().map(|_| Load::default()).collect(),
            stale: Load::default(),
            poisoned: Load::default(),
            tuple: Tuple::default(),
            rows: 0,
            finished: Vec::new(),
            rows_finished: 0,
        }
    }

    fn load(&mut self, table: usize) -> Option<&mut Load> {
        let is_wanted = self.wanted.get(table).copied().unwrap_or_default();
        self.waiting.get_mut(table).filter(|_| is_wanted)
    }

    /// Sends what waits, if it is enough.
    async fn send(&mut self, connection: &mut PgConnection, enough: usize) -> sqlx::Result<()> {
        for (projection, load) in INLINE.iter().zip(&mut self.waiting) {
            if load.len() > enough {
                load.send(connection, &shadow(projection), projection.columns).await?;
            }
        }
        if self.stale.len() > enough {
            let columns = ["company_id", "rebuild_id", "id", "version"];
            self.stale.send(connection, "rebuild_stale", &columns).await?;
        }
        if self.poisoned.len() > enough {
            self.poisoned.send(connection, "rebuild_poisoned", &poison::COLUMNS).await?;
        }
        Ok(())
    }
}

impl Taking for Loads {
    fn add(&mut self, row: &Row<'_>) {
        if let Some(load) = self.load(row.table) {
            load.add(row.tuple);
            self.rows += 1;
        }
    }

    /// The row may be in the table already: it is taken out when all are.
    fn remove(&mut self, row: &Row<'_>) {
        let Some(projection) = INLINE.get(row.table) else { return };
        let place = projection.columns.iter().position(|column| *column == "version");
        let version = place.and_then(|place| fields(row.tuple).nth(place).flatten());
        if self.load(row.table).is_some()
            && let Some(version) = version
        {
            self.tuple.begin(4);
            row.key.company.write(&mut self.tuple);
            self.rebuild.write(&mut self.tuple);
            row.key.place.write(&mut self.tuple);
            version.write(&mut self.tuple);
            self.stale.add(self.tuple.as_bytes());
            self.rows -= 1;
        }
    }

    fn poison(&mut self, met: Poison) {
        poison::write(self.rebuild, &met, &mut self.tuple, &mut self.poisoned);
    }

    fn finish(&mut self, company: CompanyId) {
        self.finished.push(company.0);
        self.rows_finished = self.rows;
    }
}

/// How fast a load may be.
#[derive(Debug)]
pub(super) struct Pace {
    pub(super) events_per_second_max: Option<u32>,
    /// When its part began; set as it begins.
    pub(super) begun_at: Option<Instant>,
    pub(super) worker: Worker,
    /// Whether other parts that are loaded meanwhile keep the processors busy.
    pub(super) is_shared: bool,
}

impl Pace {
    /// Lets other threads decode ahead where there are processors for them; those of who writes are
    /// not.
    fn prepare(&self, reader: Reader) -> Reader {
        if self.is_shared || self.worker.is_held() { reader.decoding_in_place() } else { reader }
    }

    /// Waits until so many events may have been read.
    async fn hold(&mut self, events: u64) {
        self.worker.rest().await;
        if let Some(most) = self.events_per_second_max {
            #[expect(clippy::cast_precision_loss, reason = "a time to wait, about")]
            let due = Duration::from_secs_f64(events as f64 / f64::from(most.max(1)));
            let gone = self.begun_at.map(|begun_at| begun_at.elapsed()).unwrap_or_default();
            sleep(due.saturating_sub(gone)).await;
        }
    }
}

/// Writes what was folded, and holds the fold back where it is to be slow. There it commits each
/// piece before it rests: a transaction that stays open keeps everybody's old rows.
struct Writer<'w> {
    connection: PgConnection,
    rebuild: Uuid,
    runner: Uuid,
    span: &'w Span,
    /// The last position of each company.
    ends: HashMap<Uuid, i64>,
    rows_counted: i64,
    pace: Pace,
    is_taken: bool,
}

impl Writer<'_> {
    async fn begin(&mut self) -> sqlx::Result<()> {
        // What is not durable yet is loaded again; nobody has to wait for the disk here.
        self.connection.execute("begin; set local synchronous_commit = off").await?;
        self.is_taken =
            take_span(&mut self.connection, (self.rebuild, self.runner), self.span).await?;
        Ok(())
    }

    /// Keeps which companies are loaded.
    async fn keep(&mut self, loads: &mut Loads) -> sqlx::Result<()> {
        let end = |company: Uuid| self.ends.get(&company).map(|end| (company, *end));
        let reached: Vec<(Uuid, i64)> = loads.finished.drain(..).filter_map(end).collect();
        if !reached.is_empty() {
            let events = reached.iter().map(|(_, position)| position).sum();
            let rows = loads.rows_finished
                - std::mem::replace(&mut self.rows_counted, loads.rows_finished);
            count(&mut self.connection, self.rebuild, events, rows).await?;
        }
        reach(&mut self.connection, self.rebuild, &reached).await
    }
}

impl Outlet<Rendering<Loads>> for Writer<'_> {
    async fn drain(&mut self, rendering: &mut Rendering<Loads>, events: u64) -> sqlx::Result<bool> {
        let loads = &mut rendering.taking;
        if self.pace.worker.is_held() {
            loads.send(&mut self.connection, 0).await?;
            self.keep(loads).await?;
            sqlx::query("commit").execute(&mut self.connection).await?;
            self.pace.hold(events).await;
            self.begin().await?;
        } else {
            loads.send(&mut self.connection, WAITING_MAX).await?;
            self.pace.hold(events).await;
        }
        Ok(self.is_taken && self.pace.worker.is_wanted())
    }
}

/// Loads one part of the log: in one transaction, or piece by piece where somebody writes. Companies
/// that were begun when it is cut off are taken out before it is gone on with.
pub(super) async fn load(
    database: &PgConnectOptions,
    span: &Span,
    loads: Loads,
    pace: Pace,
    told: &(dyn Fn(u64) + Send + Sync),
) -> Result<(), RebuildError> {
    let (rebuild, runner) = (loads.rebuild, loads.runner);
    let reader = Reader::of(connect(database).await?, connect(database).await?).await?;
    let mut reader = pace.prepare(reader);
    let mut writer = Writer {
        connection: connect(database).await?,
        rebuild,
        runner,
        span,
        ends: span.ends().into_iter().collect(),
        rows_counted: 0,
        pace: Pace { begun_at: Some(Instant::now()), ..pace },
        is_taken: false,
    };
    writer.begin().await?;
    if !writer.is_taken {
        return Err(RebuildError::TakenOver);
    }
    let fold = Fold::new(Rendering::new(loads), OVER_KEPT_MAX);
    let mut fold = follow(&mut reader, span, fold, &mut writer, told).await?;
    if !writer.is_taken {
        return Err(RebuildError::TakenOver);
    }
    if !writer.pace.worker.is_wanted() {
        return Err(RebuildError::Cancelled);
    }
    let loads = &mut fold.sink.taking;
    loads.send(&mut writer.connection, 0).await?;
    writer.keep(loads).await?;
    finish_span(&mut writer.connection, rebuild, span).await?;
    sqlx::query("commit").execute(&mut writer.connection).await?;
    Ok(())
}
