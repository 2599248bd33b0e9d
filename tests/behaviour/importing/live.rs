//! A live Paperclip database, in its first form and in today's.

use leasehold::import::{Source, SourceError, Table};
use sqlx::Executor;

use super::sample::sample;
use super::{count_events, hold_against, take_in};
use crate::support::database::TestDatabase;

/// Today's tables, as far as an import looks at them.
const TODAY: &str = "
    create table companies (id uuid primary key, name text not null);
    create table agents (id uuid primary key, company_id uuid not null, name text not null);
    create table environments (
      id uuid primary key default gen_random_uuid(), name text not null unique, description text,
      driver text not null default 'local', status text not null default 'active',
      config jsonb not null default '{}', metadata jsonb,
      created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
      env_vars jsonb not null default '{}');
    create table environment_leases (
      id uuid primary key default gen_random_uuid(), company_id uuid not null,
      environment_id uuid references environments on delete set null,
      execution_workspace_id uuid, issue_id uuid, heartbeat_run_id uuid,
      status text not null default 'active', lease_policy text not null default 'ephemeral',
      provider text, provider_lease_id text, acquired_at timestamptz not null default now(),
      last_used_at timestamptz not null default now(), expires_at timestamptz,
      released_at timestamptz, failure_reason text, cleanup_status text, metadata jsonb,
      created_at timestamptz not null default now(), updated_at timestamptz not null default now());
    create table activity_log (
      id uuid primary key default gen_random_uuid(), company_id uuid not null,
      actor_type text not null default 'system', actor_id text not null, action text not null,
      entity_type text not null, entity_id text not null, agent_id uuid, details jsonb,
      created_at timestamptz not null default now(), run_id uuid, responsible_user_id text);";

/// Makes of today's environments those of the first form: a row of its own for each company.
const FIRST: &str = "
    alter table environment_leases drop constraint environment_leases_environment_id_fkey;
    alter table environments
      drop constraint environments_name_key, drop constraint environments_pkey,
      drop column env_vars, add column company_id uuid;
    alter table activity_log drop column responsible_user_id;
    update activity_log set details = details - 'networkEgress';
    insert into environments
    select gen_random_uuid(), e.name, e.description, e.driver, e.status, e.config, e.metadata,
           e.created_at, e.updated_at, l.company_id
    from environments e
    join (select distinct environment_id, company_id from environment_leases) as l
      on l.environment_id = e.id;
    update environment_leases l
    set environment_id = own.id
    from environments own
    join environments shared on shared.name = own.name and shared.company_id is null
    where own.company_id = l.company_id and shared.id = l.environment_id;
    delete from environments where company_id is null;
    alter table environments add primary key (id), alter column company_id set not null;";

async fn fill(database: &TestDatabase) {
    database.pool.execute(TODAY).await.unwrap();
    for table in Table::ALL {
        let lines = std::fs::read_to_string(sample().join(table.file())).unwrap();
        let rows: Vec<&str> = lines.lines().collect();
        let insert = format!(
            "insert into {table} select * from jsonb_populate_recordset(null::{table}, $1::jsonb)"
        );
        let rows = format!("[{}]", rows.join(","));
        sqlx::query(&insert).bind(rows).execute(&database.pool).await.unwrap();
    }
}

/// Imports the database's own Paperclip tables, twice, and sees that every row equals.
async fn take_in_live(database: &TestDatabase, environments: u64) {
    let mut source = Source::database(&database.options).await.unwrap();
    let report = take_in(database, &mut source).await;
    assert_eq!(report.rejected, []);
    let counts = |table| report.counts[&table].imported;
    assert_eq!(counts(Table::Environments), environments);
    assert_eq!((counts(Table::Leases), counts(Table::Activity)), (1_600, 3_152));
    assert_eq!(report.environments.len(), 24);
    let comparison = hold_against(database, &mut source).await;
    assert!(comparison.is_equal(), "{comparison:#?}");
    let events = count_events(database).await;
    let again = take_in(database, &mut source).await;
    assert_eq!(again.counts[&Table::Leases].known, 1_600);
    assert_eq!(count_events(database).await, events);
}

#[tokio::test]
async fn todays_database_is_imported_as_its_files_are() {
    let database = TestDatabase::new().await;
    fill(&database).await;
    take_in_live(&database, 6).await;
    database.drop().await;
}

#[tokio::test]
async fn the_first_forms_database_is_imported_as_it_is() {
    let database = TestDatabase::new().await;
    fill(&database).await;
    database.pool.execute(FIRST).await.unwrap();
    take_in_live(&database, 24).await;
    database.drop().await;
}

#[tokio::test]
async fn what_the_source_writes_meanwhile_is_not_seen() {
    let database = TestDatabase::new().await;
    fill(&database).await;
    let mut source = Source::database(&database.options).await.unwrap();
    database
        .pool
        .execute("delete from environment_leases; delete from activity_log")
        .await
        .unwrap();
    let report = take_in(&database, &mut source).await;
    assert_eq!(report.counts[&Table::Leases].imported, 1_600);
    database.drop().await;
}

#[tokio::test]
async fn a_database_that_is_not_paperclips_is_told_so() {
    let database = TestDatabase::new().await;
    let error = Source::database(&database.options).await.unwrap_err();
    assert!(matches!(error, SourceError::NoTable(Table::Environments)), "{error}");
    database.pool.execute("create table environments (id integer)").await.unwrap();
    let error = Source::database(&database.options).await.unwrap_err();
    assert!(matches!(error, SourceError::Foreign(Table::Environments)), "{error}");
    database.drop().await;
}
