//! Every question finds its rows through the index that it was made for, in a ledger that is large.
//!
//! The questions are asked on one connection; then the server is asked for the generic plan of each
//! statement that they left prepared there. `LEASEHOLD_LONG=1` makes it a million leases.

use std::fmt::Write as _;

use chrono::Utc;
use leasehold::log::{list_events, list_events_of_epoch};
use leasehold::read::{
    ActivityFilter, Awaited, CleanupFilter, EnvironmentFilter, Keyset, LeaseFilter, Stale,
    count_due, count_due_holders, find_environment, find_is_free, find_lease, find_position_since,
    find_usage, list_activity, list_cleanups, list_companies, list_companies_of_environment,
    list_companies_of_lease, list_companies_of_run, list_companies_to_clean_up, list_due_leases,
    list_environments, list_environments_by_id, list_lease_history, list_leases, list_neighbours,
    resolve_environments,
};
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::{
    AgentId, CompanyId, EnvironmentId, IssueId, LeaseId, RunId, WorkspaceId,
};
use leasehold_domain::lease::{CleanupStatus, Policy, Status};
use leasehold_domain::text::Label;
use leasehold_domain::time::Timestamp;
use sqlx::{Connection, PgConnection};

use crate::support::database::TestDatabase;
use crate::support::large::{fill, id};

/// In the index's order, as pages need it: not fetched as a whole and sorted.
const ACQUIRED: &str = "Index Scan using environment_leases_acquired_idx";
const LAST_USED: &str = "Index Scan using environment_leases_environment_idx";

/// Tables that no question may walk from end to end.
const BIG: [&str; 4] = ["environment_leases", "events", "activity_log", "environments"];

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

/// What is wrong with a plan that has to use an index; `Index Scan using` it when its order counts.
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

/// A question about leases that asks only this.
fn asking(ask: impl FnOnce(&mut LeaseFilter)) -> LeaseFilter {
    let mut filter = LeaseFilter::default();
    ask(&mut filter);
    filter
}

fn questions_about_the_company() -> Vec<(&'static str, LeaseFilter)> {
    let open = "environment_leases_open_idx";
    let why = Stale { is_run_ended: true, is_overdue: true, idle_for: Some(60) };
    vec![
        (ACQUIRED, LeaseFilter::default()),
        (ACQUIRED, asking(|ask| ask.statuses = Some(vec![Status::Failed]))),
        (ACQUIRED, asking(|ask| ask.agents = Some(vec![AgentId(id(8, 7))]))),
        (ACQUIRED, asking(|ask| ask.policies = Some(vec![Policy::Ephemeral]))),
        (open, asking(|ask| ask.is_open = Some(true))),
        (open, asking(|ask| ask.statuses = Some(vec![Status::Active]))),
        (open, asking(|ask| ask.cleanups = Some(vec![CleanupStatus::Pending]))),
        (open, asking(|ask| ask.stale = Some(why))),
    ]
}

fn questions_about_something() -> Vec<(&'static str, LeaseFilter)> {
    let environments = || Some(vec![EnvironmentId(id(2, 7))]);
    let runs = || Some(vec![RunId(id(7, 7))]);
    let resources = || Some(vec![Label::new("p-7").unwrap()]);
    let workspaces = || Some(vec![WorkspaceId(id(5, 7))]);
    let both = LeaseFilter { environments: environments(), runs: runs(), ..LeaseFilter::default() };
    let open = LeaseFilter { environments: environments(), is_open: Some(true), ..both.clone() };
    vec![
        (LAST_USED, asking(|ask| ask.environments = environments())),
        ("environment_leases_open_idx", LeaseFilter { runs: None, ..open }),
        ("environment_leases_run_idx", both),
        ("environment_leases_run_idx", asking(|ask| ask.runs = runs())),
        ("environment_leases_issue_idx", asking(|ask| ask.issues = Some(vec![IssueId(id(6, 7))]))),
        ("environment_leases_workspace_idx", asking(|ask| ask.workspaces = workspaces())),
        ("environment_leases_provider_idx", asking(|ask| ask.provider_leases = resources())),
    ]
}

