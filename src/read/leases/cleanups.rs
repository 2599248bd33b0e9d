//! The queue of cleanups, as janitors and those who watch over them see it.

use chrono::{DateTime, Utc};
use leasehold_domain::id::EnvironmentId;
use leasehold_domain::lease::CleanupState;
use leasehold_domain::text::Label;
use leasehold_projections::environment_leases::LeaseRow;
use sqlx::PgConnection;
use uuid::Uuid;

use super::sql;
use crate::read::bind::{ids, words};
use crate::read::page::Keyset;

/// Companies that one claim without a company goes through at most.
const COMPANIES_MAX: i64 = 100;

/// Which cleanups that are not done a list shows; what is absent is not asked.
#[derive(Debug, Clone, Default)]
pub struct CleanupFilter {
    /// In these states.
    pub states: Option<Vec<CleanupState>>,
    /// On these environments.
    pub environments: Option<Vec<EnvironmentId>>,
    /// At these providers.
    pub providers: Option<Vec<Label>>,
}

/// At most `limit` leases whose cleanup is not done, those that may be claimed earliest first.
///
/// # Errors
/// The database's.
pub async fn list_cleanups(
    connection: &mut PgConnection,
    companies: &[Uuid],
    filter: &CleanupFilter,
    after: Keyset,
    limit: i64,
) -> sqlx::Result<Vec<LeaseRow>> {
    sqlx::query_as(sql::LIST_CLEANUPS)
        .bind(companies)
        .bind(after.at)
        .bind(after.id)
        .bind(limit)
        .bind(words(filter.states.as_ref()))
        .bind(ids(filter.environments.as_ref()))
        .bind(words(filter.providers.as_ref()))
        .fetch_all(connection)
        .await
}

/// The companies with cleanups that may be claimed until a time, the one that has waited longest
/// first. A cleanup that is claimed may be claimed again when the claim has lapsed.
///
/// # Errors
/// The database's.
pub async fn list_companies_to_clean_up(
    connection: &mut PgConnection,
    until: DateTime<Utc>,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select due.company_id
         from (
           select company_id, cleanup_due_at
           from leasehold.environment_leases
           where cleanup_due_at is not null
             and cleanup_due_at <= $1
           order by cleanup_due_at
           limit 10000
         ) as due
         group by due.company_id
         order by min(due.cleanup_due_at)
         limit $2",
    )
    .bind(until)
    .bind(COMPANIES_MAX)
    .fetch_all(connection)
    .await
}
