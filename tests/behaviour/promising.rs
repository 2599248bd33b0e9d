//! Promises from the command line: an environment's, and a janitor's.

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

#[tokio::test(flavor = "multi_thread")]
async fn a_janitor_at_a_shell_keeps_its_claim_and_finishes_what_it_claimed() {
    let database = TestDatabase::new().await;
    let (url, company) = (database.url(), Uuid::now_v7().to_string());
    let told = |arguments: &[&str]| -> Value {
        let output = run(&url, &company, arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let made = told(&["env", "create", "box", "--driver", "sandbox"]);
    let reserved = told(&["lease", "reserve", "--environment", made["id"].as_str().unwrap()]);
    let lease = reserved["id"].as_str().unwrap();
    told(&["lease", "abandon", lease, "--reason", "no quota"]);
    told(&["cleanup", "claim", "--owner", "me", "--ttl", "60"]);
    let claim = told(&["lease", "show", lease])["cleanup"]["claim"].clone();
    let fence = claim["fence"].to_string();
    let renew = ["cleanup", "renew", lease, "--claim-fence", &fence, "--ttl", "600"];
    let kept = told(&renew)["cleanup"]["claim"].clone();
    assert_eq!(kept["fence"], claim["fence"]);
    assert!(kept["until"].as_str() > claim["until"].as_str(), "{kept}");
    let done =
        ["cleanup", "succeed", lease, "--claim-fence", &fence, "--proof", "{\"status\": 404}"];
    assert_eq!(told(&done)["cleanupState"], "succeeded");
    database.drop().await;
}
