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
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::record::is_wanted;
use crate::metrics;

/// How often lanes are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(40);
/// Looks between two of whether the rebuild is wanted.
const LOOKS_PER_ASKING: u32 = 12;
/// Looks between two changes of the share: what changed has to be seen first.
const LOOKS_PER_CHANGE: u32 = 15;
/// The share of the time that is worked, in thousandths: all of it where nobody writes; the first and
/// the bounds where somebody does, below which nobody who writes a lot would ever be caught up with;
/// how much more is tried at once.
const ALL: u32 = 1_000;
const FIRST: u32 = 150;
const BOUNDS: (u32, u32) = (100, 500);
const MORE: u32 = 25;
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

#[derive(Debug)]
struct State {
    /// In thousandths.
    share: AtomicU32,
    /// Workers that do not rest.
    working: AtomicU32,
    is_cancelled: AtomicBool,
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
        let (working, is_cancelled) = (AtomicU32::new(0), AtomicBool::new(false));
        let state = Arc::new(State { share, working, is_cancelled });
        let looked_from = Arc::clone(&state);
        let looking = tokio::spawn(async move {
            if let Err(error) = look(connection, &looked_from, rebuild).await {
                tracing::debug!(%error, "nobody looks at the lanes");
            }
            looked_from.share.store(ALL, Ordering::Relaxed);
        });
        Ok(Self { state, turn: Mutex::new(()), looking })
    }

    fn is_held(&self) -> bool {
        self.state.share.load(Ordering::Relaxed) < ALL
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

    /// Makes a connection's next statements gentle to who writes, or as fast as they can be.
    pub(super) async fn tune(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let tune = if self.is_held() {
            "set max_parallel_maintenance_workers = 0;
             set max_parallel_workers_per_gather = 0;
             set vacuum_cost_delay = '2ms'"
        } else {
            "reset max_parallel_maintenance_workers;
             reset max_parallel_workers_per_gather;
             reset vacuum_cost_delay"
        };
        connection.execute(tune).await.map(|_| ())
    }

    /// A piece is done: rests as long as it has to.
    pub(super) async fn rest(&mut self) {
        let Some(took) = self.piece.take().map(|piece| piece.begun_at.elapsed()) else { return };
        if self.throttle.is_held() {
            let turn = self.throttle.turn.lock().await;
            let share = self.throttle.state.share.load(Ordering::Relaxed);
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

/// How long lanes' statements last on average, in seconds, as they were met.
#[derive(Debug, Default)]
struct Seen {
    /// While the rebuild rests, and while it works.
    resting: Option<f64>,
    working: Option<f64>,
    looks: u32,
}

impl Seen {
    fn add(&mut self, is_working: bool, longest: f64) {
        let average = if is_working { &mut self.working } else { &mut self.resting };
        let before = average.unwrap_or(longest);
        *average = Some(before + (longest - before) / 16.0);
        self.looks += 1;
    }

    /// Whether lanes take half as long again, and a millisecond, while the rebuild works; none before
    /// both were seen.
    fn suffers(&self) -> Option<bool> {
        Some(self.working? > 1.5 * self.resting? + 0.001)
    }

    /// The share after the one that is.
    fn next(&mut self, share: u32) -> u32 {
        if share == ALL {
            return FIRST;
        }
        if self.looks < LOOKS_PER_CHANGE {
            return share;
        }
        self.looks = 0;
        let (least, most) = BOUNDS;
        match self.suffers() {
            Some(true) => (share / 2).max(least),
            Some(false) => (share + MORE).min(most),
            None => share,
        }
    }
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

/// How long the longest statement lasts that a lane has in hand, in seconds; none when no lane has
/// done anything for a second.
async fn look_at_lanes(connection: &mut PgConnection) -> sqlx::Result<Option<f64>> {
    sqlx::query_scalar(
        "select max(case when state = 'active'
                    then extract(epoch from clock_timestamp() - query_start) else 0 end)::float8
         from pg_catalog.pg_stat_activity
         where datname = current_database()
           and application_name like 'leasehold lane %'
           and (state = 'active' or state_change > clock_timestamp() - interval '1 s')",
    )
    .fetch_one(connection)
    .await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ALL, BOUNDS, FIRST, LOOKS_PER_CHANGE, REST_MAX, Seen, rest_after};

    fn looked(seen: &mut Seen, working: f64, share: u32) -> u32 {
        for turn in 0..LOOKS_PER_CHANGE {
            seen.add(turn % 2 == 0, if turn % 2 == 0 { working } else { 0.004 });
        }
        seen.next(share)
    }

    #[test]
    fn the_share_grows_while_nobody_suffers_and_is_halved_when_somebody_does() {
        let mut seen = Seen::default();
        let mut share = seen.next(ALL);
        assert_eq!(share, FIRST);
        for _ in 0..100 {
            share = looked(&mut seen, 0.005, share);
        }
        assert_eq!(share, BOUNDS.1);
        let halved: Vec<u32> = (0..8)
            .map(|_| {
                share = looked(&mut seen, 0.050, share);
                share
            })
            .collect();
        assert_eq!(halved, [250, 125, 100, 100, 100, 100, 100, 100]);
    }

    #[test]
    fn nothing_changes_before_lanes_were_met_at_work_and_at_rest() {
        let mut seen = Seen::default();
        for _ in 0..LOOKS_PER_CHANGE {
            seen.add(true, 1.0);
        }
        assert_eq!(seen.next(FIRST), FIRST);
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
