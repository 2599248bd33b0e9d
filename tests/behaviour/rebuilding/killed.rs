//! Rebuilds under writing clients while kill -9 hits the rebuilder, servers and PostgreSQL at random:
//! each is gone on with until it has swapped, each swap is right, and no command is refused for it.
//!
//! Moments and victims are chosen by a seed, which is printed; `LEASEHOLD_SEED` chooses it,
//! `LEASEHOLD_LONG` makes it a hundred rebuilds under 32 clients.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::join_all;
use leasehold::pg::{Cluster, Mode, Settings};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::fleet::Fleet;
use crate::support::kill::kill_with_children;
use crate::support::program::Program;

/// How long after the begin of a rebuild something is killed, in milliseconds.
const WITHIN: u64 = 1_500;

/// Choices that a seed decides (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

fn settings(dir: &Path) -> Settings {
    let mut settings = Settings::new(Mode::Durable, env!("CARGO_BIN_EXE_leasehold").into());
    settings.data_dir = Some(dir.to_owned());
    settings
}

fn leasehold(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leasehold"));
    command.args(arguments).args(["--database-url", url, "-o", "json"]).stdin(Stdio::null());
    command
}

/// The system, and what was killed of it.
struct Campaign {
    dir: std::path::PathBuf,
    url: String,
    cluster: Option<Cluster>,
    servers: [Program; 2],
    dice: Dice,
    killed: [u32; 3],
}

impl Campaign {
    async fn start(seed: u64) -> Self {
        let name = format!("leasehold-rebuilding-{}", Uuid::now_v7().simple());
        let dir = std::env::temp_dir().join(name);
        let cluster = Cluster::start(&settings(&dir)).await.unwrap();
        let url = cluster.connect_options().to_url_lossy().to_string();
        let servers = [Program::serve(&url), Program::serve(&url)];
        Self { dir, url, cluster: Some(cluster), servers, dice: Dice(seed), killed: [0; 3] }
    }

    fn begin(&self) -> Child {
        leasehold(&self.url, &["projections", "rebuild"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Kills something while a rebuild runs; what is not the rebuilder itself comes back.
    async fn kill_one(&mut self, fleet: &Fleet, rebuilder: &mut Child) {
        sleep(Duration::from_millis(self.dice.below(WITHIN))).await;
        let victim = usize::try_from(self.dice.below(3)).unwrap();
        match victim {
            0 => rebuilder.kill().unwrap(),
            1 => {
                let number = usize::try_from(self.dice.below(2)).unwrap();
                self.servers[number].kill();
                self.servers[number] = Program::serve(&self.url);
                fleet.moved(number, &self.servers[number]);
            }
            _ => {
                let cluster = self.cluster.take().unwrap();
                kill_with_children(cluster.pid().unwrap());
                drop(cluster);
                self.cluster = Some(Cluster::start(&settings(&self.dir)).await.unwrap());
            }
        }
        self.killed[victim] += 1;
    }

    /// Rebuilds until the tables are swapped, with a kill in most attempts. Answers with how many
    /// attempts that took.
    async fn rebuild(&mut self, fleet: &Fleet) -> u32 {
        for attempt in 1.. {
            let mut rebuilder = self.begin();
            if attempt <= 3 && self.dice.below(4) > 0 {
                self.kill_one(fleet, &mut rebuilder).await;
            }
            let ended = tokio::task::spawn_blocking(|| rebuilder.wait_with_output());
            let output = ended.await.unwrap().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            if output.status.success() {
                let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
                assert_eq!(verdict["differing"], json!({}), "{verdict}");
                return attempt;
            }
            // It was killed, its server was, or what is left of the one before it still holds on.
            assert!(!said.contains("rebuild_differs"), "{said}");
            sleep(Duration::from_millis(50)).await;
        }
        unreachable!("attempts do not end")
    }

    async fn verify(&self) {
        let mut verify = leasehold(&self.url, &["verify"]);
        let verified = tokio::task::spawn_blocking(move || verify.output()).await.unwrap().unwrap();
        let (said, found) = (&verified.stderr, &verified.stdout);
        assert!(
            verified.status.success(),
            "{}{}",
            String::from_utf8_lossy(said),
            String::from_utf8_lossy(found)
        );
    }
}

/// Takes and releases leases until it is told to stop. What a kill interrupts is asked again under
/// the same key; every answer is an acceptance.
async fn write(fleet: Arc<Fleet>, cycles: Arc<AtomicU64>) {
    let body = json!({"name": Uuid::now_v7(), "driver": "ssh"});
    let (status, place) = fleet.post("environments", &body).await;
    assert_eq!(status, 201, "{place}");
    while !fleet.is_over() {
        let body = json!({"environmentId": place["id"], "heartbeatRunId": Uuid::now_v7()});
        let (status, lease) = fleet.post("leases", &body).await;
        assert_eq!(status, 201, "{lease}");
        let path = format!("leases/{}/release", lease["id"].as_str().unwrap());
        let (status, ended) = fleet.post(&path, &json!({})).await;
        assert_eq!(status, 200, "{ended}");
        cycles.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rebuild_swaps_what_the_log_means_whatever_is_killed() {
    let chosen = std::env::var("LEASEHOLD_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = chosen.unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1);
    println!("LEASEHOLD_SEED={seed}");
    let is_long = std::env::var_os("LEASEHOLD_LONG").is_some();
    let (rebuilds, clients) = if is_long { (100, 32) } else { (3, 6) };
    let mut campaign = Campaign::start(seed).await;
    let (fleet, cycles) = (Arc::new(Fleet::on(&campaign.servers)), Arc::new(AtomicU64::new(0)));
    let writers: Vec<_> = (0..clients)
        .map(|_| tokio::spawn(write(Arc::clone(&fleet), Arc::clone(&cycles))))
        .collect();
    let mut attempts = 0;
    for _ in 0..rebuilds {
        let written = cycles.load(Ordering::SeqCst);
        attempts += campaign.rebuild(&fleet).await;
        campaign.verify().await;
        while cycles.load(Ordering::SeqCst) < written + clients {
            assert!(writers.iter().all(|writer| !writer.is_finished()), "a command was refused");
            sleep(Duration::from_millis(20)).await;
        }
    }
    fleet.end();
    join_all(writers).await.into_iter().for_each(Result::unwrap);
    campaign.verify().await;
    let pool = PgPool::connect(&campaign.url).await.unwrap();
    let swapped = "select count(*) from leasehold.rebuilds where state = 'swapped'";
    let swapped: i64 = sqlx::query_scalar(swapped).fetch_one(&pool).await.unwrap();
    // One whose end was cut off after its swap is not asked for again as the same one.
    assert!(swapped >= rebuilds, "{swapped} of {rebuilds}");
    pool.close().await;
    let [rebuilders, servers, clusters] = campaign.killed;
    println!(
        "{rebuilds} rebuilds in {attempts} attempts, {} cycles; killed {rebuilders} rebuilders, \
         {servers} servers, PostgreSQL {clusters} times",
        cycles.load(Ordering::SeqCst)
    );
    let Campaign { dir, cluster, servers, .. } = campaign;
    drop(servers);
    cluster.unwrap().stop().await.unwrap();
    std::fs::remove_dir_all(dir).unwrap();
}
