//! `leasehold bench` measures what it says, and cleans up after itself.

mod kept;

use std::process::{Command, Output};

use serde_json::Value;
use sqlx::PgPool;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::support::database::TestDatabase;

fn bench(database_url: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .arg("bench")
        .args(arguments)
        .args(["-o", "json", "--database-url", database_url])
        .output()
        .unwrap()
}

/// Held by who counts databases: there is one server for all tests.
static ALONE: Mutex<()> = Mutex::const_new(());

async fn databases_of_benches(pool: &PgPool) -> i64 {
    let like = "select count(*) from pg_catalog.pg_database where datname like 'leasehold_bench_%'";
    sqlx::query_scalar(like).fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_contender_lives_cycles_and_nothing_is_left() {
    let _alone = ALONE.lock().await;
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
async fn a_server_is_measured_on_a_history_with_open_leases() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::new().await;
    let url = database.url();
    let small = ["serving", "--filled", "2000", "--open", "50", "--clients", "2", "--rounds", "1"];
    let measured = tokio::task::spawn_blocking(move || {
        bench(&url, &[small.as_slice(), &["--seconds", "1"]].concat())
    });
    let output = measured.await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let samples: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sample = &samples[0];
    assert!(sample["rate"].as_f64().unwrap() > 0.0, "{samples}");
    let figure = |name: &str| sample[name].as_u64().unwrap();
    assert!(figure("listeningMs") <= figure("firstCycleMs"), "{sample}");
    assert!(0 < figure("idleBytes") && figure("idleBytes") <= figure("peakBytes"), "{sample}");
    assert_eq!(databases_of_benches(&database.pool).await, 0);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lease_costs_a_run_is_measured_by_every_way() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::new().await;
    let url = database.url();
    let measured = tokio::task::spawn_blocking(move || bench(&url, &["exec", "--rounds", "2"]));
    let output = measured.await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let samples: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let ways: Vec<&str> = samples.iter().map(|sample| sample["way"].as_str().unwrap()).collect();
    assert_eq!(ways, ["bare", "heartbeat", "server", "database"]);
    assert!(samples.iter().all(|sample| sample["runs"] == 2), "{samples:?}");
    assert_eq!(samples[0]["overBareUs"], 0);
    assert_eq!(databases_of_benches(&database.pool).await, 0);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lifecycle_is_measured_against_its_bars_and_nothing_is_left() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::new().await;
    let url = database.url();
    let small = [
        ["--open", "200"],
        ["--due", "100"],
        ["--rounds", "1"],
        ["--seconds", "1"],
        ["--rate", "20"],
        ["--waits", "8"],
    ];
    let mut arguments = vec!["lifecycle"];
    arguments.extend(small.iter().flatten());
    let output = tokio::task::spawn_blocking(move || bench(&url, &arguments)).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["bars"].as_array().unwrap().len(), 4, "{report}");
    assert_eq!(report["lateness"]["late"]["count"], 200, "those of a second");
    let wave = &report["waves"][0];
    assert_eq!((&wave["leases"], &wave["late"]["count"]), (&100.into(), &100.into()));
    for phase in ["before", "during"] {
        assert!(wave[phase]["took"]["count"].is_u64(), "{wave}");
    }
    let waits = report["waits"].as_array().unwrap();
    assert_eq!(waits.len(), 6, "three kinds, each by two processes");
    assert!(waits.iter().all(|kind| kind["took"]["count"] == 8), "{waits:?}");
    assert_eq!(databases_of_benches(&database.pool).await, 0);
    database.drop().await;
}

