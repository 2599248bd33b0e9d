//! The log itself, as JSON or as lines of JSON.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::Response;
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::PgConnection;

use super::openapi::{self, Answer, Told};
use super::problem::Problem;
use super::request::Question;
use super::route::Routes;
use super::{answer, scope};
use crate::log::{list_events, load_heads};

pub(super) fn routes(prefix: &str) -> Routes {
    let lines = openapi::text("One event a line; go on after the last one's position.");
    let answer = Answer::json(200, "EventPage", "In the log's order.");
    let answer = answer.or_as("application/x-ndjson", lines);
    let after = openapi::query("after", openapi::count(""), "Only events after this position.");
    let told = Told::question("listEvents", "log", "The log itself", answer);
    let told = told.with([after, openapi::limit()]).waits();
    Routes::below(prefix).get("/events", &told, list)
}

/// Events in the log's order, and the position to ask after the next time.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items: Vec<Box<RawValue>>,
    next_position: Position,
}

async fn list(question: Question<true>) -> Result<Response, Problem> {
    let Question { door, ids, mut query, wants_lines, .. } = question;
    let company = ids.company()?;
    let after = query.literal("after").unwrap_or(Position(0));
    let (limit, min_position) = (query.limit(), query.min_position());
    query.finish()?;
    scope::caught_up(&door, company, min_position).await?;
    let mut reader = door.reader().await?;
    let epoch = epoch(&mut reader, company).await?;
    let events = list_events(&mut reader, company, after, limit).await?;
    let next_position = events.last().map_or(after, |event| event.stored.position);
    let items = events.iter().map(|event| event.to_json(epoch)).collect::<Result<Vec<_>, _>>();
    let items = items.map_err(|error| Problem::internal(&error))?;
    if wants_lines {
        return Ok(lines(&items));
    }
    answer::json(StatusCode::OK, &Page { items, next_position })
}

/// One event a line; the last one's position is where to go on.
fn lines(items: &[Box<RawValue>]) -> Response {
    let bytes = items.iter().map(|item| item.get().len() + 1).sum();
    let mut text = String::with_capacity(bytes);
    for item in items {
        text.push_str(item.get());
        text.push('\n');
    }
    let mut response = Response::new(Body::from(text));
    let lines = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(CONTENT_TYPE, lines);
    response
}

/// The epoch of a company's log; the first one before the log has begun.
pub(super) async fn epoch(reader: &mut PgConnection, company: CompanyId) -> Result<Epoch, Problem> {
    let heads = load_heads(reader, &[company.0]).await?;
    Ok(heads.first().map_or(Epoch(1), |head| head.epoch))
}
