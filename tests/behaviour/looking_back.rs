//! Time travel: as-of-now is what the tables say, as-of-N is a fold of the log up to N.

use std::collections::BTreeMap;
use std::process::Output;

use leasehold::log::{Recorded, list_events, load_heads};
use leasehold::read::{
    EnvironmentFilter, LeaseFilter, Moment, find_cut, find_usage, find_usage_at,
    list_environments_at, list_leases_at,
};
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId, RunId};
use leasehold_domain::stream::{Aggregate, StreamId};
use leasehold_domain::time::Timestamp;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;

async fn lived() -> (TestDatabase, CompanyId, Vec<Recorded>) {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = database.dispatcher();
    let id = company();
    for id in [company(), id] {
        Life::new(&dispatcher, id).round(0).await;
        Life::new(&dispatcher, id).round(1).await;
    }
    drop(dispatcher);
    lanes.finish().await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let events = list_events(&mut connection, id, Position(0), 10_000).await.unwrap();
    connection.close().await.unwrap();
    (database, id, events)
}

/// A fold of our own: the rows of every environment and of every lease, by id.
fn folded<'e>(events: impl Iterator<Item = &'e Recorded>) -> [BTreeMap<Uuid, Value>; 2] {
    let mut states: BTreeMap<StreamId, Aggregate> = BTreeMap::new();
    for event in events {
        let stream = event.stored.stream;
        let read = event.read().unwrap();
        states.entry(stream).or_insert_with(|| Aggregate::new(stream.kind)).apply(&read);
    }
    let mut rows = [BTreeMap::new(), BTreeMap::new()];
    for (stream, state) in states {
        match state {
            Aggregate::Environment(state) => {
                EnvironmentRow::of(&state).map(|row| rows[0].insert(stream.id, json!(row)))
            }
            Aggregate::Lease(state) => {
                LeaseRow::of(&state).map(|row| rows[1].insert(stream.id, json!(row)))
            }
            Aggregate::Run(_) | Aggregate::Operation(_) => None,
        };
    }
    rows
}

/// The same, as it is answered for a moment.
async fn answered(
    database: &TestDatabase,
    id: CompanyId,
    moment: Moment,
) -> [BTreeMap<Uuid, Value>; 2] {
    let connection = &mut *database.pool.acquire().await.unwrap();
    let cut = find_cut(connection, id, moment).await.unwrap();
    let filter = EnvironmentFilter::default();
    let places = list_environments_at(connection, id, &filter, &cut).await.unwrap();
    let filter = LeaseFilter::default();
    let leases = list_leases_at(connection, id, &filter, &cut, usize::MAX).await.unwrap();
    assert!(leases.is_sorted_by_key(|row| std::cmp::Reverse((row.acquired_at, row.id))));
    [
        places.into_iter().map(|row| (row.id, json!(row))).collect(),
        leases.into_iter().map(|row| (row.id, json!(row))).collect(),
    ]
}

/// The same, as the tables have it.
async fn live(database: &TestDatabase, id: CompanyId) -> [BTreeMap<Uuid, Value>; 2] {
    let places: Vec<EnvironmentRow> =
        sqlx::query_as("select * from leasehold.environments where company_id = $1")
            .bind(id.0)
            .fetch_all(&database.pool)
            .await
            .unwrap();
    let leases: Vec<LeaseRow> =
        sqlx::query_as("select * from leasehold.environment_leases where company_id = $1")
            .bind(id.0)
            .fetch_all(&database.pool)
            .await
            .unwrap();
    [
        places.into_iter().map(|row| (row.id, json!(row))).collect(),
        leases.into_iter().map(|row| (row.id, json!(row))).collect(),
    ]
}

