//! Waiting: for room, a workspace or an issue to be free, for a lease to be over.
//!
//! **Claims.** Whoever waits is answered soon after the commit that it waits for, whether it began to
//! wait before, during or after it, and whichever process made it. **Because** a watch is made first,
//! then the tables are asked, then the watch is waited for (see [`crate::wake`]).

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use leasehold_domain::fields::{Fault, FromField, integer, string};
use leasehold_domain::id::CompanyId;
use leasehold_domain::limits::Limits;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::openapi::{self, Answer, Told};
use super::problem::{Code, Problem};
use super::query::Query;
use super::request::{Ids, Question};
use super::route::Routes;
use super::{Door, answer, scope};
use crate::read::{Awaited, find_is_free};

/// Longest wait, in seconds.
pub(super) const SECONDS_MAX: u64 = 600;
/// The wait of who does not say.
const SECONDS_DEFAULT: u64 = 60;

pub(super) fn routes(prefix: &str) -> Routes {
    let free = Answer::json(200, "Free", "It is free.");
    let told = Told::question("wait", "leases", "Wait for something to be free", free);
    let about = "`environment:ID`, `workspace:ID` or `issue:ID`; the last two need a company.";
    let told = told.or(Answer::nothing("It was not, for all that time."));
    let told = told.with([openapi::must("free", openapi::text(""), about), seconds()]);
    Routes::of_both(prefix).get("/wait", &told.codes(&[Code::EnvironmentNotFound]), wait)
}

/// The parameter that says for how long.
pub(super) fn seconds() -> utoipa::openapi::path::Parameter {
    let kind = openapi::whole(0, SECONDS_MAX, "");
    openapi::query("timeout", kind, "For how long, in seconds; 60 unless given.")
}

/// A span of waiting.
struct Seconds(Duration);

impl FromField for Seconds {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        integer(&value, 0..=SECONDS_MAX).map(Duration::from_secs).map(Self)
    }
}

/// Until when a request waits.
pub(super) fn deadline(query: &mut Query) -> Instant {
    let span =
        query.literal::<Seconds>("timeout").map_or(Duration::from_secs(SECONDS_DEFAULT), |s| s.0);
    Instant::now() + span
}

struct Free(Awaited);

impl FromField for Free {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let text = string(value)?;
        let bad = || Fault::invalid("is none of environment:ID, workspace:ID, issue:ID");
        let (kind, id) = text.split_once(':').ok_or_else(bad)?;
        let awaited = match kind {
            "environment" => id.parse().map(Awaited::Environment),
            "workspace" => id.parse().map(Awaited::Workspace),
            "issue" => id.parse().map(Awaited::Issue),
            _ => return Err(bad()),
        };
        awaited.map(Self).map_err(|_| bad())
    }
}

async fn wait(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let free = query.many::<Free>("free").and_then(|mut free| free.pop());
    let free = query.required("free", free);
    let deadline = deadline(&mut query);
    query.finish()?;
    let Some(Free(awaited)) = free else { return Err(Problem::invalid("free", "is required")) };
    let company = company(&door, &ids, awaited).await?;
    let mut watch = door.dispatcher.wake().watch(company);
    loop {
        let found = find_is_free(&mut *door.reader().await?, company, awaited).await?;
        match (found, awaited) {
            (Some(true), _) => return answer::json(StatusCode::OK, &json!({"free": true})),
            (None, Awaited::Environment(id)) => return Err(scope::no_environment(id)),
            (Some(false) | None, _) => {}
        }
        if timeout_at(deadline, watch.moved()).await.is_err() {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            return Ok(response);
        }
    }
}

async fn company(door: &Door, ids: &Ids, awaited: Awaited) -> Result<CompanyId, Problem> {
    match (ids.company, awaited) {
        (Some(company), _) => Ok(company),
        (None, Awaited::Environment(id)) => scope::of_environment(door, ids, id).await,
        (None, Awaited::Workspace(_) | Awaited::Issue(_)) => {
            Err(Problem::invalid("free", "needs a company in the path"))
        }
    }
}
