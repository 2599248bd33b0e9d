//! An atomic dispatch is done as a whole or not at all; any other, command by command, in order.

use leasehold::dispatch::{Dispatcher, Order, Verdict};
use leasehold_domain::company::CommandType::{
    AcquireLease, CreateEnvironment, ReleaseLease, ResumeLease,
};
use leasehold_domain::id::CompanyId;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::{code, said};
use crate::support::orders::{company, environment, keyed, lease, order};

async fn place(dispatcher: &Dispatcher, company: CompanyId, capacity: u32) -> Uuid {
    let body = json!({"name": "box", "driver": "ssh", "capacity": capacity});
    environment(dispatcher.dispatch(company, order(CreateEnvironment, body)).await).id
}

fn acquire(key: &str, place: Uuid) -> Order {
    keyed(key, AcquireLease, json!({"environmentId": place}))
}

/// How many events and receipts there are.
async fn counts(pool: &PgPool) -> (i64, i64) {
    let counts = "select (select count(*) from leasehold.events),
                         (select count(*) from leasehold.receipts)";
    sqlx::query_as(counts).fetch_one(pool).await.unwrap()
}

/// Each verdict in a word.
fn words(verdicts: &[Verdict]) -> Vec<String> {
    verdicts.iter().map(word).collect()
}

fn word(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Accepted { is_replayed: true, .. } => "replayed".to_owned(),
        Verdict::Accepted { .. } => "accepted".to_owned(),
        Verdict::Refused { .. } => code(verdict),
        Verdict::Failed { failure, .. } => format!("{failure:?}"),
        Verdict::NotApplied { .. } => "not applied".to_owned(),
    }
}

#[tokio::test]
async fn an_atomic_dispatch_with_a_refusal_writes_nothing_and_names_the_culprit() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = place(&dispatcher, company, 2).await;
    let before = counts(&database.pool).await;
    let orders = || ["a", "b", "c", "d"].map(|key| acquire(key, place)).into();
    for _ in 0..2 {
        let verdicts = dispatcher.dispatch_all(company, orders(), true).await;
        let wanted = ["not applied", "not applied", "capacity_exhausted", "not applied"];
        assert_eq!(words(&verdicts), wanted);
        let keys: Vec<&str> = verdicts.iter().map(Verdict::key).collect();
        assert_eq!(keys, ["a", "b", "c", "d"]);
        assert_eq!(counts(&database.pool).await, before);
    }
    // The very same keys, once there is room for them.
    let verdicts = dispatcher.dispatch_all(company, orders().split_off(2), true).await;
    assert_eq!(words(&verdicts), ["accepted", "accepted"]);
    database.drop().await;
}

#[tokio::test]
async fn an_accepted_atomic_dispatch_is_replayed_as_accepted() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = place(&dispatcher, company, 3).await;
    let orders = || ["a", "b", "c"].map(|key| acquire(key, place)).into();
    let first = dispatcher.dispatch_all(company, orders(), true).await;
    assert_eq!(words(&first), ["accepted"; 3]);
    let before = counts(&database.pool).await;
    let (fresh, _lanes) = database.dispatcher();
    for dispatcher in [dispatcher, fresh] {
        let again = dispatcher.dispatch_all(company, orders(), true).await;
        assert_eq!(words(&again), ["replayed"; 3]);
        assert_eq!(
            again.iter().map(said).collect::<Vec<_>>(),
            first.iter().map(said).collect::<Vec<_>>()
        );
    }
    assert_eq!(counts(&database.pool).await, before);
    database.drop().await;
}

#[tokio::test]
async fn an_atomic_dispatch_with_a_key_of_another_command_applies_nothing() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = place(&dispatcher, company, 1).await;
    let used = keyed("used", AcquireLease, json!({"environmentId": Uuid::now_v7()}));
    assert_eq!(code(&dispatcher.dispatch(company, used).await), "environment_not_found");
    let before = counts(&database.pool).await;
    let orders = vec![acquire("a", place), acquire("used", place)];
    let verdicts = dispatcher.dispatch_all(company, orders, true).await;
    assert_eq!(words(&verdicts), ["not applied", "IdempotencyMismatch"]);
    // And with one that was refused before: it is the culprit again.
    let used = keyed("used", AcquireLease, json!({"environmentId": Uuid::now_v7()}));
    let twice = vec![acquire("a", place), used];
    let verdicts = dispatcher.dispatch_all(company, twice, true).await;
    assert_eq!(words(&verdicts), ["not applied", "IdempotencyMismatch"]);
    assert_eq!(counts(&database.pool).await, before);
    database.drop().await;
}

