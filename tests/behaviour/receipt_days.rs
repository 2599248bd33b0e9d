//! Receipts lie in daily partitions: made ahead, dropped when old, and never a reason to fail.

use std::time::Duration;

use chrono::{Days, NaiveDate, Utc};
use leasehold::dispatch::Verdict;
use leasehold::log::{drop_old_receipts, make_partitions};
use leasehold_domain::company::CommandType::{AcquireLease, CreateEnvironment, ReleaseLease};
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::said;
use crate::support::orders::{company, environment, keyed, lease, only_place, order};

async fn partitions(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select relname::text from pg_catalog.pg_inherits
         join pg_catalog.pg_class c on c.oid = inhrelid
         where inhparent = 'leasehold.receipts'::regclass
         order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

fn name(day: NaiveDate) -> String {
    day.format("receipts_%Y_%m_%d").to_string()
}

#[tokio::test]
async fn there_is_a_partition_for_today_and_for_the_next_day_before_it_begins() {
    let database = TestDatabase::new().await;
    let today = Utc::now().date_naive();
    assert!(partitions(&database.pool).await.contains(&name(today)));
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let day = today.checked_add_days(Days::new(30)).unwrap();
    let made_at = async |connection: &mut PgConnection, hour: u32| {
        let before = partitions(&database.pool).await;
        make_partitions(connection, day.and_hms_opt(hour, 0, 0).unwrap().and_utc()).await.unwrap();
        let there = partitions(&database.pool).await;
        there.into_iter().filter(|name| !before.contains(name)).collect::<Vec<_>>()
    };
    assert_eq!(made_at(&mut connection, 12).await, [name(day)]);
    assert_eq!(made_at(&mut connection, 12).await, [""; 0], "made twice");
    assert_eq!(made_at(&mut connection, 19).await, [name(day.succ_opt().unwrap())]);
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn only_partitions_in_which_everything_is_old_are_dropped() {
    let database = TestDatabase::new().await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let now = Utc::now();
    let day = |ago| now.date_naive().checked_sub_days(Days::new(ago)).unwrap();
    let before = partitions(&database.pool).await;
    for ago in 3..=10 {
        make_partitions(&mut connection, now - Duration::from_hours(ago * 24)).await.unwrap();
    }
    let week = Duration::from_hours(7 * 24);
    let dropped = drop_old_receipts(&mut connection, now, week).await.unwrap();
    assert_eq!(dropped, 3, "days 10, 9 and 8 ago");
    let there = partitions(&database.pool).await;
    for ago in 8..11 {
        assert!(!there.contains(&name(day(ago))), "{ago} days ago is still there");
    }
    for ago in 3..8 {
        assert!(there.contains(&name(day(ago))), "{ago} days ago is gone");
    }
    assert!(before.iter().all(|kept| there.contains(kept)), "{there:?}");
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn a_command_works_and_is_replayed_without_todays_partition() {
    let database = TestDatabase::new().await;
    let today = Utc::now().date_naive();
    // Tomorrow's as well: the test may run at midnight.
    for day in [today, today.succ_opt().unwrap()] {
        database
            .pool
            .execute(&*format!("drop table if exists leasehold.{}", name(day)))
            .await
            .unwrap();
    }
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let create = || keyed("create", CreateEnvironment, json!({"name": "box", "driver": "ssh"}));
    let made = dispatcher.dispatch(company, create()).await;
    let again = dispatcher.dispatch(company, create()).await;
    assert!(matches!(again, Verdict::Accepted { is_replayed: true, .. }), "{again:?}");
    assert_eq!(said(&again), said(&made));
    // The partition cannot be made now, and that is no reason to stop.
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    make_partitions(&mut connection, Utc::now()).await.unwrap();
    let kept: i64 = sqlx::query_scalar("select count(*) from leasehold.receipts_default")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(kept, 1);
    assert_eq!(environment(dispatcher.dispatch(company, create()).await).name, "box");
    connection.close().await.unwrap();
    database.drop().await;
}

/// Another process has the company's head and no memory of the refusal, which moved nothing.
#[tokio::test]
async fn a_refusal_of_another_day_is_heard_again_whatever_became_free() {
    let database = TestDatabase::new().await;
    let (mine, _lanes) = database.dispatcher();
    let (theirs, _others) = database.dispatcher();
    let company = company();
    let environment = only_place(&mine, company).await;
    let run = Uuid::now_v7();
    let wanted = || json!({"environmentId": environment, "heartbeatRunId": run});
    let other = json!({"environmentId": environment, "heartbeatRunId": Uuid::now_v7()});
    let held = lease(mine.dispatch(company, order(AcquireLease, other)).await).id;
    let refused = mine.dispatch(company, keyed("mine", AcquireLease, wanted())).await;
    let yesterday = "update leasehold.receipts set day = day - 1 where key = 'mine'";
    database.pool.execute(yesterday).await.unwrap();
    let again = async || theirs.dispatch(company, keyed("mine", AcquireLease, wanted())).await;
    assert!(matches!(again().await, Verdict::Refused { is_replayed: true, .. }));
    lease(theirs.dispatch(company, order(ReleaseLease, json!({"leaseId": held}))).await);
    let heard = again().await;
    assert!(matches!(heard, Verdict::Refused { is_replayed: true, .. }), "{heard:?}");
    assert_eq!(said(&heard), said(&refused));
    database.drop().await;
}
