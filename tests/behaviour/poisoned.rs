//! What projections cannot take stops its own aggregate alone, is listed, and is driven again.

use std::sync::Arc;

use leasehold::dispatch::Verdict;
use leasehold::read::{Poisoned, list_poisoned};
use leasehold::rebuild::{Options, rebuild, redrive};
use leasehold::verify::{self, verify};
use leasehold_domain::company::CommandType::{
    AcquireLease, CreateEnvironment, ReleaseLease, UpdateEnvironment,
};
use leasehold_domain::id::CompanyId;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::forging::forge;
use crate::support::lives::Life;
use crate::support::orders::{caller, company, environment, lease, order};

/// Writes an event anew, as a fix would make it readable.
async fn mend(pool: &PgPool, company: CompanyId, position: i64, name: &str, payload: &str) {
    let mut mending = pool.begin().await.unwrap();
    for statement in [
        "alter table leasehold.events disable trigger all",
        &format!(
            "update leasehold.events
             set event_type = '{name}', payload = '{payload}'
             where company_id = '{company}' and position = {position}"
        ),
        "alter table leasehold.events enable always trigger events_never_changed",
    ] {
        sqlx::query(statement).execute(&mut *mending).await.unwrap();
    }
    mending.commit().await.unwrap();
}

async fn poisoned(pool: &PgPool) -> Vec<Poisoned> {
    let connection = &mut *pool.acquire().await.unwrap();
    list_poisoned(connection, &[]).await.unwrap()
}

fn names(poisoned: &[Poisoned]) -> Vec<&str> {
    let mut names: Vec<&str> = poisoned.iter().map(|found| found.projection.as_str()).collect();
    names.sort_unstable();
    names
}

/// All rows but those of one entity, to be compared.
async fn rows(pool: &PgPool, but: Uuid) -> Vec<Value> {
    sqlx::query_scalar(
        "select to_jsonb(t) from leasehold.environments t where t.id <> $1
         union all select to_jsonb(t) from leasehold.environment_leases t where t.id <> $1
         union all select to_jsonb(t) from leasehold.activity_log t
                   where t.entity_id <> $1::text and t.company_id <> $2
         order by 1",
    )
    .bind(but)
    .bind(Uuid::nil())
    .fetch_all(pool)
    .await
    .unwrap()
}

async fn row(pool: &PgPool, table: &str, id: Uuid) -> Value {
    let row = format!("select to_jsonb(t) from leasehold.{table} t where id = $1");
    sqlx::query_scalar(&row).bind(id).fetch_one(pool).await.unwrap()
}

