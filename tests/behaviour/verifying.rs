//! Verification: a sound ledger passes, and whatever a superuser does to it is found and named.

use std::sync::Arc;

use leasehold::verify::{Finding, Kind, Options, Report, Stock, verify};
use leasehold_domain::id::CompanyId;
use serde_json::Value;
use sqlx::{Executor, PgPool};

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;

/// Two companies in which every kind of command was given.
async fn lived() -> (TestDatabase, CompanyId) {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = database.dispatcher();
    let id = company();
    for id in [id, company()] {
        let mut life = Life::new(&dispatcher, id);
        life.round(0).await;
        life.round(1).await;
    }
    drop(dispatcher);
    lanes.finish().await;
    (database, id)
}

async fn checked(database: &TestDatabase, stock: Option<Stock>) -> Report {
    // None is kept: whatever comes late has to be folded again.
    let options = Options { stock, over_kept_max: 0, ..Options::default() };
    let told = Arc::new(|_| ());
    verify(&database.options, &database.pool, options, |_| (), told).await.unwrap()
}

async fn found(database: &TestDatabase) -> Vec<Finding> {
    checked(database, None).await.findings.named().into_iter().cloned().collect()
}

/// What a superuser can do with the guard rails down.
async fn tamper(pool: &PgPool, statements: &str) {
    let statements = format!(
        "begin;
         alter table leasehold.events disable trigger all;
         alter table leasehold.heads disable trigger all;
         {statements};
         alter table leasehold.events enable trigger all;
         alter table leasehold.heads enable trigger all;
         commit"
    );
    pool.execute(&*statements).await.unwrap();
}

/// What is found, without the words.
fn told(findings: &[Finding], id: CompanyId) -> Vec<(Kind, Option<u64>)> {
    assert!(findings.iter().all(|finding| finding.company_id == id), "{findings:?}");
    findings.iter().map(|finding| (finding.kind, finding.position.map(|at| at.0))).collect()
}

#[tokio::test]
async fn a_sound_ledger_passes_and_is_counted() {
    let (database, _) = lived().await;
    leasehold::spans::keep_once(&mut database.pool.acquire().await.unwrap()).await.unwrap();
    let report = checked(&database, Some(Stock::All)).await;
    assert_eq!(report.findings.named(), Vec::<&Finding>::new());
    let (events, streams): (i64, i64) = sqlx::query_as(
        "select count(*), count(distinct (aggregate_type, aggregate_id)) from leasehold.events",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    assert_eq!((report.events, report.streams), (events.unsigned_abs(), streams.unsigned_abs()));
    assert_eq!((report.companies, report.stock), (2, Some(streams.unsigned_abs())));
    for (table, rows) in &report.rows {
        let count = format!("select count(*) from leasehold.{table}");
        let count: i64 = sqlx::query_scalar(&count).fetch_one(&database.pool).await.unwrap();
        assert!(count > 0 && *rows == count.unsigned_abs(), "{table}: {rows} of {count}");
    }
    assert!(report.receipts > 20);
    database.drop().await;
}

#[tokio::test]
async fn what_is_off_in_imported_history_is_named_and_fails_nothing() {
    let database = TestDatabase::new().await;
    let run = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_leasehold"))
            .args(["--database-url", &database.url(), "-o", "json"])
            .args(arguments)
            .output()
            .unwrap()
    };
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample");
    let imported = run(&["import", "paperclip", sample]);
    assert!(imported.status.success(), "{imported:?}");
    let report = checked(&database, Some(Stock::Some(50))).await;
    assert_eq!(report.findings.failing(), 0, "{:?}", report.findings.named());
    assert!(report.findings.imported() > 0);
    assert!(report.findings.named().iter().all(|finding| finding.is_imported));
    assert_eq!(run(&["verify"]).status.code(), Some(0));
    database.drop().await;
}

#[tokio::test]
async fn an_edited_event_is_found_where_it_was_edited() {
    for (edit, kind) in [
        ("payload = (payload::text || ' ')::json", Kind::Digest),
        ("metadata = (metadata::text || ' ')::json", Kind::Digest),
        ("occurred_at = occurred_at - interval '1 us'", Kind::Time),
        ("recorded_at = recorded_at + interval '1 us'", Kind::Digest),
        ("event_type = 'Released'", Kind::EventType),
        ("event_version = '2.0'", Kind::Unreadable),
        ("event_id = gen_random_uuid()", Kind::Digest),
        ("sequence = sequence + 1000", Kind::Sequence),
        ("payload = '{}'", Kind::Unreadable),
    ] {
        let (database, id) = lived().await;
        let change = format!(
            "update leasehold.events set {edit} where company_id = '{}' and position = 7",
            id.0
        );
        tamper(&database.pool, &change).await;
        let told = told(&found(&database).await, id);
        assert!(told.contains(&(Kind::Digest, Some(7))), "{edit}: {told:?}");
        assert!(told.contains(&(kind, Some(7))), "{edit}: {told:?}");
        database.drop().await;
    }
}

#[tokio::test]
async fn an_event_that_is_gone_is_found() {
    let (database, id) = lived().await;
    let gone =
        format!("delete from leasehold.events where company_id = '{}' and position = 9", id.0);
    tamper(&database.pool, &gone).await;
    let told = told(&found(&database).await, id);
    assert!(told.contains(&(Kind::PositionGap, Some(9))), "{told:?}");
    assert!(told.contains(&(Kind::Sequence, Some(10))), "{told:?}");
    assert!(told.iter().any(|(kind, _)| *kind == Kind::RowDiffers), "{told:?}");
    database.drop().await;
}

