//! An event with everything that is stored of it.

use chrono::DateTime;
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{AggregateType, Event, StreamId};
use leasehold_domain::time::Timestamp;
use leasehold_domain::upcast::Unreadable;
use leasehold_projections::tuple::POSTGRES_EPOCH_MICROS;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};
use uuid::Uuid;

use super::digest::Digest;

/// An event as its row holds it, without its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The company whose log it is in.
    pub company_id: CompanyId,
    /// Its place there.
    pub position: Position,
    /// Its own id.
    pub event_id: Uuid,
    /// The stream that it is in.
    pub stream: StreamId,
    /// Its place there.
    pub sequence: u64,
    /// Its name.
    pub event_type: String,
    /// The version of its form.
    pub event_version: String,
    /// The event as JSON, externally tagged: the very bytes.
    pub payload: String,
    /// Where it comes from, a flat map of strings as JSON: the very bytes.
    pub metadata: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When the ledger learnt it.
    pub recorded_at: Timestamp,
}

/// An event as it was read from the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its columns.
    pub stored: Stored,
    /// Its digest.
    pub digest: Digest,
}

impl Stored {
    /// What it says, whichever version its form has.
    ///
    /// # Errors
    /// [`Unreadable`] when this program does not know it.
    pub fn read(&self) -> Result<Event, Unreadable> {
        Event::read(self.stream.kind, &self.event_type, &self.event_version, &self.payload)
    }
}

impl Recorded {
    /// As [`Stored::read`].
    ///
    /// # Errors
    /// The same.
    pub fn read(&self) -> Result<Event, Unreadable> {
        self.stored.read()
    }
}

impl FromRow<'_, PgRow> for Recorded {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let kind: &str = row.try_get("aggregate_type")?;
        let id: &str = row.try_get("aggregate_id")?;
        let digest: &[u8] = row.try_get("digest")?;
        let stored = Stored {
            company_id: CompanyId(row.try_get("company_id")?),
            position: Position(unsigned(row, "position")?),
            event_id: row.try_get("event_id")?,
            stream: StreamId {
                kind: kind.parse::<AggregateType>().map_err(decode)?,
                id: Uuid::parse_str(id).map_err(decode)?,
            },
            sequence: unsigned(row, "sequence")?,
            event_type: row.try_get("event_type")?,
            event_version: row.try_get("event_version")?,
            payload: row.try_get("payload")?,
            metadata: row.try_get("metadata")?,
            occurred_at: time(row, "occurred_at")?,
            recorded_at: time(row, "recorded_at")?,
        };
        Ok(Self { stored, digest: Digest::try_from(digest).map_err(decode)? })
    }
}

fn unsigned(row: &PgRow, column: &str) -> sqlx::Result<u64> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(decode)
}

/// A time, from its eight bytes: sqlx panics at one that chrono has not, and `infinity` is one.
fn time(row: &PgRow, column: &str) -> sqlx::Result<Timestamp> {
    let value = row.try_get_raw(column)?;
    let bytes: [u8; 8] =
        value.as_bytes().map_err(sqlx::Error::Decode)?.try_into().map_err(decode)?;
    let micros = i64::from_be_bytes(bytes).checked_add(POSTGRES_EPOCH_MICROS);
    let time = micros.and_then(DateTime::from_timestamp_micros);
    let time = time.ok_or_else(|| sqlx::Error::Decode(format!("{column} is no time").into()))?;
    Timestamp::new(time).map_err(decode)
}

fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// An event in the words of the contract.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'e> {
    company_id: CompanyId,
    position: Position,
    epoch: Epoch,
    event_id: Uuid,
    aggregate_type: AggregateType,
    aggregate_id: Uuid,
    sequence: u64,
    event_type: &'e str,
    event_version: &'e str,
    payload: &'e RawValue,
    metadata: &'e RawValue,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    digest: String,
}

impl Recorded {
    /// The event as JSON, in the words of the contract; payload and metadata byte for byte.
    ///
    /// # Errors
    /// Serde's, when a stored payload is no JSON, which the column's type rules out.
    pub fn to_json(&self, epoch: Epoch) -> serde_json::Result<Box<RawValue>> {
        let stored = &self.stored;
        serde_json::value::to_raw_value(&Shown {
            company_id: stored.company_id,
            position: stored.position,
            epoch,
            event_id: stored.event_id,
            aggregate_type: stored.stream.kind,
            aggregate_id: stored.stream.id,
            sequence: stored.sequence,
            event_type: &stored.event_type,
            event_version: &stored.event_version,
            payload: serde_json::from_str(&stored.payload)?,
            metadata: serde_json::from_str(&stored.metadata)?,
            occurred_at: stored.occurred_at,
            recorded_at: stored.recorded_at,
            digest: self.digest.to_hex(),
        })
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_hex())
    }
}
