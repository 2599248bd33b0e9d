//! Which company a request is about: the one in its path, or the one that its id belongs to; and
//! whether that company's log has come as far as the caller has seen it.

use std::time::Duration;

use leasehold_domain::company::Refusal;
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId, RunId};
use leasehold_domain::{environment, lease};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::Door;
use super::problem::{Code, Problem};
use super::query::Query;
use super::request::Ids;
use crate::log::load_heads;
use crate::read::{
    list_companies_of_environment, list_companies_of_lease, list_companies_of_run, list_company_ids,
};

/// How long a read waits for the position that its caller has seen.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks at a head: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(100));

/// The company of an environment.
pub(super) async fn of_environment(
    door: &Door,
    ids: &Ids,
    id: EnvironmentId,
) -> Result<CompanyId, Problem> {
    if let Some(company) = ids.company {
        return Ok(company);
    }
    let mut reader = door.reader().await?;
    let companies = list_companies_of_environment(&mut reader, id).await?;
    one("environmentId", &companies)?.ok_or_else(|| no_environment(id))
}

/// The company of a lease.
pub(super) async fn of_lease(door: &Door, ids: &Ids, id: LeaseId) -> Result<CompanyId, Problem> {
    if let Some(company) = ids.company {
        return Ok(company);
    }
    let mut reader = door.reader().await?;
    let companies = list_companies_of_lease(&mut reader, id).await?;
    one("leaseId", &companies)?.ok_or_else(|| no_lease(id))
}

/// The company of a run; none when the ledger knows nothing of the run.
pub(super) async fn of_run(
    door: &Door,
    ids: &Ids,
    id: RunId,
) -> Result<Option<CompanyId>, Problem> {
    if ids.company.is_some() {
        return Ok(ids.company);
    }
    let mut reader = door.reader().await?;
    let companies = list_companies_of_run(&mut reader, id).await?;
    one("runId", &companies)
}

/// The companies that a list is over: the one in the path, when its log has come far enough, or
/// all of them.
pub(super) async fn companies(
    door: &Door,
    ids: &Ids,
    min_position: Option<Position>,
) -> Result<Vec<Uuid>, Problem> {
    match ids.company {
        Some(company) => {
            caught_up(door, company, min_position).await?;
            Ok(vec![company.0])
        }
        None => Ok(list_company_ids(&mut *door.reader().await?).await?),
    }
}

fn one(field: &str, companies: &[Uuid]) -> Result<Option<CompanyId>, Problem> {
    match companies {
        [] => Ok(None),
        [company] => Ok(Some(CompanyId(*company))),
        [..] => {
            let message = "belongs to several companies: use the route with a company";
            Err(Problem::invalid(field, message))
        }
    }
}

pub(super) fn no_environment(environment_id: EnvironmentId) -> Problem {
    let refusal = environment::Refusal::EnvironmentNotFound { environment_id };
    Problem::from(&Refusal::from(refusal))
}

pub(super) fn no_lease(lease_id: LeaseId) -> Problem {
    Problem::from(&Refusal::from(lease::Refusal::LeaseNotFound { lease_id }))
}

/// The position that a read of one company is to wait for; a list over all has none.
pub(super) fn min_position(query: &mut Query, ids: &Ids) -> Option<Position> {
    let position = query.min_position();
    if position.is_some() && ids.company.is_none() {
        query.fault("minPosition", "needs a company in the path: each has positions of its own");
    }
    position
}

/// Waits until a company's log has come to a position. No connection is held between two looks.
pub(super) async fn caught_up(
    door: &Door,
    company: CompanyId,
    wanted: Option<Position>,
) -> Result<(), Problem> {
    let Some(wanted) = wanted else { return Ok(()) };
    let (began, (mut pause, longest)) = (Instant::now(), PAUSES);
    loop {
        let heads = load_heads(&mut *door.reader().await?, &[company.0]).await?;
        let current = heads.first().map_or(Position(0), |head| head.position);
        if current >= wanted {
            return Ok(());
        }
        if began.elapsed() + pause > PATIENCE {
            let detail = format!("the log stands at {current} and did not come to {wanted} in 5 s");
            let problem = Problem::new(Code::PositionTimeout, detail).with("minPosition", wanted.0);
            return Err(problem.with("currentPosition", current.0));
        }
        sleep(pause).await;
        pause = longest.min(pause * 2);
    }
}
