//! The bodies of the commands on leases.

use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::fence::Fence;
use leasehold_domain::json::JsonValue;
use leasehold_domain::lease::{
    Acquire, Cause, CleanupStatus, Disposition, Due, End, EndKind, Policy, Renew, Resume, Retain,
    SetMetadata, Ttl,
};
use leasehold_domain::limits::Limits;
use serde_json::{Value, json};

use crate::support::read::{faults, map, object, read};
use crate::support::{at, ids, label, reason};

#[test]
fn an_acquisition_is_read_field_by_field() {
    let body = json!({
        "environmentId": ids::environment(1), "heartbeatRunId": ids::run(1),
        "issueId": ids::issue(1), "executionWorkspaceId": ids::workspace(1),
        "agentId": ids::agent(1), "leasePolicy": "retain_on_failure", "provider": "p",
        "providerLeaseId": "q", "ttlSeconds": 60, "metadata": {"m": 1}, "networkEgress": "none",
        "replacesLeaseId": ids::lease(2),
    });
    let expected = Acquire {
        environment_id: ids::environment(1),
        heartbeat_run_id: Some(ids::run(1)),
        issue_id: Some(ids::issue(1)),
        execution_workspace_id: Some(ids::workspace(1)),
        agent_id: Some(ids::agent(1)),
        lease_policy: Policy::RetainOnFailure,
        provider: Some(label("p")),
        provider_lease_id: Some(label("q")),
        due: Some(Due::TtlSeconds(Ttl(60))),
        metadata: Some(object(json!({"m": 1}))),
        network_egress: Some(JsonValue::new(json!("none"), &Limits::default()).unwrap()),
        replaces_lease_id: Some(ids::lease(2)),
        resumes_lease_id: None,
    };
    let command = read(CommandType::AcquireLease, body);
    assert_eq!(command, Ok(Command::AcquireLease(Box::new(expected))));
}

#[test]
fn in_an_acquisition_null_is_as_good_as_absent() {
    let fields = [
        "heartbeatRunId",
        "issueId",
        "executionWorkspaceId",
        "agentId",
        "leasePolicy",
        "provider",
        "providerLeaseId",
        "ttlSeconds",
        "expiresAt",
        "metadata",
        "networkEgress",
        "replacesLeaseId",
        "resumesLeaseId",
    ];
    let least = json!({"environmentId": ids::environment(1)});
    let mut nulls = map(least.clone());
    nulls.extend(fields.map(|field| (field.to_owned(), Value::Null)));
    let kind = CommandType::AcquireLease;
    assert_eq!(read(kind, Value::Object(nulls)), read(kind, least));
}

#[test]
fn a_lease_is_due_by_a_promise_or_by_a_providers_word_but_not_both() {
    let body = json!({"leaseId": ids::lease(1), "heartbeatRunId": ids::run(1)});
    for (kind, base) in [
        (CommandType::AcquireLease, json!({"environmentId": ids::environment(1)})),
        (CommandType::ResumeLease, body),
    ] {
        let mut both = map(base);
        both.insert("ttlSeconds".to_owned(), json!(60));
        both.insert("expiresAt".to_owned(), json!(at(60)));
        let expected = ["expiresAt cannot stand beside ttlSeconds"];
        assert_eq!(faults(kind, Value::Object(both)), expected);
    }
}

fn taking_over(more: Value) -> Value {
    let mut body = map(json!({
        "environmentId": ids::environment(1), "heartbeatRunId": ids::run(1),
        "executionWorkspaceId": ids::workspace(1), "providerLeaseId": "sbx",
    }));
    body.extend(map(more));
    Value::Object(body)
}

#[test]
fn a_lease_is_replaced_or_resumed_but_not_both() {
    let both = json!({"replacesLeaseId": ids::lease(1), "resumesLeaseId": ids::lease(2)});
    let expected = ["resumesLeaseId cannot stand beside replacesLeaseId"];
    assert_eq!(faults(CommandType::AcquireLease, taking_over(both)), expected);
}

#[test]
fn who_takes_a_lease_over_names_the_workspace_and_the_resource() {
    for field in ["replacesLeaseId", "resumesLeaseId"] {
        let none = json!({"executionWorkspaceId": null, "providerLeaseId": null});
        let mut body = map(taking_over(none));
        body.insert(field.to_owned(), json!(ids::lease(1)));
        let expected = [
            "executionWorkspaceId is required to take a lease over",
            "providerLeaseId is required to take a lease over",
        ];
        assert_eq!(faults(CommandType::AcquireLease, Value::Object(body)), expected);
        let whole = taking_over(json!({field: ids::lease(1)}));
        assert!(read(CommandType::AcquireLease, whole).is_ok());
    }
}

#[test]
fn only_a_run_resumes_though_anybody_may_replace() {
    let resumes = json!({"heartbeatRunId": null, "resumesLeaseId": ids::lease(1)});
    let expected = ["heartbeatRunId is required to resume a lease"];
    assert_eq!(faults(CommandType::AcquireLease, taking_over(resumes)), expected);
    let replaces = json!({"heartbeatRunId": null, "replacesLeaseId": ids::lease(1)});
    assert!(read(CommandType::AcquireLease, taking_over(replaces)).is_ok());
}

