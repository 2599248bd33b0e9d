//! What the runs use and what is killed under them: PostgreSQL, the server and sshd.

use std::path::{Path, PathBuf};
use std::time::Duration;

use leasehold::pg::{Cluster, Mode, Settings};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tokio::time::sleep;
use uuid::Uuid;

use super::{Killed, below, pause};
use crate::support::kill::kill_with_children;
use crate::support::program::Program;
use crate::support::ssh_host::SshHost;

/// For how long PostgreSQL is away at times: longer than an end is tried to be told.
const OUTAGE: Duration = Duration::from_millis(6_500);

/// The processes that are killed beside those of the runs.
pub(super) struct Victims {
    dir: PathBuf,
    /// None while it is down.
    cluster: Option<Cluster>,
    server: Program,
    url: String,
}

fn settings(dir: &Path) -> Settings {
    let mut settings = Settings::new(Mode::Durable, env!("CARGO_BIN_EXE_leasehold").into());
    settings.data_dir = Some(dir.to_owned());
    settings
}

impl Victims {
    pub(super) async fn start() -> Self {
        let dir =
            std::env::temp_dir().join(format!("leasehold-killed-{}", Uuid::now_v7().simple()));
        let cluster = Cluster::start(&settings(&dir)).await.unwrap();
        let url = cluster.connect_options().to_url_lossy().to_string();
        let server = Program::serve(&url);
        Self { dir, cluster: Some(cluster), server, url }
    }

    /// How the database is reached, now and after PostgreSQL was killed.
    pub(super) fn options(&self) -> PgConnectOptions {
        self.cluster.as_ref().unwrap().connect_options()
    }

    /// Where the server listens.
    pub(super) fn address(&self) -> String {
        self.server.address.clone()
    }

    /// The ledger's URL.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Kills one of them at some moment, and starts it again after a while.
    pub(super) async fn kill_one(&mut self, number: usize, host: &SshHost) -> Killed {
        pause(1_200).await;
        match number % 3 {
            0 => {
                self.kill_postgres().await;
                Killed { postgres: 1, ..Killed::default() }
            }
            1 => {
                self.server.kill();
                pause(800).await;
                self.server = Program::serve(&self.url);
                Killed { servers: 1, ..Killed::default() }
            }
            _ => {
                host.crash();
                Killed { daemons: 1, ..Killed::default() }
            }
        }
    }

    async fn kill_postgres(&mut self) {
        let cluster = self.cluster.take().unwrap();
        kill_with_children(cluster.pid().unwrap());
        drop(cluster);
        if below(6) == 0 {
            sleep(OUTAGE).await;
        }
        pause(1_000).await;
        self.cluster = Some(Cluster::start(&settings(&self.dir)).await.unwrap());
    }

    pub(super) async fn end(mut self) {
        self.server.kill();
        self.cluster.take().unwrap().stop().await.unwrap();
        std::fs::remove_dir_all(&self.dir).unwrap();
    }
}
