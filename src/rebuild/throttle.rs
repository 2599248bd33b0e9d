//! Holding a rebuild back where somebody writes.
//!
//! **Claims.** A ledger that nobody writes is rebuilt at full speed. Where lanes work, the rebuild is
//! slow from its first piece on, and as fast as those who write do not notice.
//! **Because** after each piece of its work it rests for several times as long, one worker after the
//! other, so that several are no faster than one; and somebody looks many times a second at how long
//! the statements last that lanes have in hand, in whichever process they are: while the rebuild works,
//! and while it rests, which is how it would be without it. While the two are near each other the
//! rebuild's share of the time grows step by step; when they are not, it is halved at once.
//! **Not** promised: that a single long statement, an index of a large table, is noticed by nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::foreground::{ALL, FIRST, Seen, look_at_lanes};
use super::record::is_wanted;
use crate::metrics;

/// How often lanes are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(40);
/// Looks between two of whether the rebuild is wanted.
const LOOKS_PER_ASKING: u32 = 12;
/// Events that are a lag worth hurrying for, when it does not get smaller.
const LAG: usize = 1_000;
/// The longest rest, in which somebody who cancels waits.
const REST_MAX: Duration = Duration::from_secs(2);

/// The share of the time in which a rebuild works.
#[derive(Debug)]
pub(super) struct Throttle {
    state: Arc<State>,
    /// Held by who rests.
    turn: Mutex<()>,
    looking: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    /// In thousandths.
    share: AtomicU32,
    /// What it is at least, since the log grows faster than it is followed.
    least: AtomicU32,
    /// Events that were to be caught up with last, and whether they became no fewer although all of
    /// the time was worked.
    lag: AtomicUsize,
    is_outrun: AtomicBool,
    /// Whether they ever did.
    was_outrun: AtomicBool,
    /// Workers that do not rest.
    working: AtomicU32,
    is_cancelled: AtomicBool,
}

impl State {
    fn share(&self) -> u32 {
        self.share.load(Ordering::Relaxed).max(self.least.load(Ordering::Relaxed))
    }

    /// So many events were to be caught up with. Twice the share where they are no fewer than the time
    /// before, until that is all of the time; at once where that has not been enough before; less again
    /// where they are few.
    fn follow(&self, events: usize) {
        let before = self.lag.swap(events, Ordering::Relaxed);
        let least = self.least.load(Ordering::Relaxed);
        let is_more = events > LAG && before > 0 && events >= before;
        let is_still = self.is_outrun.load(Ordering::Relaxed) && events >= LAG / 2;
        let is_all = least == ALL || self.was_outrun.load(Ordering::Relaxed);
        let is_outrun = is_still || (is_more && is_all);
        self.is_outrun.store(is_outrun, Ordering::Relaxed);
        self.was_outrun.fetch_or(is_outrun, Ordering::Relaxed);
        let next = if is_outrun {
            ALL
        } else if is_more {
            (2 * self.share()).min(ALL)
        } else if events < LAG / 2 {
            least / 2
        } else {
            least
        };
        self.least.store(next, Ordering::Relaxed);
    }
}

impl Throttle {
    /// Begins to look, also whether the rebuild is still wanted. A database that does not say how its
    /// lanes are is not held back for.
    pub(super) async fn begin(database: &PgConnectOptions, rebuild: Uuid) -> sqlx::Result<Self> {
        let options =
            database.clone().application_name("leasehold rebuild").disable_statement_logging();
        let mut connection = PgConnection::connect_with(&options).await?;
        let writes = look_at_lanes(&mut connection).await?.is_some();
        let share = AtomicU32::new(if writes { FIRST } else { ALL });
        let state = Arc::new(State { share, ..State::default() });
        let looked_from = Arc::clone(&state);
        let looking = tokio::spawn(async move {
            if let Err(error) = look(connection, &looked_from, rebuild).await {
                tracing::debug!(%error, "nobody looks at the lanes");
            }
            looked_from.share.store(ALL, Ordering::Relaxed);
        });
        Ok(Self { state, turn: Mutex::new(()), looking })
    }

    /// Whether somebody writes.
    pub(super) fn is_held(&self) -> bool {
        self.state.share() < ALL
    }

    /// Begins to work.
    pub(super) fn work(self: &Arc<Self>) -> Worker {
        Worker { throttle: Arc::clone(self), piece: Some(Piece::begin(&self.state)) }
    }
}

impl Drop for Throttle {
    fn drop(&mut self) {
        self.looking.abort();
        metrics::rebuild_pause(Duration::ZERO);
    }
}

/// Who works in pieces and rests between them.
#[derive(Debug)]
pub(super) struct Worker {
    throttle: Arc<Throttle>,
    piece: Option<Piece>,
}

impl Worker {
    /// Whether somebody writes, so that pieces have to be small.
    pub(super) fn is_held(&self) -> bool {
        self.throttle.is_held()
    }

