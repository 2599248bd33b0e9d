//! The way back to what a rebuild replaced.

use std::sync::Arc;

use leasehold::rebuild::{Options, RebuildError, drop_old, go_back, rebuild};
use leasehold_domain::company::CommandType::{CreateEnvironment, UpdateEnvironment};
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};

use super::{catalogue, lived, options, rebuilt, sound};
use crate::support::orders::{caller, company, environment, order};

#[tokio::test]
async fn what_was_replaced_comes_back_with_what_has_happened_since() {
    let database = lived(2).await;
    let (dispatcher, lanes) = database.dispatcher();
    let id = company();
    let create = |name: &str| order(CreateEnvironment, json!({"name": name, "driver": "ssh"}));
    let edited = environment(dispatcher.dispatch(id, create("edited")).await).id;
    let touched = environment(dispatcher.dispatch(id, create("touched")).await).id;
    let edit = "update leasehold.environments set description = 'by hand' where company_id = $1";
    sqlx::query(edit).bind(id.0).execute(&database.pool).await.unwrap();
    let before = catalogue(&database).await;
    let allowed = Options { is_difference_allowed: true, ..options() };
    rebuild(&database.options, &allowed, Arc::new(|_| ())).await.unwrap();
    let change = json!({"environmentId": touched, "description": "by command"});
    environment(dispatcher.dispatch(id, order(UpdateEnvironment, change)).await);
    let later = environment(dispatcher.dispatch(id, create("later")).await).id;
    go_back(&database.options, &[], caller()).await.unwrap();
    let description = async |place| -> Option<String> {
        sqlx::query_scalar("select description from leasehold.environments where id = $1")
            .bind(place)
            .fetch_one(&database.pool)
            .await
            .unwrap()
    };
    assert_eq!(description(edited).await.as_deref(), Some("by hand"), "as it was");
    assert_eq!(description(touched).await.as_deref(), Some("by command"), "as its log means it");
    assert_eq!(description(later).await, None);
    assert_eq!(catalogue(&database).await, before);
    // Commands go on, on the tables that came back.
    let change = json!({"environmentId": edited, "description": "mended"});
    environment(dispatcher.dispatch(id, order(UpdateEnvironment, change)).await);
    drop(dispatcher);
    lanes.finish().await;
    sound(&database).await;
    rebuilt(&database).await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn there_is_no_way_back_to_what_is_not_kept() {
    let database = lived(1).await;
    let none = go_back(&database.options, &[], caller()).await;
    assert!(matches!(none, Err(RebuildError::NothingOld)), "{none:?}");
    rebuilt(&database).await.unwrap();
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    drop_old(&mut connection).await.unwrap();
    let none = go_back(&database.options, &[], caller()).await;
    assert!(matches!(none, Err(RebuildError::NothingOld)), "{none:?}");
    let left = "select count(*) from leasehold.rebuild_positions";
    let left: i64 = sqlx::query_scalar(left).fetch_one(&mut connection).await.unwrap();
    assert_eq!(left, 0);
    connection.execute("select 1").await.unwrap();
    connection.close().await.unwrap();
    database.drop().await;
}
