//! The ledger as its users meet it: a real PostgreSQL, the real binary, a real HTTP client.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics has failed")]

mod behaviour {
    mod dispatching;
    mod http_dispatch;
    mod http_environments;
    mod http_errors;
    mod http_leases;
    mod http_logs;
    mod http_requests;
    mod http_runs;
    mod http_scopes;
    mod http_serving;
    mod killing_postgres;
    mod killing_server;
    mod managed_postgres;
    mod plans;
    mod racing;
}
mod support;
