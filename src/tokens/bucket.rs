//! How much one token may ask: so many requests a second, and twice as many after a quiet one.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket that fills with time and is emptied by requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn full(per_second: u32, now: Instant) -> Self {
        Self { left: capacity(per_second), at: now }
    }

    /// Takes one; else says after how long there will be one.
    pub(super) fn take(&mut self, per_second: u32, now: Instant) -> Result<(), Duration> {
        let rate = f64::from(per_second);
        let filled = now.saturating_duration_since(self.at).as_secs_f64() * rate;
        self.left = (self.left + filled).min(capacity(per_second));
        self.at = now;
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - self.left) / rate))
    }
}

fn capacity(per_second: u32) -> f64 {
    2.0 * f64::from(per_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_rate_and_twice_that_at_once() {
        let start = Instant::now();
        let mut bucket = Bucket::full(10, start);
        assert_eq!((0..30).filter(|_| bucket.take(10, start).is_ok()).count(), 20);
        let wait = bucket.take(10, start).err();
        assert_eq!(wait, Some(Duration::from_millis(100)));
        let later = start + Duration::from_secs(1);
        assert_eq!((0..30).filter(|_| bucket.take(10, later).is_ok()).count(), 10);
        let much_later = start + Duration::from_hours(1);
        assert_eq!((0..30).filter(|_| bucket.take(10, much_later).is_ok()).count(), 20);
    }
}
