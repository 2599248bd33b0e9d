//! Rebuilds that are cancelled or killed, and programs that come too late.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use leasehold::dispatch::Settings;
use leasehold::ledger::{Ledger, Options as LedgerOptions};
use leasehold::rebuild::{Options, RebuildError, State, cancel, list_rebuilds, rebuild};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};
use tokio::time::sleep;

use super::{Writers, catalogue, lived, options, rebuilt, sound};
use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;
use crate::support::program::Program;

#[tokio::test]
async fn a_second_rebuild_is_told_who_runs_the_first_and_a_cancelled_one_leaves_nothing() {
    let database = lived(4).await;
    let slow = Options { events_per_second_max: Some(20), tasks: 1, ..options() };
    let target = database.options.clone();
    let running = tokio::spawn(async move { rebuild(&target, &slow, Arc::new(|_| ())).await });
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    while list_rebuilds(&mut connection).await.unwrap().is_empty() {
        sleep(Duration::from_millis(10)).await;
    }
    let Err(RebuildError::Running(first)) = rebuilt(&database).await else { panic!("two ran") };
    assert_eq!(first.asked_by, "a test");
    assert_eq!(
        cancel(&database.options, None).await.unwrap().map(|ended| ended.id),
        Some(first.id)
    );
    assert!(matches!(running.await.unwrap(), Err(RebuildError::Cancelled)));
    assert!(cancel(&database.options, None).await.unwrap().is_none());
    let left: i64 = sqlx::query_scalar(
        "select (select count(*) from leasehold.rebuild_spans)
              + (select count(*) from pg_class
                 where relnamespace = 'leasehold'::regnamespace and relname like '%\\_shadow%')",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(left, 0);
    assert_eq!(list_rebuilds(&mut connection).await.unwrap()[0].state, State::Cancelled);
    connection.close().await.unwrap();
    rebuilt(&database).await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn a_rebuild_that_was_killed_goes_on_where_it_was() {
    let database = lived(6).await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let slow = Options { events_per_second_max: Some(200), tasks: 1, ..options() };
    let target = database.options.clone();
    let running = tokio::spawn(async move { rebuild(&target, &slow, Arc::new(|_| ())).await });
    let loaded = "select count(*) from leasehold.rebuild_spans where is_loaded";
    while sqlx::query_scalar::<_, i64>(loaded).fetch_one(&mut connection).await.unwrap() < 2 {
        assert!(!running.is_finished());
        sleep(Duration::from_millis(5)).await;
    }
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    let before = list_rebuilds(&mut connection).await.unwrap();
    // What was appended meanwhile is in it too.
    let (dispatcher, lanes) = database.dispatcher();
    Life::new(&dispatcher, company()).round(1).await;
    drop(dispatcher);
    lanes.finish().await;
    while let Err(error) = rebuilt(&database).await {
        // The server may not have noticed yet that the first one is gone.
        assert!(matches!(error, RebuildError::Running(_)), "{error:?}");
        sleep(Duration::from_millis(20)).await;
    }
    let after = list_rebuilds(&mut connection).await.unwrap();
    assert_eq!((after.len(), after[0].id, after[0].state), (1, before[0].id, State::Swapped));
    assert!(before[0].rows > 0 && after[0].rows > before[0].rows);
    sound(&database).await;
    connection.close().await.unwrap();
    database.drop().await;
}

/// A rebuild that is cut off while it loads.
async fn cut_off_in_its_load(database: &TestDatabase) {
    let slow = Options { events_per_second_max: Some(20), tasks: 1, ..options() };
    let target = database.options.clone();
    let killed = tokio::spawn(async move { rebuild(&target, &slow, Arc::new(|_| ())).await });
    let begun = "select count(*) from leasehold.rebuild_spans";
    while sqlx::query_scalar::<_, i64>(begun).fetch_one(&database.pool).await.unwrap() == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    killed.abort();
    assert!(killed.await.unwrap_err().is_cancelled());
}

/// The server goes on with a statement when whoever sent it is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_a_killed_rebuild_still_makes_is_waited_for() {
    let database = lived(4).await;
    let before = catalogue(&database).await;
    cut_off_in_its_load(&database).await;
    let mut left = PgConnection::connect_with(&database.options).await.unwrap();
    left.execute(
        "begin;
         create unique index environment_leases_pkey_shadow
           on leasehold.environment_leases_shadow (id, company_id);
         alter table leasehold.environment_leases_shadow
           add constraint environment_leases_pkey_shadow
           primary key using index environment_leases_pkey_shadow",
    )
    .await
    .unwrap();
    let target = database.options.clone();
    let next = tokio::spawn(async move {
        loop {
            match rebuild(&target, &options(), Arc::new(|_| ())).await {
                // The server may not have noticed yet that the first one is gone.
                Err(RebuildError::Running(_)) => sleep(Duration::from_millis(20)).await,
                done => return done,
            }
        }
    });
    let waits = "select count(*) from pg_locks
                 where not granted and relation = 'leasehold.environment_leases_shadow'::regclass";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut left).await.unwrap() == 0 {
        assert!(!next.is_finished(), "{:?}", next.await);
        sleep(Duration::from_millis(5)).await;
    }
    left.execute("commit").await.unwrap();
    left.close().await.unwrap();
    assert!(next.await.unwrap().unwrap().is_same());
    assert_eq!(catalogue(&database).await, before);
    sound(&database).await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_that_somebody_else_has_gone_on_with_loads_nothing_more() {
    let database = lived(4).await;
    // Where somebody writes each piece is a transaction of its own.
    let pause = Duration::from_millis(50);
    let writers = Writers::start(&database, Settings::default(), 4, pause);
    writers.go_on().await;
    let slow = Options { events_per_second_max: Some(100), tasks: 1, ..options() };
    let target = database.options.clone();
    let running = tokio::spawn(async move { rebuild(&target, &slow, Arc::new(|_| ())).await });
    // What whoever goes on does first, while this one does not know yet that it is alone no more.
    let take = "update leasehold.rebuild_spans set runner = gen_random_uuid() where not is_loaded";
    while database.pool.execute(take).await.unwrap().rows_affected() == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    assert!(matches!(running.await.unwrap(), Err(RebuildError::TakenOver)));
    let verdict = rebuilt(&database).await.unwrap();
    assert!(verdict.is_same(), "{verdict}");
    writers.stop().await;
    sound(&database).await;
    database.drop().await;
}

#[tokio::test]
async fn the_program_can_be_killed_at_any_moment_of_a_rebuild() {
    let database = lived(4).await;
    let start = || {
        std::process::Command::new(env!("CARGO_BIN_EXE_leasehold"))
            .args(["--database-url", &database.url(), "-o", "json", "projections", "rebuild"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    for round in 0..12 {
        let mut program = start();
        sleep(Duration::from_millis(20 * round)).await;
        let _ = program.kill();
        program.wait().unwrap();
    }
    let done = loop {
        let output = start().wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            break output;
        }
        assert!(said.contains("rebuild_running"), "{said}");
    };
    let verdict: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(verdict["differing"], json!({}));
    assert!(verdict["compared"]["environment_leases"].as_i64().unwrap() > 10);
    sound(&database).await;
    database.drop().await;
}

#[tokio::test]
async fn a_program_that_does_not_know_the_live_version_does_not_write() {
    let database = lived(1).await;
    rebuilt(&database).await.unwrap();
    let opened = Ledger::open(&database.options, LedgerOptions::default()).await.unwrap();
    opened.close().await;
    database
        .pool
        .execute(
            "update leasehold.projection_versions set version = 99 where name = 'environments'",
        )
        .await
        .unwrap();
    let refused = Ledger::open(&database.options, LedgerOptions::default()).await.unwrap_err();
    assert!(refused.to_string().contains("version 99"), "{refused}");
    database.drop().await;
}

#[tokio::test]
async fn a_program_that_runs_stops_writing_when_another_version_is_swapped_in() {
    let database = lived(1).await;
    let server = Program::serve(&database.url());
    let http = reqwest::Client::new();
    let create = async |company: uuid::Uuid, key: &str| {
        let url = format!("{}/v1/companies/{company}/environments", server.address);
        let body = json!({"name": key, "driver": "ssh"});
        let request = http.post(url).header("idempotency-key", key).json(&body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let id = company().0;
    assert_eq!(create(id, "before").await.0, 201);
    let count = "select count(*) from leasehold.events";
    let before: i64 = sqlx::query_scalar(count).fetch_one(&database.pool).await.unwrap();
    // What another program's swap leaves; this one goes on with the statements that it prepared.
    let swapped =
        "insert into leasehold.projection_versions (name, version, rebuild_id, swapped_at)
                   values ('activity_log', 2, gen_random_uuid(), now())";
    database.pool.execute(swapped).await.unwrap();
    for company in [id, uuid::Uuid::now_v7()] {
        let (status, problem) = create(company, "meanwhile").await;
        assert_eq!((status, &problem["code"]), (503, &json!("upgrade_required")), "{problem}");
    }
    let after: i64 = sqlx::query_scalar(count).fetch_one(&database.pool).await.unwrap();
    assert_eq!(after, before, "something was stored");
    let back = "update leasehold.projection_versions set version = 1";
    database.pool.execute(back).await.unwrap();
    assert_eq!(create(id, "meanwhile").await.0, 201, "the key was not used up");
    database.drop().await;
}
