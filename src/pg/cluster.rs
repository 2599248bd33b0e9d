//! A managed server in use by this process.
//!
//! **Claims.** While a [`Cluster`] lives, its server is not stopped by us, whoever else comes
//! and goes; when the last one is gone, on whichever way, the server stops.
//! **Because** a cluster is a shared hold on the users' lock; whoever looks for a server, or
//! starts one, already has it, and does both under the start lock.
//! **Not** a watchdog: a server that is killed stays down until the next start
//! ([`Cluster::is_running`] tells).

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::time::{Instant, sleep};

use super::account::Account;
use super::binaries::{self, Binaries};
use super::control;
use super::database;
use super::ephemeral;
use super::error::Error;
use super::initdb;
use super::install;
use super::layout::{Layout, default_data_dir};
use super::lock::{self, Hold};
use super::server::Postmaster;
use super::settings::{Mode, Settings};
use super::tether::Tether;

/// How long a server may neither answer nor say that it is starting.
const SILENCE_MAX: Duration = Duration::from_mins(1);
/// A server that recovers may take as long as it needs; we say so this often.
const NOTICE_EVERY: Duration = Duration::from_secs(10);

/// A running server, held: see the module's claims.
#[derive(Debug)]
pub struct Cluster {
    // Dropped first: the supervisor then finds the lock free at once.
    users: File,
    tether: Option<Tether>,
    layout: Layout,
    bin_dir: PathBuf,
}

impl Cluster {
    /// Starts the server, or attaches to the one that runs, and makes the database
    /// `leasehold` if it is missing. Installs PostgreSQL, if allowed, where none is found.
    pub async fn start(settings: &Settings) -> Result<Self, Error> {
        let layout = choose_layout(settings)?;
        let started = Self::start_in(layout.clone(), settings).await;
        if started.is_err() && settings.mode == Mode::Ephemeral {
            // Nothing is there yet but what this call has made.
            let _ = fs::remove_dir_all(layout.base());
        }
        started
    }

    async fn start_in(layout: Layout, settings: &Settings) -> Result<Self, Error> {
        let notice = &settings.notice;
        layout.claim()?;
        let starting = lock::take(&layout.start_lock(), Hold::Exclusive, notice).await?;
        let users = lock::take(&layout.users_lock(), Hold::Shared, notice).await?;
        // Before choosing the account: installing may make the user postgres.
        let binaries = find_or_install(&layout, settings).await?;
        let account = Account::choose(&layout.data(), notice)?;
        layout.prepare(&account)?;
        control::stop_unsupervised(&layout, &users).await?;
        let bin_dir = binaries.dir().to_path_buf();
        let mut cluster = Self { users, tether: None, layout, bin_dir };
        if !control::is_up(&cluster.layout) || !cluster.is_answering(settings).await? {
            cluster.launch(&account, &binaries, settings).await?;
        }
        drop(starting);
        Ok(cluster)
    }

