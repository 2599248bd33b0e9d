//! A rebuild's work, from the load to the swap.

use std::collections::HashSet;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use leasehold_projections::projection::Projection;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::catch_up::approach;
use super::compare::Verdict;
use super::comparing::Comparison;
use super::error::RebuildError;
use super::load::{Loads, Pace, load};
use super::options::{Options, Progress, Told};
use super::poison;
use super::record::{self, State};
use super::start::connect;
use super::swap::Swap;
use super::throttle::{Throttle, Worker};
use super::{shadow, way};
use crate::history::{Span, in_bulk, spans};
use crate::log::{Head, list_heads};

/// Parts that the log is loaded in, for each task.
const SPANS_PER_TASK: u64 = 8;

/// The parts with the companies of each, and the positions up to which those will be loaded.
fn paged(heads: &[Head], spans: Vec<Span>) -> Vec<Span> {
    let paged = |span: Span| {
        let is_in = |head: &&Head| (span.first..=span.last).contains(&head.company_id.0);
        let heads = heads.iter().filter(is_in).map(|head| (head.company_id, head.position));
        Span { paged: Some(heads.collect()), ..span }
    };
    spans.into_iter().map(paged).collect()
}

/// Makes the indexes of one table.
async fn index_table(
    database: PgConnectOptions,
    projection: &'static Projection,
    rebuild: Uuid,
    throttle: Arc<Throttle>,
) -> sqlx::Result<()> {
    let (mut connection, mut worker) = (connect(&database).await?, throttle.work());
    shadow::index(&mut connection, projection, rebuild, &mut worker).await?;
    connection.close().await
}

/// Waits for all that is made at once.
async fn all(making: &mut JoinSet<sqlx::Result<()>>) -> sqlx::Result<()> {
    while let Some(made) = making.join_next().await {
        made.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
    }
    Ok(())
}

/// A rebuild at work.
pub(super) struct Work<'w> {
    pub(super) database: &'w PgConnectOptions,
    pub(super) options: &'w Options,
    pub(super) id: Uuid,
    pub(super) projections: Vec<&'static Projection>,
    pub(super) told: Told,
}

impl Work<'_> {
    pub(super) async fn run(&self, connection: &mut PgConnection) -> Result<Verdict, RebuildError> {
        let throttle = Arc::new(Throttle::begin(self.database, self.id).await?);
        let state = record::state_of(connection, self.id).await?;
        if state == Some(State::Loading) {
            self.load(connection, &throttle).await?;
        }
        match state {
            Some(State::Loading) => {
                (self.told)(Progress::Indexing);
                self.index(connection, &throttle).await?;
            }
            Some(State::Loaded) => {}
            Some(State::Differs | State::Swapped | State::Cancelled) | None => {
                return Err(RebuildError::Cancelled);
            }
        }
        let worker = &mut throttle.work();
        // Before the snapshot: what came during the load is much, what comes later little.
        approach(connection, self.id, &self.projections, worker, &mut drop).await?;
        (self.told)(Progress::Comparing);
        let verdict = self.compare(connection, worker).await?;
        shadow::drop_old_of(connection, &self.projections).await?;
        way::forget_positions(connection).await?;
        (self.told)(Progress::Swapping);
        let is_waived = &|verdict: &Verdict| self.is_waived(verdict);
        Swap::new(self.id, &self.projections, verdict, is_waived).run(connection, worker).await
    }

    fn is_waived(&self, verdict: &Verdict) -> bool {
        verdict.is_same() || (self.options.is_difference_allowed && verdict.is_waivable())
    }

    /// Loads what is not loaded yet, several parts at once.
    async fn load(
        &self,
        connection: &mut PgConnection,
        throttle: &Arc<Throttle>,
    ) -> Result<(), RebuildError> {
        let heads = list_heads(connection).await?;
        let (runner, mut reached) = (Uuid::now_v7(), HashSet::new());
        if way::has_spans(connection, self.id).await? {
            way::take_up(connection, (self.id, runner), &self.projections).await?;
            reached.extend(way::list_reached(connection, self.id).await?);
        } else {
            let parts = spans(
                &heads,
                self.options.tasks as u64 * SPANS_PER_TASK,
                self.options.part_events_min,
            );
            way::keep_spans(connection, (self.id, runner), &parts).await?;
        }
        let heads: Vec<Head> =
            heads.into_iter().filter(|head| !reached.contains(&head.company_id.0)).collect();
        let parts = paged(&heads, way::list_spans(connection, self.id).await?);
        let ends = parts.iter().flat_map(Span::ends);
        (self.told)(Progress::Expected(ends.map(|(_, end)| end.unsigned_abs()).sum()));
        let is_shared = parts.len() >= self.options.tasks;
        let jobs = parts.into_iter().map(|span| {
            let (database, told) = (self.database.clone(), Arc::clone(&self.told));
            let loads = Loads::new((self.id, runner), &self.projections);
            let pace = self.pace(throttle.work(), is_shared);
            let loading = async move {
                let told = move |events| told(Progress::Loaded(events));
                load(&database, &span, loads, pace, &told).await
            };
            in_bulk(loading)
        });
        stream::iter(jobs).buffer_unordered(self.options.tasks.max(1)).try_collect().await
    }

    /// How fast one of the tasks may be.
    fn pace(&self, worker: Worker, is_shared: bool) -> Pace {
        let tasks = u32::try_from(self.options.tasks.max(1)).unwrap_or(u32::MAX);
        Pace {
            events_per_second_max: self.options.events_per_second_max.map(|most| most / tasks),
            begun_at: None,
            worker,
            is_shared,
        }
    }

    /// Makes the indexes, of several tables at once where nobody writes; what is made stays when it is
    /// cut off.
    async fn index(
        &self,
        connection: &mut PgConnection,
        throttle: &Arc<Throttle>,
    ) -> Result<(), RebuildError> {
        let mut indexing = JoinSet::new();
        for projection in &self.projections {
            let (database, throttle) = (self.database.clone(), Arc::clone(throttle));
            let one_at_a_time = throttle.is_held();
            indexing.spawn(index_table(database, projection, self.id, throttle));
            if one_at_a_time {
                all(&mut indexing).await?;
            }
        }
        all(&mut indexing).await?;
        if record::enter(connection, self.id, State::Loaded, None).await? {
            Ok(())
        } else {
            Err(RebuildError::Cancelled)
        }
    }

    /// Compares everything; a difference that is not waived ends the rebuild.
    async fn compare(
        &self,
        connection: &mut PgConnection,
        worker: &mut Worker,
    ) -> Result<Verdict, RebuildError> {
        let mut verdict =
            Comparison::new(self.id, &self.projections).run(connection, worker).await?;
        verdict.poisoned = poison::count(connection, self.id).await?;
        if self.is_waived(&verdict) {
            return Ok(verdict);
        }
        record::enter(connection, self.id, State::Differs, Some(&verdict)).await?;
        Err(RebuildError::Differs(Box::new(verdict)))
    }
}
