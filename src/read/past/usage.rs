//! Who used an environment.

use leasehold_domain::environment::{Holder, InUse};
use leasehold_domain::id::{CompanyId, EnvironmentId, IssueId, LeaseId, RunId};
use leasehold_domain::lease::{CleanupStatus, Policy, Status};
use leasehold_projections::environment_leases::LeaseRow;
use sqlx::PgConnection;

use super::{Cut, find_environment_at, list_leases_at};
use crate::log::load_heads;
use crate::read::leases::LeaseFilter;
use crate::read::usage::{NAMED_HOLDERS_MAX, Usage};

/// Who used an environment of a company, which is named by its own id; none when it was not there.
/// Its leases up to then are all folded: linear in their number.
///
/// # Errors
/// The database's; a decoding error for an event that this program cannot read.
pub async fn find_usage_at(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    cut: &Cut,
) -> sqlx::Result<Option<Usage>> {
    let Some(environment) = find_environment_at(connection, company, id, cut).await? else {
        return Ok(None);
    };
    let heads = load_heads(connection, &[company.0]).await?;
    let end = heads.first().map_or(cut.up_to, |head| head.position.min(cut.up_to));
    let filter = LeaseFilter { environments: Some(vec![id]), ..LeaseFilter::default() };
    let mut leases = list_leases_at(connection, company, &filter, cut, usize::MAX).await?;
    leases.sort_by_key(|lease| lease.id);
    let count = |status: &Status| leases.iter().filter(|l| l.status == status.as_str()).count();
    let counts = Status::ALL.iter().map(|status| (status.to_string(), count(status).into()));
    let holding: Vec<&LeaseRow> = leases.iter().filter(|lease| takes_room(lease)).collect();
    let reasons: Vec<InUse> = InUse::ALL
        .iter()
        .copied()
        .filter(|reason| leases.iter().any(|l| hangs(*reason, l)))
        .collect();
    let named = usize::try_from(NAMED_HOLDERS_MAX).unwrap_or_default();
    Ok(Some(Usage {
        environment_id: id,
        company_id: company,
        position: i64::try_from(end.0).unwrap_or(i64::MAX),
        capacity: environment.capacity,
        held: count_of(holding.len()),
        counts: counts.collect(),
        holders: holding.iter().take(named).map(|lease| holder(lease)).collect(),
        open_cleanups: count_of(leases.iter().filter(|lease| is_uncleaned(lease)).count()),
        can_remove: reasons.is_empty(),
        remove_blocked_reasons: reasons,
    }))
}

fn count_of(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn is(lease: &LeaseRow, status: Status) -> bool {
    lease.status == status.as_str()
}

fn takes_room(lease: &LeaseRow) -> bool {
    let status = lease.status.parse::<Status>();
    let policy = lease.lease_policy.parse::<Policy>();
    matches!((status, policy), (Ok(status), Ok(policy)) if status.takes_room(policy))
}

fn is_uncleaned(lease: &LeaseRow) -> bool {
    let open = [CleanupStatus::Pending, CleanupStatus::Failed];
    lease.cleanup_status.as_deref().is_some_and(|word| open.iter().any(|o| o.as_str() == word))
}

fn hangs(reason: InUse, lease: &LeaseRow) -> bool {
    let is_open = is(lease, Status::Active) || is(lease, Status::Retained);
    match reason {
        InUse::ActiveLease => is(lease, Status::Active),
        InUse::RetainedLease => is(lease, Status::Retained),
        InUse::OpenCleanup => !is_open && is_uncleaned(lease),
    }
}

fn holder(lease: &LeaseRow) -> Holder {
    Holder {
        lease_id: LeaseId(lease.id),
        run_id: lease.heartbeat_run_id.map(RunId),
        issue_id: lease.issue_id.map(IssueId),
    }
}
