//! Routes of leases.

mod check;
mod filter;

use axum::http::StatusCode;
use axum::response::Response;
use leasehold_domain::company::CommandType;
use leasehold_domain::fence::Position;
use leasehold_domain::fields::{Fault, FromField};
use leasehold_domain::id::{CompanyId, LeaseId};
use leasehold_domain::lease::Phase;
use leasehold_domain::limits::Limits;
use leasehold_projections::environment_leases::LeaseRow;
use serde_json::Value;
use tokio::time::timeout_at;
use utoipa::openapi::path::HttpMethod;
use uuid::Uuid;

use super::openapi::{self, Answer, Told};
use super::problem::{Code, Problem};
use super::query::Query;
use super::request::{Ids, Question};
use super::route::Routes;
use super::{Door, answer, cursor, events, moment, scope, wait};
use crate::log::Recorded;
use crate::read::{
    Keyset, LeaseFilter, LeaseOrder, Moment, find_cut, list_lease_history, list_leases,
    page_leases_at, resolve_environments,
};
use crate::story;

pub(super) fn routes(prefix: &str) -> Routes {
    use CommandType as C;
    let told = |id, summary, schema, about| {
        Told::question(id, "leases", summary, Answer::json(200, schema, about))
    };
    let listed = told("listLeases", "Leases", "LeasePage", "Newest grant first.");
    let listed = listed.with(openapi::of_leases()).looks_back().paged().waits();
    let one = told("getLease", "One lease", "Lease", "As it is or was.").looks_back();
    let held = told("checkLease", "Whether a lease holds", "Lease", "It does.").etag();
    let fence = openapi::count("");
    let held = held.with([openapi::must("fence", fence, "The fence that the holder was granted.")]);
    let held = held.codes(&[Code::StaleFence, Code::LeaseEnded, Code::LeaseNotActive]);
    let page = "EventHistoryPage";
    let past = told("getLeaseHistory", "A lease's events", page, "Oldest first.").paged();
    let story = told("explainLease", "A lease's story", "Story", "From the log alone.");
    let over = openapi::one_of(["ended"], "");
    let one =
        one.with([openapi::query("waitFor", over, "Wait until it is over."), wait::seconds()]);
    let one = one.etag();
    let found = |told: Told| told.codes(&[Code::LeaseNotFound]).waits();
    Routes::of_both(prefix)
        .get("/leases", &listed, list)
        .command(HttpMethod::Post, "/leases", C::AcquireLease)
        .command(HttpMethod::Post, "/leases/reserve", C::ReserveLease)
        .command(HttpMethod::Post, "/leases/{leaseId}/activate", C::ActivateLease)
        .command(HttpMethod::Post, "/leases/{leaseId}/abandon", C::AbandonLease)
        .get("/leases/{leaseId}", &found(one), show)
        .get("/leases/{leaseId}/check", &found(held), check)
        .get("/leases/{leaseId}/history", &found(past), list_history)
        .get("/leases/{leaseId}/explain", &found(story), explain)
        .command(HttpMethod::Post, "/leases/{leaseId}/release", C::ReleaseLease)
        .command(HttpMethod::Post, "/leases/{leaseId}/renew", C::RenewLease)
        .command(HttpMethod::Put, "/leases/{leaseId}/metadata", C::ReplaceLeaseMetadata)
        .command(HttpMethod::Patch, "/leases/{leaseId}/metadata", C::PatchLeaseMetadata)
        .command(HttpMethod::Post, "/leases/{leaseId}/retain", C::RetainLease)
        .command(HttpMethod::Post, "/leases/{leaseId}/resume", C::ResumeLease)
}

async fn list(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let mut filter = filter::read(&mut query);
    let past = moment::of_list(&mut query, &ids);
    if past.is_some() && filter.stale.is_some() {
        query.fault("stale", "is asked of now alone");
    }
    let order = past.map_or(filter.order(), |_| LeaseOrder::Acquired);
    let paging = Paging::read(&mut query, order);
    let min_position = scope::min_position(&mut query, &ids);
    query.finish()?;
    let companies = scope::companies(&door, &ids, min_position).await?;
    if let (Some(company), Some(environments)) = (ids.company, &mut filter.environments) {
        let mut reader = door.reader().await?;
        *environments = resolve_environments(&mut reader, company, environments).await?;
    }
    match past {
        Some(past) => list_past_page(&door, past, &filter, paging).await,
        None => list_page(&door, &companies, &filter, paging).await,
    }
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

/// A page of the leases that a company had at a moment, the newest grant first.
pub(super) async fn list_past_page(
    door: &Door,
    (company, moment): (CompanyId, Moment),
    filter: &LeaseFilter,
    paging: Paging,
) -> Result<Response, Problem> {
    let Paging { limit, after } = paging;
    let mut reader = door.reader().await?;
    let cut = find_cut(&mut reader, company, moment).await?;
    let rows = usize::try_from(limit + 1).unwrap_or(usize::MAX);
    let rows = page_leases_at(&mut reader, company, filter, &cut, (after, rows)).await?;
    let last = |(place, _): &(Keyset, LeaseRow)| cursor::after_past_lease(*place);
    answer::page_of(&rows, limit, last, |(_, row)| Ok(row.clone()))
}

async fn show(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let min_position = query.min_position();
    let waits = query.many::<WaitFor>("waitFor").is_some();
    let deadline = wait::deadline(&mut query);
    let moment = moment::read(&mut query);
    if waits && moment.is_some() {
        query.fault("waitFor", "waits for what comes: the past is as it was");
    }
    query.finish()?;
    let company = scope::of_lease(&door, &ids, ids.lease()?).await?;
    let mut watch = door.dispatcher.wake().watch(company);
    loop {
        let row = found(&door, &ids, (min_position, moment)).await?;
        let is_over = !waits || row.phase == Phase::Ended.as_str();
        if is_over || timeout_at(deadline, watch.moved()).await.is_err() {
            return answer::lease(StatusCode::OK, &row);
        }
    }
}

/// What a request for a lease may wait for: its end.
struct WaitFor;

impl FromField for WaitFor {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        if value == "ended" { Ok(Self) } else { Err(Fault::invalid("is not `ended`")) }
    }
}

async fn explain(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let id = ids.lease()?;
    let min_position = query.min_position();
    query.finish()?;
    let company = scope::of_lease(&door, &ids, id).await?;
    scope::caught_up(&door, company, min_position).await?;
    let told = story::tell(&mut *door.reader().await?, company, id).await?;
    answer::json(StatusCode::OK, &told.ok_or_else(|| scope::no_lease(id))?)
}

async fn check(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let min_position = query.min_position();
    let fence = query.literal("fence");
    let fence = query.required("fence", fence);
    query.finish()?;
    let row = found(&door, &ids, (min_position, None)).await?;
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
    (min_position, moment): (Option<Position>, Option<Moment>),
) -> Result<LeaseRow, Problem> {
    let id: LeaseId = ids.lease()?;
    let company = scope::of_lease(door, ids, id).await?;
    scope::caught_up(door, company, min_position).await?;
    moment::find_one_lease(door, company, id, moment).await
}
