//! The ledger as its users meet it: a real PostgreSQL, the real binary, a real HTTP client.

#![expect(clippy::print_stdout, reason = "what was killed and counted is worth a line")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test names the one verdict that it wants")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics has failed")]

mod behaviour {
    mod append_only;
    mod aside;
    mod asking_wrongly;
    mod atomic;
    mod balanced;
    mod benching;
    mod connecting;
    mod digests;
    mod dispatching;
    mod exec;
    mod exec_bad_days;
    mod exec_through_server;
    mod exporting;
    mod feed;
    mod following;
    mod full_disk;
    mod histories;
    mod http_cleanups;
    mod http_dispatch;
    mod http_document;
    mod http_environments;
    mod http_errors;
    mod http_explaining;
    mod http_leases;
    mod http_logs;
    mod http_moments;
    mod http_rebuilds;
    mod http_requests;
    mod http_runs;
    mod http_scopes;
    mod http_serving;
    mod http_traces;
    mod http_waiting;
    mod importing;
    mod isolation;
    mod janitor;
    mod killing_postgres;
    mod killing_server;
    mod looking_back;
    mod managed_postgres;
    mod neighbours;
    mod operating;
    mod outages;
    mod plans;
    mod plans_of_append;
    mod poisoned;
    mod promising;
    mod racing;
    mod readers;
    mod rebuilding;
    mod receipt_days;
    mod receipts;
    mod restoring;
    mod running_again;
    mod running_by_plugins;
    mod running_errors;
    mod running_everywhere;
    mod running_in_sandboxes;
    mod running_killed;
    mod running_locally;
    mod running_over_ssh;
    mod schema_versions;
    mod second_reader;
    mod set_back;
    mod spanning;
    mod ssh_bad_days;
    mod sweeping;
    mod sweeping_killed;
    mod through_server;
    mod tokens;
    mod tokens_matrix;
    mod two_servers;
    mod verifying;
    mod waking;
    mod workspaces;
}
mod support;
