//! What has to be true of the log and the tables when everything is over.

use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgPool};
use tokio::time::sleep;
use uuid::Uuid;

use super::client::Shared;

/// What was there to be checked.
pub(super) struct Checked {
    pub(super) leases: usize,
    pub(super) expired: usize,
    pub(super) cleaned_up: usize,
    pub(super) handed_on: usize,
}

/// A lease as its row has it.
#[derive(Debug, FromRow)]
struct Lease {
    id: Uuid,
    phase: String,
    status: String,
    #[sqlx(rename = "lease_policy")]
    policy: String,
    provider_lease_id: Option<String>,
    end_cause: Option<String>,
    ended_by: Option<Value>,
    failure_reason: Option<String>,
    released_at: Option<DateTime<Utc>>,
    cleanup_state: String,
    replaced_by_lease_id: Option<Uuid>,
}

/// Waits until nothing is due any more: no promise, no reservation, no cleanup.
pub(super) async fn until_settled(pool: &PgPool) {
    let mut left = Vec::new();
    for _ in 0..600 {
        left = list_unsettled(pool).await;
        if left.is_empty() {
            return;
        }
        sleep(Duration::from_millis(200)).await;
    }
    panic!("{} leases do not settle: {left:?}", left.len())
}

async fn list_unsettled(pool: &PgPool) -> Vec<(Uuid, String, String)> {
    sqlx::query_as(
        "select id, phase, cleanup_state
         from leasehold.environment_leases
         where phase in ('reserved', 'active')
            or phase = 'retained' and due_at is not null
            or cleanup_state not in ('none', 'succeeded')",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

/// Every invariant, on rows and on the log.
pub(super) async fn all(pool: &PgPool, shared: &Shared) -> Checked {
    let leases: Vec<Lease> = sqlx::query_as(
        "select id, phase, status, lease_policy, provider_lease_id, end_cause, ended_by,
                failure_reason, released_at, cleanup_state, replaced_by_lease_id
         from leasehold.environment_leases
         order by fence",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    every_end_has_a_reason_and_an_actor(&leases);
    let expired = no_renewed_lease_has_expired(&leases, shared);
    nothing_happens_to_a_lease_after_its_end(pool).await;
    no_more_hold_than_there_is_room_for(pool).await;
    nothing_is_left_at_the_provider(&leases, shared);
    Checked {
        leases: leases.len(),
        expired,
        cleaned_up: leases.iter().filter(|lease| lease.cleanup_state == "succeeded").count(),
        handed_on: leases.iter().filter(|lease| lease.replaced_by_lease_id.is_some()).count(),
    }
}

fn every_end_has_a_reason_and_an_actor(leases: &[Lease]) {
    for lease in leases.iter().filter(|lease| lease.phase == "ended") {
        let by = lease.ended_by.as_ref().and_then(|by| by["id"].as_str());
        assert!(by.is_some_and(|by| !by.is_empty()), "nobody ended {lease:?}");
        assert!(lease.end_cause.is_some(), "no cause: {lease:?}");
        assert!(by != Some("sweeper") || lease.failure_reason.is_some(), "no reason: {lease:?}");
    }
}

/// How many ended by themselves.
fn no_renewed_lease_has_expired(leases: &[Lease], shared: &Shared) -> usize {
    let promises = shared.promises.lock().unwrap();
    let by_itself = |lease: &&Lease| {
        matches!(lease.end_cause.as_deref(), Some("expiry" | "reservation_deadline"))
    };
    let ended: Vec<&Lease> = leases.iter().filter(by_itself).collect();
    for lease in &ended {
        let (until, at) = (promises.get(&lease.id), lease.released_at.unwrap());
        let until = until.unwrap_or_else(|| panic!("nobody was told of {lease:?}"));
        assert!(at >= *until, "promised until {until}: {lease:?}");
    }
    ended.len()
}

async fn nothing_happens_to_a_lease_after_its_end(pool: &PgPool) {
    let late: Vec<(String, String)> = sqlx::query_as(
        "select late.aggregate_id, late.event_type
         from leasehold.events ended
         join leasehold.events late
           on late.company_id = ended.company_id
          and late.aggregate_type = ended.aggregate_type
          and late.aggregate_id = ended.aggregate_id
          and late.sequence > ended.sequence
         where ended.event_type in ('Released', 'Expired', 'Failed')
           and late.event_type in ('Released', 'Expired', 'Failed', 'LeaseAcquired', 'LeaseRenewed',
                                   'Retained', 'Resumed', 'AmnestyGranted')",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(late.is_empty(), "after their ends: {late:?}");
}

/// Follows the log: who comes, who goes, how many there are at once on an environment, and for one
/// workspace where one may be. What is kept here takes room as well.
async fn no_more_hold_than_there_is_room_for(pool: &PgPool) {
    let steps: Vec<(i64, Uuid, Option<Uuid>, i64, bool)> = sqlx::query_as(
        "select case when e.sequence = 1 then 1::bigint else -1 end, l.environment_id,
                l.execution_workspace_id, p.capacity::bigint, p.single_flight
         from leasehold.events e
         join leasehold.environment_leases l
           on l.company_id = e.company_id and l.id::text = e.aggregate_id
         join leasehold.environments p
           on p.company_id = l.company_id and p.id = l.environment_id
         where e.aggregate_type = 'lease'
           and (e.sequence = 1 or e.event_type in ('Released', 'Expired', 'Failed'))
         order by e.position",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let (mut held, mut shared) = (HashMap::new(), HashMap::new());
    for (step, place, workspace, capacity, is_single) in steps {
        let held = held.entry(place).or_insert(0);
        *held += step;
        assert!((0..=capacity).contains(held), "{held} on {place}");
        let of_workspace = shared.entry((place, workspace)).or_insert(0);
        *of_workspace += step;
        assert!(!is_single || *of_workspace <= 1, "{of_workspace} for {workspace:?} on {place}");
    }
}

/// Each resource is gone, by its last lease and no earlier one, or that lease keeps it for reuse.
fn nothing_is_left_at_the_provider(leases: &[Lease], shared: &Shared) {
    let mut owners: HashMap<&str, &Lease> = HashMap::new();
    for lease in leases {
        owners.extend(lease.provider_lease_id.as_deref().map(|id| (id, lease)));
    }
    for (id, resource) in shared.provider.all() {
        let Some(owner) = owners.get(id.as_str()) else {
            assert!(resource.destroyed_for.is_some(), "{id} is nobody's, and there");
            continue;
        };
        let is_kept = owner.phase == "retained"
            || owner.status == "released" && owner.policy == "reuse_by_environment";
        match resource.destroyed_for {
            Some(lease) => assert_eq!(lease, owner.id, "{id} was destroyed in its use: {owner:?}"),
            None => assert!(is_kept, "{id} is left: {owner:?}"),
        }
    }
}

/// The ledger checks itself.
pub(in crate::behaviour) fn verify(url: &str) {
    let verified = Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(["verify", "--database-url", url])
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}
