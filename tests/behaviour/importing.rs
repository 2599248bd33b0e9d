//! The rows of a Paperclip installation become history, equal in every column.

mod bad_input;
mod breaking;
mod comparing;
mod environments;
mod leases;
mod live;
mod rows;
mod sample;

use leasehold::import::{Comparison, Report, Silent, Source, compare, import};

use crate::support::database::TestDatabase;
use rows::Files;

/// Imports a source into a test's database.
async fn take_in(database: &TestDatabase, source: &mut Source) -> Report {
    let (dispatcher, lanes) = database.dispatcher();
    let report = import(source, &dispatcher, &database.pool, &Silent).await.unwrap();
    drop(dispatcher);
    lanes.finish().await;
    for (table, counts) in &report.counts {
        let sum = counts.imported + counts.known + counts.skipped + counts.rejected;
        assert_eq!(counts.read, sum, "each row of {table} is counted once: {counts:?}");
    }
    report
}

/// Holds a source against a test's database.
async fn hold_against(database: &TestDatabase, source: &mut Source) -> Comparison {
    compare(source, &database.pool, &Silent).await.unwrap()
}

/// Imports files of which every row can be taken in, and sees that each equals its projection.
async fn take_in_all(database: &TestDatabase, files: &Files) -> Report {
    let mut source = files.open().await;
    let report = take_in(database, &mut source).await;
    assert_eq!(report.rejected, []);
    let comparison = hold_against(database, &mut source).await;
    assert!(comparison.is_equal(), "{comparison:#?}");
    report
}

/// What was not taken in, in words, with shortened ids.
fn reasons(report: &Report) -> Vec<String> {
    report.rejected.iter().map(ToString::to_string).collect()
}

/// One value of the ledger's database, as text.
async fn shown(database: &TestDatabase, sql: &str) -> Option<String> {
    sqlx::query_scalar(sql).fetch_one(&database.pool).await.unwrap()
}

/// How many events there are.
async fn count_events(database: &TestDatabase) -> i64 {
    sqlx::query_scalar("select count(*) from leasehold.events")
        .fetch_one(&database.pool)
        .await
        .unwrap()
}
