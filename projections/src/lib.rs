//! How events become the rows that others read.
//!
//! A projection here is a pure rendering of what the domain folds: the row of an environment or a
//! lease is a function of the aggregate's state after an event, an activity row a function of the
//! event and that state. The same functions run inline, in the statement that appends, and wherever
//! tables are rebuilt or checked, so that there is one fold and not two.

pub mod activity_log;
pub mod environment_leases;
pub mod environments;
pub mod jsonb;
pub mod lease_spans;
pub mod projection;
pub mod tuple;
