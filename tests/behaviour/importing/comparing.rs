//! What holding a source against the tables sees.

use leasehold::import::Table;
use serde_json::json;
use sqlx::Executor;

use super::rows::{Files, activity, environment, lease, with};
use super::{hold_against, take_in, take_in_all};
use crate::support::database::TestDatabase;

#[tokio::test]
async fn a_difference_in_any_column_is_seen_to_the_microsecond() {
    let database = TestDatabase::new().await;
    let rows = [lease(1, 1, 1), lease(2, 1, 1), lease(3, 1, 1), lease(4, 1, 1)];
    let told = [activity(5, 1, "environment.lease_acquired", 1)];
    let files = Files::new().rows(Table::Environments, &[environment(1)]);
    let files = files.rows(Table::Leases, &rows).rows(Table::Activity, &told);
    take_in_all(&database, &files).await;
    let change = "
        update leasehold.environment_leases set last_used_at = last_used_at + interval '1 us'
        where id in (select id from leasehold.environment_leases order by id limit 2);
        update leasehold.environment_leases set metadata = '{\"driver\": \"ssh\", \"n\": null}'
        where id = (select min(id::text)::uuid from leasehold.environment_leases);
        delete from leasehold.environment_leases
        where id = (select max(id::text)::uuid from leasehold.environment_leases);
        alter table leasehold.activity_log drop constraint activity_log_pkey;
        insert into leasehold.activity_log
        select * from leasehold.activity_log where action = 'environment.lease_acquired';
        update leasehold.environments set config = config || '{\"n\": 1}';";
    database.pool.execute(change).await.unwrap();
    let comparison = hold_against(&database, &mut files.open().await).await;
    assert!(!comparison.is_equal());
    let leases = &comparison.tables[&Table::Leases];
    assert_eq!((leases.rows, leases.missing), (4, 1));
    let differing = [("last_used_at".to_owned(), 2), ("metadata".to_owned(), 1)];
    assert_eq!(leases.differing, differing.into());
    assert_eq!(comparison.tables[&Table::Activity].repeated, 1);
    let environments = &comparison.tables[&Table::Environments];
    assert_eq!(environments.differing, [("config".to_owned(), 1)].into());
    database.drop().await;
}

#[tokio::test]
async fn what_the_source_changed_since_is_seen_and_not_followed() {
    let database = TestDatabase::new().await;
    let files = Files::new().rows(Table::Environments, &[environment(1)]);
    let files = files.rows(Table::Leases, &[lease(1, 1, 1)]);
    take_in_all(&database, &files).await;
    let changed = with(lease(1, 1, 1), json!({"provider_lease_id": "vm-2"}));
    let files = files.rows(Table::Leases, &[changed]);
    let mut source = files.open().await;
    assert_eq!(take_in(&database, &mut source).await.counts[&Table::Leases].known, 1);
    let comparison = hold_against(&database, &mut source).await;
    let differing = &comparison.tables[&Table::Leases].differing;
    assert_eq!(*differing, [("provider_lease_id".to_owned(), 1)].into());
    database.drop().await;
}

#[tokio::test]
async fn json_is_equal_by_its_meaning() {
    let database = TestDatabase::new().await;
    let files = Files::new().rows(Table::Environments, &[environment(1)]);
    let row = |metadata: &str| {
        with(lease(1, 1, 1), json!({"metadata": "m"})).to_string().replace("\"m\"", metadata)
    };
    files.text(Table::Leases, &row(r#"{"a": 1.50, "b": [1e2, "ä"], "c": {"x": null}}"#));
    take_in_all(&database, &files).await;
    files.text(Table::Leases, &row(r#"{"c": {"x": null}, "b": [100, "\u00e4"], "a": 1.5}"#));
    assert!(hold_against(&database, &mut files.open().await).await.is_equal());
    database.drop().await;
}
