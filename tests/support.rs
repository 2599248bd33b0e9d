//! What every test needs: a database of its own, and short words for commands.

pub(crate) mod database;
pub(crate) mod kill;
pub(crate) mod orders;
pub(crate) mod program;
pub(crate) mod server;
