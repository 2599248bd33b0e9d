//! What every test needs: a database of its own, and short words for commands.

pub(crate) mod bridge;
pub(crate) mod database;
pub(crate) mod document;
pub(crate) mod everywhere;
pub(crate) mod fleet;
pub(crate) mod forging;
pub(crate) mod kill;
pub(crate) mod large;
pub(crate) mod leased;
pub(crate) mod listener;
pub(crate) mod lives;
pub(crate) mod orders;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod runs;
pub(crate) mod sandboxes;
pub(crate) mod server;
pub(crate) mod ssh_host;
pub(crate) mod tokens;
