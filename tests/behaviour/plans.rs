//! Every question finds its rows through the index that it was made for, in a ledger that is large.
//!
//! The questions are asked on one connection; then the server is asked for the generic plan of each
//! statement that they left prepared there. `LEASEHOLD_LONG=1` makes it a million leases.

use std::fmt::Write as _;

use chrono::Utc;
use leasehold::log::{list_events, load_heads};
use leasehold::read::{
    ActivityFilter, EnvironmentFilter, Keyset, LeaseFilter, Stale, find_environment, find_lease,
    find_position_since, find_usage, list_activity, list_companies, list_companies_of_environment,
    list_companies_of_lease, list_companies_of_run, list_environments, list_lease_history,
    list_leases, resolve_environments,
};
use leasehold_domain::fence::Position;
use leasehold_domain::id::{
    AgentId, CompanyId, EnvironmentId, IssueId, LeaseId, RunId, WorkspaceId,
};
use leasehold_domain::lease::{CleanupStatus, Policy, Status};
use leasehold_domain::text::Label;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::support::database::TestDatabase;

/// Tables that no question may walk from end to end.
const BIG: [&str; 4] = ["environment_leases", "events", "activity_log", "environments"];

/// Leases number 1 to n: of every two one is the first company's, the rest are spread over fifty.
/// One in a hundred is open; every tenth environment is a copy; each lease has two events.
const FILL: [&str; 6] = [
    "create function pg_temp.id(kind int, n bigint) returns uuid immutable language sql as
     $$ select (lpad(to_hex(kind), 8, '0') || lpad(to_hex(n), 24, '0'))::uuid $$",
    "create function pg_temp.company(n bigint) returns uuid immutable language sql as
     $$ select pg_temp.id(1, case when n % 2 = 0 then 0 else n % 50 end) $$",
    "insert into leasehold.environments (id, company_id, name, driver, status, config, env_vars,
       created_at, updated_at, single_flight, source_id, version)
     select pg_temp.id(2, n), pg_temp.company(n), 'environment ' || n, 'ssh', 'active', '{}', '{}',
            now(), now() - n * interval '1 s', false,
            case when n % 10 = 0 then pg_temp.id(3, n) end, 1
     from generate_series(1, $1::bigint / 100) n",
    "insert into leasehold.environment_leases (id, company_id, environment_id,
       execution_workspace_id, issue_id, heartbeat_run_id, agent_id, status, lease_policy,
       provider, provider_lease_id, acquired_at, last_used_at, expires_at, created_at, updated_at,
       phase, fence, cleanup_state, version)
     select pg_temp.id(4, n), pg_temp.company(n), pg_temp.id(2, 1 + n % ($1 / 100)),
            pg_temp.id(5, n / 3), pg_temp.id(6, n / 5), pg_temp.id(7, n / 2), pg_temp.id(8, n % 70),
            case when n % 100 = 0 then 'active' else 'released' end, 'ephemeral', 'p', 'p-' || n,
            now() - n * interval '1 s', now() - n * interval '1 s',
            case when n % 300 = 0 then now() end, now(), now(),
            case when n % 100 = 0 then 'active' else 'ended' end, n, 'none', 2
     from generate_series(1, $1::bigint) n",
    "insert into leasehold.events (position, sequence, occurred_at, recorded_at, company_id,
       event_id, aggregate_type, aggregate_id, event_type, event_version, payload, metadata, digest)
     select row_number() over (partition by pg_temp.company(n) order by n, s), s, now(),
            now() + n * interval '1 ms', pg_temp.company(n), pg_temp.id(9, 2 * n + s), 'lease',
            pg_temp.id(4, n)::text, 'LeaseAcquired', '1.0', '{}', '{}',
            decode(repeat('00', 32), 'hex')
     from generate_series(1, $1::bigint) n
     cross join generate_series(1, 2) s",
    "insert into leasehold.activity_log (id, company_id, actor_type, actor_id, action, entity_type,
       entity_id, agent_id, run_id, details, created_at, bookkeeping, position)
     select e.event_id, e.company_id, 'system', 'test',
            case when e.position % 40 = 0 then 'heartbeat_run.ended'
                 else 'environment.lease_acquired' end,
            'environment_lease', e.aggregate_id, pg_temp.id(8, e.position % 70),
            pg_temp.id(7, e.position / 4), '{}', e.recorded_at, false, e.position
     from leasehold.events e
     where $1::bigint > 0",
];

