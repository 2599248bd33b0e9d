//! Whose turn it is: nobody is refused for a rebuild that has only just ended, and nobody works beside
//! one that is still cleaning up.

use std::sync::Arc;
use std::time::Duration;

use leasehold::dispatch::Caller;
use leasehold::rebuild::{Options, RebuildError, State, cancel, list_rebuilds, rebuild, redrive};
use leasehold_domain::actor::Actor;
use sqlx::{Connection, Executor, PgConnection};
use tokio::time::sleep;

use super::{lived, options, rebuilt, sound};
use crate::support::database::TestDatabase;

/// A connection that has the turn, and no rebuild to show for it.
async fn somebody_who_is_ending(database: &TestDatabase) -> PgConnection {
    let mut ending = PgConnection::connect_with(&database.options).await.unwrap();
    ending.execute("select pg_advisory_lock(x'6c6872656275696c'::bigint)").await.unwrap();
    ending
}

#[tokio::test]
async fn who_is_only_ending_is_waited_for() {
    let database = lived(1).await;
    let ending = somebody_who_is_ending(&database).await;
    let target = database.options.clone();
    let next = tokio::spawn(async move { rebuild(&target, &options(), Arc::new(|_| ())).await });
    sleep(Duration::from_millis(500)).await;
    assert!(!next.is_finished());
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    assert!(list_rebuilds(&mut connection).await.unwrap().is_empty(), "it began beside the other");
    ending.close().await.unwrap();
    assert!(next.await.unwrap().unwrap().is_same());
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn who_does_not_end_is_told_of_and_nothing_is_begun() {
    let database = lived(1).await;
    let ending = somebody_who_is_ending(&database).await;
    let caller = Caller { actor: Actor::system("a test"), authenticated_by: None };
    let (begun, driven) = tokio::join!(rebuilt(&database), redrive(&database.options, &[], caller));
    assert!(matches!(begun, Err(RebuildError::Ending)), "{begun:?}");
    assert!(matches!(driven, Err(RebuildError::Ending)), "{driven:?}");
    ending.close().await.unwrap();
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    assert!(list_rebuilds(&mut connection).await.unwrap().is_empty());
    connection.close().await.unwrap();
    database.drop().await;
}

/// Cancelled and begun again at once, over and over: the one that cleans up takes nothing of the one
/// that begins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_begins_right_after_another_was_cancelled_or_done_is_let_in() {
    let database = lived(4).await;
    for _ in 0..3 {
        let slow = Options { events_per_second_max: Some(100), tasks: 1, ..options() };
        let target = database.options.clone();
        let running = tokio::spawn(async move { rebuild(&target, &slow, Arc::new(|_| ())).await });
        while cancel(&database.options, None).await.unwrap().is_none() {
            sleep(Duration::from_millis(5)).await;
        }
        assert!(rebuilt(&database).await.unwrap().is_same());
        assert!(rebuilt(&database).await.unwrap().is_same());
        assert!(matches!(running.await.unwrap(), Err(RebuildError::Cancelled)));
    }
    sound(&database).await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let states = list_rebuilds(&mut connection).await.unwrap();
    let swapped = states.iter().filter(|rebuild| rebuild.state == State::Swapped).count();
    assert_eq!((states.len(), swapped), (9, 6));
    connection.close().await.unwrap();
    database.drop().await;
}
