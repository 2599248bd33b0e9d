//! Answers: rows as JSON, pages, and what a verdict looks like.

use axum::body::Body as HttpBody;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::Response;
use leasehold_domain::company::CommandType;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde::Serialize;

use super::headers::{put_etag, put_key, put_position, put_replayed};
use super::problem::Problem;
use crate::dispatch::{Body, Verdict};

/// A page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'p, T> {
    items: &'p [T],
    next_cursor: Option<String>,
}

/// The leases that a release or an end of a run has ended.
#[derive(Debug, Serialize)]
pub(super) struct Released<'r> {
    released: &'r [LeaseRow],
    /// Each lease that was not: none, as all or none of a run's leases end.
    errors: [(); 0],
}

impl<'r> Released<'r> {
    pub(super) const fn new(released: &'r [LeaseRow]) -> Self {
        Self { released, errors: [] }
    }
}

/// The leases that a renewal of a run found active.
#[derive(Debug, Serialize)]
pub(super) struct Renewed<'r> {
    leases: &'r [LeaseRow],
}

impl<'r> Renewed<'r> {
    pub(super) const fn new(leases: &'r [LeaseRow]) -> Self {
        Self { leases }
    }
}

/// Any value as JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(|error| Problem::internal(&error))?;
    let mut response = Response::new(HttpBody::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

/// A page: of `limit + 1` rows that were looked for, the last tells only that there are more.
pub(super) fn page<T: Serialize>(
    rows: &[T],
    limit: i64,
    after: impl FnOnce(&T) -> String,
) -> Result<Response, Problem> {
    let (items, next_cursor) = cut(rows, limit, after);
    json(StatusCode::OK, &Page { items, next_cursor })
}

/// A page of rows that are shown in another form.
pub(super) fn page_of<T, S: Serialize>(
    rows: &[T],
    limit: i64,
    after: impl FnOnce(&T) -> String,
    show: impl Fn(&T) -> serde_json::Result<S>,
) -> Result<Response, Problem> {
    let (rows, next_cursor) = cut(rows, limit, after);
    let items = rows.iter().map(show).collect::<serde_json::Result<Vec<_>>>();
    let items = &*items.map_err(|error| Problem::internal(&error))?;
    json(StatusCode::OK, &Page { items, next_cursor })
}

fn cut<T>(rows: &[T], limit: i64, after: impl FnOnce(&T) -> String) -> (&[T], Option<String>) {
    let items = usize::try_from(limit).ok().and_then(|limit| rows.get(..limit)).unwrap_or(rows);
    let has_more = items.len() < rows.len();
    (items, items.last().filter(|_| has_more).map(after))
}

/// One lease, with its version as the entity tag.
pub(super) fn lease(status: StatusCode, row: &LeaseRow) -> Result<Response, Problem> {
    let mut response = json(status, row)?;
    put_etag(response.headers_mut(), row.version);
    Ok(response)
}

/// One environment, with its version as the entity tag.
pub(super) fn environment(status: StatusCode, row: &EnvironmentRow) -> Result<Response, Problem> {
    let mut response = json(status, row)?;
    put_etag(response.headers_mut(), row.version);
    Ok(response)
}

/// What became of a command of a route.
pub(super) fn verdict(kind: CommandType, verdict: &Verdict) -> Result<Response, Problem> {
    match verdict {
        Verdict::Accepted { key, position, is_replayed, body } => {
            let mut response = accepted(kind, body)?;
            let headers = response.headers_mut();
            put_key(headers, key);
            put_position(headers, *position);
            if *is_replayed {
                put_replayed(headers);
            }
            Ok(response)
        }
        Verdict::Refused { key, is_replayed, refusal } => {
            Err(Problem::from(refusal).keyed(Some(key)).replayed(*is_replayed))
        }
        Verdict::Failed { key, failure } => Err(Problem::from(*failure).keyed(Some(key))),
        Verdict::NotApplied { key } => {
            Err(Problem::internal(&"a command alone was not applied").keyed(Some(key)))
        }
    }
}

fn accepted(kind: CommandType, body: &Body) -> Result<Response, Problem> {
    match body {
        Body::Environment(row) => environment(status(kind), row),
        Body::Lease(row) => lease(status(kind), row),
        Body::Run(rows) if kind == CommandType::RenewRun => {
            json(StatusCode::OK, &Renewed::new(rows))
        }
        Body::Run(rows) => json(StatusCode::OK, &Released::new(rows)),
        Body::Cleanups(rows) => json(StatusCode::OK, &Renewed::new(rows)),
        Body::Removed(_) => {
            let mut response = Response::new(HttpBody::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            Ok(response)
        }
        Body::Imported(_) => Err(Problem::internal(&"an import came over the wire")),
    }
}

const fn status(kind: CommandType) -> StatusCode {
    match kind {
        CommandType::CreateEnvironment | CommandType::AcquireLease | CommandType::ReserveLease => {
            StatusCode::CREATED
        }
        CommandType::UpdateEnvironment
        | CommandType::ArchiveEnvironment
        | CommandType::ReactivateEnvironment
        | CommandType::RemoveEnvironment
        | CommandType::EnsureLocalEnvironment
        | CommandType::RenewLease
        | CommandType::ReplaceLeaseMetadata
        | CommandType::PatchLeaseMetadata
        | CommandType::RetainLease
        | CommandType::ResumeLease
        | CommandType::ReleaseLease
        | CommandType::ReleaseRun
        | CommandType::EndRun
        | CommandType::ActivateLease
        | CommandType::AbandonLease
        | CommandType::ClaimCleanups
        | CommandType::RenewCleanup
        | CommandType::SucceedCleanup
        | CommandType::FailCleanup
        | CommandType::DeferCleanup
        | CommandType::RenewRun => StatusCode::OK,
    }
}
