//! Much that falls due at once: how soon it has ended, and what everybody else notices of it.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::foreground::Foreground;
use super::report::{Spread, Wave};
use super::stage::Stage;
use super::tail::{Tail, micros_between};
use super::{PATIENCE, Settings};
use crate::bench::Error;

/// How much longer than the calm before it the leases of a wave last, in seconds: in that time they
/// are acquired, and what that stirred up settles.
const PREPARING: u32 = 6;
/// How long it settles.
const SETTLING: Duration = Duration::from_secs(2);
/// How long a command of the foreground may still be on its way when a wave is over.
const STRAGGLING: Duration = Duration::from_millis(500);

/// Measures one wave, and the calm before it.
pub(super) async fn measure(
    stage: &Stage,
    foreground: &Foreground,
    tail: &Tail,
    settings: &Settings,
) -> Result<Wave, Error> {
    let ttl = settings.seconds + PREPARING;
    let promised = stage.acquire(settings.due_at_once, ttl).await?;
    let calm_from = Instant::now() + SETTLING;
    let due = || promised.iter().map(|lease| lease.due);
    let (Some(first), Some(last)) = (due().min(), due().max()) else {
        return Err(Error::unexpected("nothing is due at once"));
    };
    let wave_from = stage.instant(first);
    if wave_from < calm_from + Duration::from_secs(u64::from(settings.seconds)) / 2 {
        return Err(Error::unexpected("this machine is too slow to prepare so much in time"));
    }
    let ends = tail.wait_for(&promised, Duration::from_secs(u64::from(ttl)) + PATIENCE).await?;
    sleep(STRAGGLING).await;
    let over = ends.iter().map(|end| end.seen).max().unwrap_or(first);
    let wave_to = stage.instant(over);
    // For as long as the wave: a disk that stalls now and then shows in the longer of two times more
    // surely, and in its percentiles less.
    let calm_from = wave_from.checked_sub(wave_to - wave_from).unwrap_or(calm_from).max(calm_from);
    let before = foreground.during(calm_from..wave_from);
    let during = foreground.during(wave_from..wave_to);
    Ok(Wave {
        leases: promised.len(),
        due_within_us: micros_between(first, last),
        drained_us: micros_between(first, over),
        late: Spread::of(ends.iter().map(|end| micros_between(end.due, end.seen)).collect()),
        p99_rise: rise(before.took.p99_us, during.took.p99_us),
        before,
        during,
    })
}

/// How much more one figure is than another, as a part of it.
pub(in crate::bench) fn rise(before: u32, during: u32) -> f64 {
    f64::from(during) / f64::from(before.max(1)) - 1.0
}
