//! What cannot be imported is listed with its reason, and does no harm to anything else.

use leasehold::import::{Source, SourceError, Table};
use serde_json::{Value, json};

use super::rows::{Files, activity, environment, environment_id, lease, lease_id, with};
use super::{count_events, hold_against, reasons, shown, take_in, take_in_all};
use crate::support::database::TestDatabase;

fn files_with(leases: &[Value]) -> Files {
    Files::new().rows(Table::Environments, &[environment(1)]).rows(Table::Leases, leases)
}

/// Imports files with bad rows; every good row must be there, and equal.
async fn listed(files: &Files) -> Vec<String> {
    let database = TestDatabase::new().await;
    let mut source = files.open().await;
    let report = take_in(&database, &mut source).await;
    let comparison = hold_against(&database, &mut source).await;
    for table in comparison.tables.values() {
        assert_eq!((table.repeated, &table.differing), (0, &[].into()), "{comparison:#?}");
    }
    let torn = "select count(*)::text from leasehold.environment_leases l
                where not exists (select from leasehold.events e
                                  where e.aggregate_id = l.id::text and e.sequence = 1)";
    assert_eq!(shown(&database, torn).await.as_deref(), Some("0"));
    let counts = report.counts[&Table::Leases];
    assert!(counts.imported > 0, "neighbours are unharmed");
    database.drop().await;
    reasons(&report)
}

#[tokio::test]
async fn a_file_that_is_cut_off_loses_its_last_row_alone() {
    let files = files_with(&[]);
    let text = format!("{}\n{}", lease(1, 1, 1), lease(2, 1, 1));
    files.text(Table::Leases, &text[..text.len() - 40]);
    let reasons = listed(&files).await;
    assert_eq!(reasons.len(), 1);
    assert!(reasons[0].starts_with("environment_leases.jsonl:2: is cut off at column "));
}

#[tokio::test]
async fn a_line_that_is_no_row_is_listed_by_its_number() {
    let files = files_with(&[]);
    let good = lease(1, 1, 1);
    let text = format!("\u{feff}{good}\r\n\n[1, 2]\nid,company_id\n{{\"a\": \"\\ud800\"}}\n");
    files.text(Table::Leases, &text);
    let reasons = listed(&files).await;
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert_eq!(reasons[0], "environment_leases.jsonl:3: is not a JSON object");
    assert!(reasons[1].starts_with("environment_leases.jsonl:4: is not JSON: expected"));
    assert!(reasons[2].starts_with("environment_leases.jsonl:5: is not JSON: "));
}

#[tokio::test]
async fn a_file_of_something_else_is_listed_with_every_column_that_it_lacks() {
    let foreign = json!({"id": 7, "title": "an issue", "state": "open"});
    let reasons = listed(&files_with(&[lease(1, 1, 1), foreign])).await;
    assert_eq!(
        reasons,
        ["environment_leases.jsonl:2: id is not a string; company_id is required; \
          status is required; lease_policy is required; acquired_at is required; \
          last_used_at is required; created_at is required; updated_at is required"]
    );
}

#[tokio::test]
async fn words_that_are_not_known_are_listed() {
    let paused = with(lease(2, 1, 1), json!({"status": "paused", "lease_policy": "pinned"}));
    let cleanup = with(lease(3, 1, 1), json!({"cleanup_status": "perhaps"}));
    let reasons = listed(&files_with(&[lease(1, 1, 1), paused, cleanup])).await;
    assert_eq!(
        reasons,
        [
            format!(
                "environment_leases.jsonl:2: {}: status unknown word `paused`; known are active, \
                 released, expired, failed, retained; lease_policy unknown word `pinned`; known \
                 are ephemeral, reuse_by_environment, reuse_by_execution_workspace, \
                 retain_on_failure",
                lease_id(2)
            ),
            format!(
                "environment_leases.jsonl:3: {}: cleanup_status unknown word `perhaps`; known are \
                 pending, success, failed",
                lease_id(3)
            ),
        ]
    );
}

#[tokio::test]
async fn an_id_that_comes_twice_is_taken_once() {
    let again = with(lease(1, 1, 1), json!({"provider": "other"}));
    let told = activity(5, 1, "environment.lease_acquired", 1);
    let files = files_with(&[lease(1, 1, 1), lease(2, 1, 1)]);
    let files = files.rows(Table::Activity, &[told.clone(), told]);
    let rows = [environment(1), environment(1)];
    let files = files.rows(Table::Environments, &rows);
    let reasons = listed(&files).await;
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons.iter().all(|reason| reason.ends_with("has the id of an earlier row")));
    let database = TestDatabase::new().await;
    let files = files_with(&[lease(1, 1, 1), again]);
    let mut source = files.open().await;
    let report = take_in(&database, &mut source).await;
    assert_eq!(report.rejected[0].line, Some(2));
    let provider = "select provider from leasehold.environment_leases";
    assert_eq!(shown(&database, provider).await.as_deref(), Some("ssh"), "the first one");
    database.drop().await;
}

#[tokio::test]
async fn metadata_is_taken_beyond_what_callers_may_ask_for_but_not_without_bounds() {
    let sized =
        |number, bytes| with(lease(number, 1, 1), json!({"metadata": {"log": "x".repeat(bytes)}}));
    let nul = with(lease(4, 1, 1), json!({"metadata": {"a\u{0}b": 1}}));
    let text = with(lease(5, 1, 1), json!({"metadata": "text"}));
    let rows = [lease(1, 1, 1), sized(2, 65 * 1024), sized(3, 1024 * 1024), nul, text];
    let reasons = listed(&files_with(&rows)).await;
    let expected = [
        "metadata is larger than 1048576 bytes",
        "metadata contains a NUL character",
        "metadata is not an object",
    ];
    assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
    for (reason, expected) in reasons.iter().zip(expected) {
        assert!(reason.ends_with(expected), "{reason}");
    }
}

