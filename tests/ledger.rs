//! The ledger as its users meet it: a real PostgreSQL, the real binary, a real HTTP client.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics has failed")]

mod behaviour {
    mod dispatching;
    mod killing_postgres;
    mod killing_server;
    mod managed_postgres;
    mod racing;
}
mod support;