async fn ask_for_leases(connection: &mut PgConnection, faults: &mut String) {
    let company = [id(1, 0)];
    let questions = questions_about_the_company().into_iter().chain(questions_about_something());
    for (index, filter) in questions {
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
    look(connection, "environments", "Index Scan using environments_updated_idx", faults).await;
    for index in [
        "environment_leases_open_idx",
        "events_position_key",
        "environment_leases_pkey",
        "environment_leases_environment_idx",
    ] {
        find_usage(connection, company, one).await.unwrap().unwrap();
        look(connection, "usage", index, faults).await;
    }
    look_at_past(connection, company, one, faults).await;
}

/// The question behind who used an environment at a moment, which asks for more besides.
async fn look_at_past(
    connection: &mut PgConnection,
    company: CompanyId,
    one: EnvironmentId,
    faults: &mut String,
) {
    sqlx::query(include_str!("../../src/read/past/usage_at.sql"))
        .bind(company.0)
        .bind(one.0)
        .bind(Utc::now())
        .bind(vec!["released"])
        .bind(vec!["pending"])
        .bind("import")
        .execute(&mut *connection)
        .await
        .unwrap();
    look(connection, "usage at a moment", "environment_leases_environment_idx", faults).await;
}

async fn ask_for_due_work(connection: &mut PgConnection, faults: &mut String) {
    list_due_leases(connection, Utc::now(), &[id(4, 2)], 51).await.unwrap();
    look(connection, "due work", "Index Scan using environment_leases_due_idx", faults).await;
    count_due_holders(connection, Utc::now()).await.unwrap();
    look(connection, "due holders", "environment_leases_due_idx", faults).await;
    count_due(connection, Utc::now()).await.unwrap();
    look(connection, "due backlog", "environment_leases_due_idx", faults).await;
    let filter = CleanupFilter::default();
    list_cleanups(connection, &[id(1, 0)], &filter, Keyset::OLDEST, 51).await.unwrap();
    look(connection, "cleanups", "Index Scan using environment_leases_cleanup_idx", faults).await;
    list_companies_to_clean_up(connection, Utc::now()).await.unwrap();
    look(connection, "companies to clean up", "environment_leases_cleanup_due_idx", faults).await;
    list_environments_by_id(connection, &[id(2, 10)]).await.unwrap();
    look(connection, "environments by id", "environments_pkey", faults).await;
}

async fn ask_what_is_free(connection: &mut PgConnection, faults: &mut String) {
    let company = CompanyId(id(1, 0));
    let place = EnvironmentId(id(2, 10));
    let questions = [
        ("environments_pkey", Awaited::Environment(place), true),
        ("environment_leases_open_idx", Awaited::Environment(place), true),
        ("environment_leases_workspace_idx", Awaited::Workspace(WorkspaceId(id(5, 100))), false),
        ("environment_leases_issue_idx", Awaited::Issue(IssueId(id(6, 100))), false),
    ];
    for (index, awaited, is_free) in questions {
        let found = find_is_free(connection, company, awaited).await.unwrap();
        assert_eq!(found, Some(is_free), "{awaited:?}");
        look(connection, &format!("{awaited:?}"), index, faults).await;
    }
    let now = Timestamp::new(Utc::now()).unwrap();
    for index in ["environment_leases_open_idx", "environment_leases_environment_idx"] {
        list_neighbours(connection, company, place, now).await.unwrap();
        look(connection, "neighbours", index, faults).await;
    }
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
}

async fn ask_for_logs(connection: &mut PgConnection, faults: &mut String) {
    let company = CompanyId(id(1, 0));
    let whole = (Position(1), Position(i64::MAX.unsigned_abs()));
    let filter = ActivityFilter::default;
    let questions = [
        ("Index Scan Backward using activity_log_pkey", filter()),
        (
            "Index Scan Backward using activity_log_pkey",
            ActivityFilter { agents: Some(vec![AgentId(id(8, 7))]), ..filter() },
        ),
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
    look(connection, "events", "Index Scan using events_position_key", faults).await;
    let seen = (Epoch(1), Position(7));
    assert_eq!(list_events_of_epoch(connection, company, seen, 51).await.unwrap().len(), 51);
    look(connection, "news", "Index Scan using events_position_key", faults).await;
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
    ask_for_due_work(&mut connection, &mut faults).await;
    ask_what_is_free(&mut connection, &mut faults).await;
    ask_for_companies(&mut connection, &mut faults).await;
    ask_for_logs(&mut connection, &mut faults).await;
    assert!(faults.is_empty(), "{faults}");
    connection.close().await.unwrap();
    database.drop().await;
}
