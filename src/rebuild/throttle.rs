//! Holding a rebuild back while appends suffer.
//!
//! What is looked at is how long the statements last that lanes have in hand, in whichever process
//! they are. While one lasts longer than it should, the rebuild pauses after each piece, for longer
//! and longer; when none does, the pauses shrink again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::metrics;

/// How often lanes are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A statement of a lane that lasts longer suffers.
const SUFFERS_AFTER: Duration = Duration::from_millis(20);
/// The first pause, and the longest.
const PAUSES_MS: (u64, u64) = (5, 500);

/// Pauses that follow the lanes.
#[derive(Debug)]
pub(super) struct Throttle {
    pause_ms: Arc<AtomicU64>,
    looking: JoinHandle<()>,
}

impl Throttle {
    /// Begins to look. A database that does not say how its lanes are is not held back for.
    pub(super) fn begin(database: &PgConnectOptions) -> Self {
        let pause_ms = Arc::new(AtomicU64::new(0));
        let options =
            database.clone().application_name("leasehold rebuild").disable_statement_logging();
        let pause = Arc::clone(&pause_ms);
        let looking = tokio::spawn(async move {
            if let Err(error) = look(&options, &pause).await {
                tracing::debug!(%error, "nobody looks at the lanes");
            }
            pause.store(0, Ordering::Relaxed);
        });
        Self { pause_ms, looking }
    }

    /// Waits as long as it is to wait now.
    pub(super) async fn hold(&self) {
        let pause = self.pause_ms.load(Ordering::Relaxed);
        if pause > 0 {
            sleep(Duration::from_millis(pause)).await;
        }
    }
}

impl Drop for Throttle {
    fn drop(&mut self) {
        self.looking.abort();
        metrics::rebuild_pause(Duration::ZERO);
    }
}

async fn look(options: &PgConnectOptions, pause: &AtomicU64) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect_with(options).await?;
    loop {
        let longest = find_longest(&mut connection).await?;
        let next = next(pause.load(Ordering::Relaxed), longest > SUFFERS_AFTER.as_secs_f64());
        pause.store(next, Ordering::Relaxed);
        metrics::rebuild_pause(Duration::from_millis(next));
        sleep(LOOK_EVERY).await;
    }
}

/// The pause after the one that is.
fn next(pause_ms: u64, suffers: bool) -> u64 {
    let (first, longest) = PAUSES_MS;
    if suffers { (2 * pause_ms).clamp(first, longest) } else { pause_ms / 2 }
}

/// How long the longest statement lasts that a lane has in hand, in seconds.
async fn find_longest(connection: &mut PgConnection) -> sqlx::Result<f64> {
    sqlx::query_scalar(
        "select coalesce(max(extract(epoch from clock_timestamp() - query_start)), 0)::float8
         from pg_catalog.pg_stat_activity
         where datname = current_database()
           and application_name like 'leasehold lane %'
           and state = 'active'",
    )
    .fetch_one(connection)
    .await
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn pauses_grow_while_lanes_suffer_and_go_when_they_do_not() {
        let mut pause = 0;
        let grown: Vec<u64> = (0..9)
            .map(|_| {
                pause = next(pause, true);
                pause
            })
            .collect();
        assert_eq!(grown, [5, 10, 20, 40, 80, 160, 320, 500, 500]);
        let looks = (0..).take_while(|_| {
            pause = next(pause, false);
            pause > 0
        });
        assert!(looks.count() < 10);
    }
}
