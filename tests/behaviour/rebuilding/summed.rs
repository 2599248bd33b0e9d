//! Whole tables are compared by sums of hashes: what a weaker hash would take for the same is found.

use std::sync::Arc;

use leasehold::rebuild::{RebuildError, rebuild};
use leasehold_domain::company::CommandType::{AcquireLease, CreateEnvironment};
use serde_json::json;
use sqlx::Executor;
use uuid::Uuid;

use super::options;
use crate::support::database::TestDatabase;
use crate::support::orders::{company, environment, lease, order};

/// A ledger with one lease, with notes.
async fn noted() -> TestDatabase {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = database.dispatcher();
    let (id, body) = (company(), json!({"name": "box", "driver": "ssh"}));
    let place = environment(dispatcher.dispatch(id, order(CreateEnvironment, body)).await).id;
    let metadata = json!({"a": {"b": 1}, "c": 2, "d": 1.50});
    let body =
        json!({"environmentId": place, "heartbeatRunId": Uuid::now_v7(), "metadata": metadata});
    lease(dispatcher.dispatch(id, order(AcquireLease, body)).await);
    drop(dispatcher);
    lanes.finish().await;
    database
}

#[tokio::test]
async fn what_postgresqls_hashes_of_columns_take_for_the_same_is_found() {
    for (column, edit) in [
        // Ends of objects are not hashed.
        ("metadata", "'{\"a\": {\"b\": 1, \"c\": 2}, \"d\": 1.50}'"),
        // The halves of a number are hashed as one.
        ("fence", "fence # ((5::bigint << 32) | 5)"),
    ] {
        let database = noted().await;
        let edit = format!("update leasehold.environment_leases set {column} = {edit}");
        database.pool.execute(&*edit).await.unwrap();
        let done = rebuild(&database.options, &options(), Arc::new(|_| ())).await;
        let Err(RebuildError::Differs(verdict)) = done else { panic!("{column}: {done:?}") };
        let expected = [(format!("environment_leases.{column}"), 1)];
        assert_eq!(verdict.differing.into_iter().collect::<Vec<_>>(), expected);
        database.drop().await;
    }
}

#[tokio::test]
async fn what_is_only_written_otherwise_is_no_difference() {
    let database = noted().await;
    let edit =
        "update leasehold.environment_leases set metadata = jsonb_set(metadata, '{d}', '1.5')";
    assert_eq!(database.pool.execute(edit).await.unwrap().rows_affected(), 1);
    let verdict = rebuild(&database.options, &options(), Arc::new(|_| ())).await.unwrap();
    assert!(verdict.is_same(), "{verdict}");
    // The third line says who asked for the rebuild.
    let compared = ["activity_log", "environment_leases", "environments"];
    assert_eq!(compared.map(|table| verdict.compared[table]), [3, 1, 1]);
    database.drop().await;
}
