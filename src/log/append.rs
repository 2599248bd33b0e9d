//! The one statement that appends: events, table rows, receipts and heads, in one round trip.

mod bind;
mod section;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use leasehold_domain::time::Timestamp;
use leasehold_projections::activity_log::ActivityRow;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

pub use section::{Sections, append_statement};

use super::head::Head;
use super::receipt::Receipt;
use super::stored::Recorded;

/// A batch: what is to be written, company by company.
#[derive(Debug, Default)]
pub struct Append<'b> {
    /// Sorted by company, each company once.
    pub companies: Vec<&'b CompanyAppend>,
}

/// What is to be written for one company.
#[derive(Debug)]
pub struct CompanyAppend {
    /// The head that it was decided on.
    pub before: Head,
    /// The head as it is to be; the same when there are no events.
    pub after: Head,
    /// The events, in order.
    pub events: Vec<Recorded>,
    /// Environments as they are to be.
    pub environments: Vec<EnvironmentWrite>,
    /// Leases as they are to be, each once.
    pub leases: Vec<LeaseWrite>,
    /// The events' activity rows.
    pub activities: Vec<ActivityRow>,
    /// What the commands leave.
    pub receipts: Vec<Receipt>,
    /// Keys that must not have been used before; only those that callers chose can have been.
    pub keys: Vec<String>,
}

/// An environment as it is to be.
#[derive(Debug)]
pub enum EnvironmentWrite {
    /// It is there.
    Put(Box<EnvironmentRow>),
    /// It is gone.
    Remove(Uuid),
}

/// A lease as it is to be.
#[derive(Debug)]
pub struct LeaseWrite {
    /// The row.
    pub row: Arc<LeaseRow>,
    /// Whether it is not in the table yet.
    pub is_new: bool,
    /// Whether its notes differ from those in the table.
    pub is_metadata_changed: bool,
}

/// What became of a batch.
#[derive(Debug)]
pub struct Outcome {
    /// The database's clock, read in the statement.
    pub at: Option<Timestamp>,
    /// For each company of the batch, in its order.
    pub kinds: Vec<OutcomeKind>,
}

/// What became of one company's part of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeKind {
    /// All of it is durable.
    Stored,
    /// Nothing was written: the head is not the one that it was decided on, or another writer has it.
    Moved,
    /// Nothing was written: one of its keys was used before.
    KeyUsed,
    /// Nothing was written: the clock that it was decided by is off.
    ClockOff,
    /// Nothing was written: the live tables were made by a fold that this program has not.
    OtherFold,
}

#[derive(Debug, FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "a row of the statement, read once")]
struct OutcomeRow {
    is_stored: bool,
    is_key_used: bool,
    is_clock_off: bool,
    is_other_fold: bool,
    at: DateTime<Utc>,
}

impl OutcomeRow {
    const fn kind(&self) -> OutcomeKind {
        if self.is_stored {
            OutcomeKind::Stored
        } else if self.is_other_fold {
            OutcomeKind::OtherFold
        } else if self.is_clock_off {
            OutcomeKind::ClockOff
        } else if self.is_key_used {
            OutcomeKind::KeyUsed
        } else {
            OutcomeKind::Moved
        }
    }
}

/// Writes a batch. `now` is the clock that it was decided by.
///
/// # Errors
/// The database's; then nothing was written, unless the connection was lost.
pub async fn append(
    connection: &mut PgConnection,
    batch: &Append<'_>,
    now: Timestamp,
) -> sqlx::Result<Outcome> {
    let bound = bind::bind(batch, now).map_err(sqlx::Error::Encode)?;
    // Prepared once for each connection and set of sections; see the settings of a lane's
    // connection for why its plan stays good when the tables grow.
    let statement = append_statement(bound.sections);
    let rows: Vec<OutcomeRow> =
        sqlx::query_as_with(statement, bound.arguments).fetch_all(connection).await?;
    let at = rows.first().and_then(|row| Timestamp::new(row.at).ok());
    Ok(Outcome { at, kinds: rows.iter().map(OutcomeRow::kind).collect() })
}
