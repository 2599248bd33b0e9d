//! Random histories against the real system, while kill -9 hits servers and PostgreSQL: what holds
//! in every history of the model (`domain/tests/model`) holds here too.
//!
//! Clients, janitors and a provider choose by a seed, which is printed; `LEASEHOLD_SEED` chooses it,
//! `LEASEHOLD_LONG` makes it long. What processes make of it in which order is theirs.

mod checks;
mod client;
mod janitor;
mod provider;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use leasehold::pg::{Cluster, Mode, Settings};
use serde_json::json;
use sqlx::{ConnectOptions, PgPool};
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::fleet::Fleet;
use crate::support::kill::kill_with_children;
use crate::support::program::Program;
use checks::Checked;
pub(super) use checks::verify;
use client::{Client, Shared};
use janitor::Janitor;

const CLIENTS: u64 = 8;
const JANITORS: u64 = 2;

/// `SplitMix64`: choices that a seed decides.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// A number below a bound.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// One of several.
    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    async fn pause(&mut self, millis: u64) {
        sleep(Duration::from_millis(self.below(millis))).await;
    }
}

fn seed() -> u64 {
    let chosen = std::env::var("LEASEHOLD_SEED").ok().and_then(|seed| seed.parse().ok());
    chosen.unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1)
}

fn settings(dir: &Path) -> Settings {
    let mut settings = Settings::new(Mode::Durable, env!("CARGO_BIN_EXE_leasehold").into());
    settings.data_dir = Some(dir.to_owned());
    settings
}

/// The processes that are killed.
struct Victims {
    cluster: Cluster,
    servers: [Program; 2],
    url: String,
}

impl Victims {
    async fn start(dir: &Path) -> Self {
        let cluster = Cluster::start(&settings(dir)).await.unwrap();
        let url = cluster.connect_options().to_url_lossy().to_string();
        let servers = [Program::serve(&url), Program::serve(&url)];
        Self { cluster, servers, url }
    }

    /// Kills a server, or PostgreSQL under all of them, and starts it again after a while.
    async fn kill_one(mut self, fleet: &Fleet, dir: &Path, dice: &mut Dice) -> Self {
        dice.pause(1_500).await;
        match usize::try_from(dice.below(3)).unwrap() {
            2 => {
                kill_with_children(self.cluster.pid().unwrap());
                drop(self.cluster);
                dice.pause(500).await;
                self.cluster = Cluster::start(&settings(dir)).await.unwrap();
            }
            number => {
                self.servers[number].kill();
                dice.pause(1_000).await;
                self.servers[number] = Program::serve(&self.url);
                fleet.moved(number, &self.servers[number]);
            }
        }
        self
    }
}

/// Environments with room for few: what is held there is ephemeral, or reused and held by one for
/// each workspace.
async fn make_places(fleet: &Fleet) -> [Uuid; 2] {
    let mut places = [Uuid::nil(); 2];
    for (number, place) in places.iter_mut().enumerate() {
        let is_reused = number == 1;
        let body = json!({
            "name": format!("box {number}"), "driver": "sandbox", "capacity": 4,
            "singleFlight": is_reused, "defaultTtlSeconds": 3,
        });
        let (status, made) = fleet.post("environments", &body).await;
        assert_eq!(status, 201, "{made}");
        *place = made["id"].as_str().unwrap().parse().unwrap();
    }
    places
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_random_history_breaks_an_invariant_whatever_is_killed() {
    let seed = seed();
    println!("LEASEHOLD_SEED={seed}");
    let kills = if std::env::var_os("LEASEHOLD_LONG").is_some() { 60 } else { 6 };
    let dir = std::env::temp_dir().join(format!("leasehold-histories-{}", Uuid::now_v7().simple()));
    let mut victims = Victims::start(&dir).await;
    let fleet = Arc::new(Fleet::on(&victims.servers));
    let shared = Arc::new(Shared::new(make_places(&fleet).await));
    let dice = |number: u64| Dice(seed.wrapping_add(number));
    let client = |number| tokio::spawn(Client::new(&fleet, &shared, dice(number)).live());
    let janitor =
        |number| tokio::spawn(Janitor::new(number, &fleet, &shared, dice(100 + number)).work());
    let clients: Vec<_> = (0..CLIENTS).map(client).collect();
    let janitors: Vec<_> = (0..JANITORS).map(janitor).collect();
    let mut killer = dice(200);
    for _ in 0..kills {
        victims = victims.kill_one(&fleet, &dir, &mut killer).await;
    }
    fleet.end();
    join_all(clients).await.into_iter().for_each(Result::unwrap);
    let pool = PgPool::connect_with(victims.cluster.connect_options()).await.unwrap();
    checks::until_settled(&pool).await;
    shared.finish();
    join_all(janitors).await.into_iter().for_each(Result::unwrap);
    let Checked { leases, expired, cleaned_up, handed_on } = checks::all(&pool, &shared).await;
    println!(
        "{kills} kills; {leases} leases, {expired} ended by themselves, {cleaned_up} cleaned up, \
         {handed_on} handed on; the provider made {}",
        shared.provider.count()
    );
    assert!(leases > 0 && expired > 0 && cleaned_up > 0, "seed {seed} did too little");
    verify(&victims.url);
    pool.close().await;
    drop(victims.servers);
    victims.cluster.stop().await.unwrap();
    std::fs::remove_dir_all(dir).unwrap();
}
