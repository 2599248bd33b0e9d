//! A reader of the log that notes when it first sees each lease expired.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use leasehold_domain::id::CompanyId;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, FromRow, PgConnection};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::stage::Promised;
use crate::bench::Error;

/// Between two looks: what an end seems later than it is, at most.
const LOOK_EVERY: Duration = Duration::from_millis(20);

type Seen = Arc<Mutex<HashMap<Uuid, DateTime<Utc>>>>;

/// A lease that has expired.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) due: DateTime<Utc>,
    /// When its end was first seen, by the database's clock.
    pub(super) seen: DateTime<Utc>,
}

/// The reader.
#[derive(Debug)]
pub(super) struct Tail {
    seen: Seen,
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), Error>>,
}

#[derive(Debug, FromRow)]
struct Row {
    company_id: Uuid,
    position: i64,
    lease: Uuid,
    is_expiry: bool,
    seen: DateTime<Utc>,
}

impl Tail {
    /// Reads from the end of the companies' logs on.
    pub(super) async fn start(
        database: &PgConnectOptions,
        companies: &[CompanyId],
    ) -> Result<Self, Error> {
        let options =
            database.clone().application_name("leasehold bench").disable_statement_logging();
        let mut connection = PgConnection::connect_with(&options).await?;
        let companies: Vec<Uuid> = companies.iter().map(|company| company.0).collect();
        let heads: Vec<(Uuid, i64)> = sqlx::query_as(
            "select company_id, position from leasehold.heads where company_id = any($1)",
        )
        .bind(&companies)
        .fetch_all(&mut connection)
        .await?;
        let seen = Seen::default();
        let (stop, stopped) = watch::channel(false);
        let positions = heads.into_iter().collect();
        let task = tokio::spawn(follow(connection, positions, Arc::clone(&seen), stopped));
        Ok(Self { seen, stop, task })
    }

    /// Waits until all of the leases were seen to have expired.
    pub(super) async fn wait_for(
        &self,
        promised: &[Promised],
        patience: Duration,
    ) -> Result<Vec<End>, Error> {
        let latest = Instant::now() + patience;
        loop {
            let ends = self.ends(promised);
            if ends.len() == promised.len() {
                return Ok(ends);
            }
            if Instant::now() > latest || self.task.is_finished() {
                let left = promised.len() - ends.len();
                return Err(Error::unexpected(format!("{left} leases were not seen to end")));
            }
            sleep(LOOK_EVERY).await;
        }
    }

    fn ends(&self, promised: &[Promised]) -> Vec<End> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let end = |lease: &Promised| Some(End { due: lease.due, seen: *seen.get(&lease.lease)? });
        promised.iter().filter_map(end).collect()
    }

    pub(super) async fn stop(self) -> Result<(), Error> {
        self.stop.send_replace(true);
        self.task.await.map_err(Error::unexpected)?
    }
}

async fn follow(
    mut connection: PgConnection,
    mut positions: HashMap<Uuid, i64>,
    seen: Seen,
    stopped: watch::Receiver<bool>,
) -> Result<(), Error> {
    while !*stopped.borrow() {
        for row in list_new(&mut connection, &positions).await? {
            positions.insert(row.company_id, row.position);
            if row.is_expiry {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.entry(row.lease).or_insert(row.seen);
            }
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(connection.close().await?)
}

async fn list_new(
    connection: &mut PgConnection,
    positions: &HashMap<Uuid, i64>,
) -> Result<Vec<Row>, Error> {
    let (companies, after): (Vec<Uuid>, Vec<i64>) = positions.iter().unzip();
    let rows = sqlx::query_as(
        "select e.company_id, e.position, e.aggregate_id::uuid as lease,
                e.event_type = 'Expired' as is_expiry, clock_timestamp() as seen
         from unnest($1::uuid[], $2::bigint[]) as known (company_id, position)
         cross join lateral (
           select n.company_id, n.position, n.aggregate_id, n.event_type
           from leasehold.events n
           where n.company_id = known.company_id
             and n.position > known.position
           order by n.position
           limit 5000
         ) as e
         order by e.company_id, e.position",
    )
    .bind(companies)
    .bind(after)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// How much later one time is than another, in microseconds; none is earlier.
pub(super) fn micros_between(from: DateTime<Utc>, to: DateTime<Utc>) -> u32 {
    (to - from)
        .num_microseconds()
        .and_then(|micros| u32::try_from(micros.max(0)).ok())
        .unwrap_or(u32::MAX)
}
