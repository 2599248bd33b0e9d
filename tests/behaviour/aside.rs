//! What nobody waits for keeps nobody waiting: it is written on a connection beside the lane's, and
//! only its own company waits for it.

use std::time::Duration;

use leasehold::dispatch::{Dispatcher, Lanes, Settings, Verdict};
use leasehold_domain::company::CommandType::{AcquireLease, CreateEnvironment, ReleaseLease};
use leasehold_domain::id::CompanyId;
use serde_json::json;
use sqlx::{PgPool, Postgres, Transaction};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::orders::{company, environment, lease, order};

const WAIT_MAX: Duration = Duration::from_secs(30);

/// One lane, with a lease of a company on it whose row somebody else holds.
struct Blocked {
    database: TestDatabase,
    dispatcher: Dispatcher,
    lanes: Lanes,
    company: CompanyId,
    place: Uuid,
    blocker: Transaction<'static, Postgres>,
    /// The end of the lease, handed in aside.
    aside: JoinHandle<Vec<Verdict>>,
}

async fn place(dispatcher: &Dispatcher, company: CompanyId) -> Uuid {
    let body = json!({"name": "box", "driver": "ssh"});
    environment(dispatcher.dispatch(company, order(CreateEnvironment, body)).await).id
}

async fn acquire(dispatcher: &Dispatcher, company: CompanyId, place: Uuid) -> Uuid {
    let asked = order(AcquireLease, json!({"environmentId": place}));
    lease(timeout(WAIT_MAX, dispatcher.dispatch(company, asked)).await.unwrap()).id
}

/// The connection of a name that waits for a lock: its process.
async fn waiting(pool: &PgPool, name: &str) -> Option<i32> {
    sqlx::query_scalar(
        "select pid from pg_catalog.pg_stat_activity
         where datname = current_database() and application_name = $1
           and wait_event_type = 'Lock'",
    )
    .bind(name)
    .fetch_optional(pool)
    .await
    .unwrap()
}

async fn until_it_waits(pool: &PgPool) -> i32 {
    let until = Instant::now() + WAIT_MAX;
    loop {
        if let Some(process) = waiting(pool, "leasehold lane 0 aside").await {
            return process;
        }
        assert!(Instant::now() < until, "nothing waits aside");
        sleep(Duration::from_millis(5)).await;
    }
}

impl Blocked {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let settings = Settings { lanes: 1, ..Settings::default() };
        let (dispatcher, lanes) = Dispatcher::start(&database.options, settings);
        let company = company();
        let place = place(&dispatcher, company).await;
        let held = acquire(&dispatcher, company, place).await;
        let mut blocker = database.pool.begin().await.unwrap();
        sqlx::query("select from leasehold.environment_leases where id = $1 for update")
            .bind(held)
            .execute(&mut *blocker)
            .await
            .unwrap();
        let (to, end) = (dispatcher.clone(), order(ReleaseLease, json!({"leaseId": held})));
        let aside = tokio::spawn(async move { to.dispatch_aside(company, vec![end]).await });
        until_it_waits(&database.pool).await;
        Self { database, dispatcher, lanes, company, place, blocker, aside }
    }

    /// Lets what is aside be written; its answer, and everything in the order of the log.
    async fn go_on(self, other: Option<JoinHandle<Uuid>>) -> Vec<String> {
        let Self { database, dispatcher, lanes, company, blocker, aside, .. } = self;
        drop(dispatcher);
        blocker.rollback().await.unwrap();
        let verdicts = timeout(WAIT_MAX, aside).await.unwrap().unwrap();
        assert_eq!(lease(verdicts.into_iter().next().unwrap()).status, "released");
        if let Some(other) = other {
            timeout(WAIT_MAX, other).await.unwrap().unwrap();
        }
        timeout(WAIT_MAX, lanes.finish()).await.unwrap();
        let events = sqlx::query_scalar(
            "select event_type from leasehold.events where company_id = $1 order by position",
        );
        let events = events.bind(company.0).fetch_all(&database.pool).await.unwrap();
        database.drop().await;
        events
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_company_of_the_lane_is_served_while_something_is_aside() {
    let blocked = Blocked::new().await;
    let other = company();
    let place = place(&blocked.dispatcher, other).await;
    acquire(&blocked.dispatcher, other, place).await;
    assert!(!blocked.aside.is_finished());
    assert_eq!(blocked.go_on(None).await, ["Created", "LeaseAcquired", "Released"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_own_company_waits_and_decides_on_what_became_of_it() {
    let blocked = Blocked::new().await;
    let (dispatcher, company, place) = (blocked.dispatcher.clone(), blocked.company, blocked.place);
    let answered = tokio::spawn(async move { acquire(&dispatcher, company, place).await });
    let other = self::company();
    self::place(&blocked.dispatcher, other).await;
    assert!(!answered.is_finished(), "its company is lent");
    assert_eq!(waiting(&blocked.database.pool, "leasehold lane 0").await, None);
    let expected = ["Created", "LeaseAcquired", "Released", "LeaseAcquired"];
    assert_eq!(blocked.go_on(Some(answered)).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_aside_that_is_lost_loses_nothing() {
    let blocked = Blocked::new().await;
    let pool = &blocked.database.pool;
    let process = until_it_waits(pool).await;
    sqlx::query("select pg_terminate_backend($1)").bind(process).execute(pool).await.unwrap();
    assert_ne!(until_it_waits(pool).await, process, "it is tried again on another one");
    let other = company();
    place(&blocked.dispatcher, other).await;
    assert_eq!(blocked.go_on(None).await, ["Created", "LeaseAcquired", "Released"]);
}
