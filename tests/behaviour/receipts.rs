//! The same key and body hear the same answer, and the command is done once.

use futures::future::join_all;
use leasehold::dispatch::{Dispatcher, Failure, Order, Verdict};
use leasehold_domain::actor::Actor;
use leasehold_domain::company::CommandType::{
    self, AcquireLease, CreateEnvironment, ReleaseLease, RemoveEnvironment,
};
use leasehold_domain::id::CompanyId;
use leasehold_domain::text::Key;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::{Life, code, said};
use crate::support::orders::{caller, command, company, environment, keyed, lease, order};

/// Whether a verdict came from a receipt.
fn is_replayed(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Accepted { is_replayed, .. } | Verdict::Refused { is_replayed, .. } => {
            *is_replayed
        }
        Verdict::Failed { .. } | Verdict::NotApplied { .. } => false,
    }
}

fn is_mismatch(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Failed { failure: Failure::IdempotencyMismatch, .. })
}

/// How many rows each table has.
async fn counts(pool: &PgPool) -> [i64; 6] {
    let (heads, events, environments, leases, activities, receipts) = sqlx::query_as(
        "select (select count(*) from leasehold.heads), (select count(*) from leasehold.events),
                (select count(*) from leasehold.environments),
                (select count(*) from leasehold.environment_leases),
                (select count(*) from leasehold.activity_log),
                (select count(*) from leasehold.receipts)",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    [heads, events, environments, leases, activities, receipts]
}

async fn place(dispatcher: &Dispatcher, company: CompanyId, capacity: u32) -> Uuid {
    let body = json!({"name": "box", "driver": "ssh", "capacity": capacity});
    environment(dispatcher.dispatch(company, order(CreateEnvironment, body)).await).id
}

#[tokio::test]
async fn every_kind_of_command_hears_the_same_again_though_the_state_moved_on() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let mut life = Life::new(&dispatcher, company);
    life.round(1).await;
    life.round(2).await;
    let before = counts(&database.pool).await;
    // A dispatcher that has nothing in memory answers as well.
    let (fresh, _lanes) = database.dispatcher();
    let mut kinds = Vec::new();
    for deed in &life.deeds {
        for dispatcher in [&dispatcher, &fresh] {
            let order = keyed(&deed.key, deed.kind, deed.body.clone());
            let again = dispatcher.dispatch(company, order).await;
            assert!(is_replayed(&again), "{}: {again:?}", deed.kind);
            assert_eq!(said(&again), said(&deed.verdict), "{}", deed.kind);
        }
        if matches!(deed.verdict, Verdict::Accepted { .. }) {
            kinds.push(deed.kind);
        }
    }
    for kind in CommandType::ALL {
        assert!(kinds.contains(kind), "no {kind} was accepted");
    }
    assert_eq!(counts(&database.pool).await, before);
    database.drop().await;
}

#[tokio::test]
async fn an_acquisition_that_is_repeated_after_the_release_shows_the_lease_active_as_then() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = place(&dispatcher, company, 1).await;
    let body = json!({"environmentId": place, "heartbeatRunId": Uuid::now_v7()});
    let acquire = || keyed("acquire", AcquireLease, body.clone());
    let held = lease(dispatcher.dispatch(company, acquire()).await);
    let end = order(ReleaseLease, json!({"leaseId": held.id}));
    assert_eq!(lease(dispatcher.dispatch(company, end).await).status, "released");
    let again = lease(dispatcher.dispatch(company, acquire()).await);
    assert_eq!((again.status.as_ref(), &again), ("active", &held));
    database.drop().await;
}

