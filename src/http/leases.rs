//! Routes of leases.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post, put};
use leasehold_domain::actor::Actor;
use leasehold_domain::company::{CommandType, Refusal};
use leasehold_domain::fence::{Fence, Position};
use leasehold_domain::fields::{Fault, FromField, string};
use leasehold_domain::id::{CompanyId, LeaseId};
use leasehold_domain::lease;
use leasehold_domain::limits::Limits;
use leasehold_domain::time::Timestamp;
use leasehold_projections::environment_leases::LeaseRow;
use serde_json::Value;
use uuid::Uuid;

use super::problem::Problem;
use super::query::Query;
use super::request::{Asked, Ids, Question};
use super::{Door, Handle, answer, commands, cursor, events, scope};
use crate::read::{
    Keyset, LeaseFilter, LeaseOrder, Stale, find_lease, list_lease_history, list_leases,
    resolve_environments,
};

pub(super) fn routes(prefix: &str) -> Router<Handle> {
    use CommandType as C;
    let path = |rest: &str| format!("{prefix}/leases{rest}");
    let ask = |kind| move |asked: Asked| commands::run(asked, kind);
    Router::new()
        .route(&path(""), get(list).post(ask(C::AcquireLease)))
        .route(&path("/{leaseId}"), get(show))
        .route(&path("/{leaseId}/check"), get(check))
        .route(&path("/{leaseId}/history"), get(list_history))
        .route(&path("/{leaseId}/release"), post(ask(C::ReleaseLease)))
        .route(&path("/{leaseId}/renew"), post(ask(C::RenewLease)))
        .route(
            &path("/{leaseId}/metadata"),
            put(ask(C::ReplaceLeaseMetadata)).patch(ask(C::PatchLeaseMetadata)),
        )
        .route(&path("/{leaseId}/retain"), post(ask(C::RetainLease)))
        .route(&path("/{leaseId}/resume"), post(ask(C::ResumeLease)))
}
