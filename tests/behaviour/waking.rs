//! Who waits for a log learns that it has moved, whichever process moved it.

use std::time::Duration;

use leasehold::dispatch::Order;
use leasehold::log::{MOVED_CHANNEL, notify_moved};
use leasehold::wake::{Mark, Watch};
use leasehold_domain::company::CommandType;
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use serde_json::json;
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::orders::order;

fn make(name: &str) -> Order {
    order(CommandType::CreateEnvironment, json!({"name": name, "driver": "ssh"}))
}

/// Waits until a watch has been told of a position, for as long as a fallback may take.
async fn told_of(watch: &mut Watch, position: u64) -> Mark {
    let waiting = async {
        loop {
            let mark = watch.moved().await;
            if mark.position >= Position(position) {
                return mark;
            }
        }
    };
    timeout(Duration::from_secs(20), waiting).await.expect("nobody told of it")
}

#[tokio::test]
async fn a_watch_is_woken_by_what_its_own_lanes_and_those_of_others_append() {
    let database = TestDatabase::new().await;
    let ((here, lanes), (elsewhere, others)) = (database.dispatcher(), database.dispatcher());
    let company = CompanyId(Uuid::now_v7());
    let (mut near, mut far) = (here.wake().watch(company), elsewhere.wake().watch(company));
    let bystander = here.wake().watch(CompanyId(Uuid::now_v7()));
    here.dispatch(company, make("one")).await;
    let mark = told_of(&mut near, 1).await;
    assert_eq!(mark, Mark { epoch: Epoch(1), position: Position(1) });
    assert_eq!(told_of(&mut far, 1).await, mark);
    elsewhere.dispatch(company, make("two")).await;
    assert_eq!(told_of(&mut near, 2).await.position, Position(2));
    assert_eq!(told_of(&mut far, 2).await.position, Position(2));
    assert_eq!(here.wake().watched_companies(), 2);
    drop((near, far, bystander));
    assert_eq!(here.wake().watched_companies(), 0);
    drop((here, elsewhere));
    lanes.finish().await;
    others.finish().await;
    database.drop().await;
}

/// A position that no head has can only have been heard; one that nobody told can only have been
/// seen.
#[tokio::test]
async fn a_watch_hears_notifications_and_looks_for_itself_when_there_are_none() {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = database.dispatcher();
    let company = CompanyId(Uuid::now_v7());
    dispatcher.dispatch(company, make("one")).await;
    let mut watch = dispatcher.wake().watch(company);
    let silent = "update leasehold.heads set position = 70 where company_id = $1";
    sqlx::query(silent).bind(company.0).execute(&database.pool).await.unwrap();
    assert_eq!(told_of(&mut watch, 70).await.position, Position(70));
    let listening = "select count(*) from pg_stat_activity
                     where datname = current_database() and query ilike 'listen%'";
    while sqlx::query_scalar::<_, i64>(listening).fetch_one(&database.pool).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    let told = ["nonsense; 1 2;".to_owned(), format!("{company} 1 x;{company} 1 99")];
    notify_moved(&mut database.pool.acquire().await.unwrap(), &told).await.unwrap();
    assert_eq!(told_of(&mut watch, 99).await.position, Position(99));
    assert_eq!(MOVED_CHANNEL, "leasehold_moved", "programs of two versions share the channel");
    // A restored log: its epoch is higher, whatever its position.
    let told = [format!("{company} 2 5")];
    notify_moved(&mut database.pool.acquire().await.unwrap(), &told).await.unwrap();
    let restored = Mark { epoch: Epoch(2), position: Position(5) };
    while told_of(&mut watch, 0).await != restored {}
    drop((watch, dispatcher));
    lanes.finish().await;
    database.drop().await;
}