async fn fill(connection: &mut PgConnection) {
    let leases: i64 =
        if std::env::var_os("LEASEHOLD_LONG").is_some() { 1_000_000 } else { 200_000 };
    for statement in FILL {
        let query = sqlx::query(statement).persistent(false);
        let query = if statement.contains("$1") { query.bind(leases) } else { query };
        query.execute(&mut *connection).await.unwrap();
    }
    let heads = "insert into leasehold.heads (company_id, position, epoch, recorded_at, digest)
                 select company_id, max(position), 1, max(recorded_at),
                        decode(repeat('00', 32), 'hex')
                 from leasehold.events
                 group by company_id";
    sqlx::query(heads).persistent(false).execute(&mut *connection).await.unwrap();
    sqlx::query("vacuum analyze").persistent(false).execute(&mut *connection).await.unwrap();
}

fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(kind << 96 | number)
}

/// The plan of the one statement that was prepared since the last look.
async fn plan(connection: &mut PgConnection) -> String {
    let prepared: Vec<(String, i64)> = sqlx::query_as(
        "select name, cardinality(parameter_types)::bigint
         from pg_prepared_statements
         where statement like '%leasehold.%'",
    )
    .persistent(false)
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let [(name, parameters)] = prepared.as_slice() else { panic!("not one: {prepared:?}") };
    let nulls = vec!["null"; usize::try_from(*parameters).unwrap()].join(", ");
    let arguments = if nulls.is_empty() { nulls } else { format!("({nulls})") };
    let explain = format!("explain execute {name}{arguments}");
    let lines: Vec<String> =
        sqlx::query_scalar(&explain).persistent(false).fetch_all(&mut *connection).await.unwrap();
    connection.clear_cached_statements().await.unwrap();
    lines.join("\n")
}

/// What is wrong with a plan that has to use an index.
async fn look(connection: &mut PgConnection, question: &str, index: &str, faults: &mut String) {
    let plan = plan(connection).await;
    let walks = |table: &&str| {
        plan.contains(&format!("Seq Scan on {table} "))
            || plan.contains(&format!("Seq Scan on leasehold.{table} "))
    };
    let walked: Vec<_> = BIG.iter().filter(|table| walks(table)).collect();
    if !walked.is_empty() || !plan.contains(&format!("{index} ")) {
        writeln!(faults, "{question} walks {walked:?} or does not use {index}:\n{plan}\n").unwrap();
    }
}

fn lease_questions() -> Vec<(&'static str, LeaseFilter)> {
    let filter = LeaseFilter::default;
    let environments = Some(vec![EnvironmentId(id(2, 7))]);
    let label = || Some(vec![Label::new("p-7").unwrap()]);
    vec![
        ("environment_leases_acquired_idx", filter()),
        (
            "environment_leases_acquired_idx",
            LeaseFilter { statuses: Some(vec![Status::Failed]), ..filter() },
        ),
        (
            "environment_leases_acquired_idx",
            LeaseFilter { agents: Some(vec![AgentId(id(8, 7))]), ..filter() },
        ),
        (
            "environment_leases_acquired_idx",
            LeaseFilter { policies: Some(vec![Policy::Ephemeral]), ..filter() },
        ),
        ("environment_leases_open_idx", LeaseFilter { is_open: Some(true), ..filter() }),
        (
            "environment_leases_open_idx",
            LeaseFilter { statuses: Some(vec![Status::Active]), ..filter() },
        ),
        (
            "environment_leases_open_idx",
            LeaseFilter { cleanups: Some(vec![CleanupStatus::Pending]), ..filter() },
        ),
        (
            "environment_leases_open_idx",
            LeaseFilter { is_open: Some(true), environments: environments.clone(), ..filter() },
        ),
        (
            "environment_leases_environment_idx",
            LeaseFilter { environments: environments.clone(), ..filter() },
        ),
        (
            "environment_leases_run_idx",
            LeaseFilter { runs: Some(vec![RunId(id(7, 7))]), ..filter() },
        ),
        (
            "environment_leases_run_idx",
            LeaseFilter { runs: Some(vec![RunId(id(7, 7))]), environments, ..filter() },
        ),
        (
            "environment_leases_issue_idx",
            LeaseFilter { issues: Some(vec![IssueId(id(6, 7))]), ..filter() },
        ),
        (
            "environment_leases_workspace_idx",
            LeaseFilter { workspaces: Some(vec![WorkspaceId(id(5, 7))]), ..filter() },
        ),
        ("environment_leases_provider_idx", LeaseFilter { provider_leases: label(), ..filter() }),
        (
            "environment_leases_open_idx",
            LeaseFilter {
                stale: Some(Stale { is_run_ended: true, is_overdue: true, idle_for: Some(60) }),
                ..filter()
            },
        ),
    ]
}

