//! What operators look at: metrics, the dashboard over them, TLS.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use leasehold::http::{Door, Rules, Tls, serve_tls};
use leasehold::ledger::{Ledger, Options};
use leasehold::metrics;
use leasehold::read::{count_cleanups, find_projection_lags};
use leasehold_domain::lease::CleanupState;
use rcgen::generate_simple_self_signed;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::server::{Server, id};

/// What is not told before there is something to tell.
const ONCE_IT_HAPPENED: [&str; 5] = [
    metrics::LISTENERS_CUT,
    metrics::REBUILT_EVENTS,
    metrics::REBUILDING,
    metrics::REBUILD_PAUSE,
    metrics::PROJECTED_EVENTS,
];

#[tokio::test]
async fn every_metric_is_there_and_says_what_happened() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let lease = id(&server.lease(&environment, json!({"ttlSeconds": 1})).await);
    server.swept_until(&format!("leases/{lease}"), |lease| lease["phase"] == "ended").await;
    server.lease_of(&environment, Uuid::now_v7()).await;
    let text = server.get("/metrics").await.expect(200);
    let text = text.as_str().unwrap();
    for (name, about) in metrics::ALL {
        let is_there = text.contains(&format!("# HELP {name} {about}"));
        assert!(is_there || ONCE_IT_HAPPENED.contains(&name), "{name}\n{text}");
    }
    let counted = text.lines().find(|line| {
        line.starts_with(metrics::COMMANDS)
            && line.contains("acquireLease")
            && line.contains("accepted")
    });
    assert!(counted.is_some(), "{text}");
    assert!(text.contains("route=\"/v1/companies/{companyId}/leases\""), "{text}");
    assert!(text.contains("leasehold_open_leases{state=\"active\"}"), "{text}");
    assert!(!text.contains(&server.company.to_string()), "no label names a company");
    server.stop().await;
}

#[tokio::test]
async fn gauges_show_what_waits_and_what_is_behind() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let left = id(&server.lease(&environment, json!({"provider": "e2b"})).await);
    let end = json!({"cleanupStatus": "pending"});
    server.post(&format!("leases/{left}/release"), &end).await.expect(200);
    let mut reader = server.database.pool.acquire().await.unwrap();
    let cleanups = count_cleanups(&mut reader).await.unwrap();
    let pending = cleanups.iter().find(|gauge| gauge.state == CleanupState::Pending).unwrap();
    assert_eq!((pending.cleanups, cleanups.len()), (1, 5));
    assert!(pending.oldest_seconds > 0.0);
    let lags = find_projection_lags(&mut reader).await.unwrap();
    assert!(lags.iter().all(|(_, behind)| *behind == 0), "{lags:?}");
    let rebuild = "insert into leasehold.rebuilds
        values (default, gen_random_uuid(), '{environments}', 'loading', 'a test', now(), now(),
                0, 0)";
    sqlx::query(rebuild).execute(&mut *reader).await.unwrap();
    let lags = find_projection_lags(&mut reader).await.unwrap();
    let head = "select position from leasehold.heads";
    let head: i64 = sqlx::query_scalar(head).fetch_one(&mut *reader).await.unwrap();
    assert_eq!(lags, [("environments", head), ("environment_leases", 0), ("activity_log", 0)]);
    drop(reader);
    server.stop().await;
}

#[test]
fn the_dashboard_shows_metrics_that_there_are_and_all_of_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/grafana-dashboard.json");
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    let words = targets.flat_map(|target| {
        let expr = target["expr"].as_str().unwrap();
        expr.split(|c: char| !c.is_alphanumeric() && c != '_').map(ToOwned::to_owned)
    });
    let shown: BTreeSet<String> = words
        .filter(|word| word.starts_with("leasehold_"))
        .map(|word| word.strip_suffix("_bucket").unwrap_or(&word).to_owned())
        .collect();
    let known: BTreeSet<String> = metrics::ALL.map(|(name, _)| name.to_owned()).into();
    assert_eq!(shown, known);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(known.iter().all(|name| page.contains(&format!("`{name}`"))));
}

/// A certificate that signs itself, by way of its files; what is no pair is refused.
fn made() -> (Tls, CertificateDer<'static>) {
    let pair = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = std::env::temp_dir().join(format!("leasehold-tls-{}", Uuid::now_v7()));
    std::fs::create_dir(&folder).unwrap();
    let (certificate, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    std::fs::write(&certificate, pair.cert.pem()).unwrap();
    std::fs::write(&key, pair.signing_key.serialize_pem()).unwrap();
    let tls = Tls::read(&certificate, &key).unwrap();
    let refused = Tls::read(&key, &certificate).unwrap_err().to_string();
    assert!(refused.contains(".pem"), "{refused}");
    std::fs::remove_dir_all(folder).unwrap();
    (tls, pair.cert.der().clone())
}

#[tokio::test]
async fn a_pair_of_files_makes_the_door_speak_tls() {
    let (tls, certificate) = made();
    let database = TestDatabase::new().await;
    let ledger = Ledger::open(&database.options, Options::default()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let door = Door::new(&ledger, Rules::default());
    let serving = tokio::spawn(serve_tls(listener, tls, door, async {
        let _ = stopped.await;
    }));
    // Somebody who never shakes hands holds nobody up.
    let silent = TcpStream::connect(address).await.unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(name, stream).await.unwrap();
    let asked = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(asked).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("{\"status\":\"ok\"}"));
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    drop(silent);
    ledger.close().await;
    database.drop().await;
}

fn help(commands: &[&str]) -> String {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_leasehold"));
    let output = program.args(commands).arg("--help").output().unwrap();
    assert!(output.status.success(), "{commands:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What is deployed names commands, flags and variables that there are.
#[test]
fn deployments_say_what_the_program_understands() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    let mut commands = BTreeSet::new();
    for name in ["Containerfile", "compose.yaml", "leasehold.service"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let known = help(&["serve"]);
        let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
        for variable in words.filter(|word| word.starts_with("LEASEHOLD_")) {
            assert!(known.contains(&format!("[env: {variable}=")), "{name}: {variable}");
        }
        for (_, said) in text.lines().filter_map(|line| line.split_once("leasehold ")) {
            let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
            let words: Vec<&str> = said.split(' ').take_while(is_word).collect();
            if words.is_empty() {
                continue;
            }
            let known = help(&words);
            for flag in said.split(' ').filter(|word| word.starts_with("--")) {
                assert!(known.contains(flag), "{name}: {flag} of {words:?}");
            }
            commands.insert(words.join(" "));
        }
    }
    assert_eq!(commands, BTreeSet::from(["serve".to_owned(), "token create".to_owned()]));
}