#[test]
fn a_renewal_is_read_field_by_field() {
    let body = json!({"leaseId": ids::lease(1), "ttlSeconds": 60, "fence": 5});
    let renew = Renew { ttl_seconds: Ttl(60), fence: Some(Fence(5)) };
    let command = read(CommandType::RenewLease, body);
    assert_eq!(command, Ok(Command::RenewLease(ids::lease(1), renew)));
}

#[test]
fn notes_are_read_to_be_replaced_or_merged() {
    let kinds =
        [(CommandType::ReplaceLeaseMetadata, false), (CommandType::PatchLeaseMetadata, true)];
    for (kind, merge) in kinds {
        for (given, metadata) in
            [(json!({"a": null}), Some(object(json!({"a": null})))), (json!(null), None)]
        {
            let body = json!({"leaseId": ids::lease(1), "metadata": given, "ifVersion": 2});
            let set = SetMetadata { metadata, merge, if_version: Some(2) };
            let command = read(kind, body);
            assert_eq!(command, Ok(Command::SetLeaseMetadata(ids::lease(1), set)));
        }
        let body = json!({"leaseId": ids::lease(1), "metadata": 5});
        assert_eq!(faults(kind, body), ["metadata is not an object"]);
        let body = json!({"leaseId": ids::lease(1), "ifVersion": -1});
        let expected = [
            "metadata is required",
            "ifVersion is not a whole number from 0 to 9223372036854775807",
        ];
        assert_eq!(faults(kind, body), expected);
    }
}

#[test]
fn a_retention_is_read_field_by_field() {
    let body = json!({
        "leaseId": ids::lease(1), "failureReason": "r", "cleanupStatus": "pending",
        "retainUntil": at(9), "providerResourceDisposition": "stop_and_retain", "fence": 5,
    });
    let retain = Retain {
        failure_reason: Some(reason("r")),
        cleanup_status: Some(CleanupStatus::Pending),
        retain_until: Some(at(9)),
        provider_resource_disposition: Some(Disposition::StopAndRetain),
        fence: Some(Fence(5)),
    };
    let command = read(CommandType::RetainLease, body);
    assert_eq!(command, Ok(Command::RetainLease(ids::lease(1), retain)));
}

#[test]
fn a_resumption_is_read_field_by_field() {
    let body = json!({
        "leaseId": ids::lease(1), "heartbeatRunId": ids::run(1), "agentId": ids::agent(1),
        "issueId": ids::issue(1), "expiresAt": at(9), "metadata": {"m": 1},
    });
    let resume = Resume {
        heartbeat_run_id: ids::run(1),
        agent_id: Some(ids::agent(1)),
        issue_id: Some(ids::issue(1)),
        due: Some(Due::ExpiresAt(at(9))),
        metadata: Some(object(json!({"m": 1}))),
    };
    let command = read(CommandType::ResumeLease, body);
    assert_eq!(command, Ok(Command::ResumeLease(ids::lease(1), Box::new(resume))));
}

#[test]
fn an_end_is_read_field_by_field() {
    let body = json!({
        "leaseId": ids::lease(1), "status": "failed", "failureReason": "r",
        "cleanupStatus": "failed", "fence": 5, "providerResourceDisposition": "destroy",
        "remoteExecutionTermination": {"t": 1},
    });
    let end = End {
        status: EndKind::Failed,
        cause: Cause::Release,
        failure_reason: Some(reason("r")),
        cleanup_status: Some(CleanupStatus::Failed),
        fence: Some(Fence(5)),
        provider_resource_disposition: Some(Disposition::Destroy),
        remote_execution_termination: Some(object(json!({"t": 1}))),
    };
    let command = read(CommandType::ReleaseLease, body);
    assert_eq!(command, Ok(Command::ReleaseLease(ids::lease(1), Box::new(end))));
}

#[test]
fn an_end_is_a_release_unless_it_says_otherwise() {
    let command = read(CommandType::ReleaseLease, json!({"leaseId": ids::lease(1)})).unwrap();
    let Command::ReleaseLease(_, end) = command else { panic!("{command:?}") };
    assert_eq!((end.status, end.cause), (EndKind::Released, Cause::Release));
}

#[test]
fn a_lease_is_not_ended_with_a_word_that_is_no_end() {
    for status in ["active", "retained", "done"] {
        let body = json!({"leaseId": ids::lease(1), "status": status});
        let message =
            format!("status unknown word `{status}`; known are released, expired, failed");
        assert_eq!(faults(CommandType::ReleaseLease, body), [message]);
    }
    let body = json!({"leaseId": ids::lease(1), "cause": "import"});
    assert_eq!(faults(CommandType::ReleaseLease, body), ["cause is not known here"]);
}