#[tokio::test]
async fn as_of_now_is_what_the_tables_say() {
    let (database, id, events) = lived().await;
    let last = &events.last().unwrap().stored;
    for moment in [
        Moment::At(last.position),
        Moment::Known(last.recorded_at),
        Moment::Happened(last.occurred_at),
    ] {
        let answered = answered(&database, id, moment).await;
        assert!(answered[1].len() >= 8, "{answered:?}");
        assert_eq!(answered, live(&database, id).await, "{moment:?}");
        let connection = &mut *database.pool.acquire().await.unwrap();
        let cut = find_cut(connection, id, moment).await.unwrap();
        for place in answered[0].keys() {
            let place = EnvironmentId(*place);
            let now = find_usage(connection, id, place).await.unwrap();
            assert_eq!(find_usage_at(connection, id, place, &cut).await.unwrap(), now);
        }
    }
    database.drop().await;
}

#[tokio::test]
async fn as_of_any_position_is_a_fold_up_to_it() {
    let (database, id, events) = lived().await;
    for event in &events {
        let up_to = event.stored.position;
        let until = events.iter().take_while(|event| event.stored.position <= up_to);
        assert_eq!(answered(&database, id, Moment::At(up_to)).await, folded(until), "{up_to}");
    }
    let nothing = [BTreeMap::new(), BTreeMap::new()];
    assert_eq!(answered(&database, id, Moment::At(Position(0))).await, nothing);
    database.drop().await;
}

#[tokio::test]
async fn as_of_any_time_is_a_fold_of_what_had_happened_or_was_known_by_then() {
    let (database, id, events) = lived().await;
    for event in events.iter().step_by(5) {
        let at = event.stored.recorded_at;
        let known = events.iter().filter(|event| event.stored.recorded_at <= at);
        assert_eq!(answered(&database, id, Moment::Known(at)).await, folded(known));
        let at = event.stored.occurred_at.plus_micros(-1);
        let happened = events.iter().filter(|event| event.stored.occurred_at <= at);
        assert_eq!(answered(&database, id, Moment::Happened(at)).await, folded(happened));
    }
    database.drop().await;
}

#[tokio::test]
async fn filters_mean_what_was_so_then() {
    let (database, id, events) = lived().await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let connection = &mut connection;
    let at = events[events.len() / 2].stored.occurred_at;
    let cut = find_cut(connection, id, Moment::Happened(at)).await.unwrap();
    let all = list_leases_at(connection, id, &LeaseFilter::default(), &cut, 1_000).await.unwrap();
    for statuses in ["active", "retained,active", "released", "failed"] {
        let words: Vec<&str> = statuses.split(',').collect();
        let filter = LeaseFilter {
            statuses: Some(words.iter().map(|word| word.parse().unwrap()).collect()),
            ..LeaseFilter::default()
        };
        let found = list_leases_at(connection, id, &filter, &cut, 1_000).await.unwrap();
        let meant: Vec<&LeaseRow> =
            all.iter().filter(|row| words.contains(&row.status.as_ref())).collect();
        assert_eq!(found.iter().collect::<Vec<_>>(), meant, "{statuses}");
    }
    let run = all.iter().find_map(|row| row.heartbeat_run_id).unwrap();
    let filter = LeaseFilter { runs: Some(vec![RunId(run)]), ..LeaseFilter::default() };
    let found = list_leases_at(connection, id, &filter, &cut, 1_000).await.unwrap();
    assert!(!found.is_empty() && found.len() < all.len());
    assert!(found.iter().all(|row| row.heartbeat_run_id == Some(run)));
    database.drop().await;
}

