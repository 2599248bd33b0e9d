//! How quickly what is due is worked off: evenly, in batches as small as that allows.
//!
//! A lane does one batch after the other, so whoever has a command waits for a batch of the sweeper's
//! at most: small ones let everybody through. They cost more than large ones for each lease; where
//! lanes are so busy that small ones would fall behind, they grow.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Settings;

const MICROS: u128 = 1_000_000;

/// The pace of one cycle.
#[derive(Debug)]
pub(super) struct Pace {
    leases_per_second: u128,
    batch_min: usize,
    batch_max: usize,
    since: Instant,
    sent: usize,
}

impl Pace {
    /// A pace at which a backlog is gone in time.
    pub(super) fn of(settings: &Settings, backlog: usize) -> Self {
        let wanted = backlog as u128 * MICROS / settings.backlog_for.as_micros().max(1);
        Self {
            leases_per_second: wanted.max(settings.leases_per_second_min.max(1) as u128),
            batch_min: settings.leases_per_batch_min.max(1),
            batch_max: settings.leases_per_batch_max.max(1),
            since: Instant::now(),
            sent: 0,
        }
    }

    /// Waits until the next batch may be sent; how many leases of those that are left it has.
    pub(super) async fn next(&mut self, left: usize) -> usize {
        sleep_until(self.since + self.due_after(left)).await;
        self.take(self.since.elapsed(), left)
    }

    /// After how long a batch of the smallest size is due.
    fn due_after(&self, left: usize) -> Duration {
        let least = left.min(self.batch_min);
        let micros = (self.sent + least) as u128 * MICROS / self.leases_per_second;
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// Takes the batch that is due after a time.
    fn take(&mut self, elapsed: Duration, left: usize) -> usize {
        let least = left.min(self.batch_min);
        let due = elapsed.as_micros() * self.leases_per_second / MICROS;
        let due = usize::try_from(due).unwrap_or(usize::MAX).saturating_sub(self.sent);
        let batch = due.clamp(least, self.batch_max.max(least)).min(left);
        self.sent += batch;
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(backlog: usize) -> Pace {
        let settings = Settings {
            leases_per_batch_min: 4,
            leases_per_batch_max: 50,
            leases_per_second_min: 1_000,
            backlog_for: Duration::from_secs(5),
            ..Settings::default()
        };
        Pace::of(&settings, backlog)
    }

    /// How long a backlog takes when each batch is sent as soon as it is due.
    fn works_off(backlog: usize) -> Duration {
        let (mut pace, mut left, mut now) = (pace(backlog), backlog, Duration::ZERO);
        while left > 0 {
            now = now.max(pace.due_after(left));
            left -= pace.take(now, left);
        }
        now
    }

    #[test]
    fn a_small_backlog_goes_in_small_batches_at_an_even_pace() {
        let mut pace = pace(100);
        assert_eq!(pace.due_after(100), Duration::from_millis(4));
        assert_eq!(pace.take(Duration::from_millis(4), 100), 4);
        assert_eq!(pace.due_after(96), Duration::from_millis(8));
        assert_eq!(pace.due_after(1), Duration::from_millis(5), "less is left than a batch");
        assert_eq!(pace.take(Duration::from_millis(5), 1), 1);
        assert_eq!(works_off(100), Duration::from_millis(100));
    }

    #[test]
    fn a_large_backlog_goes_faster_and_is_gone_in_time() {
        assert_eq!(works_off(50_000), Duration::from_secs(5));
        assert_eq!(works_off(5_000), Duration::from_secs(5));
    }

    #[test]
    fn batches_grow_when_they_take_long_and_have_a_bound() {
        let mut pace = pace(1_000);
        assert_eq!(pace.take(Duration::from_millis(30), 1_000), 30);
        let late = Duration::from_secs(1);
        assert_eq!(pace.take(late, 970), 50);
        assert!(pace.due_after(920) < late, "what it fell behind is made good");
        assert_eq!(pace.take(late, 920), 50);
        assert_eq!(pace.take(late, 7), 7);
    }
}
