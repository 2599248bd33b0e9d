//! The moment that a question is about, in the words of a query: `at`, `asKnown`, `atPosition`.

use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId};
use leasehold_domain::time::Timestamp;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;

use super::problem::Problem;
use super::query::Query;
use super::request::Ids;
use super::{Door, scope};
use crate::read::{
    Moment, find_cut, find_environment, find_environment_at, find_lease, find_lease_at,
};

/// The moment that a question about one thing names; none for now.
pub(super) fn read(query: &mut Query) -> Option<Moment> {
    let at: Option<Timestamp> = query.text("at");
    let position: Option<Position> = query.literal("atPosition");
    let is_known = query.literal("asKnown").unwrap_or(false);
    if at.is_some() && position.is_some() {
        query.fault("atPosition", "is another moment than `at`: give one of them");
    }
    if is_known && at.is_none() {
        query.fault("asKnown", "needs `at`");
    }
    match (at, position) {
        (Some(at), _) if is_known => Some(Moment::Known(at)),
        (Some(at), _) => Some(Moment::Happened(at)),
        (None, position) => position.map(Moment::At),
    }
}

/// The moment of a list and the company that it is of: one over all companies knows only now.
pub(super) fn of_list(query: &mut Query, ids: &Ids) -> Option<(CompanyId, Moment)> {
    let moment = read(query)?;
    if ids.company.is_none() {
        query.fault("at", "needs a company in the path, and so does `atPosition`");
    }
    Some((ids.company?, moment))
}

/// A lease of a company, as it is or was.
pub(super) async fn find_one_lease(
    door: &Door,
    company: CompanyId,
    id: LeaseId,
    moment: Option<Moment>,
) -> Result<LeaseRow, Problem> {
    let mut reader = door.reader().await?;
    let row = match moment {
        Some(moment) => {
            let cut = find_cut(&mut reader, company, moment).await?;
            find_lease_at(&mut reader, company, id, &cut).await?
        }
        None => find_lease(&mut reader, company, id).await?,
    };
    row.ok_or_else(|| scope::no_lease(id))
}

/// An environment of a company, as it is or was.
pub(super) async fn find_one_environment(
    door: &Door,
    company: CompanyId,
    id: EnvironmentId,
    moment: Option<Moment>,
) -> Result<EnvironmentRow, Problem> {
    let mut reader = door.reader().await?;
    let row = match moment {
        Some(moment) => {
            let cut = find_cut(&mut reader, company, moment).await?;
            find_environment_at(&mut reader, company, id, &cut).await?
        }
        None => find_environment(&mut reader, company, id).await?,
    };
    row.ok_or_else(|| scope::no_environment(id))
}
