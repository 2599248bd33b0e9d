//! A promise that an admin sets for an environment, from the command line.

use std::process::{Command, Output};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::database::TestDatabase;

/// Runs the program in a company.
fn run(database_url: &str, company: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(["-q", "-o", "json", "--database-url", database_url, "--company", company])
        .args(arguments)
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn leases_promise_what_their_environment_says_unless_they_say_more() {
    let database = TestDatabase::new().await;
    let (url, company) = (database.url(), Uuid::now_v7().to_string());
    let told = |arguments: &[&str]| -> Value {
        let output = run(&url, &company, arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let create =
        ["env", "create", "box", "--driver", "ssh", "--capacity", "9", "--default-ttl", "60"];
    let made = told(&create);
    assert_eq!((&made["capacity"], &made["defaultTtlSeconds"]), (&json!(9), &json!(60)));
    let place = made["id"].as_str().unwrap();
    let acquire = ["lease", "acquire", "--environment", place];
    assert_eq!(told(&acquire)["expiryMode"], "enforced");
    let said = [&acquire[..], &["--expires-at", "2031-01-01T00:00:00Z"]].concat();
    assert_eq!(told(&said)["expiryMode"], "recorded", "a provider's word stands for itself");
    let lifted = ["env", "update", place, "--capacity", "none", "--default-ttl", "none"];
    let changed = told(&lifted);
    assert_eq!((&changed["capacity"], &changed["defaultTtlSeconds"]), (&Value::Null, &Value::Null));
    assert_eq!(told(&acquire)["expiryMode"], Value::Null);
    let nonsense = run(&url, &company, &["env", "update", place, "--default-ttl", "soon"]);
    assert_eq!(nonsense.status.code(), Some(2), "{nonsense:?}");
    database.drop().await;
}
