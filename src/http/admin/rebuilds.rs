//! Projections and their rebuilds: listed, begun, followed, cancelled.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use leasehold_domain::actor::Actor;
use leasehold_domain::fields::{Fault, Fields, FromField, integer};
use leasehold_domain::limits::Limits;
use leasehold_projections::projection::INLINE;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::feed::News;
use crate::http::openapi::{self, Answer, Told};
use crate::http::problem::{Code, Problem};
use crate::http::query::Query;
use crate::http::request::{Asked, Ids, Question, open, speaker};
use crate::http::route::Routes;
use crate::http::stream::streamed;
use crate::http::{Door, Handle, answer, headers};
use crate::rebuild::{
    self, Live, Options, RebuildError, State as Stage, Status, find_status, list_live, list_old,
    list_rebuilds, names,
};
use crate::tokens::Access;

pub(super) fn routes() -> Routes {
    let told =
        |id, summary, answer| Told::question(id, "admin", summary, answer).needs(Access::Overview);
    let acts = |id, summary, answer| told(id, summary, answer).needs(Access::Installation);
    let list = Answer::json(200, "ProjectionList", "In the order in which they are written.");
    let all = Answer::json(200, "RebuildList", "The newest first, a hundred at most.");
    let one = || Answer::json(200, "Rebuild", "As it is now.");
    let begun = Answer::json(202, "Rebuild", "It has begun, or goes on where it was cut off.");
    let about = "An `event: rebuild` whenever it has changed; an `event: end` says why it is over.";
    let pieces =
        Answer::as_is("text/event-stream", openapi::text(about), "Until either side ends it.");
    let start = acts("startRebuild", "Rebuild a projection, or `all`", begun)
        .or(Answer::json(200, "Rebuild", "With `wait`: how it ended."))
        .body("StartRebuild", false)
        .codes(&[Code::ProjectionNotFound, Code::RebuildRunning, Code::RebuildDiffers]);
    let missing = &[Code::RebuildNotFound];
    let show = told("getRebuild", "How far a rebuild is", one()).codes(missing);
    let cancel = acts("cancelRebuild", "End a rebuild; nothing is left of it", one());
    let cancel = cancel.body("CancelRebuild", false).codes(missing);
    let follow = told("followRebuild", "How far a rebuild is, as it goes", pieces).codes(missing);
    Routes::below("/v1/admin")
        .get("/projections", &told("listProjections", "The projections", list), list_all)
        .post("/projections/{projection}/rebuild", &start, begin)
        .get("/rebuilds", &told("listRebuilds", "The rebuilds", all), list_some)
        .get("/rebuilds/{rebuildId}", &show, show_one)
        .delete("/rebuilds/{rebuildId}", &cancel, cancel_one)
        .get("/rebuilds/{rebuildId}/stream", &follow, follow_one)
}

/// Rebuilds that a list shows.
const SHOWN_MAX: usize = 100;

#[derive(Serialize)]
struct Projections {
    items: Vec<Live>,
    /// Tables that were replaced and are still kept.
    old: Vec<String>,
}

async fn list_all(question: Question) -> Result<Response, Problem> {
    question.query.finish()?;
    let mut reader = question.door.reader().await?;
    let (items, old) = (list_live(&mut reader).await?, list_old(&mut reader).await?);
    answer::json(StatusCode::OK, &Projections { items, old })
}

async fn list_some(question: Question) -> Result<Response, Problem> {
    question.query.finish()?;
    let mut reader = question.door.reader().await?;
    let mut items = Vec::new();
    for rebuild in list_rebuilds(&mut reader).await?.into_iter().take(SHOWN_MAX) {
        items.extend(find_status(&mut reader, rebuild.id).await?);
    }
    answer::json(StatusCode::OK, &json!({"items": items}))
}

async fn show_one(question: Question) -> Result<Response, Problem> {
    question.query.finish()?;
    let status = status(&question.door, question.ids.rebuild()?).await?;
    answer::json(StatusCode::OK, &status)
}

async fn status(door: &Door, id: Uuid) -> Result<Status, Problem> {
    let found = find_status(&mut *door.reader().await?, id).await?;
    found.ok_or_else(|| not_found(id))
}

fn not_found(id: Uuid) -> Problem {
    Problem::new(Code::RebuildNotFound, format!("there is no rebuild {id}"))
}

/// What is asked for.
struct Wanted {
    actor: Option<Actor>,
    is_difference_allowed: bool,
    events_per_second_max: Option<Rate>,
    waits: bool,
}

/// Events a second.
struct Rate(u32);

impl FromField for Rate {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let rate = integer(&value, 1..=u64::from(u32::MAX))?;
        u32::try_from(rate).map(Self).map_err(Fault::invalid)
    }
}

