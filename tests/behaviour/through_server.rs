//! `--server`: the command line does the same through a server as it does on the database.

use std::process::Output;

use rcgen::generate_simple_self_signed;
use serde_json::{Value, json};
use tokio::process::Command;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::program::Program;
use crate::support::server::{Server, id};
use crate::support::tokens::{make, secret};

/// Runs a command on a server with arguments separated by blanks.
async fn run(server: &str, token: Option<&str>, arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leasehold"));
    command.args(["-o", "json", "--server", server]).args(arguments.split(' '));
    command.env_remove("DATABASE_URL").env_remove("LEASEHOLD_TOKEN");
    if let Some(token) = token {
        command.env("LEASEHOLD_TOKEN", token);
    }
    command.output().await.unwrap()
}

fn data(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn through(server: &Server, arguments: &str) -> Value {
    let arguments = format!("{arguments} --company {}", server.company);
    data(&run(&server.url, None, &arguments).await)
}

/// The same command on the database itself.
async fn directly(server: &Server, arguments: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(["-o", "json", "--database-url", &server.database.url()])
        .args(arguments.split(' '))
        .args(["--company", &server.company.to_string()])
        .output()
        .await
        .unwrap();
    data(&output)
}

async fn ends_with(server: &Server, code: i32, arguments: &str) -> String {
    let output = run(&server.url, None, arguments).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
    assert!(output.stdout.is_empty(), "{arguments}");
    said
}

#[tokio::test]
async fn questions_have_the_same_answers_on_both_ways() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({"capacity": 3})).await;
    let run = Uuid::now_v7();
    let lease = server.lease_of(&environment, run).await;
    let (lease, fence) = (id(&lease), lease["fence"].as_u64().unwrap());
    server.post(&format!("leases/{lease}/release"), &json!({})).await.expect(200);
    let open = server.lease_of(&environment, run).await;
    let open_fence = open["fence"].as_u64().unwrap();
    let questions = [
        "company list".to_owned(),
        "env list --status active --driver ssh".to_owned(),
        format!("env show {environment}"),
        format!("lease list --run {run}"),
        format!("lease list --open --environment {environment} --limit 1"),
        "lease list --status released --at-position 3".to_owned(),
        format!("lease show {lease}"),
        format!("lease show {lease} --at-position 2"),
        format!("lease history {lease}"),
        format!("lease explain {lease}"),
        format!("lease check {} --fence {open_fence}", id(&open)),
        format!("activity --run {run} --bookkeeping"),
        "activity --limit 2 --at-position 3".to_owned(),
        "events --after 1 --limit 2".to_owned(),
        "token list".to_owned(),
        "version".to_owned(),
    ];
    for question in &questions {
        let (through, directly) = (through(&server, question).await, directly(&server, question));
        assert_eq!(through, directly.await, "{question}");
        assert!(!through.is_null(), "{question}");
    }
    let said = ends_with(&server, 4, &format!("lease check {lease} --fence {fence}")).await;
    assert!(said.contains("refused (lease_ended)"), "{said}");
    let said = ends_with(&server, 3, &format!("lease show {}", Uuid::now_v7())).await;
    assert!(said.contains("lease_not_found"), "{said}");
    server.stop().await;
}

