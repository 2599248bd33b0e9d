//! Routes of the queue of cleanups: who looks, who claims, and a janitor's steps.

mod item;

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{TimeDelta, Utc};
use leasehold_domain::company::{ClaimCleanups, ClaimLimit, Command, CommandType};
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::text::Key;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde::Serialize;
use utoipa::openapi::path::HttpMethod;
use uuid::Uuid;

use super::openapi::{self, Answer, Told};
use super::problem::Problem;
use super::request::{Asked, Question};
use super::route::Routes;
use super::{Door, answer, commands, cursor, headers, scope, trace};
use crate::dispatch::{Body, Order, Verdict};
use crate::log::list_companies_of_key;
use crate::read::{
    CleanupFilter, Keyset, find_removed_environment, list_cleanups, list_companies_to_clean_up,
    list_environments_by_id, resolve_environments,
};
use item::Item;

/// Longer than a claim lasts.
const CLAIMED_FOR_MAX: TimeDelta = TimeDelta::hours(25);

pub(super) fn routes(prefix: &str) -> Routes {
    use CommandType as C;
    let page = Answer::json(200, "CleanupPage", "Those that may be claimed earliest first.");
    let listed = Told::question("listCleanups", "cleanups", "Cleanups that are not done", page);
    let listed = listed.with(openapi::of_cleanups()).paged().waits();
    Routes::of_both(prefix)
        .get("/cleanups", &listed, list)
        .post("/cleanups/claim", &openapi::told(C::ClaimCleanups), claim)
        .command(HttpMethod::Post, "/cleanups/{leaseId}/renew", C::RenewCleanup)
        .command(HttpMethod::Post, "/cleanups/{leaseId}/succeed", C::SucceedCleanup)
        .command(HttpMethod::Post, "/cleanups/{leaseId}/fail", C::FailCleanup)
        .command(HttpMethod::Post, "/cleanups/{leaseId}/defer", C::DeferCleanup)
}

async fn list(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let mut filter = CleanupFilter {
        states: query.many("state"),
        environments: query.many("environmentId"),
        providers: query.many("provider"),
    };
    let after = query.cursor(|text| cursor::read_keyset(cursor::CLEANUPS, text));
    let limit = query.limit();
    let min_position = scope::min_position(&mut query, &ids);
    query.finish()?;
    let companies = scope::companies(&door, &ids, min_position).await?;
    let mut reader = door.reader().await?;
    if let (Some(company), Some(environments)) = (ids.company, &mut filter.environments) {
        *environments = resolve_environments(&mut reader, company, environments).await?;
    }
    let after = after.unwrap_or(Keyset::OLDEST);
    let rows = list_cleanups(&mut reader, &companies, &filter, after, limit + 1).await?;
    drop(reader);
    let items = items(&door, &rows).await?;
    answer::page(&items, limit, |item| cursor::after_cleanup(item.row()))
}

/// The items of leases, each with its environment: all that a janitor needs.
async fn items<'r>(door: &Door, rows: &'r [LeaseRow]) -> Result<Vec<Item<'r>>, Problem> {
    let mut reader = door.reader().await?;
    let wanted: Vec<_> = rows.iter().map(|row| row.environment_id).collect();
    let places = list_environments_by_id(&mut reader, &wanted).await?;
    let mut items = Vec::new();
    for row in rows {
        let (company, id) = (row.company_id, row.environment_id);
        let is_meant = |place: &&EnvironmentRow| (place.company_id, place.id) == (company, id);
        let place = match places.iter().find(is_meant) {
            Some(place) => Some(place.clone()),
            None => {
                find_removed_environment(&mut reader, CompanyId(company), EnvironmentId(id)).await?
            }
        };
        items.push(Item::of(row, place));
    }
    Ok(items)
}

#[derive(Debug, Serialize)]
struct Claimed<'c> {
    items: Vec<Item<'c>>,
}

async fn claim(asked: Asked) -> Result<Response, Problem> {
    let key = headers::key(&asked.headers)?;
    let chosen = key.clone();
    let answered = claim_keyed(asked, key).await;
    answered.map_err(|problem| problem.keyed(chosen.as_ref().map(Key::as_str)))
}

async fn claim_keyed(asked: Asked, key: Option<Key>) -> Result<Response, Problem> {
    let kind = CommandType::ClaimCleanups;
    let Asked { door, ids, speaker, headers, body } = asked;
    commands::no_version(headers::if_match(&headers)?)?;
    let trace = trace::correlation_id(&headers);
    let (command, caller, ()) = commands::read(kind, body, (door.limits, &speaker), |_| ())?;
    let Command::ClaimCleanups(claim) = &command else {
        return Err(Problem::internal(&"a claim was read as something else"));
    };
    if let Some(company) = ids.company {
        let order = Order::new(command, key, caller).traced(trace);
        let verdict = door.dispatcher.dispatch(company, order).await;
        return shown(&door, &verdict).await;
    }
    let companies = companies(&door, key.as_ref()).await?;
    let mut rows = Vec::new();
    for company in companies.into_iter().map(CompanyId) {
        let taken = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let limit = ClaimLimit(claim.limit.0.saturating_sub(taken));
        if limit.0 == 0 {
            break;
        }
        let part = Command::ClaimCleanups(ClaimCleanups { limit, ..claim.clone() });
        let order = Order::part(part, &command, key.clone(), caller.clone());
        let order = order.traced(trace.clone());
        let verdict = door.dispatcher.dispatch(company, order).await;
        answer::verdict(kind, &verdict)?;
        if let Verdict::Accepted { body: Body::Cleanups(claimed), .. } = verdict {
            rows.extend(claimed);
        }
    }
    answer::json(StatusCode::OK, &Claimed { items: items(&door, &rows).await? })
}

/// Where there is something to claim. Who repeats a claim hears of what it took, wherever that was,
/// and of nothing else: what is claimed now may be what it took.
async fn companies(door: &Door, key: Option<&Key>) -> Result<Vec<Uuid>, Problem> {
    let mut reader = door.reader().await?;
    if let Some(key) = key {
        let until = Utc::now() + CLAIMED_FOR_MAX;
        let asked = list_companies_to_clean_up(&mut reader, until).await?;
        let used = list_companies_of_key(&mut reader, &asked, key.as_str()).await?;
        if !used.is_empty() {
            return Ok(used);
        }
    }
    Ok(list_companies_to_clean_up(&mut reader, Utc::now()).await?)
}

/// What a claim in one company took.
async fn shown(door: &Door, verdict: &Verdict) -> Result<Response, Problem> {
    let mut response = answer::verdict(CommandType::ClaimCleanups, verdict)?;
    if let Verdict::Accepted { body: Body::Cleanups(rows), .. } = verdict {
        let items = items(door, rows).await?;
        *response.body_mut() = answer::json(StatusCode::OK, &Claimed { items })?.into_body();
    }
    Ok(response)
}