impl Wanted {
    #[expect(clippy::unnecessary_wraps, reason = "reads as every other body does")]
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            actor: fields.optional("actor"),
            is_difference_allowed: fields.optional("allowDifference").unwrap_or(false),
            events_per_second_max: fields.optional("eventsPerSecondMax"),
            waits: fields.optional("wait").unwrap_or(false),
        })
    }
}

async fn begin(asked: Asked) -> Result<Response, Problem> {
    let Asked { door, ids, speaker, body, .. } = asked;
    let wanted = Fields::read(body, &door.limits, Wanted::read)?;
    let name = ids.projection.ok_or_else(no_projection)?;
    let options = Options {
        projections: if name == ALL { Vec::new() } else { vec![name.to_owned()] },
        is_difference_allowed: wanted.is_difference_allowed,
        events_per_second_max: wanted.events_per_second_max.map(|rate| rate.0),
        ..Options::new(speaker.caller(wanted.actor)?)
    };
    let started = rebuild::start(&door.database, &options).await?;
    let id = started.id;
    // Whoever asked may go away; the rebuild goes on.
    let running = tokio::spawn(started.run(Arc::new(|_| ())));
    if !wanted.waits {
        return answer::json(StatusCode::ACCEPTED, &status(&door, id).await?);
    }
    match running.await {
        Ok(Ok(_) | Err(RebuildError::Cancelled)) => {}
        Ok(Err(error)) => return Err(Problem::from(error).with("rebuildId", id.to_string())),
        Err(error) => return Err(Problem::internal(&error)),
    }
    answer::json(StatusCode::OK, &status(&door, id).await?)
}

/// What stands in the path for all of them.
const ALL: &str = "all";

/// The projection that a path names, or all of them.
pub(in crate::http) fn named(name: &str) -> Option<&'static str> {
    let known = INLINE.iter().map(|projection| projection.name).chain([ALL]);
    known.into_iter().find(|known| *known == name)
}

fn no_projection() -> Problem {
    let detail = format!("there is no such projection; there are {}, and `{ALL}`", names());
    Problem::new(Code::ProjectionNotFound, detail)
}

async fn cancel_one(asked: Asked) -> Result<Response, Problem> {
    let Asked { door, ids, body, .. } = asked;
    Fields::read(body, &door.limits, |_| Some(()))?;
    let id = ids.rebuild()?;
    let found = status(&door, id).await?;
    if matches!(found.rebuild.state, Stage::Loading | Stage::Loaded) {
        rebuild::cancel(&door.database, Some(id)).await?;
    }
    answer::json(StatusCode::OK, &status(&door, id).await?)
}

async fn follow_one(State(handle): State<Handle>, mut parts: Parts) -> Result<Response, Problem> {
    headers::accepts_event_stream(&parts.headers)?;
    let ids = Ids::of(&mut parts, &handle).await?;
    Query::parse(parts.uri.query())?.finish()?;
    let door = open(&handle)?;
    let id = status(&door, ids.rebuild()?).await?.rebuild.id;
    let (feed, pass) = (door.feed.clone(), speaker(&parts).pass(&door.keys));
    // A stream outlives what a request may hold of the door.
    drop(door);
    Ok(streamed(feed.poll(pass, "rebuild", move |readers| news(readers, id)).await))
}

async fn news(readers: PgPool, id: Uuid) -> sqlx::Result<News> {
    let found = find_status(&mut *readers.acquire().await?, id).await?;
    let status = found.ok_or(sqlx::Error::RowNotFound)?;
    let is_last = !matches!(status.rebuild.state, Stage::Loading | Stage::Loaded);
    Ok(News { data: json!(status), is_last })
}

impl From<RebuildError> for Problem {
    fn from(error: RebuildError) -> Self {
        let detail = error.to_string();
        match error {
            RebuildError::Running(running) => Self::new(Code::RebuildRunning, detail)
                .with("rebuildId", running.id.to_string())
                .with("projections", running.projections)
                .with("askedBy", running.asked_by),
            RebuildError::Differs(verdict) => Self::new(Code::RebuildDiffers, detail)
                .with("compared", json!(verdict.compared))
                .with("differing", json!(verdict.differing))
                .with("first", json!(verdict.first)),
            RebuildError::Unknown(_) | RebuildError::NothingOld => {
                Self::new(Code::ProjectionNotFound, detail)
            }
            RebuildError::OtherFold { .. } => Self::new(Code::UpgradeRequired, detail),
            RebuildError::Untold(_)
            | RebuildError::Busy
            | RebuildError::Ending
            | RebuildError::Cancelled
            | RebuildError::TakenOver => Self::new(Code::DatabaseUnavailable, detail),
            RebuildError::Database(error) => error.into(),
        }
    }
}
