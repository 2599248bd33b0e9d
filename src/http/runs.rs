//! Routes of runs: one command for all of a run's leases.

use axum::Router;
use axum::routing::post;
use leasehold_domain::company::CommandType;

use super::request::Asked;
use super::{Handle, commands};

pub(super) fn routes(prefix: &str) -> Router<Handle> {
    use CommandType as C;
    let path = |rest: &str| format!("{prefix}/runs/{{runId}}{rest}");
    let ask = |kind| post(move |asked: Asked| commands::run(asked, kind));
    Router::new()
        .route(&path("/release"), ask(C::ReleaseRun))
        .route(&path("/renew"), ask(C::RenewRun))
        .route(&path("/end"), ask(C::EndRun))
}
