//! Leases as they are now. What is asked decides through which index they are found.

mod cleanups;
mod sql;

use leasehold_domain::id::{
    AgentId, CompanyId, EnvironmentId, IssueId, LeaseId, RunId, WorkspaceId,
};
use leasehold_domain::lease::{CleanupStatus, Phase, Policy, Status};
use leasehold_domain::text::Label;
use leasehold_projections::environment_leases::LeaseRow;
use sqlx::PgConnection;
use uuid::Uuid;

use super::bind::{ids, words};
use super::page::Keyset;

pub use cleanups::{CleanupFilter, list_cleanups, list_companies_to_clean_up};

/// What a list of leases is about; what is absent is not asked, several values mean any of them.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of the domain's Record, which documents them")]
pub struct LeaseFilter {
    pub statuses: Option<Vec<Status>>,
    pub phases: Option<Vec<Phase>>,
    /// Held, kept, or over with its cleanup not done.
    pub is_open: Option<bool>,
    pub environments: Option<Vec<EnvironmentId>>,
    pub runs: Option<Vec<RunId>>,
    pub issues: Option<Vec<IssueId>>,
    pub agents: Option<Vec<AgentId>>,
    pub workspaces: Option<Vec<WorkspaceId>>,
    pub providers: Option<Vec<Label>>,
    pub provider_leases: Option<Vec<Label>>,
    pub policies: Option<Vec<Policy>>,
    pub cleanups: Option<Vec<CleanupStatus>>,
    /// Active, and for any of these reasons perhaps nobody's any more.
    pub stale: Option<Stale>,
}

/// Why an active lease may be nobody's any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stale {
    /// Its run has ended.
    pub is_run_ended: bool,
    /// Its expiry has passed.
    pub is_overdue: bool,
    /// It was not used for so long, in seconds.
    pub idle_for: Option<u32>,
}

/// In which order a list shows leases; a place in one means nothing in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseOrder {
    /// Newest grant first.
    Acquired,
    /// Newest use first: whenever leases of environments are asked for.
    LastUsed,
}

/// The index through which a list is found, the most selective one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Run,
    ProviderLease,
    Stale,
    Workspace,
    Issue,
    Open,
    Environment,
    Company,
}

impl LeaseFilter {
    /// In which order the list shows what it finds.
    #[must_use]
    pub const fn order(&self) -> LeaseOrder {
        match self.environments {
            Some(_) => LeaseOrder::LastUsed,
            None => LeaseOrder::Acquired,
        }
    }

    fn way(&self) -> Way {
        let ways = [
            (self.runs.is_some(), Way::Run),
            (self.provider_leases.is_some(), Way::ProviderLease),
            (self.workspaces.is_some(), Way::Workspace),
            (self.issues.is_some(), Way::Issue),
            (self.is_about_open_ones(), Way::Open),
            (self.environments.is_some(), Way::Environment),
        ];
        if self.stale.is_some() {
            return Way::Stale;
        }
        ways.into_iter().find(|(is_asked, _)| *is_asked).map_or(Way::Company, |(_, way)| way)
    }

