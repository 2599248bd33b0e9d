//! The head: the one row per company whose change puts events in order.

use chrono::{DateTime, Utc};
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{Event, StreamId};
use leasehold_domain::time::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};
use uuid::Uuid;

use super::digest::Digest;
use super::provenance::Metadata;
use super::stored::{Recorded, Stored};

/// The end of a company's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Whose log.
    pub company_id: CompanyId,
    /// The last event's position.
    pub position: Position,
    /// The last event's digest.
    pub digest: Digest,
    /// The log's epoch.
    pub epoch: Epoch,
    /// When the last event was recorded.
    pub recorded_at: Timestamp,
}

impl Head {
    /// Gives an event the next place in the log; the head moves onto it. `sequence` is its place in
    /// its stream.
    ///
    /// # Errors
    /// None in practice: what is stored of an event is maps with string keys and finite numbers.
    pub fn record(
        &mut self,
        stream: StreamId,
        event: &Event,
        sequence: u64,
        metadata: &Metadata<'_>,
        recorded_at: Timestamp,
    ) -> serde_json::Result<Recorded> {
        let stored = Stored {
            company_id: self.company_id,
            position: self.position.plus(1),
            event_id: Uuid::now_v7(),
            stream,
            sequence,
            event_type: event.name().to_owned(),
            event_version: event.version().to_owned(),
            payload: event.to_payload()?,
            metadata: serde_json::to_string(metadata)?,
            occurred_at: event.at(),
            recorded_at,
        };
        let digest = self.digest.after(&stored);
        *self = Self { position: stored.position, digest, recorded_at, ..*self };
        Ok(Recorded { stored, digest })
    }
}

impl FromRow<'_, PgRow> for Head {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let decode = |error| sqlx::Error::Decode(Box::new(error));
        let digest: &[u8] = row.try_get("digest")?;
        Ok(Self {
            company_id: CompanyId(row.try_get("company_id")?),
            position: Position(row.try_get::<i64, _>("position")?.unsigned_abs()),
            epoch: Epoch(row.try_get::<i64, _>("epoch")?.unsigned_abs()),
            recorded_at: Timestamp::new(row.try_get("recorded_at")?)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            digest: Digest::try_from(digest).map_err(decode)?,
        })
    }
}

/// The heads of those of the companies that have one.
///
/// # Errors
/// The database's.
pub async fn load_heads(
    connection: &mut PgConnection,
    companies: &[Uuid],
) -> sqlx::Result<Vec<Head>> {
    sqlx::query_as(
        "select company_id, position, epoch, recorded_at, digest
         from leasehold.heads
         where company_id = any($1)
         order by company_id",
    )
    .bind(companies)
    .fetch_all(connection)
    .await
}

/// Every company's head, in the order of ids.
///
/// # Errors
/// The database's.
pub async fn list_heads(connection: &mut PgConnection) -> sqlx::Result<Vec<Head>> {
    sqlx::query_as(
        "select company_id, position, epoch, recorded_at, digest
         from leasehold.heads
         order by company_id",
    )
    .fetch_all(connection)
    .await
}

/// Makes heads for companies that have none: epoch 1, position 0.
///
/// # Errors
/// The database's.
pub async fn create_heads(connection: &mut PgConnection, companies: &[Uuid]) -> sqlx::Result<()> {
    // Two processes may meet a new company in the same moment: one of them makes the row.
    sqlx::query(
        "insert into leasehold.heads (company_id, position, epoch, recorded_at, digest)
         select company_id, 0, 1, '0001-01-01 00:00:00+00', decode(repeat('00', 32), 'hex')
         from unnest($1::uuid[]) as new (company_id)
         order by company_id
         on conflict (company_id) do nothing",
    )
    .bind(companies)
    .execute(connection)
    .await
    .map(|_| ())
}

/// Waits for whoever holds a company's head, takes it until the transaction ends, and reads it.
///
/// # Errors
/// The database's; `RowNotFound` for a company that has none.
pub async fn lock_head(connection: &mut PgConnection, company: CompanyId) -> sqlx::Result<Head> {
    sqlx::query_as(
        "select company_id, position, epoch, recorded_at, digest
         from leasehold.heads
         where company_id = $1
         for update",
    )
    .bind(company.0)
    .fetch_one(connection)
    .await
}

/// The database's clock as it is now, not as it was when a transaction began.
///
/// # Errors
/// The database's.
pub async fn read_clock(connection: &mut PgConnection) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar("select clock_timestamp()").fetch_one(connection).await
}
