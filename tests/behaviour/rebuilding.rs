//! Rebuilds while the ledger is written: what is swapped in is what the log means, and nobody is
//! refused for it.

mod cut_off;
mod going_back;
mod killed;
mod one_at_a_time;
mod outrun;
mod read_meanwhile;
mod summed;
mod vacuumed;
mod versions;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use leasehold::dispatch::{Caller, Dispatcher, Lanes, Settings, Verdict};
use leasehold::rebuild::{
    Options, RebuildError, State, drop_old, list_old, list_rebuilds, rebuild,
};
use leasehold::verify::{self, verify};
use leasehold_domain::actor::Actor;
use leasehold_domain::company::CommandType::{AcquireLease, CreateEnvironment, ReleaseLease};
use leasehold_domain::id::CompanyId;
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::{company, environment, lease, order};

async fn lived(companies: usize) -> TestDatabase {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = database.dispatcher();
    for _ in 0..companies {
        Life::new(&dispatcher, company()).round(0).await;
    }
    drop(dispatcher);
    lanes.finish().await;
    database
}

async fn sound(database: &TestDatabase) {
    let options = verify::Options::default();
    let told = Arc::new(|_| ());
    let report = verify(&database.options, &database.pool, options, |_| (), told).await.unwrap();
    assert_eq!(report.findings.failing(), 0, "{:?}", report.findings.named());
}

fn options() -> Options {
    Options {
        part_events_min: 1,
        ..Options::new(Caller { actor: Actor::system("a test"), authenticated_by: None })
    }
}

async fn rebuilt(database: &TestDatabase) -> Result<leasehold::rebuild::Verdict, RebuildError> {
    rebuild(&database.options, &options(), Arc::new(|_| ())).await
}

/// Tables, indexes, constraints and rights, as a reader of the catalogue sees them.
async fn catalogue(database: &TestDatabase) -> Vec<String> {
    sqlx::query_scalar(
        "select indexdef from pg_indexes
         where schemaname = 'leasehold' and tablename not like '%\\_old'
         union all
         select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
         from pg_constraint
         where connamespace = 'leasehold'::regnamespace and conrelid::regclass::text not like '%\\_old'
         union all
         select attrelid::regclass || ' ' || attname || ' ' || atttypid::regtype || attnotnull
                || coalesce(col_description(attrelid, attnum), '')
         from pg_attribute
         where attrelid in ('leasehold.environments'::regclass,
                            'leasehold.environment_leases'::regclass,
                            'leasehold.activity_log'::regclass)
           and attnum > 0
         union all
         select table_name || ' ' || grantee || ' ' || privilege_type
         from information_schema.role_table_grants
         where table_schema = 'leasehold' and table_name not like '%\\_old'
         union all
         select relname || ' guarded ' || relrowsecurity || ' ' || relforcerowsecurity
         from pg_class
         where relnamespace = 'leasehold'::regnamespace
           and relkind = 'r'
           and relname not like '%\\_old'
         union all
         select tablename || ' ' || policyname || ' ' || permissive || ' ' || roles::text || ' ' || cmd
                || ' ' || coalesce(qual, '') || ' ' || coalesce(with_check, '')
         from pg_policies
         where schemaname = 'leasehold' and tablename not like '%\\_old'
         order by 1",
    )
    .fetch_all(&database.pool)
    .await
    .unwrap()
}

/// A writer that takes and releases leases until it is told to stop, with pauses; each verdict is an
/// acceptance.
async fn write(
    dispatcher: Dispatcher,
    (id, pause): (CompanyId, Duration),
    over: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
) {
    let body = json!({"name": Uuid::now_v7().to_string(), "driver": "ssh"});
    let place = environment(dispatcher.dispatch(id, order(CreateEnvironment, body)).await).id;
    while !over.load(Ordering::SeqCst) {
        let body = json!({"environmentId": place, "heartbeatRunId": Uuid::now_v7(), "metadata": {"n": 1.50}});
        let held = lease(dispatcher.dispatch(id, order(AcquireLease, body)).await).id;
        let end = dispatcher.dispatch(id, order(ReleaseLease, json!({"leaseId": held}))).await;
        assert!(matches!(end, Verdict::Accepted { .. }), "{end:?}");
        done.fetch_add(1, Ordering::SeqCst);
        sleep(pause).await;
    }
}

/// Writers in some companies, until they are stopped.
struct Writers {
    over: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
    lanes: Lanes,
}

