//! The three lock files of a data directory, and waiting for them.
//!
//! **Claims.** A lock is gone with the process that held it, however that ended.
//! **Because** they are `flock`s on files opened close-on-exec: no child keeps one.
//! **Not** fair: whoever asks first need not get it first.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::error::Error;
use super::settings::Notice;

/// Starting may mean installing, and stopping a checkpoint: both can take minutes.
const WAIT_MAX: Duration = Duration::from_mins(10);
const NOTICE_EVERY: Duration = Duration::from_secs(10);

/// How a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// By one process alone.
    Exclusive,
    /// By any number of processes.
    Shared,
}

/// Opens a lock file, making it where it is missing.
pub(super) fn open(path: &Path) -> Result<File, Error> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|source| Error::unwritable(path, source))
}

/// Takes the lock if it is free, without waiting.
pub(super) fn is_taken(file: &File, hold: Hold, path: &Path) -> Result<bool, Error> {
    let tried = match hold {
        Hold::Exclusive => file.try_lock(),
        Hold::Shared => file.try_lock_shared(),
    };
    match tried {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(source)) => Err(Error::io("lock", path, source)),
    }
}

/// Waits for the lock; says so every ten seconds, and gives up after ten minutes.
pub(super) async fn take(path: &Path, hold: Hold, notice: &Notice) -> Result<File, Error> {
    let file = open(path)?;
    let began = Instant::now();
    let mut said = Duration::ZERO;
    while !is_taken(&file, hold, path)? {
        let waited = began.elapsed();
        if waited > WAIT_MAX {
            return Err(Error::LockHeld { path: path.into(), waited_s: waited.as_secs() });
        }
        if waited > said + NOTICE_EVERY {
            said = waited;
            notice.say("another process starts or stops the database server: waiting for it");
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(file)
}

/// Whether some process holds the lock exclusively (or at all, asked with `Exclusive`).
/// A probe holds the lock itself for an instant, so takers must try more than once.
pub(super) fn is_held(path: &Path, against: Hold) -> bool {
    File::open(path).is_ok_and(|file| !is_taken(&file, against, path).unwrap_or(true))
}