#[tokio::test]
async fn events_that_changed_places_are_found() {
    let (database, id) = lived().await;
    let swap = format!(
        "update leasehold.events set position = 1000000 + position
         where company_id = '{0}' and position in (8, 9);
         update leasehold.events set position = case position when 1000008 then 9 else 8 end
         where company_id = '{0}' and position > 1000000",
        id.0
    );
    tamper(&database.pool, &swap).await;
    let told = told(&found(&database).await, id);
    assert!(told.contains(&(Kind::Digest, Some(8))), "{told:?}");
    assert!(told.contains(&(Kind::Digest, Some(9))), "{told:?}");
    database.drop().await;
}

#[tokio::test]
async fn a_head_that_is_not_the_end_is_found() {
    for edit in ["position = position - 1", "digest = sha256(digest)", "recorded_at = now()"] {
        let (database, id) = lived().await;
        let change = format!("update leasehold.heads set {edit} where company_id = '{}'", id.0);
        tamper(&database.pool, &change).await;
        let told = told(&found(&database).await, id);
        assert!(told.iter().any(|(kind, _)| *kind == Kind::Head), "{edit}: {told:?}");
        database.drop().await;
    }
}

#[tokio::test]
async fn a_log_that_was_taken_away_is_found_by_its_head() {
    let (database, id) = lived().await;
    let gone = format!("delete from leasehold.events where company_id = '{}'", id.0);
    tamper(&database.pool, &gone).await;
    let told = told(&found(&database).await, id);
    assert!(told.contains(&(Kind::Head, Some(1))), "{told:?}");
    database.drop().await;
}

#[tokio::test]
async fn rows_that_were_edited_added_or_taken_away_are_found_with_their_columns() {
    for (table, column, edit) in [
        ("environments", "capacity", "coalesce(capacity, 0) + 1"),
        ("environments", "config", "'{\"edited\": 1}'"),
        ("environment_leases", "failure_reason", "'another'"),
        ("environment_leases", "last_used_at", "last_used_at + interval '1 us'"),
        ("environment_leases", "version", "version + 1"),
        ("activity_log", "details", "'[]'"),
        ("activity_log", "actor_id", "'somebody else'"),
    ] {
        let (database, id) = lived().await;
        let one = format!(
            "ctid = (select ctid from leasehold.{table} where company_id = '{}' limit 1)",
            id.0
        );
        database
            .pool
            .execute(&*format!("update leasehold.{table} set {column} = {edit} where {one}"))
            .await
            .unwrap();
        let findings = found(&database).await;
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!((findings[0].kind, findings[0].company_id), (Kind::RowDiffers, id));
        assert_eq!(findings[0].evidence["table"], table);
        assert_eq!(findings[0].evidence["columns"], serde_json::json!([column]));
        assert!(findings[0].position.is_some_and(|at| at.0 > 0));
        let gone = format!("delete from leasehold.{table} where {one}");
        database.pool.execute(&*gone).await.unwrap();
        let kinds: Vec<Kind> = found(&database).await.iter().map(|found| found.kind).collect();
        assert!(kinds.contains(&Kind::RowMissing), "{table}: {kinds:?}");
        database.drop().await;
    }
}

#[tokio::test]
async fn a_row_that_no_event_makes_is_found() {
    for (table, key, value) in [
        ("environments", "id", "gen_random_uuid()"),
        ("environment_leases", "id", "gen_random_uuid()"),
        ("activity_log", "position", "1000000"),
    ] {
        let (database, id) = lived().await;
        let add = format!(
            "insert into leasehold.{table}
             select (made.row).* from (
               select jsonb_populate_record(t, jsonb_build_object('{key}', {value})) as row
               from leasehold.{table} t
               where company_id = '{}' limit 1
             ) made",
            id.0
        );
        database.pool.execute(&*add).await.unwrap();
        let findings = found(&database).await;
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!((findings[0].kind, findings[0].company_id), (Kind::RowAdded, id));
        assert_eq!(findings[0].evidence["table"], table);
        database.drop().await;
    }
}

#[tokio::test]
async fn a_receipt_that_tells_of_other_events_is_found() {
    for edit in [
        "key = key || '-'",
        "first_position = first_position + 1, last_position = last_position + 1",
        "position = 1000000",
        "last_position = null",
    ] {
        let (database, id) = lived().await;
        let change = format!(
            "update leasehold.receipts set {edit}
             where company_id = '{}' and first_position = 5",
            id.0
        );
        database.pool.execute(&*change).await.unwrap();
        let findings = found(&database).await;
        assert_eq!(findings.len(), 1, "{edit}: {findings:?}");
        assert_eq!((findings[0].kind, findings[0].company_id), (Kind::Receipt, id));
        database.drop().await;
    }
}

#[tokio::test]
async fn the_program_says_so_with_its_exit_code_and_the_evidence() {
    let (database, id) = lived().await;
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_leasehold"))
            .args(["--database-url", &database.url(), "-o", "json", "verify"])
            .args(arguments)
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), report)
    };
    let (code, report) = run(&["--stock=5"]);
    assert_eq!((code, &report["failing"]), (Some(0), &Value::from(0)), "{report}");
    assert!(report["stock"].as_u64().is_some_and(|streams| streams <= 5), "{report}");
    tamper(
        &database.pool,
        &format!(
            "update leasehold.events set payload = (payload::text || ' ')::json
             where company_id = '{}' and position = 3",
            id.0
        ),
    )
    .await;
    let (code, report) = run(&[]);
    assert_eq!(code, Some(8));
    let finding = &report["findings"][0];
    assert_eq!(finding["kind"], "digest", "{report}");
    assert_eq!(
        (&finding["companyId"], &finding["position"]),
        (&Value::from(id.0.to_string()), &Value::from(3))
    );
    let (code, _) = run(&["--stock=many"]);
    assert_eq!(code, Some(2));
    database.drop().await;
}
