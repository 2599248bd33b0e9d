//! From an id to its company, for callers that know none. More than one company is possible for
//! ids that came from outside; two are enough to know that the id alone does not say.

use leasehold_domain::id::{EnvironmentId, LeaseId, RunId};
use sqlx::PgConnection;
use uuid::Uuid;

/// At most two companies of an environment. One that was removed is found by its stream, so that a
/// removal that is repeated under its key hears the same again.
///
/// # Errors
/// The database's.
pub async fn list_companies_of_environment(
    connection: &mut PgConnection,
    id: EnvironmentId,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select company_id
         from leasehold.environments
         where id = $1
         union
         select company_id
         from leasehold.events
         where aggregate_type = 'environment'
           and aggregate_id = $1::uuid::text
           and sequence = 1
         limit 2",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await
}

/// At most two companies of a lease.
///
/// # Errors
/// The database's.
pub async fn list_companies_of_lease(
    connection: &mut PgConnection,
    id: LeaseId,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select company_id
         from leasehold.environment_leases
         where id = $1
         limit 2",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await
}

/// At most two companies of a run: those that gave it leases, and those that were told its end.
///
/// # Errors
/// The database's.
pub async fn list_companies_of_run(
    connection: &mut PgConnection,
    id: RunId,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select company_id
         from leasehold.environment_leases
         where heartbeat_run_id = $1
         union
         select company_id
         from leasehold.events
         where aggregate_type = 'run'
           and aggregate_id = $1::uuid::text
           and sequence = 1
         limit 2",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await
}
