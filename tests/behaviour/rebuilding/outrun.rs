//! Writers who are faster than the rebuild that follows them: it ends all the same, and what it swaps
//! in is what the log means. It takes minutes: `LEASEHOLD_LONG` has it run.

use std::io::Write;
use std::time::Duration;

use leasehold::dispatch::Settings;
use sqlx::Executor;

use super::{Writers, lived, rebuilt, sound};

/// Lanes, each with companies of its own: they write side by side, a rebuild follows alone.
const LANES: usize = 6;

/// Makes every row of the activity slow to index, without work for the processors.
const SLOW: &str = "
    create function public.slow(at bigint) returns bigint language plpgsql immutable as $$
    begin
      perform pg_catalog.pg_sleep(0.002);
      return at;
    end
    $$;
    create index activity_log_slow_idx on leasehold.activity_log (public.slow(position))";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_ends_though_the_log_grows_faster_than_it_follows() {
    if std::env::var_os("LEASEHOLD_LONG").is_none() {
        writeln!(std::io::stderr(), "not checked: it takes minutes").unwrap();
        return;
    }
    let database = lived(2).await;
    database.pool.execute(SLOW).await.unwrap();
    let settings = Settings { lanes: LANES, ..Settings::default() };
    let writers = Writers::start(&database, settings, 4 * LANES, Duration::ZERO);
    let verdict = rebuilt(&database).await.unwrap();
    assert!(verdict.is_same(), "{verdict}");
    writers.go_on().await;
    writers.stop().await;
    sound(&database).await;
    database.drop().await;
}
