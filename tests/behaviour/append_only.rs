//! What is in the log stays as it is, whoever asks; and nothing lies outside of schema leasehold.

use leasehold::database::prepare;
use leasehold::dispatch::{Dispatcher, Settings};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;

/// `restrict_violation`, as the triggers say it.
const KEPT: &str = "23001";
/// `check_violation`.
const WRONG: &str = "23514";
/// `insufficient_privilege`.
const NOT_ALLOWED: &str = "42501";

/// A database with a life in it.
async fn lived() -> TestDatabase {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    Life::new(&dispatcher, company()).round(1).await;
    database
}

/// The SQLSTATE with which a statement is refused; empty when it is not.
async fn refusal(connection: &mut PgConnection, statement: &str) -> String {
    let Err(error) = connection.execute(statement).await else { return String::new() };
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.unwrap_or_else(|| panic!("{statement}: {error}")).into_owned()
}

/// The log, hashed as a whole.
async fn log_of(connection: &mut PgConnection) -> String {
    sqlx::query_scalar(
        "select md5(string_agg(e::text, ',' order by company_id, position))
                || (select md5(string_agg(h::text, ',' order by company_id)) from leasehold.heads h)
         from leasehold.events e",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_superuser_cannot_change_the_log_in_any_replication_role() {
    let database = lived().await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let is_super: bool = sqlx::query_scalar("select current_setting('is_superuser')::boolean")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(is_super);
    let before = log_of(&mut connection).await;
    for role in ["origin", "replica", "local"] {
        connection.execute(&*format!("set session_replication_role = {role}")).await.unwrap();
        for statement in [
            "update leasehold.events set payload = payload",
            "delete from leasehold.events where position = 1",
            "truncate leasehold.events",
            "truncate leasehold.events, leasehold.heads cascade",
            "merge into leasehold.events e using leasehold.heads h on e.company_id = h.company_id
             when matched then delete",
            "delete from leasehold.heads",
            "truncate leasehold.heads",
            "update leasehold.heads set position = position - 1",
            "update leasehold.heads set company_id = gen_random_uuid()",
        ] {
            assert_eq!(refusal(&mut connection, statement).await, KEPT, "{role}: {statement}");
        }
    }
    assert_eq!(log_of(&mut connection).await, before);
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn a_head_only_moves_forward() {
    let database = lived().await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let forward = "update leasehold.heads set position = position + 1, epoch = epoch + 1";
    assert_eq!(refusal(&mut connection, forward).await, "");
    for back in [
        "position = position - 1",
        "epoch = epoch - 1",
        "recorded_at = recorded_at - interval '1 microsecond'",
        "company_id = gen_random_uuid()",
        "position = 0, epoch = epoch + 1",
    ] {
        let statement = format!("update leasehold.heads set {back}");
        assert_eq!(refusal(&mut connection, &statement).await, KEPT, "{back}");
    }
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn a_column_says_what_it_may_and_nothing_else() {
    let database = lived().await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let copied = |changes: &str| {
        format!(
            "insert into leasehold.events
             select (jsonb_populate_record(e, '{changes}')).*
             from leasehold.events e
             limit 1"
        )
    };
    for wrong in [
        "update leasehold.heads set digest = '\\x00'".to_owned(),
        "update leasehold.heads set position = -1".to_owned(),
        "update leasehold.heads set epoch = 0".to_owned(),
        copied(r#"{"position": 0}"#),
        copied(r#"{"position": 1099511627776}"#),
        copied(r#"{"sequence": 0}"#),
        copied(r#"{"sequence": 2147483648}"#),
        copied(r#"{"digest": "00"}"#),
        "update leasehold.receipts set verdict = 'maybe'".to_owned(),
        "update leasehold.receipts set key = ''".to_owned(),
        "update leasehold.receipts set key = repeat('k', 201)".to_owned(),
        "update leasehold.receipts set body_hash = '\\x00'".to_owned(),
        "update leasehold.environment_leases set status = 'lost'".to_owned(),
        "update leasehold.environment_leases set cleanup_status = 'claimed'".to_owned(),
        "update leasehold.activity_log set actor_type = 'robot'".to_owned(),
    ] {
        assert_eq!(refusal(&mut connection, &wrong).await, WRONG, "{wrong}");
    }
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn a_writer_can_do_its_work_but_not_change_the_log() {
    let database = TestDatabase::new().await;
    // Nobody but the superuser can log in here: he becomes a writer, who sees his own session.
    let writer = format!("writer_{}", Uuid::now_v7().simple());
    let make = format!("create role {writer} in role leasehold_writer, pg_read_all_stats");
    database.pool.execute(&*make).await.unwrap();
    let options = database.options.clone().options([("role", &writer)]);
    let (dispatcher, _lanes) = Dispatcher::start(&options, Settings::default());
    Life::new(&dispatcher, company()).round(1).await;
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    for statement in [
        "update leasehold.events set payload = '{}'",
        "delete from leasehold.events",
        "truncate leasehold.events",
        "delete from leasehold.heads",
        "truncate leasehold.heads",
        "update leasehold.activity_log set action = 'x'",
        "delete from leasehold.activity_log",
        "delete from leasehold.environment_leases",
        "update leasehold.receipts set answer = '{}'",
        "alter table leasehold.events disable trigger all",
        "set session_replication_role = replica",
        "drop table leasehold.events",
        "create table leasehold.mine ()",
    ] {
        assert_eq!(refusal(&mut connection, statement).await, NOT_ALLOWED, "{statement}");
    }
    connection.close().await.unwrap();
    database.pool.execute(&*format!("drop role {writer}")).await.unwrap();
    database.drop().await;
}

/// The tables of schema leasehold, the receipts' partitions not counted.
async fn tables(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select relname::text from pg_catalog.pg_class
         where relnamespace = 'leasehold'::regnamespace and relkind in ('r', 'p')
           and not relispartition
         order by relname",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_reader_sees_every_table_and_writes_none() {
    let database = lived().await;
    let tables = tables(&database.pool).await;
    assert!(tables.len() >= 6, "{tables:?}");
    let options = database.options.clone().options([("role", "leasehold_reader")]);
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    for table in tables {
        let seen = refusal(&mut connection, &format!("select from leasehold.{table}")).await;
        assert_eq!(seen, "", "select from {table}");
        for write in ["insert into", "delete from", "truncate"] {
            let rest = if write == "insert into" { " default values" } else { "" };
            let statement = format!("{write} leasehold.{table}{rest}");
            assert_eq!(refusal(&mut connection, &statement).await, NOT_ALLOWED, "{statement}");
        }
    }
    connection.close().await.unwrap();
    database.drop().await;
}

/// Everything in a database that is neither PostgreSQL's nor in schema leasehold, with what it holds.
async fn outside(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "with spaces as (
           select oid, nspname from pg_catalog.pg_namespace
           where nspname not in ('pg_catalog', 'information_schema', 'leasehold')
             and nspname !~ '^pg_(toast|temp)'
         )
         select 'schema ' || nspname from spaces
         union all
         select nspname || ' relation ' || relname from pg_catalog.pg_class c
         join spaces s on s.oid = c.relnamespace
         union all
         select nspname || ' function ' || proname from pg_catalog.pg_proc p
         join spaces s on s.oid = p.pronamespace
         union all
         select nspname || ' type ' || typname from pg_catalog.pg_type t
         join spaces s on s.oid = t.typnamespace
         union all
         select 'extension ' || extname from pg_catalog.pg_extension
         union all
         select 'event trigger ' || evtname from pg_catalog.pg_event_trigger
         union all
         select 'row ' || e::text from public.events e
         order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn nothing_outside_of_schema_leasehold_is_made_or_touched() {
    let database = TestDatabase::bare().await;
    // Another program's tables, by the very names that ours have.
    for table in ["events", "heads", "receipts", "environments", "_sqlx_migrations"] {
        let statement = format!("create table public.{table} (mine text)");
        database.pool.execute(&*statement).await.unwrap();
    }
    database.pool.execute("insert into public.events values ('kept')").await.unwrap();
    let before = outside(&database.pool).await;
    prepare(&database.options).await.unwrap();
    let options = database.options.clone().options([("search_path", "public")]);
    let (dispatcher, _lanes) = Dispatcher::start(&options, Settings::default());
    Life::new(&dispatcher, company()).round(1).await;
    assert_eq!(outside(&database.pool).await, before);
    database.drop().await;
}
