//! Whoever reads a shadow table when it is to be swapped in, a backup or a vacuum, keeps the rebuild
//! waiting and nobody else.

use std::sync::Arc;
use std::time::Duration;

use leasehold::dispatch::Settings;
use leasehold::rebuild::{Progress, rebuild};
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::Notify;

use super::{Writers, lived, options, sound};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_a_shadow_table_keeps_nobody_from_writing() {
    let database = lived(2).await;
    let pause = Duration::from_millis(50);
    let writers = Writers::start(&database, Settings::default(), 4, pause);
    let (comparing, swapping) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let heard = (Arc::clone(&comparing), Arc::clone(&swapping));
    let told = Arc::new(move |progress| match progress {
        Progress::Comparing => heard.0.notify_one(),
        Progress::Swapping => heard.1.notify_one(),
        Progress::Expected(_) | Progress::Loaded(_) | Progress::Indexing => {}
    });
    let target = database.options.clone();
    let mut reader = PgConnection::connect_with(&database.options).await.unwrap();
    let running = tokio::spawn(async move { rebuild(&target, &options(), told).await });
    // Until the indexes are made the rebuild itself would wait.
    comparing.notified().await;
    let read = "begin; lock table leasehold.environments_shadow in access share mode";
    reader.execute(read).await.unwrap();
    swapping.notified().await;
    // The tables cannot be swapped, and are not locked for that either.
    writers.go_on().await;
    writers.go_on().await;
    assert!(!running.is_finished());
    reader.execute("commit").await.unwrap();
    let verdict = running.await.unwrap().unwrap();
    assert!(verdict.is_same(), "{verdict}");
    writers.stop().await;
    reader.close().await.unwrap();
    sound(&database).await;
    database.drop().await;
}
