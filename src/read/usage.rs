//! Who uses an environment, from one snapshot.

use leasehold_domain::environment::{Holder, InUse};
use leasehold_domain::id::{CompanyId, EnvironmentId, IssueId, LeaseId, RunId};
use leasehold_domain::lease::{Policy, Status};
use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Holders that are named; all of them are counted.
const NAMED_HOLDERS_MAX: i64 = 100;

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

/// Who uses an environment of a company, which is named by its own id.
///
/// # Errors
/// The database's.
pub async fn find_usage(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
) -> sqlx::Result<Option<Usage>> {
    let reused: Vec<&str> = Policy::ALL
        .iter()
        .filter(|policy| policy.is_reuse())
        .map(|policy| policy.as_str())
        .collect();
    let row: Option<UsageRow> = sqlx::query_as(
        "with counted as materialized (
           select l.status, count(*) as leases
           from leasehold.environment_leases l
           where l.company_id = $1
             and l.environment_id = $2
           group by l.status
         ),
         hanging as materialized (
           select l.id, l.heartbeat_run_id, l.issue_id,
                  l.status in ('active', 'retained') as is_open,
                  coalesce(l.cleanup_status in ('pending', 'failed'), false) as is_uncleaned,
                  l.status = 'active'
                    or (l.status = 'retained' and l.lease_policy = any($3)) as takes_room
           from leasehold.environment_leases l
           where l.company_id = $1
             and l.environment_id = $2
             and (l.status in ('active', 'retained') or l.cleanup_status in ('pending', 'failed'))
         ),
         named as materialized (
           select h.id, h.heartbeat_run_id, h.issue_id
           from hanging h
           where h.takes_room
           order by h.id
           limit $4
         )
         select e.id, e.company_id, e.capacity, head.position,
                coalesce((select array_agg(c.status) from counted c), '{}') as statuses,
                coalesce((select array_agg(c.leases) from counted c), '{}') as counts,
                (select count(*) from hanging h where h.takes_room) as held,
                coalesce((select array_agg(n.id order by n.id) from named n), '{}') as holders,
                coalesce((select array_agg(n.heartbeat_run_id order by n.id) from named n), '{}')
                  as holder_runs,
                coalesce((select array_agg(n.issue_id order by n.id) from named n), '{}')
                  as holder_issues,
                (select count(*) from hanging h where h.is_uncleaned) as open_cleanups,
                (select count(*) from hanging h where not h.is_open) as ended_uncleaned
         from leasehold.environments e
         join leasehold.heads head on head.company_id = e.company_id
         where e.id = $2
           and e.company_id = $1",
    )
    .bind(company.0)
    .bind(id.0)
    .bind(reused)
    .bind(NAMED_HOLDERS_MAX)
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