    fn statement(&self) -> &'static str {
        match self.way() {
            Way::Run => sql::LIST_OF_RUNS.by(self.order()),
            Way::ProviderLease => sql::LIST_OF_PROVIDER_LEASES.by(self.order()),
            Way::Stale => sql::LIST_STALE.by(self.order()),
            Way::Workspace => sql::LIST_OF_WORKSPACES.by(self.order()),
            Way::Issue => sql::LIST_OF_ISSUES.by(self.order()),
            Way::Open => sql::LIST_OPEN.by(self.order()),
            Way::Environment => sql::LIST_OF_ENVIRONMENTS,
            Way::Company => sql::LIST_OF_COMPANIES,
        }
    }

    /// Whether a lease is meant, as [`list_leases`] would find it; staleness is not asked of the past.
    pub(super) fn matches(&self, row: &LeaseRow) -> bool {
        let uncleaned = matches!(row.cleanup_status.as_deref(), Some("pending" | "failed"));
        let is_open = matches!(row.status.as_ref(), "active" | "retained") || uncleaned;
        is_word(self.statuses.as_ref(), Some(&row.status))
            && is_word(self.phases.as_ref(), Some(&row.phase))
            && self.is_open.is_none_or(|wanted| wanted == is_open)
            && is_id(self.environments.as_ref(), Some(row.environment_id))
            && is_id(self.runs.as_ref(), row.heartbeat_run_id)
            && is_id(self.issues.as_ref(), row.issue_id)
            && is_id(self.agents.as_ref(), row.agent_id)
            && is_id(self.workspaces.as_ref(), row.execution_workspace_id)
            && is_word(self.providers.as_ref(), row.provider.as_deref())
            && is_word(self.provider_leases.as_ref(), row.provider_lease_id.as_deref())
            && is_word(self.policies.as_ref(), Some(&row.lease_policy))
            && is_word(self.cleanups.as_ref(), row.cleanup_status.as_deref())
    }

    /// Whether it asks for nothing that has ended.
    pub(super) fn is_about_unended_ones(&self) -> bool {
        let open = |status: &Status| matches!(status, Status::Active | Status::Retained);
        self.statuses.as_ref().is_some_and(|words| words.iter().all(open))
            || self.phases.as_ref().is_some_and(|words| !words.contains(&Phase::Ended))
    }

    /// Whether everything that it asks for is in the partial index of open leases.
    fn is_about_open_ones(&self) -> bool {
        let open = |status: &Status| matches!(status, Status::Active | Status::Retained);
        let kept =
            |phase: &Phase| matches!(phase, Phase::Reserved | Phase::Active | Phase::Retained);
        let undone =
            |word: &CleanupStatus| matches!(word, CleanupStatus::Pending | CleanupStatus::Failed);
        self.is_open == Some(true)
            || self.statuses.as_ref().is_some_and(|words| words.iter().all(open))
            || self.phases.as_ref().is_some_and(|words| words.iter().all(kept))
            || self.cleanups.as_ref().is_some_and(|words| words.iter().all(undone))
    }
}

fn is_word<W: ToString>(wanted: Option<&Vec<W>>, word: Option<&str>) -> bool {
    let is = |word: &str| wanted.is_none_or(|w| w.iter().any(|w| w.to_string() == word));
    word.map_or(wanted.is_none(), is)
}

fn is_id<I: Copy + Into<Uuid>>(wanted: Option<&Vec<I>>, id: Option<Uuid>) -> bool {
    let is = |id: Uuid| wanted.is_none_or(|wanted| wanted.iter().any(|w| (*w).into() == id));
    id.map_or(wanted.is_none(), is)
}

/// One lease of a company.
///
/// # Errors
/// The database's.
pub async fn find_lease(
    connection: &mut PgConnection,
    company: CompanyId,
    id: LeaseId,
) -> sqlx::Result<Option<LeaseRow>> {
    sqlx::query_as(sql::FIND).bind(company.0).bind(id.0).fetch_optional(connection).await
}

/// At most `limit` leases of some companies, in the order that the filter names.
///
/// # Errors
/// The database's.
pub async fn list_leases(
    connection: &mut PgConnection,
    companies: &[Uuid],
    filter: &LeaseFilter,
    after: Keyset,
    limit: i64,
) -> sqlx::Result<Vec<LeaseRow>> {
    let statement = filter.statement();
    let query = sqlx::query_as(statement)
        .bind(companies)
        .bind(after.at)
        .bind(after.id)
        .bind(limit)
        .bind(words(filter.statuses.as_ref()))
        .bind(words(filter.phases.as_ref()))
        .bind(filter.is_open)
        .bind(ids(filter.environments.as_ref()))
        .bind(ids(filter.runs.as_ref()))
        .bind(ids(filter.issues.as_ref()))
        .bind(ids(filter.agents.as_ref()))
        .bind(ids(filter.workspaces.as_ref()))
        .bind(words(filter.providers.as_ref()))
        .bind(words(filter.provider_leases.as_ref()))
        .bind(words(filter.policies.as_ref()))
        .bind(words(filter.cleanups.as_ref()));
    let query = match filter.stale {
        Some(stale) => query
            .bind(stale.is_run_ended)
            .bind(stale.is_overdue)
            .bind(stale.idle_for.map(f64::from)),
        None => query,
    };
    query.fetch_all(connection).await
}

/// How many leases are open, by their status, over all companies.
///
/// # Errors
/// The database's.
pub async fn count_open_leases(connection: &mut PgConnection) -> sqlx::Result<Vec<(String, i64)>> {
    // By `environment_leases_open_idx`; those that wait for their cleanup alone are left out.
    sqlx::query_as(
        "select status, count(*)
         from leasehold.environment_leases
         where (status in ('active', 'retained') or cleanup_status in ('pending', 'failed'))
           and status in ('active', 'retained')
         group by status",
    )
    .fetch_all(connection)
    .await
}