#[tokio::test]
async fn numbers_keep_their_digits_and_what_would_be_misread_is_listed() {
    let files = files_with(&[]);
    let row = |number, metadata: &str| {
        let row = with(lease(number, 1, 1), json!({"metadata": "here"})).to_string();
        row.replace("\"here\"", metadata)
    };
    let lines = [
        row(1, r#"{"n": 1.50, "big": 12345678901234567890123, "e": 1e5, "z": -0.0}"#),
        row(2, r#"{"n": 1e400}"#),
        row(3, r#"{"$serde_json::private::Number": "1"}"#),
    ];
    files.text(Table::Leases, &lines.join("\n"));
    let reasons = listed(&files).await;
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[0].contains("metadata has a number beyond"), "{reasons:?}");
    assert!(reasons[1].contains("a key that begins with $serde_json::private::"), "{reasons:?}");
}

#[tokio::test]
async fn a_row_that_the_database_cannot_hold_does_no_harm_to_its_neighbours() {
    // Longer than an index entry may be, and of no two equal parts.
    let long = (0..3_000).map(|number| (number * 7_919).to_string()).collect::<Vec<_>>().concat();
    let rows =
        [lease(1, 1, 1), with(lease(2, 1, 1), json!({"provider_lease_id": long})), lease(3, 1, 1)];
    let told = activity(5, 1, "environment.lease_acquired", 2);
    let files = files_with(&rows).rows(Table::Activity, &[told]);
    let database = TestDatabase::new().await;
    let mut source = files.open().await;
    let report = take_in(&database, &mut source).await;
    let reasons = reasons(&report);
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].ends_with("cannot hold a value of this command; nothing was stored"));
    assert!(reasons[1].ends_with("what it is about was not taken in"), "{reasons:?}");
    assert_eq!(report.counts[&Table::Leases].imported, 2);
    assert_eq!(hold_against(&database, &mut source).await.tables[&Table::Leases].missing, 1);
    database.drop().await;
}

#[tokio::test]
async fn what_hangs_on_a_row_that_is_not_taken_in_is_listed_with_it() {
    let bad = with(environment(2), json!({"driver": "vm", "created_at": "yesterday"}));
    let told = activity(5, 1, "environment.lease_acquired", 2);
    let lost = activity(6, 1, "environment.lease_acquired", 9);
    let other = with(activity(7, 1, "issue.created", 1), json!({"entity_type": "issue"}));
    let rude =
        with(activity(8, 1, "environment.lease_acquired", 1), json!({"actor_type": "ghost"}));
    let files = files_with(&[lease(1, 1, 1), lease(2, 1, 2)]);
    let files = files.rows(Table::Environments, &[environment(1), bad]);
    let reasons = listed(&files.rows(Table::Activity, &[told, lost, other, rude])).await;
    let found: Vec<_> = reasons.iter().map(|reason| reason.split(": ").next().unwrap()).collect();
    let expected = [
        "environments.jsonl:2",
        "environment_leases.jsonl:2",
        "activity_log.jsonl:1",
        "activity_log.jsonl:2",
        "activity_log.jsonl:4",
    ];
    assert_eq!(found, expected, "{reasons:#?}");
    let on = format!("is on environment {}, which was not taken in", environment_id(2));
    assert!(reasons.iter().any(|reason| reason.ends_with(&on)));
}

#[tokio::test]
async fn columns_without_a_place_are_counted() {
    let database = TestDatabase::new().await;
    let row = with(lease(1, 1, 1), json!({"colour": "red", "size": null}));
    let files = files_with(&[row, with(lease(2, 1, 1), json!({"colour": "blue"}))]);
    let mut source = files.open().await;
    let report = take_in(&database, &mut source).await;
    let left: Vec<_> = report.left_columns.iter().map(|l| (l.column.as_str(), l.rows)).collect();
    assert_eq!(left, [("colour", 2)]);
    let comparison = hold_against(&database, &mut source).await;
    assert_eq!(comparison.tables[&Table::Leases].differing, [("colour".to_owned(), 2)].into());
    database.drop().await;
}

#[tokio::test]
async fn a_missing_file_is_named_before_anything_is_taken_in() {
    let files = files_with(&[lease(1, 1, 1)]);
    let path = files.path().join("activity_log.jsonl");
    std::fs::remove_file(&path).unwrap();
    let error = Source::directory(files.path()).await.unwrap_err();
    assert!(matches!(&error, SourceError::Missing(missing) if *missing == path), "{error}");
    assert!(error.to_string().ends_with("activity_log.jsonl is not there"));
}

#[tokio::test]
async fn what_was_wrong_and_is_right_now_is_taken_in_by_importing_again() {
    let database = TestDatabase::new().await;
    let files = files_with(&[lease(1, 1, 1), with(lease(2, 1, 1), json!({"status": "?"}))]);
    let mut source = files.open().await;
    assert_eq!(take_in(&database, &mut source).await.rejected.len(), 1);
    let events = count_events(&database).await;
    let report =
        take_in_all(&database, &files.rows(Table::Leases, &[lease(1, 1, 1), lease(2, 1, 1)])).await;
    let counts = report.counts[&Table::Leases];
    assert_eq!((counts.imported, counts.known), (1, 1));
    assert_eq!(count_events(&database).await, events + 1);
    database.drop().await;
}
