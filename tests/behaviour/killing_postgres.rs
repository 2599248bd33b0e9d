//! kill -9 of PostgreSQL under load: nothing acknowledged is lost, nothing is done twice.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use leasehold::dispatch::{Dispatcher, Failure, Settings, Verdict};
use leasehold::pg::{Cluster, Mode, Settings as ClusterSettings};
use leasehold::verify::read_again;
use leasehold_domain::company::CommandType;
use leasehold_domain::company::CommandType::{AcquireLease, CreateEnvironment, ReleaseLease};
use leasehold_domain::id::CompanyId;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::kill::kill_with_children;
use crate::support::orders::{company, environment, keyed, lease, order};

const CLIENTS: usize = 32;

/// What the clients share: where they work, and what was acknowledged to them.
#[derive(Debug, Default)]
struct Load {
    is_over: AtomicBool,
    waiting: AtomicUsize,
    unknown: AtomicUsize,
    unavailable: AtomicUsize,
}

impl Load {
    /// Sends a command until it has a verdict, always under the same key.
    async fn send(
        &self,
        dispatcher: &Dispatcher,
        company: CompanyId,
        kind: CommandType,
        key: &str,
        body: &Value,
    ) -> Verdict {
        loop {
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let order = keyed(key, kind, body.clone());
            let verdict = dispatcher.dispatch(company, order).await;
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            match verdict {
                Verdict::Failed { failure: Failure::OutcomeUnknown, .. } => {
                    self.unknown.fetch_add(1, Ordering::SeqCst);
                }
                Verdict::Failed { failure: Failure::DatabaseUnavailable, .. } => {
                    self.unavailable.fetch_add(1, Ordering::SeqCst);
                }
                decided => return decided,
            }
        }
    }

    /// Acquires and releases until the load is over; the keys that were acknowledged.
    async fn client(
        &self,
        dispatcher: Dispatcher,
        company: CompanyId,
        environment: Uuid,
    ) -> Vec<String> {
        let mut acknowledged = Vec::new();
        while !self.is_over.load(Ordering::SeqCst) {
            let key = format!("acquire-{}", Uuid::now_v7());
            let body = json!({"environmentId": environment, "heartbeatRunId": Uuid::now_v7()});
            let held = lease(self.send(&dispatcher, company, AcquireLease, &key, &body).await);
            acknowledged.push(key);
            let key = format!("release-{}", Uuid::now_v7());
            let body = json!({"leaseId": held.id});
            lease(self.send(&dispatcher, company, ReleaseLease, &key, &body).await);
            acknowledged.push(key);
        }
        acknowledged
    }
}

fn cluster_settings(dir: &Path) -> ClusterSettings {
    let binary = env!("CARGO_BIN_EXE_leasehold").into();
    let mut settings = ClusterSettings::new(Mode::Durable, binary);
    settings.data_dir = Some(dir.to_owned());
    settings
}

/// Kills the server while clients wait for it, and starts it again; how many it hit in a batch.
async fn kill_often(
    load: &Load,
    mut cluster: Cluster,
    dir: &Path,
    times: usize,
) -> (Cluster, usize) {
    let mut hits = 0;
    for _ in 0..times {
        sleep(Duration::from_millis(120)).await;
        hits += usize::from(load.waiting.load(Ordering::SeqCst) > 0);
        kill_with_children(cluster.pid().unwrap());
        drop(cluster);
        cluster = Cluster::start(&cluster_settings(dir)).await.unwrap();
    }
    (cluster, hits)
}

/// The keys of the log's lease events, and whether any stands there twice.
async fn keys_in_log(pool: &PgPool) -> (HashSet<String>, usize) {
    let keys: Vec<String> = sqlx::query_scalar(
        "select metadata ->> 'key' from leasehold.events where aggregate_type = 'lease'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let count = keys.len();
    let unique: HashSet<String> = keys.into_iter().collect();
    let repeated = count - unique.len();
    (unique, repeated)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_postgres_loses_nothing_acknowledged_and_repeats_nothing() {
    let times = if std::env::var_os("LEASEHOLD_LONG").is_some() { 200 } else { 20 };
    let dir = std::env::temp_dir().join(format!("leasehold-kill-{}", Uuid::now_v7().simple()));
    let cluster = Cluster::start(&cluster_settings(&dir)).await.unwrap();
    let options = cluster.connect_options();
    leasehold::database::prepare(&options).await.unwrap();
    let (dispatcher, _lanes) = Dispatcher::start(&options, Settings::default());
    let load = Arc::new(Load::default());
    let mut clients = Vec::new();
    for _ in 0..4 {
        let company = company();
        let body = json!({"name": "box", "driver": "ssh"});
        let made = environment(dispatcher.dispatch(company, order(CreateEnvironment, body)).await);
        for _ in 0..CLIENTS / 4 {
            let (load, dispatcher) = (Arc::clone(&load), dispatcher.clone());
            let client = async move { load.client(dispatcher, company, made.id).await };
            clients.push(tokio::spawn(client));
        }
    }
    let (cluster, hits) = kill_often(&load, cluster, &dir, times).await;
    load.is_over.store(true, Ordering::SeqCst);
    let journals = join_all(clients).await;
    let acknowledged: Vec<String> = journals.into_iter().flat_map(Result::unwrap).collect();
    let pool = PgPool::connect_with(cluster.connect_options()).await.unwrap();
    let (stored, repeated) = keys_in_log(&pool).await;
    let lost = acknowledged.iter().filter(|key| !stored.contains(*key)).count();
    println!(
        "{times} kills, {hits} within batches; {} acknowledged, {} unknown, {} unavailable",
        acknowledged.len(),
        load.unknown.load(Ordering::SeqCst),
        load.unavailable.load(Ordering::SeqCst),
    );
    assert_eq!((lost, repeated), (0, 0), "lost and repeated");
    assert_eq!(stored.len(), acknowledged.len(), "an event that nobody was told of");
    assert!(hits * 2 > times, "only {hits} of {times} kills hit a batch");
    assert_eq!(read_again(&pool).await.unwrap().differing, 0);
    pool.close().await;
    cluster.stop().await.unwrap();
    std::fs::remove_dir_all(dir).unwrap();
}
