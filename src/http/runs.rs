//! Routes of runs: one command for all of a run's leases.

use leasehold_domain::company::CommandType;
use utoipa::openapi::path::HttpMethod;

use super::route::Routes;

pub(super) fn routes(prefix: &str) -> Routes {
    use CommandType as C;
    Routes::of_both(prefix)
        .command(HttpMethod::Post, "/runs/{runId}/release", C::ReleaseRun)
        .command(HttpMethod::Post, "/runs/{runId}/renew", C::RenewRun)
        .command(HttpMethod::Post, "/runs/{runId}/end", C::EndRun)
}
