//! Leasehold: an event-sourced ledger of execution environments and of the leases on them.
//!
//! [`log`] is the truth and how it is appended to, [`dispatch`] makes events of commands,
//! [`database`] is the PostgreSQL under both.

pub mod database;
pub mod dispatch;
pub mod ledger;
pub mod log;
