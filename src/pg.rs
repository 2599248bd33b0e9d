//! The managed PostgreSQL: a private cluster for whoever gives no `--database-url`.
//!
//! Leasehold finds PostgreSQL's programs on the machine ([`binaries`]), or gets them with the
//! means the machine has ([`install`]), makes a cluster in its data directory, and runs it on a
//! Unix socket with peer authentication: no port, no password. [`Cluster`] is a server in use;
//! [`status`] and [`stop`] look at one from outside; [`supervise`] is the process between.
//!
//! What lies in a data directory:
//!
//! ```text
//! data/             PostgreSQL's own (made as data.new.XXXXXX, then renamed)
//! run/              the socket, where its path is short enough; else /tmp/leasehold-UID-HASH
//! log/postgres.log  what the server says
//! start.lock        exclusive: whoever makes, starts or stops the server
//! users.lock        shared: every process that uses the server
//! supervisor.lock   exclusive: the server's supervisor, as long as it lives
//! keep              the server that is to outlive its users (`leasehold db start`)
//! ```
//!
//! **Claims.** One server per data directory, however many processes start at once. It stops
//! when its last user has gone, also by kill -9, unless it is kept. A directory holds a whole
//! cluster or none. A durable cluster loses nothing it acknowledged.
//!
//! **Because** of three `flock`s, which the kernel releases with the process: starting is done
//! under `start.lock`; a user takes `users.lock` before it looks for a server; the supervisor
//! stops the server only while it holds `users.lock` alone, so whoever comes meanwhile waits
//! and then starts anew. `fsync` is on, and `data` appears by a rename.
//!
//! **Not** promised: directories shared between machines (flock and Unix sockets end there),
//! a server that stops although its supervisor itself was killed by -9 (the next start finds
//! and replaces it, `db stop` ends it), Windows.

mod account;
pub mod backup;
pub mod binaries;
mod cluster;
mod control;
mod database;
mod download;
mod ephemeral;
mod error;
mod initdb;
pub mod install;
mod layout;
mod lock;
mod server;
mod settings;
mod supervisor;
mod tether;

pub use cluster::Cluster;
pub use control::{Server, Status, status, stop};
pub use error::Error;
pub use layout::default_data_dir;
pub use settings::{Mode, Notice, Settings};
pub use supervisor::{SUPERVISE, supervise};