#[tokio::test]
async fn a_key_belongs_to_its_body_its_actor_and_its_company() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let (one, two) = (company(), company());
    let body = |name: &str| json!({"name": name, "driver": "ssh"});
    let create = |name: &str| keyed("create", CreateEnvironment, body(name));
    let made = environment(dispatcher.dispatch(one, create("box")).await);
    // However it was laid out.
    let turned = json!({"driver": "ssh", "metadata": null, "name": "box"});
    let again = dispatcher.dispatch(one, keyed("create", CreateEnvironment, turned)).await;
    assert!(is_replayed(&again), "{again:?}");
    assert!(is_mismatch(&dispatcher.dispatch(one, create("other")).await));
    let remove = keyed("create", RemoveEnvironment, json!({"environmentId": made.id}));
    assert!(is_mismatch(&dispatcher.dispatch(one, remove).await));
    let mut someone = caller();
    someone.actor = Actor::system("someone else");
    let key = Key::new("create").unwrap();
    let theirs = Order::new(command(CreateEnvironment, body("box")), Some(key), someone);
    assert!(is_mismatch(&dispatcher.dispatch(one, theirs).await));
    let elsewhere = environment(dispatcher.dispatch(two, create("box")).await);
    assert_ne!(elsewhere.id, made.id);
    assert_eq!(counts(&database.pool).await, [2, 2, 2, 0, 2, 2]);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_many_send_at_once_is_done_once() {
    let database = TestDatabase::new().await;
    let (one, _one) = database.dispatcher();
    let (two, _two) = database.dispatcher();
    let company = company();
    let place = place(&one, company, 64).await;
    for round in 0..8 {
        let key = format!("acquire {round}");
        let sent = (0..32).map(|client| {
            let dispatcher = if client % 2 == 0 { one.clone() } else { two.clone() };
            let order = keyed(&key, AcquireLease, json!({"environmentId": place}));
            tokio::spawn(async move { dispatcher.dispatch(company, order).await })
        });
        let verdicts: Vec<Verdict> = join_all(sent).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(verdicts.iter().filter(|verdict| !is_replayed(verdict)).count(), 1);
        assert!(verdicts.iter().all(|verdict| said(verdict) == said(&verdicts[0])), "{verdicts:?}");
        assert_eq!(counts(&database.pool).await[1], 2 + round);
    }
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_that_many_hear_at_once_under_one_key_leaves_one_receipt() {
    let database = TestDatabase::new().await;
    let (one, _one) = database.dispatcher();
    let (two, _two) = database.dispatcher();
    let company = company();
    let place = place(&one, company, 0).await;
    let before = counts(&database.pool).await;
    let sent = (0..32).map(|client| {
        let dispatcher = if client % 2 == 0 { one.clone() } else { two.clone() };
        let order = keyed("acquire", AcquireLease, json!({"environmentId": place}));
        tokio::spawn(async move { dispatcher.dispatch(company, order).await })
    });
    let verdicts: Vec<Verdict> = join_all(sent).await.into_iter().map(Result::unwrap).collect();
    assert!(verdicts.iter().all(|verdict| code(verdict) == "capacity_exhausted"));
    let mut after = before;
    after[5] += 1;
    assert_eq!(counts(&database.pool).await, after);
    database.drop().await;
}

#[tokio::test]
async fn a_refusal_writes_nothing_without_a_key_and_a_receipt_alone_with_one() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let place = place(&dispatcher, company, 0).await;
    let before = counts(&database.pool).await;
    let body: Value = json!({"environmentId": place});
    let refused = dispatcher.dispatch(company, order(AcquireLease, body.clone())).await;
    assert_eq!(code(&refused), "capacity_exhausted");
    assert_eq!(counts(&database.pool).await, before);
    let refused = dispatcher.dispatch(company, keyed("mine", AcquireLease, body.clone())).await;
    assert_eq!(code(&refused), "capacity_exhausted");
    let mut with_receipt = before;
    with_receipt[5] += 1;
    assert_eq!(counts(&database.pool).await, with_receipt);
    let again = dispatcher.dispatch(company, keyed("mine", AcquireLease, body)).await;
    assert!(is_replayed(&again));
    assert_eq!(said(&again), said(&refused));
    database.drop().await;
}