async fn bench_rebuild(database: &TestDatabase, arguments: &'static [&'static str]) -> Value {
    let url = database.url();
    let all: Vec<&str> = [&["rebuild", "--events", "4000", "--companies", "2"], arguments].concat();
    let output = tokio::task::spawn_blocking(move || bench(&url, &all)).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rebuilding_is_measured_on_an_idle_log_beside_postgres() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::new().await;
    let report = bench_rebuild(&database, &["--questions", "5"]).await;
    assert!(report["log"]["events"].as_i64().unwrap() >= 4_000, "{report}");
    let above_0 = |pointer: &str| {
        let figure = report.pointer(pointer).and_then(Value::as_f64);
        assert!(figure.is_some_and(|figure| figure > 0.0), "{pointer} in {report}");
    };
    for work in ["verifyBefore", "rebuild", "verify"] {
        above_0(&format!("/idle/{work}/eventsPerSecond"));
        above_0(&format!("/idle/{work}/peakBytes"));
    }
    for part in ["copySeconds", "indexSeconds", "readSeconds"] {
        above_0(&format!("/idle/postgres/{part}"));
    }
    for kind in ["holdersAt", "usageAt", "usageAtPosition", "agentsThroughDay"] {
        for when in ["questionsBefore", "questions"] {
            assert_eq!(report[when][kind]["count"], 5, "{report}");
        }
    }
    assert_eq!(report["bars"].as_array().unwrap().len(), 14, "{report}");
    assert_eq!(databases_of_benches(&database.pool).await, 0);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_alone_are_measured_on_as_many_leases_as_there_can_be() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::new().await;
    let arguments = &["--questions-only", "--short-lives", "--questions", "5"];
    let report = bench_rebuild(&database, arguments).await;
    let of_log = |name: &str| report["log"][name].as_i64().unwrap();
    let (events, leases) = (of_log("events"), of_log("leases"));
    assert!(events >= 4_000 && 9 * events < 20 * leases, "two events a lease: {report}");
    assert_eq!(report["questionsBefore"]["usageAt"]["count"], 5, "{report}");
    assert!(report["idle"].is_null() && report["loaded"].is_null(), "{report}");
    assert_eq!(report["bars"].as_array().unwrap().len(), 4, "{report}");
    assert_eq!(databases_of_benches(&database.pool).await, 0);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rebuilds_under_load_are_measured_by_what_writers_notice() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::new().await;
    let arguments = &["--under-load", "--rebuilds=2", "--clients=4", "--rate=20", "--seconds=2"];
    let report = bench_rebuild(&database, arguments).await;
    let rounds = report["loaded"]["rounds"].as_array().unwrap();
    assert_eq!(rounds.len(), 2, "{report}");
    for round in rounds {
        assert!(round["before"]["took"]["count"].as_u64().unwrap() > 0, "{round}");
        assert!(round["before"]["took"]["p99Us"].as_u64().unwrap() > 0, "{round}");
        assert!(round["beforeLongestAppendUs"].as_u64().unwrap() > 0, "{round}");
        assert!(round["rebuildSeconds"].as_f64().unwrap() > 0.0, "{round}");
    }
    assert_eq!(report["bars"].as_array().unwrap().len(), 3, "{report}");
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
        ["--only", "paperclip"],
        ["--paperclip", env!("CARGO_MANIFEST_DIR")],
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

#[test]
fn a_server_that_is_not_there_is_told_as_everywhere() {
    let output = bench("postgres:///x?host=/nowhere", &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(7), "{said}");
    assert!(said.contains("the database cannot be reached"), "{said}");
}

/// Measures Paperclip alone from a directory that has both packages as far as can be seen, of a
/// version. They have no code: that they are run at all shows in how it fails.
async fn bench_paperclip(database: &TestDatabase, version: &str) -> Output {
    let directory = std::env::temp_dir().join(format!("leasehold-npm-{}", Uuid::now_v7().simple()));
    for package in ["server", "db"] {
        let package = directory.join("node_modules/@paperclipai").join(package);
        std::fs::create_dir_all(&package).unwrap();
        let manifest = serde_json::json!({"version": version}).to_string();
        std::fs::write(package.join("package.json"), manifest).unwrap();
    }
    let (url, given) = (database.url(), directory.clone());
    let measured = tokio::task::spawn_blocking(move || {
        bench(&url, &["--only", "paperclip", "--paperclip", given.to_str().unwrap()])
    });
    let output = measured.await.unwrap();
    std::fs::remove_dir_all(directory).unwrap();
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_of_paperclip_is_not_measured() {
    let database = TestDatabase::new().await;
    let output = bench_paperclip(&database, "2026.1.0").await;
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("@paperclipai/server is 2026.1.0"), "{said}");
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paperclip_that_does_not_run_ends_the_bench_and_nothing_is_left() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::new().await;
    let output = bench_paperclip(&database, "2026.916.1").await;
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("node"), "{said}");
    assert!(output.stdout.is_empty());
    assert_eq!(databases_of_benches(&database.pool).await, 0);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_measured_when_asked_for_is_measured_on_a_log_that_was_filled() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::new().await;
    let url = database.url();
    let measured = tokio::task::spawn_blocking(move || {
        let only = "--only=leasehold,leasehold-pair,leasehold-refused,bare-alone";
        bench(&url, &[only, "--clients=4", "--rounds=1", "--seconds=1", "--filled=2000"])
    });
    let output = measured.await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let grown = |sample: &Value, table: &str| {
        let table = &sample["footprint"]["tableBytes"][format!("leasehold.{table}")];
        table.as_f64().unwrap_or(0.0)
    };
    for sample in report["samples"].as_array().unwrap() {
        assert!(sample["footprint"]["walBytes"].as_f64().unwrap() > 0.0, "{sample}");
        let spent = |part: &str| sample["processors"][part].as_f64().unwrap();
        assert!(spent("ownUs") > 0.0 && spent("restUs") > 0.0, "{sample}");
        assert!((0.0..100.0).contains(&spent("idlePercent")), "{sample}");
        // Who is refused gets a receipt and no event; who copies writes tables of its own.
        let [is_refused, is_copied] =
            ["leasehold-refused", "bare-alone"].map(|name| sample["contender"] == name);
        assert_eq!(grown(sample, "events") == 0.0, is_refused || is_copied, "{sample}");
        assert_eq!(grown(sample, "receipts") == 0.0, is_copied, "{sample}");
    }
    assert_eq!(databases_of_benches(&database.pool).await, 0);
    database.drop().await;
}
