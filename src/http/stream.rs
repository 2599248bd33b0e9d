//! The live feed over HTTP: server-sent events of one company, or of all.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::response::Response;
use futures::StreamExt;
use leasehold_domain::fields::{Fault, FromField, string};
use leasehold_domain::limits::Limits;
use serde_json::Value;

use super::openapi::{self, Answer, Told};
use super::problem::Problem;
use super::query::Query;
use super::request::{Ids, open, speaker};
use super::route::Routes;
use super::{Handle, headers};
use crate::feed::{Pieces, Start, Wanted};

pub(super) fn routes(prefix: &str) -> Routes {
    let about = "Events as they are recorded, each with its `id`, `EPOCH-POSITION`. An `event: end` \
                 says why the stream is over, an `event: epoch` that the log was restored.";
    let pieces = openapi::text(about);
    let answer = Answer::as_is("text/event-stream", pieces, "Until either side ends it.");
    let after = "After this `id` or position, of each company where there is none in the path; \
                 `end` for what comes next. From the beginning if not said.";
    let types = openapi::many("type", openapi::text(""), "Only events with these names.");
    let told = Told::question("followEvents", "log", "Events as they come", answer)
        .with([openapi::query("after", openapi::text(""), after), types])
        .with([openapi::last_event_id()]);
    Routes::of_both(prefix).get("/events/stream", &told, follow)
}

async fn follow(State(handle): State<Handle>, mut parts: Parts) -> Result<Response, Problem> {
    headers::accepts_event_stream(&parts.headers)?;
    let ids = Ids::of(&mut parts, &handle).await?;
    let mut query = Query::parse(parts.uri.query())?;
    let types: Option<Vec<Name>> = query.many("type");
    let after: Option<Text> = query.text("after");
    query.finish()?;
    let door = open(&handle)?;
    let types = types.map(|types| types.into_iter().map(|name| name.0).collect());
    let wanted = Wanted { types, pass: speaker(&parts).pass(&door.keys) };
    let from = match headers::last_event_id(&parts.headers)? {
        Some(id) => Some(("Last-Event-ID", id)),
        None => after.as_ref().map(|after| ("after", after.0.as_str())),
    };
    let feed = door.feed.clone();
    // A stream outlives what a request may hold of the door.
    drop(door);
    let pieces = match ids.company {
        Some(company) => feed.listen(company, start(from)?, wanted).await,
        None => feed.listen_to_all(start(from)?, wanted).await,
    };
    Ok(streamed(pieces))
}

/// Where to begin.
fn start<C: std::str::FromStr + Default>(from: Option<(&str, &str)>) -> Result<Start<C>, Problem> {
    match from {
        None => Ok(Start::After(C::default())),
        Some((_, "end")) => Ok(Start::End),
        Some((name, text)) => {
            let none = |_| Problem::invalid(name, "is no `id` that this stream gave");
            text.parse().map(Start::After).map_err(none)
        }
    }
}

/// An event stream made of pieces.
pub(super) fn streamed(pieces: Pieces) -> Response {
    let pieces = futures::stream::unfold(pieces, |mut pieces| async {
        pieces.recv().await.map(|piece| (piece, pieces))
    });
    let mut response = Response::new(Body::from_stream(pieces.map(Ok::<_, Infallible>)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather answers would hold the stream back.
    let buffering = HeaderName::from_static("x-accel-buffering");
    headers.insert(buffering, HeaderValue::from_static("no"));
    response
}

/// The name of an event: whichever there may come to be.
struct Name(String);

impl FromField for Name {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let text = string(value)?;
        let is_name = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_name { Ok(Self(text)) } else { Err(Fault::invalid("is no name of an event")) }
    }
}

/// Any text.
struct Text(String);

impl FromField for Text {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        string(value).map(Self)
    }
}
