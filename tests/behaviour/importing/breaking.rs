//! An import whose connections are broken on purpose.

use std::time::Duration;

use leasehold::import::{Silent, Source, Table, import};
use tokio::time::timeout;

use super::hold_against;
use super::sample::sample;
use crate::support::database::TestDatabase;

/// Ends the lanes' connections each time that the log has grown past one of these.
async fn break_connections(database: &TestDatabase, lengths: &[i64]) -> usize {
    let mut broken = 0;
    for length in lengths {
        loop {
            let ended: Vec<bool> = sqlx::query_scalar(
                "select pg_terminate_backend(pid)
                 from pg_stat_activity
                 where datname = current_database()
                   and application_name like 'leasehold lane%'
                   and (select count(*) from leasehold.events) > $1",
            )
            .bind(length)
            .fetch_all(&database.pool)
            .await
            .unwrap();
            if !ended.is_empty() {
                broken += 1;
                break;
            }
        }
    }
    broken
}

#[tokio::test]
async fn an_import_goes_on_over_broken_connections_and_takes_nothing_in_twice() {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = database.dispatcher();
    let mut source = Source::directory(sample()).await.unwrap();
    let importing = import(&mut source, &dispatcher, &database.pool, &Silent);
    let breaking = break_connections(&database, &[50, 900, 1_700]);
    let bounded = timeout(Duration::from_mins(1), breaking);
    let (report, broken) = tokio::join!(importing, bounded);
    assert_eq!(broken, Ok(3));
    let report = report.unwrap();
    assert_eq!(report.rejected, []);
    let leases = report.counts[&Table::Leases];
    assert_eq!(leases.imported + leases.known, 1_600, "known: stored before it could be answered");
    drop(dispatcher);
    lanes.finish().await;
    let comparison = hold_against(&database, &mut source).await;
    assert!(comparison.is_equal(), "{comparison:#?}");
    database.drop().await;
}
