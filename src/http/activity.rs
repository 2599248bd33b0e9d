//! Who did what.

use axum::response::Response;
use leasehold_domain::fence::Position;
use leasehold_domain::fields::{Fault, FromField, string};
use leasehold_domain::limits::Limits;
use leasehold_domain::stream::AggregateType;
use leasehold_domain::time::Timestamp;
use leasehold_projections::activity_log::entity;
use serde_json::Value;
use uuid::Uuid;

use super::openapi::{self, Answer, Told};
use super::problem::Problem;
use super::query::Query;
use super::request::Question;
use super::route::Routes;
use super::{answer, cursor, moment, scope};
use crate::read::{Activity, ActivityFilter, find_cut, find_position_since, list_activity};

/// Beyond every position, as the database counts.
const BEYOND: u64 = i64::MAX.unsigned_abs();

pub(super) fn routes(prefix: &str) -> Routes {
    let answer = Answer::json(200, "ActivityPage", "Newest first.");
    let told = Told::question("listActivity", "log", "Who did what", answer);
    let told = told.with(openapi::of_activity()).looks_back().paged().waits();
    Routes::below(prefix).get("/activity", &told, list)
}

async fn list(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let company = ids.company()?;
    let mut filter = read(&mut query);
    let moment = moment::read(&mut query);
    let before = query.cursor(|text| cursor::read_number(cursor::ACTIVITY, text));
    let (limit, min_position) = (query.limit(), query.min_position());
    query.finish()?;
    scope::caught_up(&door, company, min_position).await?;
    let mut reader = door.reader().await?;
    let from = match filter.since {
        Some(since) => find_position_since(&mut reader, company, since).await?,
        None => Position(1),
    };
    let mut before = before.unwrap_or(BEYOND);
    if let Some(moment) = moment {
        let cut = find_cut(&mut reader, company, moment).await?;
        before = before.min(cut.up_to.0.saturating_add(1));
        // What happened in the same microsecond had happened by then.
        let happened = cut.happened.map(|at| at.plus_micros(1).chrono());
        filter.until = filter.until.into_iter().chain(happened).min();
    }
    let range = (from, Position(before));
    let rows = list_activity(&mut reader, company, &filter, range, limit + 1).await?;
    let after =
        |line: &Activity| cursor::after_number(cursor::ACTIVITY, line.row.position.unsigned_abs());
    answer::page(&rows, limit, after)
}

fn read(query: &mut Query) -> ActivityFilter {
    ActivityFilter {
        actions: query.many("action"),
        kinds: query
            .many("entityType")
            .map(|kinds: Vec<Kind>| kinds.into_iter().map(|kind| kind.0).collect()),
        entities: query
            .many("entityId")
            .map(|ids: Vec<EntityId>| ids.into_iter().map(|id| id.0).collect()),
        runs: query.many("runId"),
        agents: query.many("agentId"),
        since: query.text("since").map(Timestamp::chrono),
        until: query.text("until").map(Timestamp::chrono),
        with_bookkeeping: query.literal("bookkeeping").unwrap_or(false),
    }
}

/// A kind of thing, by the activity log's name for it.
struct Kind(AggregateType);

impl FromField for Kind {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let text = string(value)?;
        let found = AggregateType::ALL.iter().copied().find(|kind| entity(*kind) == text);
        found.map(Self).ok_or_else(|| {
            let known: Vec<_> = AggregateType::ALL.iter().map(|kind| entity(*kind)).collect();
            Fault::invalid(format!("is none of {}", known.join(", ")))
        })
    }
}

/// The id of a thing of whatever kind.
struct EntityId(Uuid);

impl FromField for EntityId {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let id = Uuid::try_parse(&string(value)?);
        id.map(Self).map_err(|_| Fault::invalid("is not a UUID"))
    }
}
