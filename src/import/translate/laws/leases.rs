//! Random leases, with random activity about them.

use leasehold_domain::environment::Driver;
use leasehold_domain::id::{EnvironmentId, LeaseId};
use leasehold_domain::json::JsonObject;
use leasehold_domain::lease::{CleanupStatus, Policy, Status};
use leasehold_domain::stream::Aggregate;
use leasehold_domain::text::{Label, Reason};
use leasehold_domain::time::Timestamp;
use leasehold_projections::environment_leases::LeaseRow;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use uuid::Uuid;

use super::{activities, company, folded, instants, run, some_details, stands_once};
use crate::import::rows::{Activity, Lease, SourceStatus};
use crate::import::translate::{ground_of, lease};

const ACTIONS: &[&str] = &[
    "environment.lease_acquired",
    "environment.lease_released",
    "environment_lease.cleanup_retried",
];

fn statuses() -> impl Strategy<Value = SourceStatus> {
    let plain = Status::ALL.iter().copied().map(SourceStatus::Plain);
    select(plain.chain([SourceStatus::PendingCleanup]).collect::<Vec<_>>())
}

fn reasons() -> impl Strategy<Value = Option<Reason>> {
    let reasons = ["", "out of memory", "Zeitüberschreitung ⏱"];
    option::of(select(reasons.map(|reason| Reason::kept(reason).unwrap()).to_vec()))
}

fn leases() -> impl Strategy<Value = Lease> {
    let times = [(); 4].map(|()| instants());
    let maybe = [(); 2].map(|()| option::of(instants()));
    let words = (statuses(), select(Policy::ALL), option::of(select(CleanupStatus::ALL)));
    (times, maybe, words, reasons(), any::<[bool; 4]>()).prop_map(
        |(times, [expires_at, released_at], words, failure_reason, has)| {
            let [acquired_at, last_used_at, created_at, updated_at] = times;
            let (status, lease_policy, cleanup_status) = words;
            let [has_environment, has_run, has_provider, has_metadata] = has;
            let notes = JsonObject::default().with("agentId", json!(Uuid::from_u128(3)));
            Lease {
                id: LeaseId(Uuid::from_u128(7)),
                company_id: company(),
                environment_id: has_environment.then_some(EnvironmentId(Uuid::from_u128(5))),
                execution_workspace_id: None,
                issue_id: None,
                heartbeat_run_id: has_run.then_some(run()),
                status,
                lease_policy,
                provider: has_provider.then(|| Label::kept("").unwrap()),
                provider_lease_id: has_provider.then(|| Label::new("vm-1").unwrap()),
                acquired_at,
                last_used_at,
                expires_at,
                released_at,
                failure_reason,
                cleanup_status,
                metadata: has_metadata.then_some(notes),
                created_at,
                updated_at,
            }
        },
    )
}

fn told() -> impl Strategy<Value = Vec<Activity>> {
    let released = |status: &str| {
        json!({"status": status, "failureReason": "no room", "cleanupStatus": "failed",
               "driver": "plugin", "providerResourceDisposition": "keep_running"})
    };
    let acquired = json!({"driver": "ssh", "networkEgress": {"allow": ["a"]}, "issueId": null});
    let known = vec![released("retained"), released("released"), released("x"), acquired];
    activities(ACTIONS, prop_oneof![some_details(), select(known)])
}

/// The row as the projection is to show it.
fn expected(row: &Lease, shown: &LeaseRow) -> LeaseRow {
    let (status, cleanup_status) = match row.status {
        SourceStatus::Plain(status) => (status, row.cleanup_status),
        SourceStatus::PendingCleanup => (Status::Failed, Some(CleanupStatus::Pending)),
    };
    let text = |label: &Option<Label>| label.as_ref().map(ToString::to_string);
    LeaseRow {
        id: row.id.0,
        company_id: row.company_id.0,
        environment_id: row.environment_id.map_or(shown.environment_id, Into::into),
        execution_workspace_id: None,
        issue_id: None,
        heartbeat_run_id: row.heartbeat_run_id.map(Into::into),
        status: status.as_str().into(),
        lease_policy: row.lease_policy.as_str().into(),
        provider: text(&row.provider),
        provider_lease_id: text(&row.provider_lease_id),
        acquired_at: row.acquired_at.chrono(),
        last_used_at: row.last_used_at.chrono(),
        expires_at: row.expires_at.map(Timestamp::chrono),
        released_at: row.released_at.map(Timestamp::chrono),
        failure_reason: row.failure_reason.as_ref().map(ToString::to_string),
        cleanup_status: cleanup_status.map(|word| word.to_string()),
        metadata: row.metadata.clone(),
        created_at: row.created_at.chrono(),
        updated_at: row.updated_at.chrono(),
        source_status: row.status.foreign_word().map(ToOwned::to_owned),
        ttl_seconds: None,
        ..shown.clone()
    }
}

proptest! {
    #[test]
    fn a_lease_folds_to_its_row_and_shows_its_activity(row in leases(), told in told()) {
        let environment = row.environment_id.map(|id| (id, Driver::Sandbox));
        let ground = ground_of(&row, environment, &told);
        let import = lease(&row, ground, told.clone());
        let (state, activity) = folded(&import);
        let Aggregate::Lease(state) = state else { panic!("no lease") };
        let shown = LeaseRow::of(&state).unwrap();
        assert_eq!(shown, expected(&row, &shown));
        stands_once(&activity, &told);
        assert!(shown.expiry_mode.as_deref() != Some("enforced"), "no clock ends it");
    }
}