async fn rebuilt(database: &TestDatabase) -> leasehold::rebuild::Verdict {
    let options = Options { part_events_min: 1, ..Options::new(caller()) };
    rebuild(&database.options, &options, Arc::new(|_| ())).await.unwrap()
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_its_own_lease_in_rebuilds_and_is_driven_again() {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = database.dispatcher();
    let id = company();
    Life::new(&dispatcher, id).round(0).await;
    let body = json!({"name": "box", "driver": "ssh"});
    let place = environment(dispatcher.dispatch(id, order(CreateEnvironment, body)).await).id;
    let take = order(AcquireLease, json!({"environmentId": place}));
    let bad = lease(dispatcher.dispatch(id, take).await).id;
    let position = forge(&database.pool, bad, "Teleported", r#"{"Teleported":{}}"#).await;
    let end = dispatcher.dispatch(id, order(ReleaseLease, json!({"leaseId": bad}))).await;
    assert!(matches!(end, Verdict::Failed { .. }), "{end:?}");
    let found = poisoned(&database.pool).await;
    assert_eq!(names(&found), ["activity_log", "environment_leases"]);
    assert!(found.iter().all(|found| (found.aggregate_id, found.position) == (bad, position)));
    assert!(found.iter().all(|found| found.error.contains("Teleported")), "{found:?}");
    let (before, held) =
        (rows(&database.pool, bad).await, row(&database.pool, "environment_leases", bad).await);
    let verdict = rebuilt(&database).await;
    assert!(verdict.is_same(), "{verdict}");
    assert_eq!(verdict.poisoned, 2);
    assert_eq!(rows(&database.pool, bad).await, before);
    assert_eq!(row(&database.pool, "environment_leases", bad).await, held);
    assert_eq!(names(&poisoned(&database.pool).await), ["activity_log", "environment_leases"]);
    let again = redrive(&database.options, &[], caller()).await.unwrap();
    assert_eq!((again.taken, again.left.len()), (0, 2), "it still cannot be read");
    let at = held["acquired_at"].as_str().unwrap();
    let fix = format!(r#"{{"MetadataUpdated":{{"at":"{at}","metadata":{{"mended":true}}}}}}"#);
    mend(&database.pool, id, position, "MetadataUpdated", &fix).await;
    let taken = redrive(&database.options, &[], caller()).await.unwrap();
    assert_eq!((taken.taken, taken.left.len()), (2, 0));
    assert!(poisoned(&database.pool).await.is_empty());
    let driven = row(&database.pool, "environment_leases", bad).await;
    assert_eq!((&driven["metadata"], &driven["version"]), (&json!({"mended": true}), &json!(2)));
    assert!(rebuilt(&database).await.is_same());
    drop(dispatcher);
    lanes.finish().await;
    database.drop().await;
}

#[tokio::test]
async fn a_state_that_does_not_fit_its_row_stops_that_row_and_the_events_go_on() {
    let database = TestDatabase::new().await;
    let id = company();
    let (dispatcher, lanes) = database.dispatcher();
    let body = json!({"name": "box", "driver": "ssh", "capacity": 2});
    let place = environment(dispatcher.dispatch(id, order(CreateEnvironment, body)).await).id;
    drop(dispatcher);
    lanes.finish().await;
    let at = "2020-01-01T00:00:00.000000Z";
    let huge = format!(r#"{{"Updated":{{"at":"{at}","capacity":4294967295}}}}"#);
    forge(&database.pool, place, "Updated", &huge).await;
    let before = row(&database.pool, "environments", place).await;
    // A lane that has not seen the company yet folds it from the log.
    let (dispatcher, lanes) = database.dispatcher();
    let rename = json!({"environmentId": place, "description": "renamed"});
    let verdict = dispatcher.dispatch(id, order(UpdateEnvironment, rename)).await;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    assert_eq!(row(&database.pool, "environments", place).await, before, "it stays as it was");
    let found = poisoned(&database.pool).await;
    assert_eq!(names(&found), ["environments"]);
    assert_eq!(found[0].error, "capacity cannot hold 4294967295");
    let fits = json!({"environmentId": place, "capacity": 3});
    environment(dispatcher.dispatch(id, order(UpdateEnvironment, fits)).await);
    assert_eq!(row(&database.pool, "environments", place).await["capacity"], 3);
    let taken = redrive(&database.options, &["environments".to_owned()], caller()).await.unwrap();
    assert_eq!((taken.taken, taken.left.len()), (1, 0));
    assert_eq!(row(&database.pool, "environments", place).await["description"], "renamed");
    drop(dispatcher);
    lanes.finish().await;
    database.drop().await;
}

/// Changes a column of an event as somebody with a console would.
async fn tamper(pool: &PgPool, company: CompanyId, position: i64, column: &str) {
    let mut tampering = pool.begin().await.unwrap();
    for statement in [
        "alter table leasehold.events disable trigger all",
        &format!(
            "update leasehold.events set {column}
             where company_id = '{company}' and position = {position}"
        ),
        "alter table leasehold.events enable always trigger events_never_changed",
    ] {
        sqlx::query(statement).execute(&mut *tampering).await.unwrap();
    }
    tampering.commit().await.unwrap();
}

/// Two leases, each with an event whose columns are none of an event's: of one the time, of the other
/// the lease's id. Answers with the leases, and with the events' positions.
async fn break_columns(database: &TestDatabase, id: CompanyId) -> ([Uuid; 2], [i64; 2]) {
    let (dispatcher, lanes) = database.dispatcher();
    let body = json!({"name": "box", "driver": "ssh"});
    let place = environment(dispatcher.dispatch(id, order(CreateEnvironment, body)).await).id;
    let take = || order(AcquireLease, json!({"environmentId": place}));
    let timeless = lease(dispatcher.dispatch(id, take()).await).id;
    let nameless = lease(dispatcher.dispatch(id, take()).await).id;
    drop(dispatcher);
    lanes.finish().await;
    let renewed = r#"{"MetadataUpdated":{"at":"2020-01-01T00:00:00.000000Z","metadata":{}}}"#;
    let at = forge(&database.pool, timeless, "MetadataUpdated", renewed).await;
    let of = forge(&database.pool, nameless, "MetadataUpdated", renewed).await;
    tamper(&database.pool, id, at, "occurred_at = 'infinity'").await;
    tamper(&database.pool, id, of, "aggregate_id = 'nobody'").await;
    ([timeless, nameless], [at, of])
}

/// What is listed, in the log's order: position, projection, aggregate, error.
async fn listed(pool: &PgPool) -> Vec<(i64, String, Uuid, String)> {
    let found = poisoned(pool).await.into_iter();
    let mut listed: Vec<_> = found
        .map(|found| (found.position, found.projection, found.aggregate_id, found.error))
        .collect();
    listed.sort();
    listed
}

#[tokio::test]
async fn events_whose_columns_are_none_are_listed_by_a_rebuild_and_stay_listed() {
    let database = TestDatabase::new().await;
    let id = company();
    let ([timeless, _], [at, of]) = break_columns(&database, id).await;
    let held = row(&database.pool, "environment_leases", timeless).await;
    let verdict = rebuilt(&database).await;
    assert!(verdict.is_same(), "{verdict}");
    assert_eq!(row(&database.pool, "environment_leases", timeless).await, held, "as it was");
    let event = "select event_id from leasehold.events where company_id = $1 and position = $2";
    let event: Uuid =
        sqlx::query_scalar(event).bind(id.0).bind(of).fetch_one(&database.pool).await.unwrap();
    let (time, name) = ("the time of occurring is none", "the aggregate's id is no UUID");
    let expected = [
        (at, "activity_log", timeless, time),
        (at, "environment_leases", timeless, time),
        (of, "activity_log", event, name),
        (of, "environment_leases", event, name),
    ]
    .map(|(at, table, id, error)| (at, table.to_owned(), id, error.to_owned()));
    assert_eq!(listed(&database.pool).await, expected);
    let again = redrive(&database.options, &[], caller()).await.unwrap();
    assert_eq!((again.taken, again.left.len()), (0, 4), "{again:?}");
    assert_eq!(listed(&database.pool).await, expected, "nothing was mended");
    database.drop().await;
}

#[tokio::test]
async fn an_event_whose_columns_are_none_stops_the_spans_of_its_own_company_alone() {
    let database = TestDatabase::new().await;
    break_columns(&database, company()).await;
    let (dispatcher, lanes) = database.dispatcher();
    let other = company();
    Life::new(&dispatcher, other).round(0).await;
    drop(dispatcher);
    lanes.finish().await;
    let connection = &mut *database.pool.acquire().await.unwrap();
    leasehold::spans::keep_once(connection).await.unwrap();
    let reached: i64 = sqlx::query_scalar(
        "select position from leasehold.projection_checkpoints where company_id = $1",
    )
    .bind(other.0)
    .fetch_one(connection)
    .await
    .unwrap();
    assert!(reached > 0);
    database.drop().await;
}

#[tokio::test]
async fn verification_names_what_a_projection_cannot_take() {
    let database = TestDatabase::new().await;
    let id = company();
    let (dispatcher, lanes) = database.dispatcher();
    let body = json!({"name": "box", "driver": "ssh"});
    let place = environment(dispatcher.dispatch(id, order(CreateEnvironment, body)).await).id;
    drop(dispatcher);
    lanes.finish().await;
    let huge = r#"{"Updated":{"at":"2020-01-01T00:00:00.000000Z","capacity":4294967295}}"#;
    forge(&database.pool, place, "Updated", huge).await;
    let told = Arc::new(|_| ());
    let options = verify::Options::default();
    let report = verify(&database.options, &database.pool, options, |_| (), told).await.unwrap();
    let named = report.findings.named();
    let mut details = named.iter().map(|found| found.detail.as_str());
    assert!(details.any(|detail| detail.contains("capacity cannot hold")), "{named:?}");
    database.drop().await;
}
