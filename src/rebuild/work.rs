//! A rebuild's work, from the load to the swap.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use leasehold_projections::projection::Projection;
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use super::catch_up::catch_up;
use super::compare::{Verdict, compare};
use super::error::RebuildError;
use super::load::{Loads, Pace, load};
use super::options::{Options, Progress, Told};
use super::poison;
use super::record::{self, State};
use super::throttle::Throttle;
use super::{shadow, swap, way};
use crate::history::{Snapshot, Span, spans};
use crate::log::Head;

/// Parts that the log is loaded in, for each task.
const SPANS_PER_TASK: u64 = 8;

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
        match record::state_of(connection, self.id).await? {
            Some(State::Loading) => {
                self.load(connection).await?;
                (self.told)(Progress::Indexing);
                self.index(connection).await?;
            }
            Some(State::Loaded) => {}
            Some(State::Differs | State::Swapped | State::Cancelled) | None => {
                return Err(RebuildError::Cancelled);
            }
        }
        // Before the snapshot: what came during the load is much, what comes later little.
        sqlx::query("begin isolation level repeatable read").execute(&mut *connection).await?;
        catch_up(connection, self.id, &self.projections).await?;
        sqlx::query("commit").execute(&mut *connection).await?;
        (self.told)(Progress::Comparing);
        let mut verdict = self.compare(connection).await?;
        (self.told)(Progress::Swapping);
        shadow::drop_old_of(connection, &self.projections).await?;
        way::forget_positions(connection).await?;
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
        let (snapshot, throttle) = (Arc::new(snapshot), Arc::new(Throttle::begin(self.database)));
        let jobs = jobs.into_iter().map(|(span, reached)| {
            let (snapshot, told) = (Arc::clone(&snapshot), Arc::clone(&self.told));
            let loads = Loads::new(self.id, &self.projections);
            let pace = self.pace(Arc::clone(&throttle));
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
    fn pace(&self, throttle: Arc<Throttle>) -> Pace {
        let tasks = u32::try_from(self.options.tasks.max(1)).unwrap_or(u32::MAX);
        Pace {
            events_per_second_max: self.options.events_per_second_max.map(|most| most / tasks),
            begun_at: None,
            throttle,
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
        let mut verdict = compare(connection, &self.projections).await?;
        verdict.poisoned = poison::count(connection, self.id).await?;
        sqlx::query("commit").execute(&mut *connection).await?;
        if self.is_waived(&verdict) {
            return Ok(verdict);
        }
        record::enter(connection, self.id, State::Differs, Some(&verdict)).await?;
        Err(RebuildError::Differs(Box::new(verdict)))
    }
}
