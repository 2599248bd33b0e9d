//! A long history that the spans do not know yet: it is taken up, but after the news.

use std::sync::Arc;
use std::time::Duration;

use leasehold::fill::{Shape, fill};
use leasehold::spans;
use leasehold::wake::Wake;
use leasehold_domain::company::CommandType::CreateEnvironment;
use serde_json::json;
use sqlx::PgPool;
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::orders::{company, environment, order};

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
    let shape = Shape { companies: 2, events: 2 * 21_000 };
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
