//! kill -9 of the server under load: nothing acknowledged is lost, nothing is done twice.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use leasehold::verify::read_again;
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::program::Program;

const CLIENTS: usize = 32;

/// What the clients share. The journal is kept here, outside of the process that is killed.
struct Load {
    address: RwLock<String>,
    is_over: AtomicBool,
    waiting: AtomicUsize,
    unanswered: AtomicUsize,
    http: Client,
}

impl Load {
    fn on(program: &Program) -> Self {
        Self {
            address: RwLock::new(program.address.clone()),
            is_over: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            unanswered: AtomicUsize::new(0),
            http: Client::new(),
        }
    }

    /// Posts a command until it is answered, always under the same key; the answer's object.
    async fn post(&self, path: &str, key: &str, body: &Value) -> Value {
        loop {
            let url = format!("{}/v1{path}", self.address.read().unwrap());
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let request = self.http.post(url).header("idempotency-key", key).json(body);
            let answer = request.send().await;
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            if let Ok(answer) = answer
                && answer.status().is_success()
                && let Ok(answer) = answer.json().await
            {
                return answer;
            }
            self.unanswered.fetch_add(1, Ordering::SeqCst);
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Acquires and releases until the load is over: what was acknowledged, key to lease.
    async fn client(&self, company: Uuid, environment: String) -> HashMap<String, String> {
        let mut journal = HashMap::new();
        while !self.is_over.load(Ordering::SeqCst) {
            let key = format!("acquire-{}", Uuid::now_v7());
            let body = json!({"environmentId": environment, "heartbeatRunId": Uuid::now_v7()});
            let path = format!("/companies/{company}/leases");
            let lease = self.post(&path, &key, &body).await["id"].as_str().unwrap().to_owned();
            journal.insert(key, lease.clone());
            let key = format!("release-{}", Uuid::now_v7());
            let path = format!("/companies/{company}/leases/{lease}/release");
            self.post(&path, &key, &json!({})).await;
            journal.insert(key, lease);
        }
        journal
    }
}

async fn kill_often(
    load: &Load,
    mut program: Program,
    url: &str,
    times: usize,
) -> (Program, usize) {
    let mut hits = 0;
    for _ in 0..times {
        sleep(Duration::from_millis(150)).await;
        hits += usize::from(load.waiting.load(Ordering::SeqCst) > 0);
        program.kill();
        program = Program::serve(url);
        load.address.write().unwrap().clone_from(&program.address);
    }
    (program, hits)
}

/// The keys of the log's lease events, each with its lease; and how many stand there twice.
async fn keys_in_log(pool: &PgPool) -> (HashSet<(String, String)>, usize) {
    let keys: Vec<(String, String)> = sqlx::query_as(
        "select metadata ->> 'key', aggregate_id from leasehold.events
         where aggregate_type = 'lease'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let count = keys.len();
    let unique: HashSet<(String, String)> = keys.into_iter().collect();
    let repeated = count - unique.len();
    (unique, repeated)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_acknowledged_and_repeats_nothing() {
    let times = if std::env::var_os("LEASEHOLD_LONG").is_some() { 200 } else { 20 };
    let database = TestDatabase::new().await;
    let url = database.url();
    let program = Program::serve(&url);
    let load = Arc::new(Load::on(&program));
    let mut clients = Vec::new();
    for _ in 0..4 {
        let company = Uuid::now_v7();
        let body = json!({"name": "box", "driver": "ssh"});
        let path = format!("/companies/{company}/environments");
        let made = load.post(&path, "make", &body).await["id"].as_str().unwrap().to_owned();
        for _ in 0..CLIENTS / 4 {
            let (load, made) = (Arc::clone(&load), made.clone());
            clients.push(tokio::spawn(async move { load.client(company, made).await }));
        }
    }
    let (program, hits) = kill_often(&load, program, &url, times).await;
    load.is_over.store(true, Ordering::SeqCst);
    let journals = join_all(clients).await;
    let journal: HashSet<(String, String)> =
        journals.into_iter().flat_map(Result::unwrap).collect();
    let (stored, repeated) = keys_in_log(&database.pool).await;
    println!(
        "{times} kills, {hits} within batches; {} acknowledged, {} tries without an answer",
        journal.len(),
        load.unanswered.load(Ordering::SeqCst),
    );
    assert_eq!(repeated, 0, "a command was done twice");
    assert_eq!(journal.difference(&stored).count(), 0, "an acknowledged command is lost");
    assert_eq!(stored.difference(&journal).count(), 0, "an event that nobody was told of");
    assert!(hits * 2 > times, "only {hits} of {times} kills hit a batch");
    assert_eq!(read_again(&database.pool).await.unwrap().differing, 0);
    drop(program);
    database.drop().await;
}
