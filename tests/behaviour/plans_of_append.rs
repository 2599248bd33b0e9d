//! The statement that appends finds every row by its key, however large the ledger is and however
//! small it was when the plan was made. `LEASEHOLD_LONG=1` makes it a million leases.

use leasehold::dispatch::{Dispatcher, Settings};
use leasehold::log::{Sections, append_statement};
use leasehold_domain::id::CompanyId;
use serde_json::Value;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tokio::time::Instant;

use crate::support::database::TestDatabase;
use crate::support::lives::Life;

/// The settings that lanes prepare their statements under.
const CONNECTION: &str = include_str!("../../src/dispatch/connection.rs");

/// Leases spread over fifty of five thousand companies, one in a hundred open, with three events and a receipt each.
const FILL: [&str; 6] = [
    "create function pg_temp.id(kind int, n bigint) returns uuid immutable language sql as
     $$ select (lpad(to_hex(kind), 8, '0') || lpad(to_hex(n), 24, '0'))::uuid $$",
    "insert into leasehold.heads (company_id, position, epoch, recorded_at, digest)
     select pg_temp.id(1, n), 2000000 + $1::bigint * 3, 1, now(), decode(repeat('00', 32), 'hex')
     from generate_series(0, 4999) n
     on conflict do nothing",
    "insert into leasehold.environments (id, company_id, name, driver, status, config, env_vars,
       created_at, updated_at, single_flight, version)
     select pg_temp.id(2, n), pg_temp.id(1, n % 50), 'environment ' || n, 'ssh', 'active', '{}',
            '{}', now(), now(), false, 1
     from generate_series(1, $1::bigint / 100) n",
    "insert into leasehold.environment_leases (id, company_id, environment_id, status, lease_policy,
       acquired_at, last_used_at, created_at, updated_at, phase, fence, cleanup_state, version)
     select pg_temp.id(4, n), pg_temp.id(1, n % 50), pg_temp.id(2, 1 + n % ($1 / 100)),
            case when n % 100 = 0 then 'active' else 'released' end, 'ephemeral',
            now() - n * interval '1 s', now() - n * interval '1 s', now(), now(),
            case when n % 100 = 0 then 'active' else 'ended' end, n, 'none', 2
     from generate_series(1, $1::bigint) n",
    "insert into leasehold.events (position, sequence, occurred_at, recorded_at, company_id,
       event_id, aggregate_type, aggregate_id, event_type, event_version, payload, metadata, digest)
     select 1000000 + 3 * n + s, s, now(), now(), pg_temp.id(1, n % 50), pg_temp.id(9, 3 * n + s),
            'lease', pg_temp.id(4, n)::text, 'LeaseAcquired', '1.0', '{}', '{}',
            decode(repeat('00', 32), 'hex')
     from generate_series(1, $1::bigint) n
     cross join generate_series(1, 3) s",
    "insert into leasehold.receipts (company_id, key, day, body_hash, verdict, position, answer,
       recorded_at)
     select pg_temp.id(1, n % 50), 'key ' || n, current_date, decode(repeat('00', 32), 'hex'),
            'accepted', 1, '{}', now()
     from generate_series(1, $1::bigint / 2) n",
];