#[tokio::test]
async fn an_atomic_dispatch_that_repeats_a_refusal_applies_nothing() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = place(&dispatcher, company, 1).await;
    let body = json!({"environmentId": Uuid::now_v7()});
    let refused = || keyed("refused", AcquireLease, body.clone());
    assert_eq!(code(&dispatcher.dispatch(company, refused()).await), "environment_not_found");
    let before = counts(&database.pool).await;
    let orders = vec![acquire("a", place), refused()];
    let verdicts = dispatcher.dispatch_all(company, orders, true).await;
    assert_eq!(words(&verdicts), ["not applied", "environment_not_found"]);
    assert_eq!(counts(&database.pool).await, before);
    database.drop().await;
}

#[tokio::test]
async fn a_key_that_stands_twice_in_an_atomic_dispatch_is_its_culprit() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = place(&dispatcher, company, 3).await;
    let before = counts(&database.pool).await;
    let orders = vec![acquire("a", place), acquire("b", place), acquire("a", place)];
    let verdicts = dispatcher.dispatch_all(company, orders, true).await;
    assert_eq!(words(&verdicts), ["not applied", "not applied", "IdempotencyMismatch"]);
    assert_eq!(counts(&database.pool).await, before);
    database.drop().await;
}

/// How often an older fence was refused, as the log has it.
async fn refused_fences(pool: &PgPool) -> i64 {
    let refused = "select count(*) from leasehold.events where event_type = 'FenceRefused'";
    sqlx::query_scalar(refused).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn an_older_fence_in_an_atomic_dispatch_is_recorded_though_nothing_is_applied() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = place(&dispatcher, company, 2).await;
    let run = Uuid::now_v7();
    let body = json!({"environmentId": place, "heartbeatRunId": run});
    let held = lease(dispatcher.dispatch(company, order(AcquireLease, body)).await);
    let resume = || order(ResumeLease, json!({"leaseId": held.id, "heartbeatRunId": run}));
    let late = || order(ReleaseLease, json!({"leaseId": held.id, "fence": held.fence}));
    // It is older only for what the same dispatch would have done: that did not happen.
    let verdicts = dispatcher.dispatch_all(company, vec![resume(), late()], true).await;
    assert_eq!(words(&verdicts), ["not applied", "stale_fence"]);
    assert_eq!(refused_fences(&database.pool).await, 0);
    lease(dispatcher.dispatch(company, resume()).await);
    let (events, receipts) = counts(&database.pool).await;
    for _ in 0..2 {
        let verdicts =
            dispatcher.dispatch_all(company, vec![acquire("a", place), late()], true).await;
        assert_eq!(words(&verdicts), ["not applied", "stale_fence"]);
        assert_eq!(refused_fences(&database.pool).await, 1, "who, and how late, told once");
        assert_eq!(counts(&database.pool).await, (events + 1, receipts));
    }
    // What is in memory is what is in the log: the next command stands right after it.
    lease(dispatcher.dispatch(company, acquire("a", place)).await);
    assert_eq!(counts(&database.pool).await.0, events + 2);
    database.drop().await;
}

#[tokio::test]
async fn commands_of_one_dispatch_see_what_those_before_them_did() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = place(&dispatcher, company, 1).await;
    let run = Uuid::now_v7();
    for is_atomic in [false, true] {
        let held =
            lease(dispatcher.dispatch(company, acquire(&is_atomic.to_string(), place)).await);
        let take = || order(AcquireLease, json!({"environmentId": place, "heartbeatRunId": run}));
        let end = || order(ReleaseLease, json!({"leaseId": held.id}));
        // There is room for one: the order of the commands is what makes this possible.
        let verdicts = dispatcher.dispatch_all(company, vec![end(), take()], is_atomic).await;
        assert_eq!(words(&verdicts), ["accepted", "accepted"]);
        let next = lease(verdicts[1].clone());
        let verdicts = dispatcher.dispatch_all(company, vec![take(), end()], is_atomic).await;
        let wanted = ["capacity_exhausted", if is_atomic { "not applied" } else { "accepted" }];
        assert_eq!(words(&verdicts), wanted);
        let end = order(ReleaseLease, json!({"leaseId": next.id}));
        lease(dispatcher.dispatch(company, end).await);
    }
    database.drop().await;
}

#[tokio::test]
async fn positions_follow_the_order_of_the_commands() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = place(&dispatcher, company, 1000).await;
    for is_atomic in [false, true] {
        let orders = (0..200).map(|n| acquire(&format!("{is_atomic} {n}"), place)).collect();
        let verdicts = dispatcher.dispatch_all(company, orders, is_atomic).await;
        let positions: Vec<u64> = verdicts
            .iter()
            .map(|verdict| {
                let Verdict::Accepted { position, .. } = verdict else { panic!("{verdict:?}") };
                position.0
            })
            .collect();
        assert!(positions.windows(2).all(|pair| pair[1] == pair[0] + 1), "{positions:?}");
    }
    database.drop().await;
}
