//! Connections that are cut and servers that are gone: every answer is true, and work goes on.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::join_all;
use leasehold::database::prepare;
use leasehold::dispatch::{Dispatcher, Failure, Settings, Verdict};
use leasehold::pg::{Cluster, Mode, Settings as ClusterSettings};
use leasehold::verify::read_again;
use leasehold_domain::company::CommandType::{AcquireLease, CreateEnvironment, ReleaseLease};
use leasehold_domain::id::CompanyId;
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::{company, environment, keyed, lease, order};
use crate::support::proxy::{Cut, Proxy};

/// Nobody waits longer for an answer, whatever it is.
const WAIT_MAX: Duration = Duration::from_secs(10);

async fn place(dispatcher: &Dispatcher, company: CompanyId) -> Uuid {
    let body = json!({"name": "box", "driver": "ssh"});
    environment(dispatcher.dispatch(company, order(CreateEnvironment, body)).await).id
}

/// How many lease events there are, and under how many keys.
async fn events_and_keys(pool: &PgPool) -> (i64, i64) {
    sqlx::query_as(
        "select count(*), count(distinct metadata ->> 'key') from leasehold.events
         where aggregate_type = 'lease'",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

/// Acquires and releases until it is over; how many were accepted.
async fn work(
    dispatcher: Dispatcher,
    company: CompanyId,
    place: Uuid,
    over: Arc<AtomicBool>,
) -> i64 {
    let mut accepted = 0;
    while !over.load(Ordering::SeqCst) {
        let take = order(AcquireLease, json!({"environmentId": place}));
        // Anything but an acceptance ends the test here.
        let held = lease(dispatcher.dispatch(company, take).await);
        let end = order(ReleaseLease, json!({"leaseId": held.id}));
        lease(dispatcher.dispatch(company, end).await);
        accepted += 2;
    }
    accepted
}

/// Ends whatever lane is in the middle of a statement, until it has hit `times`.
async fn terminate_lanes(admin: &mut PgConnection, times: u64) {
    let until = Instant::now() + Duration::from_secs(30);
    let mut hit = 0;
    while hit < times {
        assert!(Instant::now() < until, "only {hit} connections were ended in time");
        hit += sqlx::query(
            "select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
             where datname = current_database()
               and application_name like 'leasehold lane%'
               and state = 'active'",
        )
        .execute(&mut *admin)
        .await
        .unwrap()
        .rows_affected();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ending_lanes_connections_changes_no_answer_and_repeats_nothing() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let over = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let company = company();
        let place = place(&dispatcher, company).await;
        for _ in 0..4 {
            let task = work(dispatcher.clone(), company, place, Arc::clone(&over));
            tasks.push(tokio::spawn(task));
        }
    }
    let mut admin = PgConnection::connect_with(&database.options).await.unwrap();
    terminate_lanes(&mut admin, 50).await;
    over.store(true, Ordering::SeqCst);
    let accepted: i64 = join_all(tasks).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(events_and_keys(&database.pool).await, (accepted, accepted));
    assert_eq!(read_again(&database.pool).await.unwrap().differing, 0);
    admin.close().await.unwrap();
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_at_any_moment_of_an_append_leaves_one_acceptance() {
    let database = TestDatabase::new().await;
    let Some(proxy) = Proxy::before(&database.options).await else {
        writeln!(std::io::stderr(), "not checked: the server has no Unix socket").unwrap();
        return;
    };
    let (dispatcher, _lanes) = Dispatcher::start(&proxy.options, Settings::default());
    let company = company();
    let place = place(&dispatcher, company).await;
    for round in 0..30 {
        let cut = [Cut::Before, Cut::Between, Cut::After][round % 3];
        let key = format!("cut here {round:02}");
        proxy.arm(cut, &key);
        let take = keyed(&key, AcquireLease, json!({"environmentId": place}));
        let held = lease(timeout(WAIT_MAX, dispatcher.dispatch(company, take)).await.unwrap());
        assert_eq!(proxy.cuts(), round + 1, "{cut:?}");
        assert_eq!(held.status, "active");
        let there = i64::try_from(round).unwrap() + 1;
        assert_eq!(events_and_keys(&database.pool).await, (there, there), "{cut:?}");
    }
    assert_eq!(read_again(&database.pool).await.unwrap().differing, 0);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_is_said_to_be_and_work_goes_on_when_it_is_back() {
    let dir = std::env::temp_dir().join(format!("leasehold-gone-{}", Uuid::now_v7().simple()));
    let mut settings = ClusterSettings::new(Mode::Durable, env!("CARGO_BIN_EXE_leasehold").into());
    settings.data_dir = Some(dir.clone());
    let cluster = Cluster::start(&settings).await.unwrap();
    let options = cluster.connect_options();
    prepare(&options).await.unwrap();
    let (dispatcher, _lanes) = Dispatcher::start(&options, Settings::default());
    let companies: Vec<CompanyId> = (0..8).map(|_| company()).collect();
    let mut places = Vec::new();
    for company in &companies {
        places.push(place(&dispatcher, *company).await);
    }
    cluster.stop().await.unwrap();
    // Both a lane that finds its connection dead and one that cannot make a new one.
    for _ in 0..2 {
        let sent = companies.iter().zip(&places).map(|(company, place)| {
            let take = order(AcquireLease, json!({"environmentId": place}));
            timeout(WAIT_MAX, dispatcher.dispatch(*company, take))
        });
        for verdict in join_all(sent).await {
            let verdict = verdict.expect("an answer within 10 s");
            let Verdict::Failed { failure, .. } = verdict else { panic!("{verdict:?}") };
            assert_eq!(failure, Failure::DatabaseUnavailable);
        }
    }
    let cluster = Cluster::start(&settings).await.unwrap();
    for (company, place) in companies.iter().zip(&places) {
        let take = order(AcquireLease, json!({"environmentId": place}));
        lease(dispatcher.dispatch(*company, take).await);
    }
    let pool = PgPool::connect_with(cluster.connect_options()).await.unwrap();
    assert_eq!(events_and_keys(&pool).await, (8, 8));
    pool.close().await;
    drop(dispatcher);
    cluster.stop().await.unwrap();
    std::fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn a_head_that_somebody_keeps_locked_is_waited_for_with_a_bound() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let company = company();
    Life::new(&dispatcher, company).round(1).await;
    let mut holder = PgConnection::connect_with(&database.options).await.unwrap();
    holder.execute("begin; select from leasehold.heads for update").await.unwrap();
    let create = || keyed("create", CreateEnvironment, json!({"name": "late", "driver": "ssh"}));
    let since = Instant::now();
    let verdict = timeout(Duration::from_secs(20), dispatcher.dispatch(company, create())).await;
    let verdict = verdict.expect("an answer although the head stays locked");
    let Verdict::Failed { failure, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!(failure, Failure::DatabaseUnavailable);
    assert!(since.elapsed() < WAIT_MAX, "{:?}", since.elapsed());
    holder.execute("rollback").await.unwrap();
    environment(dispatcher.dispatch(company, create()).await);
    holder.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn a_server_that_keeps_failing_inside_is_not_asked_for_ever() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    database
        .pool
        .execute(
            "create function leasehold.break_down() returns trigger language plpgsql as
             $$ begin raise exception 'a page is broken' using errcode = 'XX001'; end $$;
             create trigger broken before insert on leasehold.activity_log
             for each row execute function leasehold.break_down()",
        )
        .await
        .unwrap();
    let create = || keyed("create", CreateEnvironment, json!({"name": "box", "driver": "ssh"}));
    let company = company();
    let verdict = timeout(WAIT_MAX, dispatcher.dispatch(company, create())).await;
    let verdict = verdict.expect("an answer within 10 s");
    let Verdict::Failed { failure, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!(failure, Failure::DatabaseUnavailable);
    database.pool.execute("drop trigger broken on leasehold.activity_log").await.unwrap();
    environment(dispatcher.dispatch(company, create()).await);
    database.drop().await;
}
