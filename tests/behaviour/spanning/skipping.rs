//! Writers whose transactions overlap, keepers that race and are cut off: no event is skipped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures::future::join_all;
use leasehold::dispatch::{Dispatcher, Settings};
use leasehold::log::load_heads;
use leasehold::read::Moment;
use leasehold::spans::keep_once;
use leasehold_domain::company::CommandType::{
    AcquireLease, CreateEnvironment, ReleaseLease, ResumeLease, RetainLease,
};
use leasehold_domain::id::CompanyId;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use uuid::Uuid;

use super::{answered, meant};
use crate::support::database::TestDatabase;
use crate::support::orders::{company, environment, lease, order};

/// Takes leases, keeps and resumes some, lets some go, until it is told to stop.
async fn live(
    dispatcher: Dispatcher,
    id: CompanyId,
    over: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
) {
    let body = json!({"name": Uuid::now_v7().to_string(), "driver": "ssh"});
    let place = environment(dispatcher.dispatch(id, order(CreateEnvironment, body)).await).id;
    for round in 0.. {
        if over.load(Ordering::SeqCst) {
            return;
        }
        let body = json!({"environmentId": place, "heartbeatRunId": Uuid::now_v7(),
                          "agentId": Uuid::from_u128(round % 3)});
        let held = lease(dispatcher.dispatch(id, order(AcquireLease, body)).await).id;
        if round % 3 == 0 {
            let keep = json!({"leaseId": held});
            lease(dispatcher.dispatch(id, order(RetainLease, keep)).await);
            let resume = json!({"leaseId": held, "heartbeatRunId": Uuid::now_v7()});
            lease(dispatcher.dispatch(id, order(ResumeLease, resume)).await);
        }
        if round % 4 != 1 {
            lease(dispatcher.dispatch(id, order(ReleaseLease, json!({"leaseId": held}))).await);
        }
        done.fetch_add(1, Ordering::SeqCst);
    }
}

/// Keeps the spans up in a hurry, as one of several that all believe that they are the one; its
/// connection is lost now and then.
async fn keep_up(pool: PgPool, over: Arc<AtomicBool>) -> u64 {
    let mut events = 0;
    while !over.load(Ordering::SeqCst) {
        let mut connection = pool.acquire().await.unwrap();
        match keep_once(&mut connection).await {
            Ok(taken) => events += taken,
            Err(error) => {
                tracing::debug!(%error, "cut off");
                drop(connection.detach());
            }
        }
    }
    events
}

async fn spans(pool: &PgPool) -> Vec<Value> {
    let all = "select to_jsonb(s) from leasehold.lease_spans s
               order by company_id, lease_id, from_position";
    sqlx::query_scalar(all).fetch_all(pool).await.unwrap()
}

/// What has been appended since a moment does not change who held what then.
async fn ask(connection: &mut PgConnection, id: CompanyId) {
    let heads = load_heads(connection, &[id.0]).await.unwrap();
    let Some(head) = heads.first() else { return };
    let moment = Moment::At(head.position);
    let found = answered(connection, id, moment, None).await;
    assert_eq!(found, meant(connection, id, moment).await, "{moment:?}");
}

async fn cut_off_a_keeper(connection: &mut PgConnection) {
    let end = "select pg_terminate_backend(pid) from pg_stat_activity
               where query like '%projection_checkpoints as c%' and pid <> pg_backend_pid()
               limit 1";
    connection.execute(end).await.unwrap();
}

/// The spans are those of every event, and each was taken up once; how many events there are.
async fn each_event_once(
    database: &TestDatabase,
    companies: [CompanyId; 2],
    mut taken: u64,
) -> u64 {
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    taken += keep_once(&mut connection).await.unwrap();
    let heads: Vec<Uuid> = companies.iter().map(|id| id.0).collect();
    let heads = load_heads(&mut connection, &heads).await.unwrap();
    let events: u64 = heads.iter().map(|head| head.position.0).sum();
    assert!(taken <= events, "{taken} of {events}: what was cut off was not counted");
    let kept = spans(&database.pool).await;
    for table in ["projection_checkpoints", "lease_spans"] {
        connection.execute(&*format!("delete from leasehold.{table}")).await.unwrap();
    }
    assert_eq!(keep_once(&mut connection).await.unwrap(), events);
    assert_eq!(kept, spans(&database.pool).await);
    connection.close().await.unwrap();
    events
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reader_is_ever_made_to_skip_an_event() {
    let database = TestDatabase::new().await;
    let companies = [company(), company()];
    let (over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    // Two programs, whose transactions overlap in every way they can.
    let dispatchers: Vec<_> =
        (0..2).map(|_| Dispatcher::start(&database.options, Settings::default())).collect();
    let writers: Vec<_> = (0..12)
        .map(|number| {
            let (dispatcher, id) = (dispatchers[number % 2].0.clone(), companies[number / 6]);
            tokio::spawn(live(dispatcher, id, Arc::clone(&over), Arc::clone(&done)))
        })
        .collect();
    let keepers: Vec<_> =
        (0..3).map(|_| tokio::spawn(keep_up(database.pool.clone(), Arc::clone(&over)))).collect();
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let mut asked = 0;
    while done.load(Ordering::SeqCst) < 400 {
        ask(&mut connection, companies[asked % 2]).await;
        if asked % 5 == 4 {
            cut_off_a_keeper(&mut connection).await;
        }
        asked += 1;
    }
    over.store(true, Ordering::SeqCst);
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    let mut taken = 0;
    for keeper in join_all(keepers).await {
        taken += keeper.unwrap();
    }
    let events = each_event_once(&database, companies, taken).await;
    println!("{asked} questions while {events} events were appended");
    connection.close().await.unwrap();
    for (dispatcher, lanes) in dispatchers {
        drop(dispatcher);
        lanes.finish().await;
    }
    database.drop().await;
}
