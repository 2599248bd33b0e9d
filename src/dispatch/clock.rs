//! The time of decisions: the database's clock as last read, plus what has passed since on a
//! monotonic clock. A clock that jumps on this machine changes nothing.

use chrono::{DateTime, Utc};
use leasehold_domain::time::Timestamp;
use sqlx::PgConnection;
use tokio::time::Instant;

#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    at: Timestamp,
    read: Instant,
}

impl Clock {
    /// Reads the database's clock; the reading is taken for the middle of the round trip.
    pub(super) async fn read(connection: &mut PgConnection) -> sqlx::Result<Self> {
        let sent = Instant::now();
        let at: DateTime<Utc> =
            sqlx::query_scalar("select clock_timestamp()").fetch_one(connection).await?;
        let at = Timestamp::new(at).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(Self { at, read: sent + sent.elapsed() / 2 })
    }

    /// Takes a reading that came with an answer to a statement sent at `sent`.
    pub(super) fn adjust(&mut self, at: Timestamp, sent: Instant) {
        *self = Self { at, read: sent };
    }

    pub(super) fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.read.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.at.plus_micros(passed)
    }
}