fn run(database: &TestDatabase, arguments: &[&str]) -> Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(["--database-url", &database.url()])
        .args(arguments)
        .output()
        .unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn imported_history_had_happened_before_it_was_known() {
    let database = TestDatabase::new().await;
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample");
    assert!(run(&database, &["import", "paperclip", sample]).status.success());
    let (company_id, recorded_at): (Uuid, chrono::DateTime<chrono::Utc>) = sqlx::query_as(
        "select company_id, min(recorded_at) from leasehold.events where aggregate_type = 'lease'
         group by company_id order by count(*) desc limit 1",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    let before = Timestamp::new(recorded_at).unwrap().plus_micros(-1);
    let id = CompanyId(company_id);
    let happened = answered(&database, id, Moment::Happened(before)).await;
    assert!(happened[1].len() > 10);
    assert!(answered(&database, id, Moment::Known(before)).await[1].is_empty());
    database.drop().await;
}

#[tokio::test]
async fn a_replay_tells_every_event_and_the_state_after_it() {
    let (database, id, events) = lived().await;
    let company = id.0.to_string();
    let scenes = lines(&run(&database, &["-o", "jsonl", "replay", "--company", &company]));
    assert_eq!(scenes.len(), events.len());
    for (scene, event) in scenes.iter().zip(&events) {
        assert_eq!(scene["event"]["position"], json!(event.stored.position));
        assert_eq!(scene["event"]["digest"], json!(event.digest));
    }
    // One that a run held and gave back.
    let is_given_back = |scene: &&Value| {
        scene["event"]["eventType"] == "Failed" && scene["after"]["heartbeatRunId"].is_string()
    };
    let ended = scenes.iter().find(is_given_back).unwrap();
    let id = &ended["event"]["aggregateId"];
    let lease = scenes.iter().rfind(|scene| scene["event"]["aggregateId"] == *id).unwrap();
    let lease_id = lease["event"]["aggregateId"].as_str().unwrap();
    let shown = run(&database, &["-o", "json", "lease", "show", lease_id]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(lease["after"], shown);
    let of_lease = lines(&run(&database, &["-o", "jsonl", "replay", "--lease", lease_id]));
    let stream = |scene: &&Value| scene["event"]["aggregateId"] == lease_id;
    assert_eq!(of_lease, scenes.iter().filter(stream).cloned().collect::<Vec<_>>());
    let run_id = shown["heartbeatRunId"].as_str().unwrap();
    let of_run = lines(&run(&database, &["-o", "jsonl", "replay", "--run", run_id]));
    assert!(of_lease.iter().all(|scene| of_run.contains(scene)));
    let first = run(&database, &["-o", "jsonl", "replay", "--company", &company, "--to", "3"]);
    assert_eq!(lines(&first), scenes[..3]);
    let words = run(&database, &["replay", "--lease", lease_id]);
    let words = String::from_utf8(words.stdout).unwrap();
    assert!(words.contains("LeaseAcquired") && words.contains("status: active -> "), "{words}");
    database.drop().await;
}

#[tokio::test]
async fn the_command_line_answers_for_a_moment_and_refuses_where_there_is_only_now() {
    let (database, id, events) = lived().await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let connection = &mut connection;
    let end = load_heads(connection, &[id.0]).await.unwrap()[0].position.to_string();
    let company = id.0.to_string();
    let asked = |more: &[&str]| {
        let mut arguments = vec!["-o", "jsonl", "--company", &company];
        arguments.extend(more);
        lines(&run(&database, &arguments))
    };
    for question in [&["env", "list"][..], &["lease", "list", "--limit", "1000"]] {
        let now = asked(question);
        let then = asked(&[question, &["--at-position", &end]].concat());
        assert_eq!(now.len(), then.len());
        assert!(now.iter().all(|row| then.contains(row)), "{question:?}");
        assert!(asked(&[question, &["--at-position", "1"]].concat()).len() < now.len());
    }
    let at = events[9].stored.recorded_at.to_string();
    let told = asked(&["activity", "--limit", "1000", "--bookkeeping", "--at", &at]);
    let positions = told.iter().map(|row| row["position"].as_u64().unwrap());
    let until =
        events.iter().filter(|event| event.stored.occurred_at <= events[9].stored.recorded_at);
    assert_eq!(
        positions.max(),
        until.filter(|e| e.stored.event_type != "LeaseRenewed").map(|e| e.stored.position.0).max()
    );
    let refused = run(&database, &["--company", &company, "--at", &at, "env", "ensure-local"]);
    assert_eq!(refused.status.code(), Some(2));
    let unknown =
        run(&database, &["--at-position", "1", "lease", "show", &Uuid::now_v7().to_string()]);
    assert_eq!(unknown.status.code(), Some(3));
    database.drop().await;
}