#[tokio::test]
async fn every_command_is_done_through_a_server() {
    let server = Server::start().await;
    let made = through(&server, "env create box --driver ssh --capacity 9").await;
    assert_eq!((&made["name"], &made["capacity"]), (&json!("box"), &json!(9)));
    let environment = id(&made);
    through(&server, &format!("env update {environment} --name case")).await;
    through(&server, &format!("env archive {environment}")).await;
    let shown = through(&server, &format!("env reactivate {environment}")).await;
    assert_eq!((&shown["name"], &shown["status"]), (&json!("case"), &json!("active")));
    through(&server, "env ensure-local").await;
    let run = Uuid::now_v7();
    let on = format!("--environment {environment} --run {run}");
    let reserved = id(&through(&server, &format!("lease reserve {on} --deadline 60")).await);
    let active = format!("lease activate {reserved} --provider-lease-id sandbox-1");
    assert_eq!(through(&server, &active).await["phase"], "active");
    let given_up = id(&through(&server, &format!("lease reserve {on}")).await);
    through(&server, &format!("lease abandon {given_up} --reason no --nothing-created")).await;
    let lease = id(&through(&server, &format!("lease acquire {on} --ttl 60")).await);
    through(&server, &format!("lease renew {lease} --ttl 90")).await;
    through(&server, &format!("lease metadata {lease} {{\"a\":1}}")).await;
    let merged = through(&server, &format!("lease metadata {lease} {{\"b\":2}} --merge")).await;
    assert_eq!(merged["metadata"], json!({"a": 1, "b": 2}));
    through(&server, &format!("lease retain {lease}")).await;
    through(&server, &format!("lease resume {lease} --run {run} --ttl 60")).await;
    let renewed = through(&server, &format!("run renew {run} --ttl 60")).await;
    assert!(renewed.as_array().is_some_and(|leases| !leases.is_empty()), "{renewed}");
    let end = format!("lease release {lease} --status failed --reason why --cleanup pending");
    assert_eq!(through(&server, &end).await["status"], "failed");
    assert_eq!(through(&server, &format!("run release {run}")).await[0]["id"], json!(reserved));
    through(&server, &format!("run end {run} --outcome succeeded")).await;
    let waiting = through(&server, "cleanup list --state pending").await;
    assert_eq!(waiting[0]["leaseId"], json!(lease));
    let claimed = through(&server, "cleanup claim --owner me --limit 1").await;
    let (id, fence) = (&claimed[0]["leaseId"], &claimed[0]["claimFence"]);
    assert_eq!(id, &json!(lease));
    through(&server, &format!("cleanup succeed {lease} --claim-fence {fence}")).await;
    let own = id_of_new(&server).await;
    assert_eq!(through(&server, &format!("env remove {own} --yes")).await["removed"], json!(own));
    server.stop().await;
}

async fn id_of_new(server: &Server) -> String {
    id(&through(server, "env create empty --driver ssh").await)
}

#[tokio::test]
async fn a_command_is_done_once_under_its_key_and_ends_with_the_code_of_the_contract() {
    let server = Server::start().await;
    let create = format!("env create box --driver ssh --key k --company {}", server.company);
    let first = run(&server.url, None, &create).await;
    let second = run(&server.url, None, &create).await;
    assert_eq!(data(&first), data(&second));
    assert!(String::from_utf8_lossy(&second.stderr).contains("done before under key k"));
    let other = create.replace("ssh", "plugin");
    let said = ends_with(&server, 4, &other).await;
    assert!(said.contains("idempotency_mismatch"), "{said}");
    let said = ends_with(&server, 2, "env create box --driver ssh").await;
    assert!(said.contains("--company"), "{said}");
    let wrong = format!("env create box --driver boat --company {}", server.company);
    assert!(ends_with(&server, 2, &wrong).await.contains("driver"));
    for needy in ["projections poisoned", "replay", "events census", "serve --listen 127.0.0.1:0"] {
        let said = ends_with(&server, 2, needy).await;
        assert!(said.contains("needs the database itself"), "{needy}: {said}");
    }
    let gone = run("http://127.0.0.1:9", None, "company list").await;
    assert_eq!(gone.status.code(), Some(7));
    assert_eq!(run("leasehold", None, "company list").await.status.code(), Some(2));
    server.stop().await;
}

#[tokio::test]
async fn tokens_are_made_shown_and_revoked_through_a_server() {
    let server = Server::start().await;
    let admin = secret(&make(&server, None, "admin", None).await);
    let with = async |token: &str, arguments: &str| {
        run(&server.url, Some(token), &format!("{arguments} --company {}", server.company)).await
    };
    let made = data(&with(&admin, "token create --role auditor --name eyes --days 3").await);
    let auditor = secret(&made);
    assert_eq!(data(&with(&auditor, "env list").await), json!([]));
    let create = "env create box --driver ssh";
    assert_eq!(with(&auditor, create).await.status.code(), Some(5));
    data(&with(&admin, create).await);
    let events = data(&with(&auditor, "events").await);
    assert_eq!(events[0]["metadata"]["actorId"], "a admin", "a token speaks for itself");
    assert!(events[0]["metadata"]["authenticatedBy"].is_string());
    let listed = data(&with(&admin, "token list").await);
    assert_eq!(listed[0]["id"], made["id"]);
    assert!(!listed.to_string().contains(&auditor));
    data(&with(&admin, &format!("token revoke {}", id(&made))).await);
    let refused = with(&auditor, "env list").await;
    assert_eq!(refused.status.code(), Some(5));
    assert!(!String::from_utf8_lossy(&refused.stderr).contains(&auditor));
    assert_eq!(with("leasehold_nonsense", "env list").await.status.code(), Some(2));
    server.stop().await;
}

