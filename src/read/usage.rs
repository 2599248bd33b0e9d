//! Who uses an environment, from one snapshot.

use leasehold_domain::environment::{Holder, InUse};
use leasehold_domain::id::{CompanyId, EnvironmentId, IssueId, LeaseId, RunId};
use leasehold_domain::lease::{Policy, Status};
use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::spans::{CHECKPOINT, ENDS_CHECKPOINT};

/// Holders that are named; all of them are counted.
pub(super) const NAMED_HOLDERS_MAX: i64 = 100;

/// Who uses an environment, and what stands in the way of its removal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Its company.
    pub company_id: CompanyId,
    /// The position of the log that this is true of.
    pub position: i64,
    /// How many leases it holds at once; none for any number.
    pub capacity: Option<i32>,
    /// How many of them are taken.
    pub held: i64,
    /// Its leases by status, ended ones too.
    pub counts: Map<String, Value>,
    /// Who takes room; the first hundred by id.
    pub holders: Vec<Holder>,
    /// Leases, open or ended, whose cleanup is not done.
    pub open_cleanups: i64,
    /// Whether it could be removed.
    pub can_remove: bool,
    /// What hangs on it.
    pub remove_blocked_reasons: Vec<InUse>,
}

#[derive(Debug, FromRow)]
struct UsageRow {
    id: Uuid,
    company_id: Uuid,
    capacity: Option<i32>,
    position: i64,
    statuses: Vec<String>,
    counts: Vec<i64>,
    held: i64,
    holders: Vec<Uuid>,
    holder_runs: Vec<Option<Uuid>>,
    holder_issues: Vec<Option<Uuid>>,
    open_cleanups: i64,
    ended_uncleaned: i64,
}

/// By `environment_leases_open_idx` and `lease_ends_by_position_pkey`; what has ended since those were
/// counted by `events_position_key`, or, where that is much, all that has ended by
/// `environment_leases_environment_idx`.
const FIND: &str = include_str!("usage.sql");

/// The statuses and policies, as `status policy`, of leases that take room: the domain's rule in a
/// form that a question can carry.
pub(super) fn takers_of_room() -> Vec<String> {
    let takers = |status: &Status| {
        let status = *status;
        let policies = Policy::ALL.iter().filter(move |policy| status.takes_room(**policy));
        policies.map(move |policy| format!("{status} {policy}"))
    };
    Status::ALL.iter().flat_map(takers).collect()
}

/// Who uses an environment of a company, which is named by its own id.
///
/// # Errors
/// The database's.
pub async fn find_usage(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
) -> sqlx::Result<Option<Usage>> {
    let row: Option<UsageRow> = sqlx::query_as(FIND)
        .bind(company.0)
        .bind(id.0)
        .bind(takers_of_room())
        .bind(NAMED_HOLDERS_MAX)
        .bind(CHECKPOINT)
        .bind(ENDS_CHECKPOINT)
        .fetch_optional(connection)
        .await?;
    Ok(row.as_ref().map(Usage::of))
}

impl Usage {
    fn of(row: &UsageRow) -> Self {
        let count = |status: Status| {
            let found = row.statuses.iter().position(|word| word == status.as_str());
            found.and_then(|place| row.counts.get(place)).copied().unwrap_or(0)
        };
        let counts = Status::ALL.iter().map(|status| (status.to_string(), count(*status).into()));
        let hangs = |reason: &InUse| match reason {
            InUse::ActiveLease => count(Status::Active) > 0,
            InUse::RetainedLease => count(Status::Retained) > 0,
            InUse::OpenCleanup => row.ended_uncleaned > 0,
        };
        let reasons: Vec<InUse> = InUse::ALL.iter().copied().filter(hangs).collect();
        let holders = row.holders.iter().zip(&row.holder_runs).zip(&row.holder_issues);
        Self {
            environment_id: EnvironmentId(row.id),
            company_id: CompanyId(row.company_id),
            position: row.position,
            capacity: row.capacity,
            held: row.held,
            counts: counts.collect(),
            holders: holders
                .map(|((lease, run), issue)| Holder {
                    lease_id: LeaseId(*lease),
                    run_id: run.map(RunId),
                    issue_id: issue.map(IssueId),
                })
                .collect(),
            open_cleanups: row.open_cleanups,
            can_remove: reasons.is_empty(),
            remove_blocked_reasons: reasons,
        }
    }
}
