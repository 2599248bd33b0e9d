//! What is counted, for Prometheus; what only shows when one looks is looked at for each answer.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::Response;
use leasehold_domain::lease::Status;

use super::Door;
use super::openapi::{self, Answer, Told};
use super::problem::Problem;
use super::request::Page;
use super::route::Routes;
use crate::metrics;
use crate::read::{count_cleanups, count_open_leases, find_projection_lags};
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
    if let Err(error) = look(&door).await {
        tracing::debug!(%error, "the database could not be asked for its gauges");
    }
    let mut response = Response::new(Body::from(metrics::render()));
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    Ok(response)
}

/// What only the database knows.
async fn look(door: &Door) -> sqlx::Result<()> {
    let mut reader = door.readers.acquire().await?;
    let counted = count_open_leases(&mut reader).await?;
    for state in [Status::Active, Status::Retained] {
        let found = counted.iter().find(|(word, _)| word == state.as_str());
        metrics::open_leases(state.as_str(), found.map_or(0, |(_, leases)| *leases));
    }
    for gauge in count_cleanups(&mut reader).await? {
        metrics::cleanups(gauge.state.as_str(), gauge.cleanups, gauge.oldest_seconds);
    }
    for (projection, events) in find_projection_lags(&mut reader).await? {
        metrics::projection_lag(projection, events);
    }
    Ok(())
}