#[tokio::test]
async fn projections_are_listed_and_rebuilt_through_a_server() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    server.lease_of(&environment, Uuid::now_v7()).await;
    let on = async |arguments: &str| data(&run(&server.url, None, arguments).await);
    let said = ends_with(&server, 3, "projections cancel").await;
    assert!(said.contains("no rebuild runs"), "{said}");
    let verdict = on("projections rebuild environment_leases").await;
    assert_eq!(verdict["compared"]["environment_leases"], 1);
    assert_eq!(verdict["differing"], json!({}));
    let verdict = on("projections rebuild --rate 1000000").await;
    assert_eq!(verdict["compared"].as_object().unwrap().len(), 3);
    let shown = on("projections list").await;
    let states = shown["rebuilds"].as_array().unwrap().iter().map(|rebuild| &rebuild["state"]);
    assert!(states.eq([&json!("swapped"), &json!("swapped")]), "{shown}");
    assert_eq!(shown["projections"].as_array().unwrap().len(), 3);
    assert!(!shown["old"].as_array().unwrap().is_empty(), "{shown}");
    let spoil = "update leasehold.environments set name = 'other'";
    sqlx::query(spoil).execute(&server.database.pool).await.unwrap();
    let said = ends_with(&server, 4, "projections rebuild environments").await;
    assert!(said.contains("rebuild_differs") && said.contains("environments.name"), "{said}");
    let verdict = on("projections rebuild environments --allow-difference").await;
    assert_eq!(verdict["differing"], json!({"environments.name": 1}));
    ends_with(&server, 3, "projections rebuild boats").await;
    ends_with(&server, 2, "projections rebuild environments environment_leases").await;
    server.stop().await;
}

#[tokio::test]
async fn the_ledger_is_verified_through_a_server() {
    let server = Server::start().await;
    server.environment("box", json!({})).await;
    let report = data(&run(&server.url, None, "verify --stock=all").await);
    assert_eq!((&report["failing"], &report["stock"]), (&json!(0), &json!(1)));
    let spoil = "update leasehold.environments set name = 'other'";
    sqlx::query(spoil).execute(&server.database.pool).await.unwrap();
    let output = run(&server.url, None, "verify").await;
    assert_eq!(output.status.code(), Some(8));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["failing"], report["findings"].as_array().unwrap().len()), (&json!(1), 1));
    server.stop().await;
}

/// A server's certificate is believed when a file says so, and not otherwise.
#[tokio::test]
async fn a_server_over_tls_is_asked_when_its_certificate_is_trusted() {
    let pair = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = std::env::temp_dir().join(format!("leasehold-tls-{}", Uuid::now_v7()));
    std::fs::create_dir(&folder).unwrap();
    let file = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (chain, key) =
        (file("chain.pem", pair.cert.pem()), file("key.pem", pair.signing_key.serialize_pem()));
    let others = file("other.pem", other.cert.pem());
    let database = TestDatabase::new().await;
    let url = database.url();
    let serving =
        Program::start(&["--database-url", &url, "--tls-cert", &chain, "--tls-key", &key]);
    let asked = async |address: &str, trusted: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leasehold"));
        command.args(["-o", "json", "--server", address, "env", "ensure-local", "--company"]);
        command.arg(Uuid::now_v7().to_string()).env("SSL_CERT_FILE", trusted);
        command.env_remove("SSL_CERT_DIR").env_remove("LEASEHOLD_TOKEN").output().await.unwrap()
    };
    let named = serving.address.replace("127.0.0.1", "localhost");
    assert!(named.starts_with("https://"), "{named}");
    assert_eq!(data(&asked(&named, &chain).await)["driver"], "local");
    let away = [
        asked(&named, &others).await,
        asked(&serving.address, &chain).await,
        asked(&named.replace("https", "http"), &chain).await,
    ];
    for refused in away {
        let said = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(7), "{said}");
        assert!(said.contains("does not answer"), "{said}");
    }
    drop(serving);
    std::fs::remove_dir_all(folder).unwrap();
    database.drop().await;
}
