//! `leasehold bench` measures what it says, and cleans up after itself.

use std::process::{Command, Output};

use serde_json::Value;
use sqlx::PgPool;

use crate::support::database::TestDatabase;

fn bench(database_url: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(["bench", "-o", "json", "--database-url", database_url])
        .args(arguments)
        .output()
        .unwrap()
}

async fn databases_of_benches(pool: &PgPool) -> i64 {
    let like = "select count(*) from pg_catalog.pg_database where datname like 'leasehold_bench_%'";
    sqlx::query_scalar(like).fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_contender_lives_cycles_and_nothing_is_left() {
    let database = TestDatabase::new().await;
    let url = database.url();
    let measured = tokio::task::spawn_blocking(move || {
        bench(&url, &["--clients", "2", "--rounds", "1", "--seconds", "0.5"])
    });
    let output = measured.await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines = report["lines"].as_array().unwrap();
    let named: Vec<_> = lines.iter().map(|line| line["contender"].as_str().unwrap()).collect();
    assert_eq!(
        named,
        ["leasehold", "leasehold-http", "leasehold-dispatch", "crud", "cqrs-es", "bare"]
    );
    for line in lines {
        assert!(line["rate"].as_f64().unwrap() > 0.0, "{line} did nothing");
    }
    let rounds = report["samples"].as_array().unwrap().len();
    assert_eq!(rounds, lines.len(), "one round each");
    assert_eq!(databases_of_benches(&database.pool).await, 0);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_refused_before_anything_is_made() {
    let database = TestDatabase::new().await;
    let nonsense = [
        ["--clients", "0"],
        ["--seconds", "0"],
        ["--seconds", "nan"],
        ["--rate", "-1"],
        ["--skew", "101"],
        ["--only", "nobody"],
    ];
    for [option, value] in nonsense {
        let url = database.url();
        let said =
            tokio::task::spawn_blocking(move || bench(&url, &[&format!("{option}={value}")]));
        let output = said.await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{option} {value}");
        assert!(output.stdout.is_empty(), "{option} {value}");
    }
    database.drop().await;
}
