//! One event as it comes out of a copy: its columns, what they say, and whether its digest is theirs.
//!
//! Nothing here fails: an event that cannot be read is an entry that says so.

use chrono::DateTime;
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{AggregateType, Event, StreamId};
use leasehold_domain::time::Timestamp;
use leasehold_projections::tuple::{Column as _, POSTGRES_EPOCH_MICROS, Tuple};
use uuid::Uuid;

use super::tuples::{Batch, fields};
use crate::log::{Digest, Provenance, Recorded, Stored};

/// The columns of `leasehold.events` in the order in which [`Entry`] reads them.
pub(crate) const COLUMNS: [&str; 13] = [
    "company_id",
    "position",
    "digest",
    "sequence",
    "occurred_at",
    "recorded_at",
    "event_id",
    "aggregate_type",
    "aggregate_id",
    "event_type",
    "event_version",
    "payload",
    "metadata",
];

/// An event of the log.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) company_id: CompanyId,
    pub(crate) position: Position,
    pub(crate) digest: Digest,
    /// Its columns, or why they are none of an event's.
    pub(crate) stored: Result<Stored, Broken>,
    /// What it says, or why that cannot be told.
    pub(crate) content: Result<Content, String>,
    /// Whether its digest follows from the one before; none when that is not in the same batch.
    pub(crate) is_chained: Option<bool>,
}

/// Columns that are none of an event's.
#[derive(Debug)]
pub(crate) struct Broken {
    /// The stream as far as it can be told. Where its id is none, the event's own stands for it;
    /// where its kind is none, it is taken for one that only the activity log knows.
    pub(crate) stream: StreamId,
    /// What is wrong.
    pub(crate) error: String,
}

/// What an event says.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) event: Event,
    pub(crate) provenance: Provenance,
}

/// Reads the entries of a batch. Slow enough to be worth a thread of its own.
pub(super) fn read(batch: &Batch) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::with_capacity(batch.tuples().count());
    for tuple in batch.tuples() {
        let mut entry = Entry::of(tuple);
        let before = entries.last().filter(|before| {
            before.company_id == entry.company_id && before.position.plus(1) == entry.position
        });
        entry.is_chained = before.map(|before| entry.follows(before.digest));
        entries.push(entry);
    }
    entries
}

impl From<Recorded> for Entry {
    fn from(event: Recorded) -> Self {
        let Recorded { stored, digest } = event;
        let (company_id, position) = (stored.company_id, stored.position);
        let content = Content::of(&stored);
        Self { company_id, position, digest, stored: Ok(stored), content, is_chained: None }
    }
}

impl Entry {
    fn of(tuple: &[u8]) -> Self {
        let mut columns = Columns { fields: fields(tuple) };
        let company_id = CompanyId(columns.uuid().unwrap_or_default());
        let position = Position(columns.number().unwrap_or_default());
        let digest = columns.bytes().and_then(|bytes| Digest::try_from(bytes).ok());
        let stored = columns.stored(company_id, position);
        let broken = |broken: &Broken| broken.error.clone();
        let content = stored.as_ref().map_err(broken).and_then(Content::of);
        let digest = digest.unwrap_or_default();
        Self { company_id, position, digest, stored, content, is_chained: None }
    }

    /// Whether its digest is made of its columns and the digest before.
    pub(crate) fn follows(&self, before: Digest) -> bool {
        self.stored.as_ref().is_ok_and(|stored| before.after(stored) == self.digest)
    }
}

impl Content {
    fn of(stored: &Stored) -> Result<Self, String> {
        let event = stored.read().map_err(|error| format!("the payload: {error}"))?;
        let provenance = serde_json::from_str(&stored.metadata)
            .map_err(|error| format!("the metadata: {error}"))?;
        Ok(Self { event, provenance })
    }
}

struct Columns<I> {
    fields: I,
}

impl<'t, I: Iterator<Item = Option<&'t [u8]>>> Columns<I> {
    fn bytes(&mut self) -> Option<&'t [u8]> {
        self.fields.next().flatten()
    }

    fn uuid(&mut self) -> Option<Uuid> {
        self.bytes().and_then(|bytes| Uuid::from_slice(bytes).ok())
    }

    fn signed(&mut self) -> Option<i64> {
        self.bytes().and_then(|bytes| Some(i64::from_be_bytes(*bytes.first_chunk()?)))
    }

    fn number(&mut self) -> Option<u64> {
        self.signed().and_then(|number| u64::try_from(number).ok())
    }

    fn text(&mut self) -> Option<&'t str> {
        self.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    fn time(&mut self) -> Option<Timestamp> {
        let micros = self.signed()?.checked_add(POSTGRES_EPOCH_MICROS)?;
        Timestamp::new(DateTime::from_timestamp_micros(micros)?).ok()
    }

    fn stored(&mut self, company_id: CompanyId, position: Position) -> Result<Stored, Broken> {
        let (sequence, occurred_at, recorded_at) = (self.number(), self.time(), self.time());
        let event_id = self.uuid();
        let kind = self.text().map(str::parse::<AggregateType>);
        let known = kind.as_ref().and_then(|kind| kind.as_ref().ok());
        let id = self.text().and_then(|id| Uuid::parse_str(id).ok());
        let stream = StreamId {
            kind: known.copied().unwrap_or(AggregateType::Operation),
            id: id.or(event_id).unwrap_or_default(),
        };
        let broken = |error: &str| Broken { stream, error: error.to_owned() };
        let sequence = sequence.ok_or_else(|| broken("the sequence is none"))?;
        let occurred_at = occurred_at.ok_or_else(|| broken("the time of occurring is none"))?;
        let recorded_at = recorded_at.ok_or_else(|| broken("the time of recording is none"))?;
        let event_id = event_id.ok_or_else(|| broken("the event's id is none"))?;
        if let Err(error) = kind.ok_or_else(|| broken("the aggregate's type is no text"))? {
            return Err(broken(&format!("the aggregate's type: {error}")));
        }
        id.ok_or_else(|| broken("the aggregate's id is no UUID"))?;
        let mut text =
            || self.text().map(ToOwned::to_owned).ok_or_else(|| broken("a column is no text"));
        Ok(Stored {
            company_id,
            position,
            event_id,
            stream,
            sequence,
            event_type: text()?,
            event_version: text()?,
            payload: text()?,
            metadata: text()?,
            occurred_at,
            recorded_at,
        })
    }
}

/// Writes an event as [`Entry`] reads it.
pub(crate) fn write(event: &Recorded, to: &mut Tuple) {
    let stored = &event.stored;
    // What is below 2^40 is below 2^63.
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    to.begin(COLUMNS.len());
    stored.company_id.0.write(to);
    signed(stored.position.0).write(to);
    event.digest.0.as_slice().write(to);
    signed(stored.sequence).write(to);
    stored.occurred_at.chrono().write(to);
    stored.recorded_at.chrono().write(to);
    stored.event_id.write(to);
    stored.stream.kind.as_str().write(to);
    stored.stream.id.to_string().write(to);
    stored.event_type.write(to);
    stored.event_version.write(to);
    stored.payload.write(to);
    stored.metadata.write(to);
}
