//! What a caller may choose about its cluster.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::binaries::Search;

/// How long a cluster is meant to live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For keeps: in a data directory that stays, `fsync` on, with data checksums.
    Durable,
    /// For demos and tests: in a fresh directory, `fsync` off, removed with the server.
    Ephemeral,
}

/// What [`Cluster::start`](super::Cluster::start) is to do.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Durable: the data directory, by default [`default_data_dir`](super::default_data_dir).
    /// Ephemeral: the directory to make the fresh one in, by default that for temporary files.
    pub data_dir: Option<PathBuf>,
    /// How long the cluster is meant to live.
    pub mode: Mode,
    /// The executable that serves [`SUPERVISE`](super::SUPERVISE): `std::env::current_exe()`.
    pub supervisor: PathBuf,
    /// Where to look for PostgreSQL's programs.
    pub search: Search,
    /// Whether to install PostgreSQL where none is found; else the error names the command.
    pub may_install: bool,
    /// PostgreSQL's `max_connections`.
    pub connections_max: u32,
    /// More server settings (name, value); they win over ours. A running server keeps its own.
    pub server_settings: Vec<(String, String)>,
    /// Takes what a person should know while waiting: what is installed, what takes long.
    pub notice: Notice,
}

impl Settings {
    /// The usual: the default place, the usual search, installing allowed, 100 connections,
    /// notices to the log.
    #[must_use]
    pub fn new(mode: Mode, supervisor: PathBuf) -> Self {
        Self {
            data_dir: None,
            mode,
            supervisor,
            search: Search::from_env(),
            may_install: true,
            connections_max: 100,
            server_settings: Vec::new(),
            notice: Notice::new(|line| tracing::info!("{line}")),
        }
    }
}

/// Where lines for a person go; the command line prints them on stderr.
#[derive(Clone)]
pub struct Notice(Arc<dyn Fn(&str) + Send + Sync>);

impl Notice {
    /// Hands every line, without its line end, to `take`.
    pub fn new(take: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    pub(super) fn say(&self, line: &str) {
        (self.0)(line);
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Notice")
    }
}
