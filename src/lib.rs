//! Leasehold: an event-sourced ledger of execution environments and of the leases on them.
//!
//! [`log`] is the truth and how it is appended to, [`dispatch`] makes events of commands, [`read`]
//! answers questions, [`http`] and [`cli`] are the two doors, [`mod@bench`] measures. [`database`] is
//! the PostgreSQL under all of it, [`pg`] a private one where none is given. [`sweep`] ends what
//! falls due, [`story`] tells what happened to a lease. [`wake`] tells who waits that a log has moved.
//! [`mod@run`] takes a run through its life on real environments, as a user of all of these.

pub mod bench;
pub mod cli;
pub mod config;
pub mod database;
pub mod demo;
pub mod dispatch;
pub mod export;
pub mod feed;
pub mod fill;
pub(crate) mod history;
pub mod http;
pub mod import;
pub mod journal;
pub mod ledger;
pub mod log;
pub mod metrics;
pub mod pg;
pub mod read;
pub mod rebuild;
pub mod replay;
pub mod run;
pub mod spans;
pub mod story;
pub mod sweep;
pub mod tokens;
pub mod verify;
pub mod wake;