    /// Whether the rebuild is to go on, as it was seen within the last half second.
    pub(super) fn is_wanted(&self) -> bool {
        !self.throttle.state.is_cancelled.load(Ordering::Relaxed)
    }

    /// So many events were to be caught up with: where they become no fewer, there is less rest.
    pub(super) fn follow(&self, events: usize) {
        self.throttle.state.follow(events);
    }

    /// Whether the log grows faster than it is followed without any rest.
    pub(super) fn is_outrun(&self) -> bool {
        self.throttle.state.is_outrun.load(Ordering::Relaxed)
    }

    /// Whether it ever did: then what is done in pieces may never come to its end.
    pub(super) fn was_outrun(&self) -> bool {
        self.throttle.state.was_outrun.load(Ordering::Relaxed)
    }

    /// Makes a connection's next statements gentle to who writes, or as fast as they can be.
    pub(super) async fn tune(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let tune = if self.is_held() {
            "set max_parallel_maintenance_workers = 0;
             set max_parallel_workers_per_gather = 0;
             set vacuum_cost_delay = '2ms';
             set default_statistics_target = 25"
        } else {
            "reset max_parallel_maintenance_workers;
             reset max_parallel_workers_per_gather;
             reset vacuum_cost_delay;
             reset default_statistics_target"
        };
        connection.execute(tune).await.map(|_| ())
    }

    /// A piece is done: rests as long as it has to.
    pub(super) async fn rest(&mut self) {
        let Some(took) = self.piece.take().map(|piece| piece.begun_at.elapsed()) else { return };
        if self.throttle.is_held() {
            let turn = self.throttle.turn.lock().await;
            let share = self.throttle.state.share();
            let rest = rest_after(took, share);
            metrics::rebuild_pause(rest);
            sleep(rest).await;
            drop(turn);
        }
        self.piece = Some(Piece::begin(&self.throttle.state));
    }
}

/// A piece of work under way.
#[derive(Debug)]
struct Piece {
    state: Arc<State>,
    begun_at: Instant,
}

impl Piece {
    fn begin(state: &Arc<State>) -> Self {
        state.working.fetch_add(1, Ordering::Relaxed);
        Self { state: Arc::clone(state), begun_at: Instant::now() }
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.state.working.fetch_sub(1, Ordering::Relaxed);
    }
}

fn rest_after(took: Duration, share: u32) -> Duration {
    (took * (ALL - share.clamp(1, ALL)) / share.max(1)).min(REST_MAX)
}

async fn look(mut connection: PgConnection, state: &State, rebuild: Uuid) -> sqlx::Result<()> {
    let mut seen = Seen::default();
    for turn in 0_u32.. {
        if turn % LOOKS_PER_ASKING == 0 {
            let is_cancelled = !is_wanted(&mut connection, rebuild).await?;
            state.is_cancelled.store(is_cancelled, Ordering::Relaxed);
        }
        let is_working = state.working.load(Ordering::Relaxed) > 0;
        if let Some(longest) = look_at_lanes(&mut connection).await? {
            seen.add(is_working, longest);
            state.share.store(seen.next(state.share.load(Ordering::Relaxed)), Ordering::Relaxed);
        } else {
            seen = Seen::default();
            state.share.store(ALL, Ordering::Relaxed);
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use super::{ALL, LAG, REST_MAX, State, rest_after};

    #[test]
    fn who_does_not_gain_on_the_log_works_more_until_it_does() {
        let state = State::default();
        state.share.store(200, Ordering::Relaxed);
        let shares = |lags: &[usize]| -> Vec<u32> {
            let share = |events: &usize| {
                state.follow(*events);
                state.share()
            };
            lags.iter().map(share).collect()
        };
        assert_eq!(shares(&[9_000, 8_000, LAG, LAG, LAG]), [200, 200, 200, 200, 200]);
        assert_eq!(shares(&[9_000, 8_000, 8_000, 9_000]), [400, 400, 800, ALL]);
        assert!(!state.is_outrun.load(Ordering::Relaxed));
        assert_eq!(shares(&[9_000, 3_000, LAG / 2]), [ALL, ALL, ALL]);
        assert!(state.is_outrun.load(Ordering::Relaxed));
        assert_eq!(shares(&[3, 3, 3]), [500, 250, 200]);
        assert!(!state.is_outrun.load(Ordering::Relaxed));
        // Who was outrun before knows it sooner.
        assert_eq!(shares(&[LAG + 1]), [ALL]);
        assert!(state.is_outrun.load(Ordering::Relaxed));
    }

    #[test]
    fn a_rest_is_as_long_as_the_share_asks() {
        let piece = Duration::from_millis(10);
        assert_eq!(rest_after(piece, ALL), Duration::ZERO);
        assert_eq!(rest_after(piece, 500), piece);
        assert_eq!(rest_after(piece, 100), piece * 9);
        assert_eq!(rest_after(Duration::from_hours(1), 100), REST_MAX);
    }
}