async fn ask_for_leases(connection: &mut PgConnection, faults: &mut String) {
    let company = [id(1, 0)];
    for (index, filter) in lease_questions() {
        let page = list_leases(connection, &company, &filter, Keyset::START, 51).await.unwrap();
        look(connection, &format!("{filter:?}"), index, faults).await;
        let last = page.last().map(|row| Keyset { at: row.acquired_at, id: row.id });
        if let Some(after) = last {
            let second = list_leases(connection, &company, &filter, after, 51).await.unwrap();
            assert!(second.iter().all(|row| !page.contains(row)));
            connection.clear_cached_statements().await.unwrap();
        }
    }
    find_lease(connection, CompanyId(company[0]), LeaseId(id(4, 2))).await.unwrap().unwrap();
    look(connection, "one lease", "environment_leases_pkey", faults).await;
    let company = CompanyId(company[0]);
    let history = list_lease_history(connection, company, LeaseId(id(4, 2)), 0, 51).await.unwrap();
    assert_eq!(history.len(), 2);
    look(connection, "a history", "events_stream_key", faults).await;
}

async fn ask_for_environments(connection: &mut PgConnection, faults: &mut String) {
    let company = CompanyId(id(1, 0));
    let (one, source) = (EnvironmentId(id(2, 10)), EnvironmentId(id(3, 10)));
    let found = find_environment(connection, company, source).await.unwrap().unwrap();
    assert_eq!(found.id, one.0);
    look(connection, "one environment", "environments_source_idx", faults).await;
    assert_eq!(resolve_environments(connection, company, &vec![source]).await.unwrap(), [one]);
    look(connection, "source ids", "environments_source_idx", faults).await;
    let filter = EnvironmentFilter::default();
    let list = list_environments(connection, &[company.0], &filter, Keyset::START, 51).await;
    assert_eq!(list.unwrap().len(), 51);
    look(connection, "environments", "environments_updated_idx", faults).await;
    find_usage(connection, company, one).await.unwrap().unwrap();
    look(connection, "usage", "environment_leases_environment_idx", faults).await;
    find_usage(connection, company, one).await.unwrap().unwrap();
    look(connection, "usage", "environment_leases_open_idx", faults).await;
}

async fn ask_for_companies(connection: &mut PgConnection, faults: &mut String) {
    let found = list_companies_of_environment(connection, EnvironmentId(id(2, 10))).await.unwrap();
    assert_eq!(found, [id(1, 0)]);
    look(connection, "the company of an environment", "environments_pkey", faults).await;
    let found = list_companies_of_lease(connection, LeaseId(id(4, 3))).await.unwrap();
    assert_eq!(found, [id(1, 3)]);
    look(connection, "the company of a lease", "environment_leases_pkey", faults).await;
    let found = list_companies_of_run(connection, RunId(id(7, 7))).await.unwrap();
    assert_eq!(found.len(), 2, "14 and 15 are leases of two companies");
    look(connection, "the company of a run", "environment_leases_run_idx", faults).await;
    assert_eq!(list_companies(connection, id(1, 7), 3).await.unwrap().len(), 3);
    look(connection, "companies", "heads_pkey", faults).await;
    assert_eq!(load_heads(connection, &[id(1, 0)]).await.unwrap().len(), 1);
    look(connection, "a head", "heads_pkey", faults).await;
}

async fn ask_for_logs(connection: &mut PgConnection, faults: &mut String) {
    let company = CompanyId(id(1, 0));
    let whole = (Position(1), Position(i64::MAX.unsigned_abs()));
    let filter = ActivityFilter::default;
    let questions = [
        ("activity_log_pkey", filter()),
        ("activity_log_pkey", ActivityFilter { agents: Some(vec![AgentId(id(8, 7))]), ..filter() }),
        ("activity_log_run_idx", ActivityFilter { runs: Some(vec![RunId(id(7, 7))]), ..filter() }),
        ("events_stream_key", ActivityFilter { entities: Some(vec![id(4, 2)]), ..filter() }),
        ("activity_log_pkey", ActivityFilter { entities: Some(vec![id(4, 2)]), ..filter() }),
    ];
    for (index, filter) in questions {
        let rows = list_activity(connection, company, &filter, whole, 51).await.unwrap();
        assert!(!rows.is_empty(), "{filter:?}");
        look(connection, &format!("{filter:?}"), index, faults).await;
    }
    find_position_since(connection, company, Utc::now()).await.unwrap();
    look(connection, "a position by its time", "events_position_key", faults).await;
    assert_eq!(list_events(connection, company, Position(7), 51).await.unwrap().len(), 51);
    look(connection, "events", "events_position_key", faults).await;
}

#[tokio::test]
async fn every_question_uses_its_index() {
    let database = TestDatabase::new().await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    fill(&mut connection).await;
    let generic = "set plan_cache_mode = force_generic_plan";
    sqlx::query(generic).persistent(false).execute(&mut connection).await.unwrap();
    let mut faults = String::new();
    ask_for_leases(&mut connection, &mut faults).await;
    ask_for_environments(&mut connection, &mut faults).await;
    ask_for_companies(&mut connection, &mut faults).await;
    ask_for_logs(&mut connection, &mut faults).await;
    assert!(faults.is_empty(), "{faults}");
    connection.close().await.unwrap();
    database.drop().await;
}
