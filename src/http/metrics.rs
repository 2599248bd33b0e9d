//! What is counted, for Prometheus; what only shows when one looks is looked at for each answer.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::Response;

use super::openapi::{self, Answer, Told};
use super::problem::Problem;
use super::request::Page;
use super::route::Routes;
use crate::metrics;
use crate::read::count_open_leases;
use crate::tokens::Access;

pub(super) fn routes() -> Routes {
    let text = openapi::text("Prometheus' text form, version 0.0.4.");
    let answer = Answer::as_is("text/plain", text, "What was counted since the start.");
    let about = "Metrics of this process";
    let told = Told::question("getMetrics", "server", about, answer).needs(Access::Overview);
    Routes::below("").get("/metrics", &told, show)
}

async fn show(Page(door): Page) -> Result<Response, Problem> {
    for (lane, jobs) in door.dispatcher.depths().enumerate() {
        metrics::lane_depth(lane, jobs);
    }
    let (size, idle) = (door.readers.size() as usize, door.readers.num_idle());
    metrics::connections("readers", size.saturating_sub(idle), idle);
    metrics::listeners(door.feed.listeners());
    // What the database cannot tell now is not told; the rest is.
    if let Ok(mut reader) = door.readers.acquire().await
        && let Ok(states) = count_open_leases(&mut reader).await
    {
        for (state, leases) in states {
            metrics::open_leases(&state, leases);
        }
    }
    let mut response = Response::new(Body::from(metrics::render()));
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    Ok(response)
}
