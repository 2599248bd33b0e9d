//! Where each environment goes: to its company, or, where it was shared, to every company that has
//! leases on it.
//!
//! The company with the oldest lease keeps the id, the others get copies with an id made of company
//! and id. A company that keeps it once keeps it for ever, whatever a later import finds.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId};
use leasehold_domain::time::Timestamp;
use sqlx::PgPool;
use uuid::Uuid;

use super::rows::Environment;

/// The oldest lease that each company has on each environment.
pub(super) type Tenants = HashMap<EnvironmentId, BTreeMap<CompanyId, (Timestamp, LeaseId)>>;

/// Which companies have which environments, and under which ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Placement {
    homes: HashMap<EnvironmentId, BTreeMap<CompanyId, EnvironmentId>>,
}

/// What decides where environments go.
#[derive(Debug)]
pub(super) struct Claims<'c> {
    pub(super) tenants: &'c Tenants,
    /// The companies that keep environments of the source in the ledger already.
    pub(super) keepers: &'c HashMap<EnvironmentId, CompanyId>,
    /// Every company that the source knows.
    pub(super) companies: &'c BTreeSet<CompanyId>,
}

impl Placement {
    /// Places every environment. One that nobody has a lease on goes to its company, or, shared,
    /// to the only company there is; with several companies it goes nowhere.
    pub(super) fn of<'e>(
        environments: impl Iterator<Item = &'e Environment>,
        claims: &Claims<'_>,
    ) -> Self {
        let homes = environments.map(|row| (row.id, homes(row, claims))).collect();
        Self { homes }
    }

    /// An environment's id in a company's log; none when the company has none of it.
    pub(super) fn find(&self, source: EnvironmentId, company: CompanyId) -> Option<EnvironmentId> {
        self.homes.get(&source)?.get(&company).copied()
    }

    /// The companies that have an environment, and its id in each.
    pub(super) fn homes(
        &self,
        source: EnvironmentId,
    ) -> impl Iterator<Item = (CompanyId, EnvironmentId)> + '_ {
        let homes = self.homes.get(&source).into_iter().flatten();
        homes.map(|(company, id)| (*company, *id))
    }
}

fn homes(row: &Environment, claims: &Claims<'_>) -> BTreeMap<CompanyId, EnvironmentId> {
    let tenants = claims.tenants.get(&row.id);
    let keeper = keeper(row, claims);
    let companies = tenants.into_iter().flat_map(BTreeMap::keys).copied().chain(keeper);
    let home = |company| {
        let keeps = Some(company) == keeper;
        (company, if keeps { row.id } else { EnvironmentId::copy_for(row.id, company) })
    };
    companies.map(home).collect()
}

/// The company that keeps the id.
fn keeper(row: &Environment, claims: &Claims<'_>) -> Option<CompanyId> {
    let oldest = || {
        let tenants = claims.tenants.get(&row.id)?;
        tenants.iter().min_by_key(|(_, first)| **first).map(|(company, _)| *company)
    };
    let only = || claims.companies.first().copied().filter(|_| claims.companies.len() == 1);
    let known = || claims.keepers.get(&row.id).copied();
    row.company_id.or_else(known).or_else(oldest).or_else(only)
}

/// The companies in whose logs environments of the source stand under their own ids.
///
/// # Errors
/// The database's.
pub(super) async fn list_keepers(
    ledger: &PgPool,
    environments: impl Iterator<Item = EnvironmentId>,
) -> sqlx::Result<HashMap<EnvironmentId, CompanyId>> {
    let ids: Vec<String> = environments.map(|id| id.to_string()).collect();
    let rows: Vec<(String, Uuid)> = sqlx::query_as(
        "select aggregate_id, company_id
         from leasehold.events
         where aggregate_type = 'environment'
           and aggregate_id = any($1)
           and sequence = 1
         order by recorded_at desc, company_id",
    )
    .bind(ids)
    .fetch_all(ledger)
    .await?;
    let keeper = |(id, company): (String, Uuid)| Some((id.parse().ok()?, CompanyId(company)));
    Ok(rows.into_iter().filter_map(keeper).collect())
}
