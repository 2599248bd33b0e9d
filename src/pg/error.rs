//! What can go wrong with a managed PostgreSQL, and what to do next.

use std::io;
use std::path::{Path, PathBuf};

/// Why the managed PostgreSQL is not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither `XDG_DATA_HOME` nor `HOME` is set.
    #[error("no home for the database: set HOME, or choose a directory with --data-dir")]
    NoDataDir,
    /// The data directory, or a file in it, cannot be written.
    #[error(
        "cannot write {}: make it writable for this user, or choose another directory with \
         --data-dir", path.display()
    )]
    DataDirUnwritable {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Root was pointed at another user's directory.
    #[error(
        "{} belongs to user {owner}: run leasehold as {owner}, or choose another directory \
         with --data-dir", path.display()
    )]
    DataDirForeign {
        /// The directory.
        path: PathBuf,
        /// Its owner.
        owner: String,
    },
    /// Anybody could put files under our names there.
    #[error(
        "everybody may write in {}: choose a directory of its own inside it with --data-dir",
        path.display()
    )]
    DataDirOpen {
        /// The directory.
        path: PathBuf,
    },
    /// The user that the server runs as may not pass one of the directories above.
    #[error(
        "the database server runs as user {user}, which may not enter {}: choose another \
         directory with --data-dir, such as /var/lib/leasehold", ancestor.display()
    )]
    DataDirUnreachable {
        /// The directory that is closed to the user.
        ancestor: PathBuf,
        /// Who the server runs as.
        user: String,
    },
    /// The given directory is a PostgreSQL data directory of somebody else's making.
    #[error(
        "{} is itself a PostgreSQL data directory: give an empty or new directory with \
         --data-dir, or start that server yourself and give --database-url", path.display()
    )]
    DataDirIsCluster {
        /// The directory.
        path: PathBuf,
    },
    /// A short directory for the socket is taken or open to others.
    #[error(
        "the socket directory {} must belong to user {user} with mode 0700 and does not: \
         remove it", path.display()
    )]
    SocketDirUnsafe {
        /// The directory.
        path: PathBuf,
        /// Who must own it.
        user: String,
    },
    /// PostgreSQL and peer authentication need a name for the user.
    #[error(
        "user id {uid} has no entry in the passwd database, which PostgreSQL needs: add one \
         (or nss_wrapper), run as another user, or give --database-url"
    )]
    NoPasswdEntry {
        /// The user id.
        uid: u32,
    },
    /// We are root, and there is nobody to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody: \
         create one (useradd --system postgres), or give --database-url"
    )]
    NoServerAccount,
    /// Root may not give files away: a user namespace with one user, most likely.
    #[error(
        "cannot give {} to user {user}, which the database server must run as: run leasehold \
         as a plain user, or give --database-url", path.display()
    )]
    CannotGiveAway {
        /// The file or directory.
        path: PathBuf,
        /// Who was to own it.
        user: String,
        /// What the system said.
        source: io::Error,
    },
    /// The named directory holds no PostgreSQL that can be used.
    #[error(
        "{} holds no PostgreSQL 14 or newer (initdb and postgres): correct or unset \
         LEASEHOLD_PG_BINDIR", dir.display()
    )]
    BadBindir {
        /// The directory.
        dir: PathBuf,
    },
    /// There is no PostgreSQL here, and installing was not allowed or not possible.
    #[error(
        "found no PostgreSQL 14 or newer: {advice}, or name the directory of initdb and \
         postgres in LEASEHOLD_PG_BINDIR, or give --database-url"
    )]
    NoBinaries {
        /// What a person can do, in words that fit after a colon.
        advice: String,
    },
    /// Every way of installing failed.
    #[error(
        "could not install PostgreSQL ({}): {advice}, or name the directory of initdb \
         and postgres in LEASEHOLD_PG_BINDIR, or give --database-url", attempts.join("; ")
    )]
    Install {
        /// What was tried, each with its reason.
        attempts: Vec<String>,
        /// What a person can do, in words that fit after a colon.
        advice: String,
    },
    /// The cluster was made by another major version than those found.
    #[error(
        "the cluster was made by PostgreSQL {cluster}, and what is here is {found}: \
         {advice}, or name the directory of its programs in LEASEHOLD_PG_BINDIR"
    )]
    WrongMajor {
        /// The major version that made the cluster.
        cluster: u32,
        /// The versions that were found.
        found: String,
        /// What a person can do, in words that fit after a colon.
        advice: String,
    },
    /// One of PostgreSQL's programs, or the supervisor, did not start.
    #[error("cannot run {} as user {user}: make it executable for that user", program.display())]
    CannotRun {
        /// The program.
        program: PathBuf,
        /// Who was to run it.
        user: String,
        /// What the system said.
        source: io::Error,
    },
    /// `initdb` failed; nothing is left of its cluster.
    #[error("initdb could not make a cluster: {lines}")]
    Initdb {
        /// The last lines it said.
        lines: String,
    },
    /// The server ended before it was ready.
    #[error("the database server did not start; the end of {}: {lines}", log.display())]
    StartFailed {
        /// The server's log.
        log: PathBuf,
        /// Its last lines.
        lines: String,
    },
    /// The server is neither ready nor at an end.
    #[error(
        "the database server is not ready after {waited_s} s: see {}, then try again",
        log.display()
    )]
    StartTimeout {
        /// The server's log.
        log: PathBuf,
        /// How long it was waited for, in seconds.
        waited_s: u64,
    },
    /// The server runs and does not let us in.
    #[error("the database server in {} runs but does not answer", data_dir.display())]
    Unanswered {
        /// The data directory.
        data_dir: PathBuf,
        /// What the connection said.
        source: sqlx::Error,
    },
    /// Another process has been starting or stopping the server for too long.
    #[error(
        "another process has held {} for {waited_s} s: end it, then try again",
        path.display()
    )]
    LockHeld {
        /// The lock file.
        path: PathBuf,
        /// How long it was waited for, in seconds.
        waited_s: u64,
    },
    /// The server was asked to stop and still runs.
    #[error(
        "the database server (process {pid}) still runs {waited_s} s after it was asked to stop"
    )]
    StopTimeout {
        /// Its process id.
        pid: u32,
        /// How long it was waited for, in seconds.
        waited_s: u64,
    },
    /// A system call that should not fail did.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.into(), source }
    }

    /// Makes the most of a failed write.
    pub(super) fn unwritable(path: &Path, source: io::Error) -> Self {
        Self::DataDirUnwritable { path: path.into(), source }
    }
}
