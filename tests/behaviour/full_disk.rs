//! A disk that is full: nothing half done, nothing lost, questions answered, and on it goes with room.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use leasehold::pg::{Cluster, Mode, Settings};
use leasehold::verify::read_again;
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::time::Instant;
use uuid::Uuid;

use crate::support::program::Program;

/// A small disk of its own; unmounted whatever becomes of the test.
struct Disk(PathBuf);

impl Disk {
    /// None without the rights to mount.
    fn mount() -> Option<Self> {
        let path = std::env::temp_dir().join(format!("leasehold-disk-{}", Uuid::now_v7().simple()));
        fs::create_dir(&path).unwrap();
        let mount = ["-t", "tmpfs", "-o", "size=192m,mode=0755", "tmpfs"];
        let done = Command::new("mount").args(mount).arg(&path).status();
        if !done.is_ok_and(|status| status.success()) {
            fs::remove_dir(&path).unwrap();
            return None;
        }
        Some(Self(path))
    }

    /// Takes all the room that is left.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("ballast");
        let mut file = File::create(&path).unwrap();
        let mut block = vec![0; 1 << 20];
        while !block.is_empty() {
            if file.write_all(&block).is_err() {
                block.truncate(block.len() / 2);
            }
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

async fn cluster_on(disk: &Path) -> Cluster {
    let mut settings = Settings::new(Mode::Durable, env!("CARGO_BIN_EXE_leasehold").into());
    settings.data_dir = Some(disk.join("cluster"));
    // Room in the write-ahead log is taken beforehand: it is the tables that meet the end.
    let own = [("min_wal_size", "64MB"), ("max_wal_size", "64MB"), ("autovacuum", "off")];
    settings.server_settings =
        own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let cluster = Cluster::start(&settings).await.unwrap();
    let pool = PgPool::connect_with(cluster.connect_options()).await.unwrap();
    for _ in 0..3 {
        sqlx::query("select pg_switch_wal()").execute(&pool).await.unwrap();
        sqlx::query("create table public.step ()").execute(&pool).await.unwrap();
        sqlx::query("drop table public.step").execute(&pool).await.unwrap();
        sqlx::query("checkpoint").execute(&pool).await.unwrap();
    }
    pool.close().await;
    cluster
}

/// A client of one company.
struct Load {
    http: Client,
    url: String,
    environment: String,
    acknowledged: i64,
}

impl Load {
    async fn begin(address: &str) -> Self {
        let http = Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        let url = format!("{address}/v1/companies/{}", Uuid::now_v7());
        let body = json!({"name": "box", "driver": "ssh"});
        let made = http.post(format!("{url}/environments")).json(&body).send().await.unwrap();
        let made: Value = made.json().await.unwrap();
        let environment = made["id"].as_str().unwrap().to_owned();
        Self { http, url, environment, acknowledged: 0 }
    }

    /// Grants a lease with notes of some size; the status of the answer.
    async fn acquire(&mut self) -> (u16, Value) {
        let notes = "x".repeat(30_000);
        let body = json!({"environmentId": self.environment, "metadata": {"notes": notes}});
        let answer = self.http.post(format!("{}/leases", self.url)).json(&body).send().await;
        let answer = answer.unwrap();
        let status = answer.status().as_u16();
        self.acknowledged += i64::from(status == 201);
        (status, answer.json().await.unwrap())
    }

    /// Works until an answer has this status.
    async fn work_until(&mut self, wanted: u16) -> Value {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let (status, body) = self.acquire().await;
            if status == wanted {
                return body;
            }
            assert!(Instant::now() < until, "still {status} instead of {wanted}: {body}");
        }
    }
}

async fn leases_and_events(pool: &PgPool) -> (i64, i64) {
    sqlx::query_as(
        "select (select count(*) from leasehold.environment_leases),
                (select count(*) from leasehold.events where aggregate_type = 'lease')",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_writing_alone_and_only_while_it_is_full() {
    let Some(disk) = Disk::mount() else {
        writeln!(std::io::stderr(), "not checked: mounting a small disk takes root").unwrap();
        return;
    };
    fs::set_permissions(&disk.0, fs::Permissions::from_mode(0o755)).unwrap();
    let cluster = cluster_on(&disk.0).await;
    let program = Program::serve(&cluster.url());
    let mut load = Load::begin(&program.address).await;
    load.work_until(201).await;
    let ballast = disk.fill();
    let problem = load.work_until(507).await;
    assert_eq!(problem["code"], "storage_full");
    let pool = PgPool::connect_with(cluster.connect_options()).await.unwrap();
    let stored = leases_and_events(&pool).await;
    assert_eq!(stored, (load.acknowledged, load.acknowledged), "what was acknowledged is stored");
    let list = load.http.get(format!("{}/leases?limit=5", load.url)).send().await.unwrap();
    assert_eq!(list.status().as_u16(), 200, "questions are answered");
    fs::remove_file(ballast).unwrap();
    load.work_until(201).await;
    let stored = leases_and_events(&pool).await;
    assert_eq!(stored, (load.acknowledged, load.acknowledged));
    assert_eq!(read_again(&pool).await.unwrap().differing, 0);
    pool.close().await;
    drop(program);
    cluster.stop().await.unwrap();
}
