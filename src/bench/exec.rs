//! What a lease costs a run on this machine, beside the bare command: within a program that goes on,
//! as a heartbeat is, and by `leasehold exec`, through a server and on the database itself.
//!
//! In a round each way runs the command once, one after the other, so that whatever slows the machine
//! for a while slows all of them. What is measured is the whole: a process where the way is one, the
//! reservation, the lease, the command, its end, and what the ledger is told of it, durable.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use leasehold_domain::actor::Actor;
use leasehold_domain::id::{CompanyId, RunId};
use leasehold_domain::lease::Policy;
use serde::Serialize;
use serde_json::Map;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tokio::process::Command;
use uuid::Uuid;

use super::Error;
use super::served::Served;
use super::server::BenchDatabase;
use crate::ledger::{Ledger, Options};
use crate::run::desk::Direct;
use crate::run::driver::Streams;
use crate::run::journal::Journal;
use crate::run::orchestrator::{Assignment, Limits, Orchestrator, Task};
use crate::run::state::State;
use crate::run::{Halt, Levels, Machine, Registry, Wanted};

/// The command: what does least.
const COMMAND: &str = "true";

/// A way to run a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Without a lease.
    Bare,
    /// By the library, in a program that has the ledger open.
    Heartbeat,
    /// By `leasehold exec --server`.
    Server,
    /// By `leasehold exec` on the database.
    Database,
}

impl Way {
    /// Every way, the bare one first.
    pub const ALL: [Self; 4] = [Self::Bare, Self::Heartbeat, Self::Server, Self::Database];
}

/// How long one way took.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecSample {
    /// Which.
    pub way: Way,
    /// How often it was taken.
    pub runs: usize,
    /// The median, in microseconds.
    pub p50_us: u64,
    /// 99 of 100.
    pub p99_us: u64,
    /// The median over that of the bare command.
    pub over_bare_us: u64,
}

/// Measures in a database of its own, which is dropped at the end.
///
/// # Errors
/// [`enum@Error`]; there are no figures of half a run.
pub async fn run_exec(server: &PgConnectOptions, rounds: usize) -> Result<Vec<ExecSample>, Error> {
    BenchDatabase::during(server, async |database| {
        let root = std::env::temp_dir().join(format!("leasehold-bench-{}", Uuid::now_v7()));
        let bench = Bench::open(&database.options, root).await?;
        let measured = bench.measure(rounds).await;
        bench.close().await?;
        measured
    })
    .await
}

struct Bench {
    ledger: Ledger,
    orchestrator: Orchestrator,
    served: Served,
    program: PathBuf,
    company: CompanyId,
    database: String,
    /// The state directory, which is no user's.
    root: PathBuf,
}

impl Bench {
    async fn open(database: &PgConnectOptions, root: PathBuf) -> Result<Self, Error> {
        let ledger = Ledger::open(database, Options::default()).await?;
        let served = Served::start(database).await?;
        let program = std::env::current_exe().map_err(Error::unexpected)?;
        let machine = Machine { program: program.clone(), state: State::at(root.clone()) };
        let company = CompanyId(Uuid::now_v7());
        let orchestrator = Orchestrator {
            desk: Direct::to(&ledger).desk(company, Actor::system("bench")),
            registry: Registry::standard(&machine),
            journal: Journal::of(&machine.state),
            limits: Limits::default(),
        };
        let database = database.to_url_lossy().to_string();
        Ok(Self { ledger, orchestrator, served, program, company, database, root })
    }

    async fn close(self) -> Result<(), Error> {
        drop(self.orchestrator);
        self.ledger.close().await;
        std::fs::remove_dir_all(&self.root).map_err(Error::unexpected)
    }

    async fn measure(&self, rounds: usize) -> Result<Vec<ExecSample>, Error> {
        // The company's environment is made once, and plans too.
        for way in Way::ALL {
            self.take(way).await?;
        }
        let mut times: [Vec<Duration>; Way::ALL.len()] = Default::default();
        for _ in 0..rounds {
            for (way, times) in Way::ALL.into_iter().zip(&mut times) {
                times.push(self.take(way).await?);
            }
        }
        let bare = percentile(&mut times[0], 50);
        let sample = |(way, mut times): (Way, Vec<Duration>)| {
            let p50 = percentile(&mut times, 50);
            ExecSample {
                way,
                runs: times.len(),
                p50_us: micros(p50),
                p99_us: micros(percentile(&mut times, 99)),
                over_bare_us: micros(p50.saturating_sub(bare)),
            }
        };
        Ok(Way::ALL.into_iter().zip(times).map(sample).collect())
    }

    /// Runs the command once; how long that took.
    async fn take(&self, way: Way) -> Result<Duration, Error> {
        let began = Instant::now();
        match way {
            Way::Bare => ended(Command::new(COMMAND)).await?,
            Way::Heartbeat => self.beat().await?,
            Way::Server => {
                let server = format!("http://127.0.0.1:{}", self.served.port);
                ended(self.exec("LEASEHOLD_SERVER", &server)).await?;
            }
            Way::Database => ended(self.exec("DATABASE_URL", &self.database)).await?,
        }
        Ok(began.elapsed())
    }

    fn exec(&self, variable: &str, value: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["exec", "--company", &self.company.to_string(), "--", COMMAND]);
        for other in ["LEASEHOLD_SERVER", "LEASEHOLD_TOKEN", "DATABASE_URL"] {
            command.env_remove(other);
        }
        command.env(variable, value).env("LEASEHOLD_STATE_DIR", &self.root);
        command
    }

    async fn beat(&self) -> Result<(), Error> {
        let streams = Streams::inherited().map_err(Error::unexpected)?;
        let wanted = Wanted {
            run_id: RunId(Uuid::now_v7()),
            issue_id: None,
            agent_id: None,
            workspace: None,
            policy: Policy::Ephemeral,
            ttl_seconds: None,
        };
        let (command, variables) = (vec![COMMAND.to_owned()], Map::new());
        let assignment = Assignment {
            levels: Levels::none(),
            adapter: None,
            wanted,
            disposition: None,
            task: Task { command, streams, variables, limit: Duration::from_mins(1) },
            ends_run: true,
        };
        let finished = self.orchestrator.run(assignment, &Arc::new(Halt::default())).await;
        match (finished.error, finished.released.errors.into_iter().next()) {
            (None, None) => Ok(()),
            (Some(error), _) | (None, Some((_, error))) => Err(Error::unexpected(error)),
        }
    }
}

async fn ended(mut command: Command) -> Result<(), Error> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let status = command.status().await.map_err(Error::unexpected)?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::unexpected(format!("it ended with {status}")))
    }
}

/// The time that so many of a hundred kept to.
fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(place).copied().unwrap_or_default()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
