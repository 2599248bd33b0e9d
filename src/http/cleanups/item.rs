//! A cleanup as a janitor sees it: what is to be done, where, and under which claim.

use leasehold_domain::json::JsonObject;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use leasehold_projections::jsonb::Jsonb;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// One item of the queue.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item<'r> {
    lease_id: Uuid,
    company_id: Uuid,
    state: &'r str,
    attempt: Value,
    claim_fence: Value,
    owner: Value,
    claimed_until: Value,
    reason: Value,
    requested_at: Value,
    due_at: Value,
    blocked_at: Value,
    failure: Value,
    provider: Option<&'r str>,
    provider_lease_id: Option<&'r str>,
    lease_policy: &'r str,
    environment_id: Uuid,
    environment: Option<EnvironmentRow>,
    metadata: Option<&'r JsonObject>,
    #[serde(skip)]
    row: &'r LeaseRow,
}

impl<'r> Item<'r> {
    pub(super) fn of(row: &'r LeaseRow, environment: Option<EnvironmentRow>) -> Self {
        let cleanup = row.cleanup.as_ref().map(Jsonb::to_value).unwrap_or_default();
        let told = |name: &str| cleanup.get(name).cloned().unwrap_or_default();
        let claim = told("claim");
        let held = |name: &str| claim.get(name).cloned().unwrap_or_default();
        Self {
            lease_id: row.id,
            company_id: row.company_id,
            state: &row.cleanup_state,
            attempt: told("attempt"),
            claim_fence: held("fence"),
            owner: held("owner"),
            claimed_until: held("until"),
            reason: told("reason"),
            requested_at: told("requestedAt"),
            due_at: told("dueAt"),
            blocked_at: told("blockedAt"),
            failure: told("failure"),
            provider: row.provider.as_deref(),
            provider_lease_id: row.provider_lease_id.as_deref(),
            lease_policy: &row.lease_policy,
            environment_id: row.environment_id,
            environment,
            metadata: row.metadata.as_ref(),
            row,
        }
    }

    pub(super) const fn row(&self) -> &'r LeaseRow {
        self.row
    }
}
