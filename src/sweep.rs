//! The sweeper: ends what fell due without anybody asking. One works in the whole installation.
//!
//! **Claims.** A lease that was renewed in time is never ended, whoever is paused, killed, doubled or
//! has a clock that jumps. What is due is ended though nobody asks for anything, also after a restart.
//! Another process takes over within some seconds of the sweeper's death.
//! **Because** due times are columns of rows; each end is a command that compares the version and the
//! due time that were read, and is refused when they were read long ago; the sweeper holds a term,
//! renewed with every cycle. Where no cycle came to its end for a while, holders may have been unable
//! to renew: whoever has not renewed since gets its own promise anew, once, before it is ended.
//! **Not** promised: that a lease ends in the very moment in which it is due.

mod cycle;
mod pace;

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;

use crate::dispatch::Dispatcher;
use crate::log::give_term_back;
use cycle::Memory;

/// How the sweeper works.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Longest pause between two cycles.
    pub cycle: Duration,
    /// How long a term lasts: after so long without a cycle another process takes over.
    pub term: Duration,
    /// Leases that one cycle ends at most; what is left comes in the next one, at once.
    pub leases_per_cycle_max: usize,
    /// Leases that are handed to a lane at once: what a foreground command may have to wait for.
    pub leases_per_batch_min: usize,
    /// The same where lanes are so busy that it falls behind.
    pub leases_per_batch_max: usize,
    /// The pace at which they are handed in.
    pub leases_per_second_min: usize,
    /// How long a backlog may take that would take longer at that pace.
    pub backlog_for: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cycle: Duration::from_millis(500),
            term: Duration::from_secs(5),
            leases_per_cycle_max: 1_000,
            leases_per_batch_min: 8,
            leases_per_batch_max: 50,
            leases_per_second_min: 1_150,
            backlog_for: Duration::from_millis(8_300),
        }
    }
}

impl Settings {
    /// Without a cycle that came to its end for longer than this, holders may have been unable to
    /// renew: two cycles and five seconds.
    #[must_use]
    pub fn outage_after(&self) -> Duration {
        self.cycle * 2 + Duration::from_secs(5)
    }
}

/// What a cycle has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Whether this process is the sweeper.
    pub is_ours: bool,
    /// Leases of which something was due, and was enforced.
    pub enforced: usize,
    /// Leases that somebody changed in between, or that could not be decided.
    pub left: usize,
    /// When to look again.
    pub pause: Duration,
}

/// Ends what fell due, cycle by cycle.
#[derive(Debug)]
pub struct Sweeper {
    dispatcher: Dispatcher,
    pool: PgPool,
    holder: Uuid,
    settings: Settings,
    memory: Memory,
}

impl Sweeper {
    /// A sweeper with a name of its own. It connects with its first cycle.
    #[must_use]
    pub fn new(dispatcher: Dispatcher, database: &PgConnectOptions, settings: Settings) -> Self {
        let options = database
            .clone()
            .application_name("leasehold sweeper")
            .disable_statement_logging()
            .options([
                ("statement_timeout", "5s"),
                ("lock_timeout", "2s"),
                // In the order of the index, whatever the planner believes of an empty table.
                ("enable_seqscan", "off"),
                ("enable_bitmapscan", "off"),
                // A term or a mark that is lost in a crash is taken again; amnesty covers the rest.
                ("synchronous_commit", "off"),
            ]);
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(2))
            .connect_lazy_with(options);
        let (holder, memory) = (Uuid::now_v7(), Memory::default());
        Self { dispatcher, pool, holder, settings, memory }
    }

    /// Sweeps until it is told to stop; then gives its term back.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let pause = match self.run_once().await {
                Ok(progress) => progress.pause,
                Err(error) => {
                    tracing::warn!(%error, "the sweeper could not do its round");
                    self.settings.cycle
                }
            };
            tokio::select! {
                () = sleep(pause) => {}
                // Nobody is left who could tell it to go on.
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        self.stop().await;
    }

    /// Gives its term back and lets the database go.
    pub async fn stop(self) {
        if let Ok(mut connection) = self.pool.acquire().await
            && let Err(error) = give_term_back(&mut connection, self.holder).await
        {
            tracing::debug!(%error, "the term ends by itself");
        }
        self.pool.close().await;
    }
}

/// A sweeper in a task of its own.
#[derive(Debug)]
pub struct Sweeping {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Sweeping {
    /// Starts one.
    #[must_use]
    pub fn start(sweeper: Sweeper) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(sweeper.run(stopped)) }
    }

    /// Lets it finish its cycle.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the sweeper ended by itself");
        }
    }
}
