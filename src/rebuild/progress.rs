//! How far a rebuild is, for whoever looks from elsewhere: written to its row twice a second.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, FromRow, PgConnection};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;

use super::options::{Progress, Told};
use super::record::Rebuild;
use super::turn::LOCK;
use crate::metrics;

/// Between two looks of those who look from elsewhere.
const WRITE_EVERY: Duration = Duration::from_millis(500);

/// A rebuild and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// What is recorded of it.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub rebuild: Rebuild,
    /// Whether somebody is at it; one that nobody is at was cut off, and can be gone on with.
    pub is_running: bool,
    /// What is being done: `loading`, `indexing`, `comparing`, `swapping`.
    pub step: Option<String>,
    /// Events that are to be loaded.
    pub expected_events: i64,
    /// Events that are loaded or on their way.
    pub read_events: i64,
    /// At which rate, since it began or was gone on with.
    pub events_per_second: f64,
    /// How much longer the load takes at this rate; none when nobody knows.
    pub seconds_left: Option<f64>,
    /// Events of the log that are not in its tables yet; none when it is over.
    pub lag: Option<i64>,
}

/// $1 the rebuild, $2 and $3 the halves of the lock of the one that runs.
const STATUS: &str = "with found as (
           select r.*,
                  r.state in ('loading', 'loaded') as is_open,
                  greatest(extract(epoch from clock_timestamp() - r.step_since), 0.001)::float8
                    as seconds
           from leasehold.rebuilds r
           where r.id = $1
         ),
         rated as (
           select f.*,
                  case when f.step = 'loading' and f.is_open
                       then (f.read_events - f.read_before) / f.seconds
                       else 0 end as events_per_second
           from found f
         )
         select r.id, r.projections, r.state, r.asked_by, r.started_at, r.changed_at, r.events,
                r.rows, r.verdict, r.actor_type, r.authenticated_by,
                r.is_open and exists (
                  select
                  from pg_catalog.pg_locks l
                  where l.locktype = 'advisory'
                    and l.classid::bigint = $2
                    and l.objid::bigint = $3
                    and l.objsubid = 1
                    and l.granted
                    and l.database = (
                      select d.oid from pg_catalog.pg_database d where d.datname = current_database()
                    )
                ) as is_running,
                r.step, r.expected_events, r.read_events, r.events_per_second,
                case when r.events_per_second > 0
                     then greatest(r.expected_events - r.read_events, 0) / r.events_per_second
                     end as seconds_left,
                case when r.is_open then (
                  select coalesce(sum(h.position - coalesce(p.position, 0)), 0)::bigint
                  from leasehold.heads h
                  left join leasehold.rebuild_positions p
                    on p.company_id = h.company_id
                   and p.rebuild_id = r.id
                ) end as lag
         from rated r";

/// How far one rebuild is; none when there is no such one.
///
/// # Errors
/// The database's.
pub async fn find_status(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Status>> {
    let (high, low) = (LOCK >> 32, LOCK & 0xffff_ffff);
    sqlx::query_as(STATUS).bind(id).bind(high).bind(low).fetch_optional(connection).await
}

/// What is written of a rebuild that runs.
#[derive(Debug)]
struct Counter {
    id: Uuid,
    /// Loaded before it was gone on with.
    before: i64,
    expected: AtomicI64,
    read: AtomicI64,
    step: Mutex<&'static str>,
}

/// Writes how far a rebuild is until it ends.
pub(super) struct Watch {
    counter: Arc<Counter>,
    options: PgConnectOptions,
    writing: JoinHandle<()>,
}

impl Watch {
    /// Listens in on what is told, and hands it on.
    pub(super) async fn begin(
        database: &PgConnectOptions,
        id: Uuid,
        told: Told,
    ) -> sqlx::Result<(Self, Told)> {
        let options =
            database.clone().application_name("leasehold rebuild").disable_statement_logging();
        let mut connection = PgConnection::connect_with(&options).await?;
        let before = begin(&mut connection, id).await?;
        let counter = Arc::new(Counter {
            id,
            before,
            expected: AtomicI64::new(before),
            read: AtomicI64::new(before),
            step: Mutex::new("loading"),
        });
        let (heard, written) = (Arc::clone(&counter), Arc::clone(&counter));
        let writing = tokio::spawn(async move { written.keep_written(connection).await });
        let told: Told = Arc::new(move |progress| {
            heard.hear(progress);
            told(progress);
        });
        Ok((Self { counter, options, writing }, told))
    }

    /// Writes the last of it.
    pub(super) async fn end(self) {
        self.writing.abort();
        metrics::rebuilding(None);
        let connected = PgConnection::connect_with(&self.options).await;
        let Ok(mut connection) = connected else { return };
        if let Err(error) = self.counter.write(&mut connection).await {
            tracing::debug!(%error, "how far the rebuild is stays unwritten");
        }
    }
}

impl Counter {
    fn hear(&self, progress: Progress) {
        let step = match progress {
            Progress::Expected(events) => {
                let events = i64::try_from(events).unwrap_or(i64::MAX);
                self.expected.store(self.before.saturating_add(events), Ordering::Relaxed);
                "loading"
            }
            Progress::Loaded(events) => {
                self.read.fetch_add(i64::try_from(events).unwrap_or(0), Ordering::Relaxed);
                metrics::rebuilt_events(events);
                "loading"
            }
            Progress::Indexing => "indexing",
            Progress::Comparing => "comparing",
            Progress::Swapping => "swapping",
        };
        metrics::rebuilding(Some(step));
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = step;
    }

    async fn keep_written(&self, mut connection: PgConnection) {
        // A rebuild does not end because nobody can see how far it is.
        while self.write(&mut connection).await.is_ok() {
            sleep(WRITE_EVERY).await;
        }
    }

    async fn write(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let step = *self.step.lock().unwrap_or_else(PoisonError::into_inner);
        sqlx::query(
            "update leasehold.rebuilds
             set step = $2,
                 step_since = case when step = $2 then step_since else clock_timestamp() end,
                 expected_events = $3,
                 read_events = $4
             where id = $1",
        )
        .bind(self.id)
        .bind(step)
        .bind(self.expected.load(Ordering::Relaxed))
        .bind(self.read.load(Ordering::Relaxed))
        .execute(connection)
        .await
        .map(|_| ())
    }
}

/// Begins to count, or goes on; answers with what is loaded already.
async fn begin(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "update leasehold.rebuilds
         set step = 'loading',
             step_since = clock_timestamp(),
             read_before = events,
             read_events = events
         where id = $1
         returning events",
    )
    .bind(id)
    .fetch_one(connection)
    .await
}
