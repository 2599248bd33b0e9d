//! Refusals: each has a stable code, its evidence, a sentence, and says whether time cures it.

use leasehold_domain::actor::Actor;
use leasehold_domain::company::Refusal;
use leasehold_domain::environment::{self, Holder, InUse};
use leasehold_domain::fence::Fence;
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{self, Mismatch};
use leasehold_domain::run::{self, Outcome};
use serde_json::{Value, json};

use crate::support::{at, ids, label, name, reason};

struct Case {
    refusal: Refusal,
    code: &'static str,
    retryable: bool,
    evidence: Value,
}

fn case(refusal: impl Into<Refusal>, code: &'static str, retryable: bool, evidence: Value) -> Case {
    Case { refusal: refusal.into(), code, retryable, evidence }
}

fn of_an_environment() -> Vec<Case> {
    use environment::Refusal as R;
    let environment_id = ids::environment(1);
    let current_status = environment::Status::Archived;
    vec![
        case(
            R::EnvironmentNotFound { environment_id },
            "environment_not_found",
            false,
            json!({"environmentId": environment_id}),
        ),
        case(
            R::EnvironmentInactive { environment_id, current_status },
            "environment_inactive",
            true,
            json!({"environmentId": environment_id, "currentStatus": "archived"}),
        ),
        case(
            R::EnvironmentNameTaken { environment_id, name: name("box") },
            "environment_name_taken",
            false,
            json!({"environmentId": environment_id, "name": "box"}),
        ),
        case(
            R::EnvironmentLocalExists { environment_id },
            "environment_local_exists",
            false,
            json!({"environmentId": environment_id}),
        ),
        case(
            R::VersionMismatch { environment_id, current_version: 2, expected_version: 1 },
            "version_mismatch",
            false,
            json!({"environmentId": environment_id, "currentVersion": 2, "expectedVersion": 1}),
        ),
    ]
}

fn for_want_of_room() -> Vec<Case> {
    use environment::Refusal as R;
    let environment_id = ids::environment(1);
    let holder = Holder { lease_id: ids::lease(1), run_id: Some(ids::run(1)), issue_id: None };
    let conflicting = vec![holder];
    let held = json!([{"leaseId": ids::lease(1), "runId": ids::run(1), "issueId": null}]);
    let reasons = vec![InUse::OpenCleanup];
    let execution_workspace_id = ids::workspace(1);
    let room = json!({"environmentId": environment_id, "capacity": 1, "conflicting": held});
    let use_of = json!({
        "environmentId": environment_id, "reasons": ["open_cleanup"], "conflicting": held,
    });
    let workspace = json!({
        "environmentId": environment_id, "executionWorkspaceId": execution_workspace_id,
        "conflicting": held,
    });
    vec![
        case(
            R::CapacityExhausted { environment_id, capacity: 1, conflicting: conflicting.clone() },
            "capacity_exhausted",
            true,
            room,
        ),
        case(
            R::EnvironmentInUse { environment_id, reasons, conflicting: conflicting.clone() },
            "environment_in_use",
            true,
            use_of,
        ),
        case(
            R::WorkspaceHeld { environment_id, execution_workspace_id, conflicting },
            "workspace_held",
            true,
            workspace,
        ),
    ]
}

fn of_a_lease() -> Vec<Case> {
    use lease::Refusal as R;
    let lease_id = ids::lease(1);
    let current_status = lease::Status::Active;
    let current_phase = lease::Phase::Reserved;
    let evidence =
        json!({"leaseId": lease_id, "currentStatus": "active", "currentPhase": "reserved"});
    let (current_run_id, mismatch) = (Some(ids::run(1)), Mismatch::ProviderLease);
    let run_id = current_run_id;
    let conflicting = vec![Holder { lease_id, run_id, issue_id: None }];
    let other = json!([{"leaseId": lease_id, "runId": run_id, "issueId": null}]);
    let mismatch = R::ResumeMismatch {
        lease_id,
        current_status,
        current_run_id,
        mismatch,
        conflicting: conflicting.clone(),
    };
    let differs = json!({
        "leaseId": lease_id, "currentStatus": "active", "currentRunId": ids::run(1),
        "mismatch": "provider_lease", "conflicting": other,
    });
    let mut held = evidence.clone();
    held["conflicting"] = other;
    let not_active = R::LeaseNotActive { lease_id, current_status, current_phase };
    let not_retained = R::LeaseNotRetained { lease_id, current_status, current_phase, conflicting };
    let not_reserved = R::LeaseNotReserved { lease_id, current_status, current_phase };
    let mut cases = vec![
        case(R::LeaseNotFound { lease_id }, "lease_not_found", false, json!({"leaseId": lease_id})),
        lease_ended(),
        case(not_active, "lease_not_active", false, evidence.clone()),
        case(not_retained, "lease_not_retained", false, held),
        case(not_reserved, "lease_not_reserved", false, evidence),
        case(mismatch, "resume_mismatch", false, differs),
    ];
    cases.extend(of_what_was_sent(lease_id));
    cases
}

