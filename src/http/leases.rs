//! Routes of leases.

mod check;
mod filter;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post, put};
use leasehold_domain::company::CommandType;
use leasehold_domain::fence::Position;
use leasehold_domain::id::LeaseId;
use leasehold_projections::environment_leases::LeaseRow;
use uuid::Uuid;

use super::problem::Problem;
use super::query::Query;
use super::request::{Asked, Ids, Question};
use super::{Door, Handle, answer, commands, cursor, events, scope};
use crate::log::Recorded;
use crate::read::{
    Keyset, LeaseFilter, LeaseOrder, find_lease, list_lease_history, list_leases,
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

async fn list(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let mut filter = filter::read(&mut query);
    let paging = Paging::read(&mut query, filter.order());
    let min_position = scope::min_position(&mut query, &ids);
    query.finish()?;
    let companies = scope::companies(&door, &ids, min_position).await?;
    if let (Some(company), Some(environments)) = (ids.company, &mut filter.environments) {
        let mut reader = door.reader().await?;
        *environments = resolve_environments(&mut reader, company, environments).await?;
    }
    list_page(&door, &companies, &filter, paging).await
}

/// Which page of a list of leases.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paging {
    limit: i64,
    after: Keyset,
}

impl Paging {
    pub(super) fn read(query: &mut Query, order: LeaseOrder) -> Self {
        let list = cursor::of_leases(order);
        let after = query.cursor(|text| cursor::read_keyset(list, text));
        Self { limit: query.limit(), after: after.unwrap_or(Keyset::START) }
    }
}

/// A page of the leases of some companies.
pub(super) async fn list_page(
    door: &Door,
    companies: &[Uuid],
    filter: &LeaseFilter,
    paging: Paging,
) -> Result<Response, Problem> {
    let Paging { limit, after } = paging;
    let mut reader = door.reader().await?;
    let rows = list_leases(&mut reader, companies, filter, after, limit + 1).await?;
    answer::page(&rows, limit, |row| cursor::after_lease(filter.order(), row))
}

async fn show(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let min_position = query.min_position();
    query.finish()?;
    answer::lease(StatusCode::OK, &found(&door, &ids, min_position).await?)
}

async fn check(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let min_position = query.min_position();
    let fence = query.literal("fence");
    let fence = query.required("fence", fence);
    query.finish()?;
    let row = found(&door, &ids, min_position).await?;
    if let Some(fence) = fence {
        check::holds(&row, fence)?;
    }
    answer::lease(StatusCode::OK, &row)
}

async fn list_history(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let id = ids.lease()?;
    let after = query.cursor(|text| cursor::read_number(cursor::HISTORY, text));
    let (limit, min_position) = (query.limit(), query.min_position());
    query.finish()?;
    let company = scope::of_lease(&door, &ids, id).await?;
    scope::caught_up(&door, company, min_position).await?;
    let mut reader = door.reader().await?;
    let epoch = events::epoch(&mut reader, company).await?;
    let after = after.unwrap_or(0);
    let events = list_lease_history(&mut reader, company, id, after, limit + 1).await?;
    if events.is_empty() && after == 0 {
        return Err(scope::no_lease(id));
    }
    let last = |event: &Recorded| cursor::after_number(cursor::HISTORY, event.stored.sequence);
    answer::page_of(&events, limit, last, |event| event.to_json(epoch))
}

/// The lease in the path.
async fn found(
    door: &Door,
    ids: &Ids,
    min_position: Option<Position>,
) -> Result<LeaseRow, Problem> {
    let id: LeaseId = ids.lease()?;
    let company = scope::of_lease(door, ids, id).await?;
    scope::caught_up(door, company, min_position).await?;
    let row = find_lease(&mut *door.reader().await?, company, id).await?;
    row.ok_or_else(|| scope::no_lease(id))
}