impl Writers {
    fn start(database: &TestDatabase, settings: Settings, count: usize, pause: Duration) -> Self {
        let (dispatcher, lanes) = Dispatcher::start(&database.options, settings);
        let (over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let companies: Vec<CompanyId> = (0..count.div_ceil(4)).map(|_| company()).collect();
        let start = |number: usize| {
            let at = (companies[number % companies.len()], pause);
            tokio::spawn(write(dispatcher.clone(), at, Arc::clone(&over), Arc::clone(&done)))
        };
        let tasks = (0..count).map(start).collect();
        Self { over, done, tasks, lanes }
    }

    /// Waits until each has gone on, about twice.
    async fn go_on(&self) {
        let written = self.done.load(Ordering::SeqCst);
        while self.done.load(Ordering::SeqCst) < written + 2 * self.tasks.len() {
            assert!(self.tasks.iter().all(|task| !task.is_finished()), "a command was refused");
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn stop(self) {
        self.over.store(true, Ordering::SeqCst);
        join_all(self.tasks).await.into_iter().for_each(Result::unwrap);
        self.lanes.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rebuilds_swap_under_writers_whom_nobody_refuses() {
    let database = lived(3).await;
    let before = catalogue(&database).await;
    // Without a pause the log grows as fast as a rebuild that lets everybody through.
    let pause = Duration::from_millis(100);
    let writers = Writers::start(&database, Settings::default(), 16, pause);
    for _ in 0..4 {
        let verdict = rebuilt(&database).await.unwrap();
        assert!(verdict.is_same(), "{verdict}");
        // Every writer goes on after the swap, on statements that were prepared before it.
        writers.go_on().await;
    }
    writers.stop().await;
    sound(&database).await;
    assert_eq!(catalogue(&database).await, before);
    nothing_is_left_but_the_record(&database, 4).await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_difference_is_found_and_counted_once_while_others_write() {
    let database = lived(3).await;
    let writers = Writers::start(&database, Settings::default(), 8, Duration::from_millis(50));
    writers.go_on().await;
    let edit = "update leasehold.environment_leases set failure_reason = 'another'
                where id = (select max(id::text)::uuid from leasehold.environment_leases
                            where released_at is not null)";
    database.pool.execute(edit).await.unwrap();
    let Err(RebuildError::Differs(verdict)) = rebuilt(&database).await else { panic!("swapped") };
    let expected = [("environment_leases.failure_reason".to_owned(), 1)];
    assert_eq!(verdict.differing.into_iter().collect::<Vec<_>>(), expected);
    writers.stop().await;
    database.drop().await;
}

async fn nothing_is_left_but_the_record(database: &TestDatabase, count: usize) {
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let rebuilds = list_rebuilds(&mut connection).await.unwrap();
    assert_eq!(rebuilds.len(), count);
    assert!(rebuilds.iter().all(|rebuild| rebuild.state == State::Swapped));
    assert!(rebuilds.iter().all(|rebuild| rebuild.asked_by == "a test"));
    assert_eq!(list_old(&mut connection).await.unwrap().len(), 3);
    assert_eq!(drop_old(&mut connection).await.unwrap().len(), 3);
    assert!(list_old(&mut connection).await.unwrap().is_empty());
    for left in ["rebuild_spans", "rebuild_positions", "rebuild_stale"] {
        let count = format!("select count(*) from leasehold.{left}");
        let count: i64 = sqlx::query_scalar(&count).fetch_one(&mut connection).await.unwrap();
        assert_eq!(count, 0, "{left}");
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_difference_stops_the_swap_and_is_shown() {
    for (table, column, edit, is_waivable) in [
        ("environments", "description", "'another'", true),
        ("environment_leases", "failure_reason", "'another'", true),
        ("activity_log", "details", "'{}'", true),
        ("environment_leases", "status", "'expired'", false),
        ("environment_leases", "cleanup_status", "'failed'", false),
    ] {
        let database = lived(1).await;
        let edit = format!(
            "update leasehold.{table} set {column} = {edit}
             where ctid = (select max(ctid) from leasehold.{table} where {column} is distinct from {edit})"
        );
        database.pool.execute(&*edit).await.unwrap();
        let Err(RebuildError::Differs(verdict)) = rebuilt(&database).await else {
            panic!("{table}.{column} was swapped away")
        };
        let name = format!("{table}.{column}");
        assert_eq!(verdict.differing.into_iter().collect::<Vec<_>>(), [(name, 1)]);
        assert_eq!(verdict.first.len(), 1);
        assert_eq!(verdict.first[0].columns, [column]);
        let shadow: Option<String> = sqlx::query_scalar("select to_regclass($1)::text")
            .bind(format!("leasehold.{table}_shadow"))
            .fetch_one(&database.pool)
            .await
            .unwrap();
        assert_eq!(shadow, None);
        let allowed = Options { is_difference_allowed: true, ..options() };
        let swapped = rebuild(&database.options, &allowed, Arc::new(|_| ())).await;
        assert_eq!(swapped.is_ok(), is_waivable, "{column}: {swapped:?}");
        if is_waivable {
            sound(&database).await;
        }
        database.drop().await;
    }
}

#[tokio::test]
async fn rows_that_are_missing_or_not_meant_are_shown() {
    let database = lived(1).await;
    database
        .pool
        .execute(
            "delete from leasehold.activity_log where position = 3;
             insert into leasehold.environments
             select (made.row).* from (
               select jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid())) as row
               from leasehold.environments t limit 1
             ) made",
        )
        .await
        .unwrap();
    let Err(RebuildError::Differs(verdict)) = rebuilt(&database).await else { panic!("swapped") };
    let expected = [("activity_log.-".to_owned(), 1), ("environments.+".to_owned(), 1)];
    assert_eq!(verdict.differing.into_iter().collect::<Vec<_>>(), expected);
    database.drop().await;
}
