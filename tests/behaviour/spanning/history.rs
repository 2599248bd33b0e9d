//! How what is new gets into the spans: what waits for what, what is stopped by what, and by which
//! plans.

use std::sync::Arc;
use std::time::Duration;

use leasehold::fill::{Lives, Shape, fill};
use leasehold::spans;
use leasehold::wake::Wake;
use leasehold_domain::company::CommandType::{AcquireLease, CreateEnvironment, ReleaseLease};
use leasehold_domain::id::CompanyId;
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::orders::{company, environment, lease as lease_of, order};

/// Companies whose spans are not at the log's end.
async fn behind(pool: &PgPool) -> Vec<Uuid> {
    sqlx::query_scalar(
        "select h.company_id
         from leasehold.heads h
         left join leasehold.projection_checkpoints c
           on c.company_id = h.company_id
          and c.projection = 'lease_spans'
         where h.position > coalesce(c.position, 0)",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn long_histories_are_taken_up_behind_the_news_of_a_neighbour() {
    let database = TestDatabase::new().await;
    // Each company's is longer than what counts as news.
    let shape = Shape { companies: 2, events: 2 * 21_000, lives: Lives::Whole };
    fill(&database.options, shape, Arc::new(|_| {})).await.unwrap();
    let (dispatcher, lanes) = database.dispatcher();
    let neighbour = company();
    let body = json!({"name": "box", "driver": "ssh"});
    environment(dispatcher.dispatch(neighbour, order(CreateEnvironment, body)).await);
    drop(dispatcher);
    lanes.finish().await;
    assert_eq!(behind(&database.pool).await.len(), 3);
    let keeper = spans::start(&database.options, Wake::default());
    let mut left = vec![neighbour.0];
    while left.contains(&neighbour.0) {
        sleep(Duration::from_millis(5)).await;
        left = behind(&database.pool).await;
    }
    assert_eq!(left.len(), 2, "the histories went first");
    for _ in 0..600 {
        left = behind(&database.pool).await;
        if left.is_empty() {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert!(left.is_empty(), "never taken up: {left:?}");
    keeper.abort();
    database.drop().await;
}

/// An environment and two events of a lease of it; whose.
async fn leased(database: &TestDatabase) -> CompanyId {
    let (dispatcher, lanes) = database.dispatcher();
    let (id, body) = (company(), json!({"name": "box", "driver": "ssh"}));
    let environment = environment(dispatcher.dispatch(id, order(CreateEnvironment, body)).await);
    let acquire = json!({"environmentId": environment.id});
    let lease = lease_of(dispatcher.dispatch(id, order(AcquireLease, acquire)).await);
    let release = json!({"leaseId": lease.id});
    lease_of(dispatcher.dispatch(id, order(ReleaseLease, release)).await);
    drop(dispatcher);
    lanes.finish().await;
    id
}

#[tokio::test]
async fn an_event_whose_columns_are_none_of_an_events_stops_its_own_company_alone() {
    let database = TestDatabase::new().await;
    let mut ids = [leased(&database).await, leased(&database).await, leased(&database).await];
    ids.sort_unstable();
    // The one that is taken up between the others, in one transaction with them.
    let spoil = format!(
        "alter table leasehold.events disable trigger all;
         update leasehold.events set aggregate_type = 'nothing'
         where company_id = '{}' and position = 2",
        ids[1]
    );
    database.pool.execute(&*spoil).await.unwrap();
    let connection = &mut *database.pool.acquire().await.unwrap();
    assert_eq!(spans::keep_once(connection).await.unwrap(), 6);
    assert_eq!(behind(&database.pool).await, [ids[1].0]);
    let kept = "select company_id from leasehold.lease_spans order by 1";
    let kept: Vec<Uuid> = sqlx::query_scalar(kept).fetch_all(&database.pool).await.unwrap();
    assert_eq!(kept, [ids[0].0, ids[2].0]);
    database.drop().await;
}

#[tokio::test]
async fn a_keeper_that_began_on_small_tables_finds_rows_by_their_keys() {
    let database = TestDatabase::new().await;
    leased(&database).await;
    let options = spans::settled(&database.options);
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    assert_eq!(spans::keep_once(&mut connection).await.unwrap(), 3);
    let prepared: Vec<(String, i64)> = sqlx::query_as(
        "select name, cardinality(parameter_types)::bigint from pg_prepared_statements",
    )
    .persistent(false)
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut plans = String::new();
    for (name, parameters) in prepared.into_iter().filter(|(_, parameters)| *parameters > 0) {
        let nulls = vec!["null"; usize::try_from(parameters).unwrap()].join(", ");
        let explain = format!("explain execute {name}({nulls})");
        let lines: Vec<String> = sqlx::query_scalar(&explain)
            .persistent(false)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        plans.extend(lines.into_iter().map(|line| line + "\n"));
    }
    assert!(!plans.contains("Seq Scan"), "{plans}");
    for index in ["events_position_key", "lease_spans_pkey", "projection_checkpoints_pkey"] {
        assert!(plans.contains(&format!("Index Scan using {index}")), "{index}:\n{plans}");
    }
    connection.close().await.unwrap();
    database.drop().await;
}
