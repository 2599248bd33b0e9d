//! The time of decisions: the database's clock as last read, plus what has passed since on a
//! monotonic clock. A clock that jumps on this machine changes nothing.

use leasehold_domain::time::Timestamp;
use sqlx::PgConnection;
use tokio::time::Instant;

use crate::log::read_clock;

#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    at: Timestamp,
    read: Instant,
}

impl Clock {
    /// Reads the database's clock; the reading is taken for the middle of the round trip.
    pub(super) async fn read(connection: &mut PgConnection) -> sqlx::Result<Self> {
        let sent = Instant::now();
        let at = Timestamp::new(read_clock(connection).await?)
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
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
