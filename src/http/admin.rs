//! What only those look at who run the installation.

mod rebuilds;
mod verification;

use axum::response::Response;
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use leasehold_domain::time::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::openapi::{Answer, Told};
use super::problem::Problem;
use super::request::Question;
use super::route::Routes;
use super::{answer, cursor};
use crate::log::{Digest, Head};
use crate::read::list_companies;
use crate::tokens::Access;

pub(super) use rebuilds::named;

pub(super) fn routes() -> Routes {
    let answer = Answer::json(200, "CompanyPage", "By their ids.");
    let told = Told::question("listCompanies", "admin", "The companies and their logs", answer);
    let told = told.needs(Access::Overview);
    Routes::below("/v1/admin")
        .get("/companies", &told.paged(), list)
        .merge(rebuilds::routes())
        .merge(verification::routes())
}

/// The end of a company's log.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct End {
    company_id: CompanyId,
    position: Position,
    epoch: Epoch,
    recorded_at: Timestamp,
    digest: Digest,
}

async fn list(question: Question) -> Result<Response, Problem> {
    let Question { door, mut query, .. } = question;
    let after = query.cursor(cursor::read_company).unwrap_or(Uuid::nil());
    let limit = query.limit();
    query.finish()?;
    let heads = list_companies(&mut *door.reader().await?, after, limit + 1).await?;
    answer::page_of(
        &heads,
        limit,
        |head| cursor::after_company(head.company_id.0),
        |head| {
            let Head { company_id, position, digest, epoch, recorded_at } = *head;
            Ok(End { company_id, position, epoch, recorded_at, digest })
        },
    )
}