fn of_what_was_sent(lease_id: LeaseId) -> [Case; 3] {
    use lease::Refusal as R;
    [
        case(
            R::StaleFence { lease_id, fence: Fence(1), current_fence: Fence(2) },
            "stale_fence",
            false,
            json!({"leaseId": lease_id, "fence": 1, "currentFence": 2}),
        ),
        case(
            R::VersionMismatch { lease_id, current_version: 2, expected_version: 1 },
            "version_mismatch",
            false,
            json!({"leaseId": lease_id, "currentVersion": 2, "expectedVersion": 1}),
        ),
        case(
            R::TooLarge { lease_id, bytes_max: 65_536 },
            "too_large",
            false,
            json!({"leaseId": lease_id, "bytesMax": 65_536}),
        ),
    ]
}

/// What is refused to those who come late, or for another's work.
fn of_a_deadline() -> Vec<Case> {
    use lease::Refusal as R;
    let (lease_id, environment_id) = (ids::lease(1), ids::environment(1));
    let not_claimed = R::CleanupNotClaimed {
        lease_id,
        claim_fence: Some(Fence(1)),
        current_claim_fence: Some(Fence(2)),
        cleanup_state: Some(lease::CleanupState::Claimed),
        owner: Some(label("janitor-2")),
    };
    vec![
        case(
            R::ReservationExpired { lease_id, environment_id, ended_at: at(20) },
            "reservation_expired",
            false,
            json!({
                "leaseId": lease_id, "environmentId": environment_id,
                "endedAt": "2026-03-02T09:00:20.000000Z",
            }),
        ),
        case(
            not_claimed,
            "cleanup_not_claimed",
            false,
            json!({
                "leaseId": lease_id, "claimFence": 1, "currentClaimFence": 2,
                "cleanupState": "claimed", "owner": "janitor-2",
            }),
        ),
        case(
            R::NothingDue { lease_id, due_at: None },
            "nothing_due",
            true,
            json!({"leaseId": lease_id, "dueAt": null}),
        ),
    ]
}

fn lease_ended() -> Case {
    let (lease_id, environment_id) = (ids::lease(1), ids::environment(1));
    case(
        lease::Refusal::LeaseEnded {
            lease_id,
            environment_id,
            current_status: lease::Status::Failed,
            ended_at: at(20),
            ended_by: Box::new(Actor::system("reaper")),
            failure_reason: Some(reason("lost")),
        },
        "lease_ended",
        false,
        json!({
            "leaseId": lease_id, "environmentId": environment_id, "currentStatus": "failed",
            "endedAt": "2026-03-02T09:00:20.000000Z", "failureReason": "lost",
            "endedBy": {
                "type": "system", "id": "reaper", "agentId": null, "runId": null,
                "responsibleUserId": null,
            },
        }),
    )
}

fn run_ended() -> Case {
    let run_id = ids::run(1);
    let refusal = run::Refusal::RunEnded { run_id, outcome: Outcome::TimedOut, ended_at: None };
    let evidence = json!({"runId": run_id, "outcome": "timed_out", "endedAt": null});
    case(refusal, "run_ended", false, evidence)
}

fn every_case() -> Vec<Case> {
    let mut cases = of_an_environment();
    cases.extend(for_want_of_room());
    cases.extend(of_a_lease());
    cases.extend(of_a_deadline());
    cases.push(run_ended());
    cases
}

#[test]
fn every_refusal_has_its_code_and_its_evidence() {
    for Case { refusal, code, evidence, .. } in every_case() {
        let found = refusal.code_and_evidence().unwrap();
        assert_eq!(found, (code.to_owned(), crate::support::read::map(evidence)), "{refusal:?}");
    }
}

#[test]
fn a_refusal_is_retryable_when_time_alone_can_cure_it() {
    for Case { refusal, retryable, .. } in every_case() {
        assert_eq!(refusal.is_retryable(), retryable, "{refusal:?}");
    }
}

#[test]
fn a_refusal_that_was_stored_is_read_back_as_it_was() {
    for Case { refusal, .. } in every_case() {
        let stored = serde_json::to_string(&refusal).unwrap();
        assert_eq!(serde_json::from_str::<Refusal>(&stored).unwrap(), refusal);
        let value: Value = serde_json::from_str(&stored).unwrap();
        assert_eq!(serde_json::from_value::<Refusal>(value).unwrap(), refusal);
    }
}

#[test]
fn a_refusal_reads_as_a_sentence_that_names_what_it_is_about() {
    for Case { refusal, evidence, .. } in every_case() {
        let sentence = refusal.to_string();
        assert!(sentence.starts_with(char::is_lowercase), "{sentence}");
        let subject = ["leaseId", "environmentId", "runId"];
        let id = subject.iter().find_map(|field| evidence[*field].as_str()).unwrap();
        assert!(sentence.contains(id), "{sentence} does not name {id}");
    }
}
