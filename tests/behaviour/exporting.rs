//! What leaves the installation: whole, of one moment, described by its manifest, and recorded.

use std::path::PathBuf;
use std::process::{Command, Output};

use leasehold::log::list_events;
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;

/// A database with two companies, and a directory for files.
struct Desk {
    database: TestDatabase,
    companies: [CompanyId; 2],
    folder: PathBuf,
}

impl Desk {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let (dispatcher, lanes) = database.dispatcher();
        let mut companies = [company(), company()];
        companies.sort();
        for id in companies {
            Life::new(&dispatcher, id).round(0).await;
        }
        drop(dispatcher);
        lanes.finish().await;
        let folder = std::env::temp_dir().join(format!("leasehold-{}", Uuid::now_v7()));
        std::fs::create_dir(&folder).unwrap();
        Self { database, companies, folder }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_leasehold"))
            .args(["--database-url", &self.database.url(), "-o", "json"])
            .args(arguments)
            .env("USER", "ada")
            .output()
            .unwrap()
    }

    /// Exports to a file; its bytes and its manifest, which agree with each other.
    fn export(&self, arguments: &[&str]) -> (String, Value) {
        let to = self.folder.join(Uuid::now_v7().to_string());
        let output = self.run(&[arguments, &["--to", to.to_str().unwrap()]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = std::fs::read_to_string(&to).unwrap();
        let beside = format!("{}.manifest.json", to.display());
        let manifest: Value =
            serde_json::from_str(&std::fs::read_to_string(beside).unwrap()).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), manifest);
        let hash = leasehold::log::Digest(Sha256::digest(text.as_bytes()).into());
        assert_eq!(manifest["sha256"], json!(hash.to_hex()));
        assert_eq!(manifest["bytes"], json!(text.len()));
        (text, manifest)
    }

    async fn log(&self, id: CompanyId) -> Vec<Value> {
        let connection = &mut *self.database.pool.acquire().await.unwrap();
        let events = list_events(connection, id, Position(0), 10_000).await.unwrap();
        let shown = |event: &leasehold::log::Recorded| {
            let json = event.to_json(leasehold_domain::fence::Epoch(1)).unwrap();
            serde_json::from_str(json.get()).unwrap()
        };
        events.iter().map(shown).collect()
    }

    async fn end(self) {
        std::fs::remove_dir_all(&self.folder).unwrap();
        self.database.drop().await;
    }
}

/// Whether an event is meant by a filter.
type Is<'f> = Box<dyn Fn(&Value) -> bool + 'f>;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn events_leave_as_they_are_stored_and_the_manifest_says_from_where() {
    let desk = Desk::new().await;
    let mut expected = Vec::new();
    for id in desk.companies {
        expected.extend(desk.log(id).await);
    }
    let (text, manifest) = desk.export(&["events", "export"]);
    assert_eq!(lines(&text), expected);
    assert_eq!(manifest["records"], json!(expected.len()));
    assert_eq!(manifest["what"], "events");
    let parts = manifest["companies"].as_array().unwrap();
    assert_eq!(parts.len(), 2);
    for (part, id) in parts.iter().zip(desk.companies) {
        let log = desk.log(id).await;
        let last = log.last().unwrap();
        assert_eq!(part["companyId"], json!(id));
        assert_eq!(part["firstPosition"], 1);
        for name in ["lastPosition", "headPosition", "records"] {
            assert_eq!(part[name], last["position"], "{name}");
        }
        assert_eq!(part["headDigest"], last["digest"]);
    }
    desk.end().await;
}

