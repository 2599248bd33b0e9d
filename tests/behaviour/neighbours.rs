//! A command that cannot be stored, is refused, or is about something unreadable fails alone.

use leasehold::dispatch::{Failure, Order, Verdict};
use leasehold::verify::read_again;
use leasehold_domain::company::CommandType::{
    AcquireLease, ArchiveEnvironment, CreateEnvironment, EndRun, ReleaseLease, RenewLease,
};
use serde_json::json;
use sqlx::{Executor, PgPool};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::forging::forge;
use crate::support::lives::code;
use crate::support::orders::{company, environment, keyed, lease, order};

/// A value that no code of ours minds, and that the database of this test does not take.
async fn forbid_pink(pool: &PgPool) {
    let check = "alter table leasehold.environments
                 add constraint environments_pink_check check (name not like 'pink%')";
    pool.execute(check).await.unwrap();
}

fn create(name: &str) -> Order {
    order(CreateEnvironment, json!({"name": name, "driver": "ssh"}))
}

/// The failure of a verdict, if it is one.
fn failure(verdict: &Verdict) -> Option<Failure> {
    match verdict {
        Verdict::Failed { failure, .. } => Some(*failure),
        Verdict::Accepted { .. } | Verdict::Refused { .. } | Verdict::NotApplied { .. } => None,
    }
}

async fn names(pool: &PgPool) -> Vec<String> {
    let names = "select name from leasehold.environments order by company_id, created_at, name";
    sqlx::query_scalar(names).fetch_all(pool).await.unwrap()
}

#[tokio::test]
async fn a_command_that_cannot_be_stored_fails_alone_among_twenty() {
    let database = TestDatabase::new().await;
    forbid_pink(&database.pool).await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let mut orders: Vec<Order> = (0..20).map(|n| create(&format!("box {n:02}"))).collect();
    orders.insert(10, create("pink box"));
    orders.insert(5, create("box 00"));
    let verdicts = dispatcher.dispatch_all(company, orders, false).await;
    for (place, verdict) in verdicts.iter().enumerate() {
        match place {
            5 => assert_eq!(code(verdict), "environment_name_taken"),
            11 => assert_eq!(failure(verdict), Some(Failure::Unstorable)),
            _ => assert!(matches!(verdict, Verdict::Accepted { .. }), "{place}: {verdict:?}"),
        }
    }
    assert_eq!(names(&database.pool).await.len(), 20);
    let positions: i64 = sqlx::query_scalar("select position from leasehold.heads")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    assert_eq!(positions, 20);
    assert_eq!(read_again(&database.pool).await.unwrap().differing, 0);
    database.drop().await;
}

#[tokio::test]
async fn a_command_that_cannot_be_stored_fails_no_other_company_of_its_batch() {
    let database = TestDatabase::new().await;
    forbid_pink(&database.pool).await;
    let (dispatcher, _lanes) = database.dispatcher();
    let sent = (0..40).map(|n| {
        let name = if n % 10 == 3 { format!("pink {n}") } else { format!("box {n}") };
        let dispatcher = dispatcher.clone();
        tokio::spawn(async move { (n, dispatcher.dispatch(company(), create(&name)).await) })
    });
    for answer in futures::future::join_all(sent).await {
        let (n, verdict) = answer.unwrap();
        let wanted = (n % 10 == 3).then_some(Failure::Unstorable);
        assert_eq!(failure(&verdict), wanted, "{n}: {verdict:?}");
    }
    assert_eq!(names(&database.pool).await.len(), 36);
    database.drop().await;
}

#[tokio::test]
async fn an_atomic_dispatch_that_cannot_be_stored_fails_whole_and_alone() {
    let database = TestDatabase::new().await;
    forbid_pink(&database.pool).await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let whole = vec![create("one"), create("pink"), create("two")];
    let (whole, alone) = tokio::join!(
        dispatcher.dispatch_all(company, whole, true),
        dispatcher.dispatch_all(company, vec![create("box")], false),
    );
    assert!(whole.iter().all(|verdict| failure(verdict) == Some(Failure::Unstorable)), "{whole:?}");
    assert!(matches!(alone[0], Verdict::Accepted { .. }), "{alone:?}");
    assert_eq!(names(&database.pool).await, ["box"]);
    database.drop().await;
}

#[tokio::test]
async fn what_could_not_be_stored_can_be_tried_again_under_its_key() {
    let database = TestDatabase::new().await;
    forbid_pink(&database.pool).await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    let pink = || keyed("pink", CreateEnvironment, json!({"name": "pink", "driver": "ssh"}));
    let verdict = dispatcher.dispatch(company, pink()).await;
    assert_eq!(failure(&verdict), Some(Failure::Unstorable));
    let allow = "alter table leasehold.environments drop constraint environments_pink_check";
    database.pool.execute(allow).await.unwrap();
    assert_eq!(environment(dispatcher.dispatch(company, pink()).await).name, "pink");
    database.drop().await;
}