async fn fill(database: &TestDatabase) {
    let is_long = std::env::var_os("LEASEHOLD_LONG").is_some();
    let leases: i64 = if is_long { 1_000_000 } else { 200_000 };
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    for statement in FILL {
        let query = sqlx::query(statement).persistent(false);
        let query = if statement.contains("$1") { query.bind(leases) } else { query };
        query.execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// A connection that is set up as a lane's is, with the statement prepared.
async fn prepared(database: &TestDatabase) -> PgConnection {
    let pairs = CONNECTION.split("(\"").skip(1).filter_map(|rest| rest.split_once("\")"));
    let settings: Vec<(&str, &str)> =
        pairs.filter_map(|(pair, _)| pair.split_once("\", \"")).collect();
    assert!(settings.contains(&("plan_cache_mode", "force_generic_plan")), "{settings:?}");
    let options = database.options.clone().options(settings);
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let statement = append_statement(Sections::ALL);
    connection.execute(&*format!("prepare append as {statement}")).await.unwrap();
    connection
}

/// The steps of the generic plan that touch a table.
async fn steps(connection: &mut PgConnection) -> Vec<Value> {
    let parameters: i32 = sqlx::query_scalar(
        "select cardinality(parameter_types) from pg_catalog.pg_prepared_statements
         where name = 'append'",
    )
    .fetch_one(&mut *connection)
    .await
    .unwrap();
    let nulls = vec!["null"; parameters.try_into().unwrap()].join(", ");
    let explain = format!("explain (format json, verbose) execute append ({nulls})");
    let plan: Value =
        sqlx::query_scalar(&explain).persistent(false).fetch_one(connection).await.unwrap();
    let mut found = Vec::new();
    walk(&plan[0]["Plan"], &mut found);
    found
}

fn walk(step: &Value, found: &mut Vec<Value>) {
    if step.get("Relation Name").is_some() || step.get("Index Name").is_some() {
        found.push(step.clone());
    }
    for inner in step["Plans"].as_array().into_iter().flatten() {
        walk(inner, found);
    }
}

/// What is wrong with how a step reads its table; writing is what the statement is there for.
fn fault(step: &Value) -> Option<String> {
    let text = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
    let (kind, index, condition) = (text("Node Type"), text("Index Name"), text("Index Cond"));
    let is_good = match kind.as_str() {
        // A bitmap's index step is judged by itself.
        "ModifyTable" | "Bitmap Heap Scan" => true,
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => {
            index.ends_with("_pkey") && condition.contains("company_id =") && keyed(&condition)
        }
        _ => false,
    };
    (!is_good).then(|| format!("{kind} of {} by {index}: {condition}", text("Relation Name")))
}

/// Whether a condition names the row, and not only its company; a head is its company's.
fn keyed(condition: &str) -> bool {
    let heads_only = !condition.contains(" AND ");
    heads_only || condition.contains("id = ") || condition.contains("key = ")
}

async fn faults(connection: &mut PgConnection) -> Vec<String> {
    let steps = steps(connection).await;
    let tables = ["heads", "events", "environments", "environment_leases", "activity_log"];
    for table in tables {
        assert!(steps.iter().any(|step| step["Relation Name"] == table), "{table} is not in it");
    }
    steps.iter().filter_map(fault).collect()
}

#[tokio::test]
async fn the_append_reads_tables_by_their_unique_keys_alone() {
    let database = TestDatabase::new().await;
    fill(&database).await;
    let mut connection = prepared(&database).await;
    assert_eq!(faults(&mut connection).await, Vec::<String>::new(), "before they were analyzed");
    database.pool.execute("analyze").await.unwrap();
    assert_eq!(faults(&mut connection).await, Vec::<String>::new(), "after they were");
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn a_plan_that_was_made_while_the_tables_were_empty_reads_them_by_their_unique_keys() {
    let database = TestDatabase::new().await;
    let mut connection = prepared(&database).await;
    assert_eq!(faults(&mut connection).await, Vec::<String>::new(), "while they are empty");
    fill(&database).await;
    assert_eq!(faults(&mut connection).await, Vec::<String>::new(), "while they are large");
    connection.close().await.unwrap();
    database.drop().await;
}

/// Rows that were read by walking a table of the ledger or one of its indexes, and how often an
/// index was asked.
async fn walked(pool: &PgPool) -> (i64, i64) {
    sqlx::query_as(
        "select (sum(seq_tup_read)
                 + (select sum(idx_tup_read) from pg_catalog.pg_stat_user_indexes
                    where schemaname = 'leasehold'))::bigint,
                sum(coalesce(idx_scan, 0))::bigint
         from pg_catalog.pg_stat_user_tables
         where schemaname = 'leasehold' and relname <> '_sqlx_migrations'",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_lane_that_began_on_empty_tables_walks_none_when_they_are_large() {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = Dispatcher::start(&database.options, Settings::default());
    // One of those that will be large.
    let company = CompanyId("00000001-0000-0000-0000-000000000000".parse().unwrap());
    let mut life = Life::new(&dispatcher, company);
    life.round(1).await;
    fill(&database).await;
    let (before, asked) = walked(&database.pool).await;
    life.round(2).await;
    life.round(3).await;
    // What a connection counted is told at its end at the latest.
    drop(dispatcher);
    lanes.finish().await;
    let until = Instant::now() + std::time::Duration::from_secs(10);
    let (mut rows, mut indexes) = walked(&database.pool).await;
    while indexes < asked + 100 {
        assert!(Instant::now() < until, "only {indexes} uses of an index were counted");
        (rows, indexes) = walked(&database.pool).await;
    }
    assert!(rows - before < 10_000, "{} rows were walked over", rows - before);
    database.drop().await;
}