#[tokio::test]
async fn filters_narrow_what_leaves() {
    let desk = Desk::new().await;
    let id = desk.companies[0];
    let log = desk.log(id).await;
    let own = id.to_string();
    let entity = log.iter().find(|event| event["aggregateType"] == "lease").unwrap();
    let entity = entity["aggregateId"].as_str().unwrap();
    let moment = log[log.len() / 2]["recordedAt"].as_str().unwrap();
    let cases: [(&[&str], Is<'_>); 6] = [
        (
            &["--type", "LeaseAcquired,Released"],
            Box::new(|event| {
                event["eventType"] == "LeaseAcquired" || event["eventType"] == "Released"
            }),
        ),
        (&["--about", "environment"], Box::new(|event| event["aggregateType"] == "environment")),
        (&["--entity", entity], Box::new(|event| event["aggregateId"] == entity)),
        (&["--since", moment], Box::new(|event| event["recordedAt"].as_str().unwrap() >= moment)),
        (&["--until", moment], Box::new(|event| event["recordedAt"].as_str().unwrap() < moment)),
        (
            &["--after", "2", "--up-to", "5"],
            Box::new(|event| (3..=5).contains(&event["position"].as_u64().unwrap())),
        ),
    ];
    for (arguments, is_meant) in cases {
        let wanted = ["--company", &own, "events", "export"];
        let (text, manifest) = desk.export(&[&wanted, arguments].concat());
        let expected: Vec<Value> = log.iter().filter(|event| is_meant(event)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < log.len(), "{arguments:?}");
        assert_eq!(lines(&text), expected, "{arguments:?}");
        assert!(!manifest["filter"].as_object().unwrap().is_empty());
    }
    let unknown = company().to_string();
    let output = desk.run(&["--company", &unknown, "events", "export"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    desk.end().await;
}

#[tokio::test]
async fn the_three_forms_tell_the_same() {
    let desk = Desk::new().await;
    for what in ["events", "activity"] {
        let own = desk.companies[0].to_string();
        let of = |form| desk.export(&["--company", &own, what, "export", "--form", form]).0;
        let (plain, csv, cloud) = (lines(&of("jsonl")), of("csv"), lines(&of("cloudevents")));
        assert!(plain.len() > 10);
        assert_eq!(cloud.len(), plain.len());
        let rows = rows(&csv);
        assert_eq!(rows.len(), plain.len() + 1, "a header and a row for each");
        for ((plain, cloud), row) in plain.iter().zip(&cloud).zip(&rows[1..]) {
            assert_eq!(cloud["specversion"], "1.0");
            assert_eq!(cloud["position"], json!(plain["position"].to_string()));
            assert!(cloud["id"].is_string() && cloud["type"].is_string());
            for name in cloud.as_object().unwrap().keys() {
                assert!(name.bytes().all(|byte| byte.is_ascii_lowercase()), "{name}");
            }
            for (name, cell) in rows[0].iter().zip(row) {
                let value = &plain[name];
                let told = match value {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(*cell, told, "{name}");
            }
            assert_eq!(rows[0].len(), plain.as_object().unwrap().len());
        }
    }
    desk.end().await;
}

/// Reads RFC 4180.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut is_quoted) = (vec![], vec![], String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, is_quoted) {
            ('"', true) if letters.peek() == Some(&'"') => cell.extend(letters.next()),
            ('"', _) => is_quoted = !is_quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\n', false) => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (letter, _) => cell.push(letter),
        }
    }
    rows
}

#[tokio::test]
async fn exports_and_rebuilds_stand_in_the_installations_log_with_who_asked() {
    let desk = Desk::new().await;
    let (_, manifest) = desk.export(&["activity", "export", "--action", "environment.created"]);
    assert!(desk.run(&["projections", "rebuild", "environments"]).status.success());
    let cut = desk.run(&["events", "export", "--to", "/nowhere/at/all"]);
    assert_eq!(cut.status.code(), Some(1));
    let log = desk.log(CompanyId(Uuid::nil())).await;
    let told: Vec<&str> = log.iter().map(|event| event["eventType"].as_str().unwrap()).collect();
    let steps = ["RebuildStarted", "RebuildJudged", "RebuildSwapped"];
    assert_eq!(told, [&["ExportStarted", "ExportFinished"][..], &steps].concat());
    for event in &log {
        assert_eq!(event["metadata"]["actorType"], "user");
        assert_eq!(event["metadata"]["actorId"], "ada");
    }
    assert_eq!(log[0]["aggregateId"], manifest["exportId"]);
    let started = &log[0]["payload"]["ExportStarted"];
    assert_eq!(started["filter"], json!({"action": "environment.created"}));
    assert_eq!(log[1]["payload"]["ExportFinished"]["sha256"], manifest["sha256"]);
    assert_eq!(log[3]["payload"]["RebuildJudged"]["differing"], json!({}));
    assert_eq!(log[4]["payload"]["RebuildSwapped"]["versions"], json!({"environments": 1}));
    let verified = desk.run(&["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    desk.end().await;
}
