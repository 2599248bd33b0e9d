//! A cluster seen and stopped from outside: `leasehold db status` and `db stop`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::database;
use super::error::Error;
use super::layout::Layout;
use super::lock::{self, Hold};
use super::server::{self, Postmaster};
use super::settings::Notice;

/// A shutdown writes everything that is not yet in its place, which may take long.
const STOP_MAX: Duration = Duration::from_mins(5);

/// What is known of a data directory without changing anything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The data directory.
    pub data_dir: PathBuf,
    /// The major version of PostgreSQL that made the cluster; none where there is no cluster.
    pub major: Option<u32>,
    /// The server's log.
    pub log: PathBuf,
    /// The server, if it runs.
    pub server: Option<Server>,
}

/// A running server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its process id.
    pub pid: u32,
    /// When it started, in seconds since 1970.
    pub started_at_s: u64,
    /// Whether it takes connections; else it starts, recovers or stops.
    pub is_ready: bool,
    /// Whether any process uses it.
    pub is_in_use: bool,
    /// Whether it is to outlive its users.
    pub is_kept: bool,
    /// How to connect to it.
    pub url: String,
}

/// Looks at the cluster in `data_dir`.
pub fn status(data_dir: &Path) -> Result<Status, Error> {
    let layout = Layout::of(data_dir)?;
    let (major, log) = (layout.major()?, layout.log());
    let server = Postmaster::find(&layout).map(|found| Server {
        pid: found.pid,
        started_at_s: found.started_at,
        is_ready: found.is_ready,
        is_in_use: lock::is_held(&layout.users_lock(), Hold::Exclusive),
        is_kept: server::is_kept(&layout, found.pid),
        url: database::url(layout.run()),
    });
    Ok(Status { data_dir: layout.base().into(), major, log, server })
}

/// Stops the server in `data_dir`, kept or in use as it may be; its users lose their
/// connections. True if there was one, and it is gone now; gives up after five minutes.
pub async fn stop(data_dir: &Path, notice: &Notice) -> Result<bool, Error> {
    let layout = Layout::of(data_dir)?;
    if !layout.start_lock().exists() {
        return Ok(false);
    }
    let _starting = lock::take(&layout.start_lock(), Hold::Exclusive, notice).await?;
    let _ = fs::remove_file(layout.keep());
    let Some(server) = Postmaster::find(&layout) else { return Ok(false) };
    end(&layout, server).await?;
    Ok(true)
}

/// Whether a server runs here, or is about to.
pub(super) fn is_up(layout: &Layout) -> bool {
    is_supervised(layout) || Postmaster::find(layout).is_some()
}

fn is_supervised(layout: &Layout) -> bool {
    lock::is_held(&layout.supervisor_lock(), Hold::Shared)
}

/// Stops a server whose supervisor was killed, unless others use it or it is kept: `users` is
/// our own file on the users' lock, held shared or not, and held shared afterwards.
pub(super) async fn stop_unsupervised(layout: &Layout, users: &File) -> Result<(), Error> {
    let server = Postmaster::find(layout).filter(|_| !is_supervised(layout));
    let Some(server) = server.filter(|found| !server::is_kept(layout, found.pid)) else {
        return Ok(());
    };
    let path = layout.users_lock();
    // Taking more than is held gives up what is held first; starters are kept out by the
    // start lock meanwhile, and nobody is there to stop the server.
    if lock::is_taken(users, Hold::Exclusive, &path)? {
        end(layout, server).await?;
    }
    while !lock::is_taken(users, Hold::Shared, &path)? {
        sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// After a user has gone: waits until the server has stopped (true), or is found in use or
/// kept.
pub(super) async fn await_end(layout: &Layout) -> Result<bool, Error> {
    let path = layout.users_lock();
    let users = lock::open(&path)?;
    while is_supervised(layout) {
        // Held, and not by one alone: by users. The supervisor only ever holds it alone.
        let is_in_use = !lock::is_taken(&users, Hold::Exclusive, &path)?
            && lock::is_taken(&users, Hold::Shared, &path)?;
        users.unlock().map_err(|source| Error::io("unlock", &path, source))?;
        let server = Postmaster::find(layout);
        if is_in_use || server.is_some_and(|found| server::is_kept(layout, found.pid)) {
            return Ok(false);
        }
        sleep(Duration::from_millis(3)).await;
    }
    stop_unsupervised(layout, &users).await?;
    Ok(!is_up(layout))
}

async fn end(layout: &Layout, server: Postmaster) -> Result<(), Error> {
    server.ask_to_stop();
    let began = Instant::now();
    while is_up(layout) {
        let waited = began.elapsed();
        if waited > STOP_MAX {
            return Err(Error::StopTimeout { pid: server.pid, waited_s: waited.as_secs() });
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}
