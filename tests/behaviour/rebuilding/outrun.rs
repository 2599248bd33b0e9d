//! Writers who are faster than the rebuild that follows them: it ends all the same, and what it swaps
//! in is what the log means.

use std::sync::atomic::Ordering;
use std::time::Duration;

use leasehold::dispatch::Settings;
use sqlx::Executor;
use tokio::time::sleep;

use super::{Writers, lived, rebuilt, sound};

/// Who writes side by side, where a rebuild follows alone.
const WRITERS: usize = 8;
const LANES: usize = 4;
/// Leases that the writers may take and release until the rebuild has ended: without being held up by
/// it they go on to there, however slow the machine is, and so does a rebuild that never ends.
const LEASES_MAX: usize = 15_000;

/// Makes every row of the activity slow to index for the rebuild alone, without work for the
/// processors: it follows no more than four hundred events a second.
const SLOW: &str = "
    create function public.slow(at bigint) returns bigint language plpgsql immutable as $$
    begin
      if pg_catalog.current_setting('application_name') = 'leasehold rebuild' then
        perform pg_catalog.pg_sleep(0.0015);
      end if;
      return at;
    end
    $$;
    create index activity_log_slow_idx on leasehold.activity_log (public.slow(position))";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_ends_though_the_log_grows_faster_than_it_follows() {
    let database = lived(1).await;
    database.pool.execute(SLOW).await.unwrap();
    let settings = Settings { lanes: LANES, ..Settings::default() };
    let pause = Duration::from_millis(10);
    let writers = Writers::start(&database, settings, WRITERS, pause);
    let outrun = async {
        while writers.done.load(Ordering::SeqCst) < LEASES_MAX {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let verdict = tokio::select! {
        verdict = rebuilt(&database) => verdict.unwrap(),
        () = outrun => panic!("{LEASES_MAX} leases were written and it has not ended"),
    };
    assert!(verdict.is_same(), "{verdict}");
    writers.go_on().await;
    writers.stop().await;
    sound(&database).await;
    database.drop().await;
}
