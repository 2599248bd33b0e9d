//! Commands become events, table rows, audit lines and receipts, together.

use leasehold::dispatch::{Failure, Verdict};
use leasehold_domain::company::CommandType::{AcquireLease, CreateEnvironment, ReleaseLease};
use serde_json::json;
use sqlx::Executor;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::code;
use crate::support::orders::{company, environment, keyed, lease, only_place, order};

#[tokio::test]
async fn a_command_becomes_an_event_a_row_and_an_audit_line() {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = database.dispatcher();
    let company = company();
    let body = json!({"name": "build box", "driver": "ssh"});
    let made = environment(dispatcher.dispatch(company, order(CreateEnvironment, body)).await);
    let body = format!(r#"{{"environmentId": "{}", "metadata": {{"n": 1.50}}}}"#, made.id);
    let body = serde_json::from_str(&body).unwrap();
    let held = lease(dispatcher.dispatch(company, order(AcquireLease, body)).await);
    assert_eq!(held.status, "active");
    let body = json!({"leaseId": held.id, "failureReason": "Zeitüberschreitung ⏱"});
    let over = lease(dispatcher.dispatch(company, order(ReleaseLease, body)).await);
    assert_eq!(over.status, "released");
    let counts: (i64, i64, i64, i64, String) = sqlx::query_as(
        "select (select count(*) from leasehold.events),
                (select count(*) from leasehold.activity_log),
                (select count(*) from leasehold.receipts),
                (select position from leasehold.heads),
                (select status || ' ' || (metadata ->> 'n') from leasehold.environment_leases)",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    assert_eq!(counts, (3, 3, 3, 3, "released 1.50".to_owned()));
    drop(dispatcher);
    lanes.finish().await;
    database.drop().await;
}

#[tokio::test]
async fn the_same_key_and_body_hear_the_same_and_another_body_is_told_so() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let body = json!({"name": "box", "driver": "ssh"});
    let first = dispatcher.dispatch(company, keyed("k1", CreateEnvironment, body.clone())).await;
    let first = environment(first);
    let again = dispatcher.dispatch(company, keyed("k1", CreateEnvironment, body)).await;
    assert!(matches!(&again, Verdict::Accepted { is_replayed: true, .. }), "{again:?}");
    assert_eq!(environment(again), first);
    let body = json!({"name": "another", "driver": "ssh"});
    let other = dispatcher.dispatch(company, keyed("k1", CreateEnvironment, body)).await;
    let mismatch = Failure::IdempotencyMismatch;
    assert!(matches!(other, Verdict::Failed { failure, .. } if failure == mismatch), "{other:?}");
    database.drop().await;
}

#[tokio::test]
async fn a_company_of_many_open_leases_is_whole_after_a_start() {
    const LEASES: usize = 300;
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let body = json!({"name": "full", "driver": "ssh", "capacity": LEASES});
    let made = environment(dispatcher.dispatch(company, order(CreateEnvironment, body)).await);
    let take = || order(AcquireLease, json!({"environmentId": made.id}));
    let taken = dispatcher.dispatch_all(company, (0..LEASES).map(|_| take()).collect(), true).await;
    let mut leases: Vec<_> = taken.into_iter().map(lease).collect();
    let (again, _lanes) = database.dispatcher();
    let Verdict::Refused { refusal, .. } = again.dispatch(company, take()).await else {
        panic!("there was room for one more")
    };
    assert_eq!(refusal.code_and_evidence().unwrap().0, "capacity_exhausted");
    let last = leases.pop().unwrap().id;
    let end = order(ReleaseLease, json!({"leaseId": last}));
    assert_eq!(lease(again.dispatch(company, end).await).status, "released");
    lease(again.dispatch(company, take()).await);
    database.drop().await;
}

/// A company keeps a hundred streams or two that have ended; the rest is in the log.
#[tokio::test]
async fn an_end_is_final_also_when_it_is_not_in_memory_any_more() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = only_place(&dispatcher, company).await;
    let end =
        |id: Uuid, status: &str| order(ReleaseLease, json!({"leaseId": id, "status": status}));
    let mut leases = Vec::new();
    for _ in 0..200 {
        let take = order(AcquireLease, json!({"environmentId": place}));
        let held = lease(dispatcher.dispatch(company, take).await).id;
        lease(dispatcher.dispatch(company, end(held, "released")).await);
        leases.push(held);
    }
    let again = lease(dispatcher.dispatch(company, end(leases[0], "released")).await);
    assert_eq!(again.status, "released");
    let other = dispatcher.dispatch(company, end(leases[1], "failed")).await;
    assert_eq!(code(&other), "lease_ended");
    database.drop().await;
}

/// What a lane's own session is set to is seen from within it alone: here by a trigger.
#[tokio::test]
async fn lanes_are_durable_and_written_out_whatever_the_database_says() {
    let database = TestDatabase::new().await;
    let watch = "create table seen as select name, setting from pg_settings where false;
        create function see() returns trigger language plpgsql as $$
        begin
          insert into seen select name, setting from pg_settings
          where name in ('synchronous_commit', 'backend_flush_after');
          return null;
        end $$;
        create trigger see after insert on leasehold.activity_log
          for each statement execute function see();
        do $$ begin
          execute format('alter database %I set synchronous_commit = off', current_database());
        end $$";
    database.pool.execute(watch).await.unwrap();
    let (dispatcher, _lanes) = database.dispatcher();
    let made = order(CreateEnvironment, json!({"name": "box", "driver": "ssh"}));
    environment(dispatcher.dispatch(company(), made).await);
    let seen: Vec<(String, String)> =
        sqlx::query_as("select name, setting from seen order by name")
            .fetch_all(&database.pool)
            .await
            .unwrap();
    // In pages of 8 kB.
    let wanted = [("backend_flush_after", "64"), ("synchronous_commit", "on")];
    assert_eq!(seen, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    database.drop().await;
}
