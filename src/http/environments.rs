//! Routes of environments.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use leasehold_domain::company::CommandType;
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_projections::environments::EnvironmentRow;
use utoipa::openapi::path::HttpMethod;

use super::openapi::{self, Answer, Told};
use super::problem::{Code, Problem};
use super::request::{Ids, Question};
use super::route::Routes;
use super::{Door, answer, cursor, leases, moment, scope};
use crate::read::{
    EnvironmentFilter, Keyset, LeaseFilter, LeaseOrder, Moment, find_cut, find_usage,
    find_usage_at, list_environments, list_environments_at,
};

/// The routes that find the company by an id, or list over all companies.
pub(super) fn routes(prefix: &str) -> Routes {
    use CommandType as C;
    let told = |id, summary, schema, about| {
        Told::question(id, "environments", summary, Answer::json(200, schema, about))
    };
    let listed =
        told("listEnvironments", "Environments", "EnvironmentPage", "Newest change first.")
            .with(openapi::of_environments())
            .looks_back()
            .paged()
            .waits();
    let one = told("getEnvironment", "One environment", "Environment", "As it is or was.");
    let one = one.looks_back().etag();
    let leases =
        told("listEnvironmentLeases", "An environment's leases", "LeasePage", "Newest use first.")
            .with([openapi::many("status", openapi::named("LeaseStatus"), "Only these.")])
            .looks_back()
            .paged();
    let usage = told("getEnvironmentUsage", "Who uses an environment", "Usage", "Of one moment.");
    let usage = usage.looks_back();
    let found = |told: Told| told.codes(&[Code::EnvironmentNotFound]).waits();
    Routes::of_both(prefix)
        .get("/environments", &listed, list)
        .get("/environments/{environmentId}", &found(one), show)
        .command(HttpMethod::Patch, "/environments/{environmentId}", C::UpdateEnvironment)
        .command(HttpMethod::Delete, "/environments/{environmentId}", C::RemoveEnvironment)
        .command(HttpMethod::Post, "/environments/{environmentId}/archive", C::ArchiveEnvironment)
        .command(
            HttpMethod::Post,
            "/environments/{environmentId}/reactivate",
            C::ReactivateEnvironment,
        )
        .get("/environments/{environmentId}/leases", &found(leases), list_its_leases)
        .get("/environments/{environmentId}/usage", &found(usage), show_usage)
}

/// The routes that need a company in the path.
pub(super) fn routes_of_company(prefix: &str) -> Routes {
    use CommandType as C;
    Routes::below(prefix).command(HttpMethod::Post, "/environments", C::CreateEnvironment).command(
        HttpMethod::Post,
        "/environments/ensure-local",
        C::EnsureLocalEnvironment,
    )
}

async fn list(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let filter =
        EnvironmentFilter { statuses: query.many("status"), drivers: query.many("driver") };
    let after = query.cursor(|text| cursor::read_keyset(cursor::ENVIRONMENTS, text));
    let (limit, min_position) = (query.limit(), scope::min_position(&mut query, &ids));
    let past = moment::of_list(&mut query, &ids);
    query.finish()?;
    let companies = scope::companies(&door, &ids, min_position).await?;
    let mut reader = door.reader().await?;
    let after = after.unwrap_or(Keyset::START);
    if let Some((company, moment)) = past {
        let cut = find_cut(&mut reader, company, moment).await?;
        let mut rows = list_environments_at(&mut reader, company, &filter, &cut).await?;
        rows.retain(|row| (row.updated_at, row.id) < (after.at, after.id));
        rows.truncate(usize::try_from(limit + 1).unwrap_or(usize::MAX));
        return answer::page(&rows, limit, cursor::after_environment);
    }
    let rows = list_environments(&mut reader, &companies, &filter, after, limit + 1).await?;
    answer::page(&rows, limit, cursor::after_environment)
}

async fn show(question: Question) -> Result<Response, Problem> {
    let Found { row, .. } = find(question).await?;
    answer::environment(StatusCode::OK, &row)
}

async fn show_usage(question: Question) -> Result<Response, Problem> {
    let Found { door, row, moment } = find(question).await?;
    let (company, id) = (CompanyId(row.company_id), EnvironmentId(row.id));
    let mut reader = door.reader().await?;
    let usage = match moment {
        Some(moment) => {
            let cut = find_cut(&mut reader, company, moment).await?;
            find_usage_at(&mut reader, company, id, &cut).await?
        }
        None => find_usage(&mut reader, company, id).await?,
    };
    answer::json(StatusCode::OK, &usage.ok_or_else(|| scope::no_environment(id))?)
}

async fn list_its_leases(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let id = ids.environment()?;
    let moment = moment::read(&mut query);
    let order = moment.map_or(LeaseOrder::LastUsed, |_| LeaseOrder::Acquired);
    let paging = leases::Paging::read(&mut query, order);
    let statuses = query.many("status");
    let min_position = query.min_position();
    query.finish()?;
    let row = found(&door, &ids, id, (min_position, moment)).await?;
    let environments = Some(vec![EnvironmentId(row.id)]);
    let filter = LeaseFilter { statuses, environments, ..LeaseFilter::default() };
    match moment {
        Some(moment) => {
            let past = (CompanyId(row.company_id), moment);
            leases::list_past_page(&door, past, &filter, paging).await
        }
        None => leases::list_page(&door, &[row.company_id], &filter, paging).await,
    }
}

/// What a question about one environment is about.
struct Found {
    door: Arc<Door>,
    row: EnvironmentRow,
    moment: Option<Moment>,
}

/// The environment of a question that asks nothing more than a moment.
async fn find(question: Question) -> Result<Found, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let id = ids.environment()?;
    let (min_position, moment) = (query.min_position(), moment::read(&mut query));
    query.finish()?;
    let row = found(&door, &ids, id, (min_position, moment)).await?;
    Ok(Found { door, row, moment })
}

async fn found(
    door: &Door,
    ids: &Ids,
    id: EnvironmentId,
    (min_position, moment): (Option<Position>, Option<Moment>),
) -> Result<EnvironmentRow, Problem> {
    let company = scope::of_environment(door, ids, id).await?;
    scope::caught_up(door, company, min_position).await?;
    moment::find_one_environment(door, company, id, moment).await
}