#[tokio::test]
async fn a_row_that_stands_in_the_way_fails_what_meets_it_and_does_not_hang_the_lane() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let (one, two) = (company(), company());
    environment(dispatcher.dispatch(one, create("box")).await);
    // An audit line that nobody wrote, where the next one belongs.
    let stray = "insert into leasehold.activity_log (id, company_id, actor_type, actor_id, action,
                   entity_type, entity_id, created_at, bookkeeping, position)
                 select gen_random_uuid(), company_id, 'system', 'x', 'x', 'x', 'x', now(), false,
                        position + 1
                 from leasehold.heads";
    database.pool.execute(stray).await.unwrap();
    let (met, passed) = tokio::join!(
        dispatcher.dispatch(one, create("next")),
        dispatcher.dispatch(two, create("box"))
    );
    assert_eq!(failure(&met), Some(Failure::Internal), "{met:?}");
    environment(passed);
    let clear = "delete from leasehold.activity_log where actor_id = 'x'";
    database.pool.execute(clear).await.unwrap();
    environment(dispatcher.dispatch(one, create("next")).await);
    database.drop().await;
}

/// Puts an event into the log that no version of this program has ever known.
async fn teleport(pool: &PgPool, stream: Uuid) {
    forge(pool, stream, "Teleported", r#"{"Teleported": {"to": "the moon"}}"#).await;
}

#[tokio::test]
async fn a_lease_that_cannot_be_read_fails_only_what_is_about_it() {
    let database = TestDatabase::new().await;
    let (warm, _warm) = database.dispatcher();
    let (cold, _cold) = database.dispatcher();
    let company = company();
    let place = environment(warm.dispatch(company, create("box")).await).id;
    let other = environment(warm.dispatch(company, create("other")).await).id;
    let run = Uuid::now_v7();
    let take = |place: Uuid, run: Uuid| {
        order(AcquireLease, json!({"environmentId": place, "heartbeatRunId": run}))
    };
    let bad = lease(warm.dispatch(company, take(place, run)).await).id;
    let good = lease(warm.dispatch(company, take(place, Uuid::now_v7())).await).id;
    teleport(&database.pool, bad).await;
    for dispatcher in [&warm, &cold] {
        let end = order(ReleaseLease, json!({"leaseId": bad}));
        let renew = order(RenewLease, json!({"leaseId": bad, "ttlSeconds": 60}));
        // Nobody knows whether it still holds its place.
        for about in [end, renew, take(place, Uuid::now_v7())] {
            let verdict = dispatcher.dispatch(company, about).await;
            assert_eq!(failure(&verdict), Some(Failure::Internal), "{verdict:?}");
        }
        let end = order(EndRun, json!({"runId": run, "outcome": "failed"}));
        let verdict = dispatcher.dispatch(company, end).await;
        assert_eq!(failure(&verdict), Some(Failure::Internal), "{verdict:?}");
        let renew = order(RenewLease, json!({"leaseId": good, "ttlSeconds": 60}));
        lease(dispatcher.dispatch(company, renew).await);
        let held = lease(dispatcher.dispatch(company, take(other, Uuid::now_v7())).await);
        let end = order(ReleaseLease, json!({"leaseId": held.id}));
        lease(dispatcher.dispatch(company, end).await);
    }
    database.drop().await;
}

#[tokio::test]
async fn an_environment_that_cannot_be_read_fails_only_what_is_about_it() {
    let database = TestDatabase::new().await;
    let (warm, _warm) = database.dispatcher();
    let (cold, _cold) = database.dispatcher();
    let company = company();
    let bad = environment(warm.dispatch(company, create("bad")).await).id;
    let good = environment(warm.dispatch(company, create("good")).await).id;
    teleport(&database.pool, bad).await;
    for dispatcher in [&warm, &cold] {
        let archive = order(ArchiveEnvironment, json!({"environmentId": bad}));
        let take = order(AcquireLease, json!({"environmentId": bad}));
        // Nobody knows its name.
        for about in [archive, take, create("another")] {
            let verdict = dispatcher.dispatch(company, about).await;
            assert_eq!(failure(&verdict), Some(Failure::Internal), "{verdict:?}");
        }
        let take = order(AcquireLease, json!({"environmentId": good}));
        lease(dispatcher.dispatch(company, take).await);
    }
    database.drop().await;
}
