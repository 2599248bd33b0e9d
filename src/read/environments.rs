//! Environments as they are now. A source id finds the company's copy, as commands resolve it.

use leasehold_domain::environment::{Driver, Status};
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_projections::environments::EnvironmentRow;
use sqlx::PgConnection;
use uuid::Uuid;

use super::bind::{ids, words};
use super::page::Keyset;

/// What a list of environments is about; what is absent is not asked.
#[derive(Debug, Clone, Default)]
pub struct EnvironmentFilter {
    /// Any of these.
    pub statuses: Option<Vec<Status>>,
    /// Any of these.
    pub drivers: Option<Vec<Driver>>,
}

impl EnvironmentFilter {
    /// Whether an environment is meant, as [`list_environments`] would find it.
    pub(super) fn matches(&self, row: &EnvironmentRow) -> bool {
        let is_status = |status: &Status| status.as_str() == row.status;
        let is_driver = |driver: &Driver| driver.as_str() == row.driver;
        self.statuses.as_ref().is_none_or(|statuses| statuses.iter().any(is_status))
            && self.drivers.as_ref().is_none_or(|drivers| drivers.iter().any(is_driver))
    }
}

/// One environment of a company, by its own id or by that of what it is a copy of.
///
/// # Errors
/// The database's.
pub async fn find_environment(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
) -> sqlx::Result<Option<EnvironmentRow>> {
    sqlx::query_as(
        "select id, company_id, name, description, driver, status, config, env_vars, metadata,
                capacity, single_flight, source_id, created_at, updated_at, version,
                default_ttl_seconds
         from leasehold.environments
         where company_id = $1
           and id = coalesce(
             (select own.id
              from leasehold.environments own
              where own.id = $2
                and own.company_id = $1),
             (select copy.id
              from leasehold.environments copy
              where copy.source_id = $2
                and copy.company_id = $1
              order by copy.id
              limit 1)
           )",
    )
    .bind(company.0)
    .bind(id.0)
    .fetch_optional(connection)
    .await
}

/// One environment of a company, by its name; names are unique among those that are there.
///
/// # Errors
/// The database's.
pub async fn find_environment_by_name(
    connection: &mut PgConnection,
    company: CompanyId,
    name: &str,
) -> sqlx::Result<Option<EnvironmentRow>> {
    sqlx::query_as(
        "select id, company_id, name, description, driver, status, config, env_vars, metadata,
                capacity, single_flight, source_id, created_at, updated_at, version,
                default_ttl_seconds
         from leasehold.environments
         where company_id = $1
           and name = $2",
    )
    .bind(company.0)
    .bind(name)
    .fetch_optional(connection)
    .await
}

/// Environments of any company, by their own ids; in no order.
///
/// # Errors
/// The database's.
pub async fn list_environments_by_id(
    connection: &mut PgConnection,
    wanted: &[Uuid],
) -> sqlx::Result<Vec<EnvironmentRow>> {
    sqlx::query_as(
        "select id, company_id, name, description, driver, status, config, env_vars, metadata,
                capacity, single_flight, source_id, created_at, updated_at, version,
                default_ttl_seconds
         from leasehold.environments
         where id = any($1)",
    )
    .bind(wanted)
    .fetch_all(connection)
    .await
}

/// The ids under which a company knows environments: its copies in place of source ids, anything
/// else as it was given.
///
/// # Errors
/// The database's.
pub async fn resolve_environments(
    connection: &mut PgConnection,
    company: CompanyId,
    given: &Vec<EnvironmentId>,
) -> sqlx::Result<Vec<EnvironmentId>> {
    let found: Vec<Uuid> = sqlx::query_scalar(
        "select coalesce(
           (select own.id
            from leasehold.environments own
            where own.id = given.id
              and own.company_id = $1),
           (select copy.id
            from leasehold.environments copy
            where copy.source_id = given.id
              and copy.company_id = $1
            order by copy.id
            limit 1),
           given.id
         )
         from unnest($2::uuid[]) as given (id)",
    )
    .bind(company.0)
    .bind(ids(Some(given)))
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().map(EnvironmentId).collect())
}

/// At most `limit` environments of some companies, newest change first.
///
/// # Errors
/// The database's.
pub async fn list_environments(
    connection: &mut PgConnection,
    companies: &[Uuid],
    filter: &EnvironmentFilter,
    after: Keyset,
    limit: i64,
) -> sqlx::Result<Vec<EnvironmentRow>> {
    sqlx::query_as(
        "select e.id, e.company_id, e.name, e.description, e.driver, e.status, e.config,
                e.env_vars, e.metadata, e.capacity, e.single_flight, e.source_id, e.created_at,
                e.updated_at, e.version, e.default_ttl_seconds
         from unnest($1::uuid[]) as c (company_id)
         cross join lateral (
           select id, company_id, name, description, driver, status, config, env_vars, metadata,
                  capacity, single_flight, source_id, created_at, updated_at, version,
                  default_ttl_seconds
           from leasehold.environments
           where company_id = c.company_id
             and (updated_at, id) < ($2, $3)
             and coalesce(
               ($4::text[] is null or status = any($4))
               and ($5::text[] is null or driver = any($5)),
               false)
           order by updated_at desc, id desc
           limit $6
         ) as e
         order by e.updated_at desc, e.id desc
         limit $6",
    )
    .bind(companies)
    .bind(after.at)
    .bind(after.id)
    .bind(words(filter.statuses.as_ref()))
    .bind(words(filter.drivers.as_ref()))
    .bind(limit)
    .fetch_all(connection)
    .await
}
