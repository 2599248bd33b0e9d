//! A database that another build has migrated is left as it is, and the program says why.

use std::path::Path;
use std::process::{Command, Output};

use leasehold::database::prepare;
use leasehold::log::DatabaseError;
use sqlx::migrate::Migrator;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;

/// What the program says and does when it is told to serve on a database.
fn serve(database_url: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database-url", database_url])
        .output()
        .unwrap()
}

/// Every table, column, constraint, index and function of the schema, and the migrations.
async fn schema_of(pool: &PgPool) -> String {
    sqlx::query_scalar(
        "select md5(string_agg(line, chr(10) order by line)) from (
           select concat_ws(' ', table_name, column_name, data_type, is_nullable) as line
           from information_schema.columns where table_schema = 'leasehold'
           union all
           select conname || pg_get_constraintdef(oid) from pg_catalog.pg_constraint
           where connamespace = 'leasehold'::regnamespace
           union all
           select indexdef from pg_catalog.pg_indexes where schemaname = 'leasehold'
           union all
           select prosrc from pg_catalog.pg_proc
           where pronamespace = 'leasehold'::regnamespace
           union all
           select m::text from leasehold._sqlx_migrations m
         ) lines",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let database = TestDatabase::new().await;
    let newer = "insert into leasehold._sqlx_migrations
                   (version, description, success, checksum, execution_time)
                 values (9001, 'from the future', true, '\\x00', 1)";
    database.pool.execute(newer).await.unwrap();
    let before = schema_of(&database.pool).await;
    let error = prepare(&database.options).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Newer(9001)), "{error:?}");
    let ended = serve(&database.url());
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("newer version of leasehold (migration 9001)"), "{said}");
    assert!(ended.stdout.is_empty());
    assert_eq!(schema_of(&database.pool).await, before);
    database.drop().await;
}

#[tokio::test]
async fn a_database_with_another_form_of_a_migration_is_left_alone() {
    let database = TestDatabase::new().await;
    let other = "update leasehold._sqlx_migrations set checksum = '\\x00' where version = 2";
    database.pool.execute(other).await.unwrap();
    let before = schema_of(&database.pool).await;
    let error = prepare(&database.options).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Foreign(2)), "{error:?}");
    let ended = serve(&database.url());
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("migration 2 was applied in another form"), "{said}");
    assert_eq!(schema_of(&database.pool).await, before);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_migrate_an_empty_database_at_once_all_succeed() {
    let like = TestDatabase::new().await;
    let database = TestDatabase::bare().await;
    let made = (0..4).map(|_| {
        let options = database.options.clone();
        tokio::spawn(async move { prepare(&options).await })
    });
    for made in futures::future::join_all(made).await {
        made.unwrap().unwrap();
    }
    let versions = "select array_agg(version order by version) from leasehold._sqlx_migrations";
    let version = |pool| sqlx::query_scalar::<_, Vec<i64>>(versions).fetch_one(pool);
    assert_eq!(version(&database.pool).await.unwrap(), version(&like.pool).await.unwrap());
    let (dispatcher, _lanes) = database.dispatcher();
    Life::new(&dispatcher, company()).round(1).await;
    like.drop().await;
    database.drop().await;
}

#[tokio::test]
async fn a_database_that_is_not_utf8_is_refused_before_anything_is_made() {
    let database = TestDatabase::bare().await;
    let name = format!("latin_{}", Uuid::now_v7().simple());
    let make = format!(
        "create database {name} template template0 encoding 'latin1' lc_collate 'C' lc_ctype 'C'"
    );
    database.pool.execute(&*make).await.unwrap();
    let options = database.options.clone().database(&name);
    let error = prepare(&options).await.unwrap_err();
    let said = error.to_string();
    assert_eq!(said, "the database has server_encoding = LATIN1; leasehold needs UTF8");
    let ended = serve(options.to_url_lossy().as_str());
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("server_encoding = LATIN1"), "{said}");
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let schema: Option<String> = sqlx::query_scalar("select to_regnamespace('leasehold')::text")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(schema, None);
    connection.close().await.unwrap();
    database.pool.execute(&*format!("drop database {name}")).await.unwrap();
    database.drop().await;
}

/// Migrates an empty database as the program of a version did.
async fn migrate_to(database: &TestDatabase, version: i64) {
    database.pool.execute("create schema leasehold").await.unwrap();
    let mut migrator = Migrator::new(Path::new("migrations")).await.unwrap();
    migrator.migrations.to_mut().retain(|migration| migration.version <= version);
    let options = database.options.clone().options([("search_path", "leasehold")]);
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    migrator.run_direct(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn tables_that_a_rebuild_keeps_get_the_types_of_the_live_ones() {
    let database = TestDatabase::bare().await;
    migrate_to(&database, 96).await;
    let (dispatcher, _lanes) = database.dispatcher();
    let mut life = Life::new(&dispatcher, company());
    life.round(1).await;
    for (copy, of) in [
        ("environment_leases_old", "environment_leases"),
        ("activity_log_old", "activity_log"),
        ("environment_leases_shadow", "environment_leases"),
    ] {
        let made = format!(
            "create table leasehold.{copy} (like leasehold.{of} including all);
             insert into leasehold.{copy} select * from leasehold.{of}"
        );
        database.pool.execute(&*made).await.unwrap();
    }
    prepare(&database.options).await.unwrap();
    life.round(2).await;
    let types = "select count(*), count(distinct t.typname)
         from pg_catalog.pg_attribute a
         join pg_catalog.pg_class c on c.oid = a.attrelid
         join pg_catalog.pg_type t on t.oid = a.atttypid
         where c.relname ~ '^(environment_leases|activity_log)(_old|_shadow)?$'
           and t.typname in ('lease_status', 'cleanup_status', 'actor_type')";
    let found: (i64, i64) = sqlx::query_as(types).fetch_one(&database.pool).await.unwrap();
    assert_eq!(found, (8, 3));
    database.drop().await;
}
