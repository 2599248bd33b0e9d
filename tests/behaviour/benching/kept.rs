//! A bench's database that is kept: what stands in it afterwards.

use serde_json::Value;
use sqlx::{Connection, PgConnection};

use super::{ALONE, bench};
use crate::support::database::TestDatabase;

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_leaves_no_rows_to_the_next_one() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::new().await;
    let url = database.url();
    let measured = tokio::task::spawn_blocking(move || {
        let only = "--only=crud,bare,cqrs-es";
        bench(&url, &[only, "--clients=2", "--rounds=1", "--seconds=0.5", "--keep"])
    });
    let output = measured.await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let samples = report["samples"].as_array().unwrap();
    assert!(samples.iter().all(|sample| sample["cycles"].as_u64().unwrap() > 0), "{samples:?}");
    let last = samples.last().unwrap()["contender"].as_str().unwrap();
    let name = report["database"].as_str().unwrap();
    let mut kept =
        PgConnection::connect_with(&database.options.clone().database(name)).await.unwrap();
    for (peer, table) in [
        ("crud", "crud.environment_leases"),
        ("crud", "crud.activity_log"),
        ("bare", "bare.events"),
        ("bare", "bare.environment_leases"),
        ("bare", "bare.activity_log"),
        ("cqrs-es", "stock.events"),
        ("cqrs-es", "stock.lease_view"),
    ] {
        let has_rows = format!("select exists (select from {table})");
        let has_rows: bool = sqlx::query_scalar(&has_rows).fetch_one(&mut kept).await.unwrap();
        assert_eq!(has_rows, peer == last, "{table}, and {last} was measured last");
    }
    kept.close().await.unwrap();
    // The name is the bench's own, of a prefix and hexadecimal digits.
    sqlx::query(&format!("drop database {name}")).execute(&database.pool).await.unwrap();
    database.drop().await;
}
