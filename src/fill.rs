//! A large made history, for measuring: real commands decided by the real plans, loaded in bulk.
//!
//! What comes out is what a year of dispatching would have left, digests and rows included, but for
//! receipts; `leasehold verify` finds nothing wrong with it.

mod company;
mod script;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::{StreamExt, TryStreamExt, stream};
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use leasehold_domain::time::Timestamp;
use leasehold_projections::projection::INLINE;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use uuid::Uuid;

use crate::history::{COLUMNS, Load, aside};
use crate::log::{Digest, Head};
use company::Filling;
pub use script::Lives;

/// How long the made history lasts; it ends now.
const LASTED: Duration = Duration::from_hours(365 * 24);
/// Companies that are filled at once.
const AT_ONCE: usize = 2;
/// Bytes of events that wait before they are sent.
const WAITING_MAX: usize = 8 << 20;

/// How large a history is made.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Companies, of the same size.
    pub companies: u64,
    /// Events of all of them together, about.
    pub events: u64,
    /// What happens to a lease.
    pub lives: Lives,
}

/// Makes a history. `told` hears how many events were stored.
///
/// # Errors
/// The database's.
pub async fn fill(
    database: &PgConnectOptions,
    shape: Shape,
    told: Arc<dyn Fn(u64) + Send + Sync>,
) -> sqlx::Result<()> {
    let events = shape.events / shape.companies.max(1);
    let companies = (0..shape.companies).map(|_| {
        let (database, told) = (database.clone(), Arc::clone(&told));
        async move {
            let filled =
                tokio::spawn(
                    async move { fill_company(&database, events, shape.lives, &*told).await },
                );
            filled.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
        }
    });
    let () = stream::iter(companies).buffer_unordered(AT_ONCE).try_collect().await?;
    let mut connection = PgConnection::connect_with(database).await?;
    sqlx::query("vacuum (analyze) leasehold.events").execute(&mut connection).await?;
    for projection in INLINE {
        let vacuum = format!("vacuum (analyze) leasehold.{}", projection.name);
        sqlx::query(&vacuum).execute(&mut connection).await?;
    }
    connection.close().await
}

/// One company, in one transaction: it is there as a whole or not at all.
async fn fill_company(
    database: &PgConnectOptions,
    events: u64,
    lives: Lives,
    told: &(dyn Fn(u64) + Send + Sync),
) -> sqlx::Result<()> {
    let options = database.clone().application_name("leasehold fill").disable_statement_logging();
    let mut connection = PgConnection::connect_with(&options).await?;
    let span = i64::try_from(LASTED.as_micros()).unwrap_or(i64::MAX);
    let step = span / i64::try_from(events.max(1)).unwrap_or(i64::MAX);
    let mut filling = Filling::new(begun(), step, lives);
    sqlx::query("begin").execute(&mut connection).await?;
    while filling.head.position.0 < events {
        let before = filling.head.position.0;
        filling = aside(move || {
            filling.live_until(events, WAITING_MAX);
            filling
        })
        .await;
        send(&mut connection, &mut filling).await?;
        told(filling.head.position.0 - before);
    }
    store_head(&mut connection, &filling.head).await?;
    sqlx::query("commit").execute(&mut connection).await?;
    connection.close().await
}

/// The head of a company that begins now, as far back as the history goes.
fn begun() -> Head {
    let begun = SystemTime::now() - LASTED;
    Head {
        company_id: CompanyId(Uuid::now_v7()),
        position: Position(0),
        digest: Digest::default(),
        epoch: Epoch(1),
        recorded_at: Timestamp::new(begun.into()).unwrap_or(Timestamp::EPOCH),
    }
}

async fn send(connection: &mut PgConnection, filling: &mut Filling) -> sqlx::Result<()> {
    filling.events.send(connection, "events", &COLUMNS).await?;
    let loads: &mut [Load] = &mut filling.rendering.taking.loads;
    for (projection, load) in INLINE.iter().zip(loads) {
        load.send(connection, projection.name, projection.columns).await?;
    }
    Ok(())
}

async fn store_head(connection: &mut PgConnection, head: &Head) -> sqlx::Result<()> {
    sqlx::query(
        "insert into leasehold.heads (company_id, position, epoch, recorded_at, digest)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(head.company_id.0)
    .bind(i64::try_from(head.position.0).unwrap_or(i64::MAX))
    .bind(i64::try_from(head.epoch.0).unwrap_or(i64::MAX))
    .bind(head.recorded_at.chrono())
    .bind(head.digest.0.as_slice())
    .execute(connection)
    .await
    .map(|_| ())
}
