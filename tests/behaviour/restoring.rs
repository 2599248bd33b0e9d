//! The drill: back up under load, restore elsewhere, verify, go on under a new epoch.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use uuid::Uuid;

/// A directory of this test's own, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("leasehold-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(data_dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .env_remove("DATABASE_URL")
        .args(["-q", "-o", "json", "--data-dir", data_dir.to_str().unwrap()])
        .args(arguments)
        .output()
        .unwrap()
}

fn told(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Backs up while somebody writes.
fn back_up_under_load(dir: &Path, write: &(impl Fn(&Path) -> Value + Sync), file: &str) -> Output {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            while !is_over.load(Ordering::SeqCst) {
                write(dir);
            }
        });
        let backup = run(dir, &["db", "backup", file]);
        is_over.store(true, Ordering::SeqCst);
        writer.join().unwrap();
        backup
    })
}

#[test]
fn what_is_backed_up_under_load_is_restored_verified_and_gone_on_with() {
    let scratch = Scratch::new("restoring");
    let (one, two) = (scratch.0.join("one"), scratch.0.join("two"));
    let file = scratch.0.join("ledger.backup");
    let file = file.to_str().unwrap();
    let company = Uuid::now_v7().to_string();
    let create = |dir: &Path| {
        let name = Uuid::now_v7().to_string();
        told(&run(dir, &["--company", &company, "env", "create", &name, "--driver", "ssh"]))
    };
    let place = create(&one)["id"].as_str().unwrap().to_owned();
    let acquired = told(&run(&one, &["lease", "acquire", "--environment", &place]));
    let backup = back_up_under_load(&one, &create, file);
    assert!(told(&backup)["bytes"].as_u64().unwrap() > 1_000);
    assert_eq!(run(&one, &["db", "backup", file]).status.code(), Some(4));
    let heads = told(&run(&two, &["db", "restore", file]));
    assert_eq!(
        (&heads[0]["companyId"], &heads[0]["epoch"]),
        (&Value::from(company.clone()), &Value::from(2))
    );
    assert!(heads[0]["position"].as_u64().unwrap() >= 2);
    assert_eq!(told(&run(&two, &["verify", "--stock=all"]))["failing"], 0);
    let lease = acquired["id"].as_str().unwrap();
    assert_eq!(told(&run(&two, &["lease", "show", lease])), acquired);
    let after = told(&run(&two, &["lease", "acquire", "--environment", &place]));
    assert!(after["fence"].as_i64().unwrap() > 2 << 40, "{after}");
    assert!(acquired["fence"].as_i64().unwrap() < 2 << 40);
    assert_eq!(told(&run(&two, &["verify"]))["failing"], 0);
    assert_eq!(run(&two, &["db", "restore", file]).status.code(), Some(4));
    assert_eq!(run(&two, &["db", "restore", "/nowhere"]).status.code(), Some(3));
    let census = told(&run(&two, &["events", "census"]));
    let census = census.as_array().unwrap();
    assert!(census.iter().all(|row| row["isRead"] == true), "{census:?}");
    assert!(census.iter().any(|row| row["eventType"] == "LeaseAcquired" && row["events"] == 2));
}
