//! Whether something is free, and who stood on an environment at a time.

use leasehold_domain::environment::{self, Status};
use leasehold_domain::id::{CompanyId, EnvironmentId, IssueId, LeaseId, WorkspaceId};
use leasehold_domain::time::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::usage::takers_of_room;

/// What somebody waits for to be free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// Room on an environment that takes leases.
    Environment(EnvironmentId),
    /// A workspace without a holder.
    Workspace(WorkspaceId),
    /// An issue without a holder.
    Issue(IssueId),
}

/// Whether an environment takes leases, how many, and how many it has.
const ENVIRONMENT: &str = "
  select e.status,
         e.capacity,
         (select count(*)
          from leasehold.environment_leases l
          where l.company_id = $1
            and l.environment_id = $2
            and (l.status in ('active', 'retained') or l.cleanup_status in ('pending', 'failed'))
            and l.status || ' ' || l.lease_policy = any($3)) as held
  from leasehold.environments e
  where e.id = $2
    and e.company_id = $1";

/// Whether nobody holds a workspace.
const WORKSPACE_IS_FREE: &str = "
  select not exists (
    select
    from leasehold.environment_leases l
    where l.company_id = $1
      and l.execution_workspace_id = $2
      and l.status || ' ' || l.lease_policy = any($3)
  )";

/// Whether nobody holds anything for an issue.
const ISSUE_IS_FREE: &str = "
  select not exists (
    select
    from leasehold.environment_leases l
    where l.company_id = $1
      and l.issue_id = $2
      and l.status || ' ' || l.lease_policy = any($3)
  )";

/// Whether something is free now; none when there is no such environment.
///
/// # Errors
/// The database's.
pub async fn find_is_free(
    connection: &mut PgConnection,
    company: CompanyId,
    awaited: Awaited,
) -> sqlx::Result<Option<bool>> {
    let (statement, id) = match awaited {
        Awaited::Environment(id) => return has_room(connection, company, id).await,
        Awaited::Workspace(id) => (WORKSPACE_IS_FREE, id.0),
        Awaited::Issue(id) => (ISSUE_IS_FREE, id.0),
    };
    sqlx::query_scalar(statement)
        .bind(company.0)
        .bind(id)
        .bind(takers_of_room())
        .fetch_optional(connection)
        .await
}

async fn has_room(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
) -> sqlx::Result<Option<bool>> {
    let found: Option<(String, Option<i32>, i64)> = sqlx::query_as(ENVIRONMENT)
        .bind(company.0)
        .bind(id.0)
        .bind(takers_of_room())
        .fetch_optional(connection)
        .await?;
    Ok(found.map(|(status, capacity, held)| {
        let capacity = capacity.and_then(|capacity| u32::try_from(capacity).ok());
        let held = usize::try_from(held).unwrap_or(usize::MAX);
        status == Status::Active.as_str() && environment::has_room(capacity, held)
    }))
}

/// Leases that may have stood on an environment at a time: those that are open, and those that were
/// used since. At most a thousand of each.
///
/// # Errors
/// The database's.
pub async fn list_neighbours(
    connection: &mut PgConnection,
    company: CompanyId,
    environment: EnvironmentId,
    at: Timestamp,
) -> sqlx::Result<Vec<LeaseId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "(select l.id
          from leasehold.environment_leases l
          where l.company_id = $1
            and l.environment_id = $2
            and (l.status in ('active', 'retained') or l.cleanup_status in ('pending', 'failed'))
            and l.acquired_at <= $3
          limit 1000)
         union
         (select l.id
          from leasehold.environment_leases l
          where l.company_id = $1
            and l.environment_id = $2
            and l.last_used_at >= $3
            and l.acquired_at <= $3
          order by l.last_used_at
          limit 1000)",
    )
    .bind(company.0)
    .bind(environment.0)
    .bind(at.chrono())
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(LeaseId).collect())
}
