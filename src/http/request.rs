//! A request as handlers want it: its ids read, its body or its query at hand.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId, RunId};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::guard::Speaker;
use super::problem::{Code, Problem};
use super::query::Query;
use super::{Door, Handle, body, headers};

/// Largest body of one command, in bytes.
pub(super) const COMMAND_BYTES_MAX: usize = 1024 * 1024;
/// Largest body of a dispatch, in bytes.
pub(super) const DISPATCH_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The ids that stand in a path.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ids {
    pub(super) company: Option<CompanyId>,
    pub(super) environment: Option<EnvironmentId>,
    pub(super) lease: Option<LeaseId>,
    pub(super) run: Option<RunId>,
    pub(super) token: Option<Uuid>,
    pub(super) rebuild: Option<Uuid>,
    pub(super) projection: Option<&'static str>,
}

impl Ids {
    pub(super) async fn of(parts: &mut Parts, state: &Handle) -> Result<Self, Problem> {
        let mut ids = Self::default();
        let parameters = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::invalid("", "the path is not UTF-8"))?;
        for (name, value) in &parameters {
            let read =
                || Uuid::try_parse(value).map_err(|_| Problem::invalid(name, "is not a UUID"));
            match name {
                "companyId" => ids.company = Some(company(read()?)?),
                "environmentId" => ids.environment = Some(EnvironmentId(read()?)),
                "leaseId" => ids.lease = Some(LeaseId(read()?)),
                "runId" => ids.run = Some(RunId(read()?)),
                "tokenId" => ids.token = Some(read()?),
                "rebuildId" => ids.rebuild = Some(read()?),
                "projection" => ids.projection = super::admin::named(value),
                _ => {}
            }
        }
        // Who is bound to a company has nothing to do with others, also where the path names none.
        ids.company = ids.company.or_else(|| speaker(parts).company());
        Ok(ids)
    }

    pub(super) fn company(&self) -> Result<CompanyId, Problem> {
        self.company.ok_or_else(absent)
    }

    pub(super) fn environment(&self) -> Result<EnvironmentId, Problem> {
        self.environment.ok_or_else(absent)
    }

    pub(super) fn token(&self) -> Result<Uuid, Problem> {
        self.token.ok_or_else(absent)
    }

    pub(super) fn rebuild(&self) -> Result<Uuid, Problem> {
        self.rebuild.ok_or_else(absent)
    }

    pub(super) fn lease(&self) -> Result<LeaseId, Problem> {
        self.lease.ok_or_else(absent)
    }
}

/// The nil UUID is the installation itself, which has no environments and no leases.
fn company(id: Uuid) -> Result<CompanyId, Problem> {
    if id.is_nil() {
        return Err(Problem::invalid("companyId", "is the installation itself, not a company"));
    }
    Ok(CompanyId(id))
}

/// Who speaks, as the guard has found out.
pub(super) fn speaker(parts: &Parts) -> Speaker {
    parts.extensions.get::<Speaker>().cloned().unwrap_or_default()
}

/// A route whose path lacks an id that its handler needs: a fault of ours.
fn absent() -> Problem {
    Problem::internal(&"a route has no id in its path")
}

/// A question: what is asked stands in the path and the query. With `LINES` it may be answered in
/// lines of JSON too.
#[derive(Debug)]
pub(super) struct Question<const LINES: bool = false> {
    pub(super) door: Arc<Door>,
    pub(super) ids: Ids,
    pub(super) query: Query,
    pub(super) wants_lines: bool,
}

impl<const LINES: bool> FromRequestParts<Handle> for Question<LINES> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Handle) -> Result<Self, Problem> {
        let wants_lines = LINES && headers::wants_lines(&parts.headers);
        if !wants_lines {
            headers::accepts_json(&parts.headers)?;
        }
        let ids = Ids::of(parts, state).await?;
        let query = Query::parse(parts.uri.query())?;
        Ok(Self { door: open(state)?, ids, query, wants_lines })
    }
}

/// Something asked of the ledger to change: a body of at most `BYTES_MAX`, read in full.
#[derive(Debug)]
pub(super) struct Asked<const BYTES_MAX: usize = COMMAND_BYTES_MAX> {
    pub(super) door: Arc<Door>,
    pub(super) ids: Ids,
    pub(super) speaker: Speaker,
    pub(super) headers: HeaderMap,
    pub(super) body: Map<String, Value>,
}

impl<const BYTES_MAX: usize> FromRequest<Handle> for Asked<BYTES_MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Handle) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let read = Self::read(&mut parts, body, state).await;
        // Whoever repeats the request under its key is to recognise the answer.
        read.map_err(|problem| match headers::key(&parts.headers) {
            Ok(key) => problem.keyed(key.as_ref().map(leasehold_domain::text::Key::as_str)),
            Err(_) => problem,
        })
    }
}

impl<const BYTES_MAX: usize> Asked<BYTES_MAX> {
    async fn read(
        parts: &mut Parts,
        body: axum::body::Body,
        state: &Handle,
    ) -> Result<Self, Problem> {
        headers::accepts_json(&parts.headers)?;
        let ids = Ids::of(parts, state).await?;
        Query::parse(parts.uri.query())?.finish()?;
        let body = body::read(&parts.headers, body, BYTES_MAX).await?;
        let headers = parts.headers.clone();
        Ok(Self { door: open(state)?, ids, speaker: speaker(parts), headers, body })
    }
}

/// The door for a route that takes nothing at all.
pub(super) struct Page(pub(super) Arc<Door>);

impl FromRequestParts<Handle> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Handle) -> Result<Self, Problem> {
        Query::parse(parts.uri.query())?.finish()?;
        Ok(Self(open(state)?))
    }
}

/// The door, as long as it is open.
pub(super) fn open(state: &Handle) -> Result<Arc<Door>, Problem> {
    let closed = || Problem::new(Code::DatabaseUnavailable, "the server is stopping");
    state.upgrade().ok_or_else(closed)
}