    /// Starts a server where none runs, under the start lock.
    async fn launch(
        &mut self,
        account: &Account,
        binaries: &Binaries,
        settings: &Settings,
    ) -> Result<(), Error> {
        if self.layout.major()?.is_none() {
            initdb::make(&self.layout, account, binaries, settings.mode).await?;
        }
        let mut tries_left = 20;
        loop {
            let tether = Tether::start(&self.layout, account, binaries, settings)?;
            let offset = tether.log_offset;
            self.tether = Some(tether);
            if self.is_answering(settings).await? {
                return Ok(());
            }
            let log = self.layout.log();
            let lines = initdb::log_tail(&log, offset);
            // The sessions of a server that was killed end a moment after it.
            tries_left -= 1;
            if tries_left == 0 || !lines.contains("is still in use") {
                return Err(Error::StartFailed { log, lines });
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until the server answers; false if it is gone instead.
    async fn is_answering(&mut self, settings: &Settings) -> Result<bool, Error> {
        let (began, mut said) = (Instant::now(), Duration::ZERO);
        loop {
            let is_gone = match &mut self.tether {
                Some(tether) => tether.has_ended(),
                None => !control::is_up(&self.layout),
            };
            if is_gone {
                return Ok(false);
            }
            let server = Postmaster::find(&self.layout);
            if server.is_some_and(|found| found.is_ready) && self.has_answered().await? {
                return Ok(true);
            }
            let waited = began.elapsed();
            if waited > SILENCE_MAX && !server.is_some_and(|found| found.is_starting) {
                let log = self.layout.log();
                return Err(Error::StartTimeout { log, waited_s: waited.as_secs() });
            }
            if waited > said + NOTICE_EVERY {
                said = waited;
                settings.notice.say("the database server is still starting (recovering)");
            }
            sleep(Duration::from_millis(3)).await;
        }
    }

    async fn has_answered(&self) -> Result<bool, Error> {
        match database::open(self.layout.run()).await {
            Ok(()) => Ok(true),
            Err(error) if database::is_not_yet(&error) => Ok(false),
            Err(source) => {
                let data_dir = self.layout.base().into();
                Err(Error::Unanswered { data_dir, source })
            }
        }
    }

    /// How to connect to the database `leasehold`, as the cluster's superuser.
    #[must_use]
    pub fn connect_options(&self) -> PgConnectOptions {
        database::connect_options(self.layout.run())
    }

    /// The same as a URL that sqlx, psql and `pg_dump` read.
    #[must_use]
    pub fn url(&self) -> String {
        database::url(self.layout.run())
    }

    /// The directory that holds everything of the cluster: PostgreSQL's `data`, log and locks.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.layout.base()
    }

    /// The directory of PostgreSQL's programs (`psql` and `pg_dump` may be missing there).
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// The server's process id, if it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        Postmaster::find(&self.layout).map(|found| found.pid)
    }

    /// Whether the server still runs; it may have been killed, or stopped by `db stop`.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.pid().is_some()
    }

    /// Lets go of the server and, if nobody else uses it, waits until it has stopped.
    pub async fn stop(mut self) -> Result<(), Error> {
        drop(self.users);
        if let Some(tether) = &mut self.tether {
            tether.let_go();
        }
        let has_stopped = control::await_end(&self.layout).await?;
        // The supervisor ends a moment later, after removing an ephemeral cluster.
        while has_stopped && self.tether.as_mut().is_some_and(|tether| !tether.has_ended()) {
            sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    /// Lets go of the server and leaves it running until [`stop`](super::stop()) (`db start`).
    pub fn keep_running(self) -> Result<(), Error> {
        let path = self.layout.keep();
        let server = Postmaster::find(&self.layout).map(Postmaster::keepsake);
        fs::write(&path, server.unwrap_or_default())
            .map_err(|source| Error::unwritable(&path, source))
    }
}

fn choose_layout(settings: &Settings) -> Result<Layout, Error> {
    match (settings.mode, &settings.data_dir) {
        (Mode::Durable, Some(base)) => Layout::durable(base),
        (Mode::Durable, None) => Layout::durable(&default_data_dir()?),
        (Mode::Ephemeral, parent) => {
            let parent = parent.clone().unwrap_or_else(env::temp_dir);
            ephemeral::sweep(&parent);
            Layout::ephemeral(&parent)
        }
    }
}

async fn find_or_install(layout: &Layout, settings: &Settings) -> Result<Binaries, Error> {
    let major = layout.major()?;
    let missing = match binaries::find(&settings.search, major) {
        Err(missing @ (Error::NoBinaries { .. } | Error::WrongMajor { .. })) => missing,
        found => return found,
    };
    let plan = install::plan(&install::Machine::here(), major);
    if !settings.may_install || settings.search.only.is_some() || plan.means.is_empty() {
        return Err(missing);
    }
    install::execute(&plan, &default_data_dir()?, major, &settings.notice).await
}
