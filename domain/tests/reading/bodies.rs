//! Bodies as a whole: what is missing, unknown or wrong is told all at once.

use leasehold_domain::company::CommandType;
use leasehold_domain::fields::{Fault, FieldError, Fields, FromField, Invalid};
use leasehold_domain::json::JsonObject;
use leasehold_domain::limits::Limits;
use leasehold_domain::text::Name;
use serde_json::{Value, json};

use crate::support::ids;
use crate::support::read::{faults, map, read, read_within};

/// What each type of command needs and nothing else.
fn least(kind: CommandType) -> Value {
    let (environment, lease, run) = (ids::environment(1), ids::lease(1), ids::run(1));
    match kind {
        CommandType::CreateEnvironment => json!({"name": "box", "driver": "ssh"}),
        CommandType::EnsureLocalEnvironment => json!({}),
        CommandType::UpdateEnvironment
        | CommandType::ArchiveEnvironment
        | CommandType::ReactivateEnvironment
        | CommandType::RemoveEnvironment
        | CommandType::AcquireLease
        | CommandType::ReserveLease => json!({"environmentId": environment}),
        CommandType::RenewLease => json!({"leaseId": lease, "ttlSeconds": 60}),
        CommandType::ReplaceLeaseMetadata | CommandType::PatchLeaseMetadata => {
            json!({"leaseId": lease, "metadata": {}})
        }
        CommandType::RetainLease | CommandType::ReleaseLease => json!({"leaseId": lease}),
        CommandType::ResumeLease => json!({"leaseId": lease, "heartbeatRunId": run}),
        CommandType::ReleaseRun => json!({"runId": run}),
        CommandType::EndRun => json!({"runId": run, "outcome": "succeeded"}),
        CommandType::ActivateLease => json!({"leaseId": lease, "providerLeaseId": "sbx-1"}),
        CommandType::AbandonLease => json!({"leaseId": lease, "reason": "no quota"}),
        CommandType::ClaimCleanups => json!({"owner": "janitor-1"}),
        CommandType::FailCleanup => json!({"leaseId": lease, "claimFence": 7, "kind": "timeout"}),
        CommandType::RenewCleanup | CommandType::SucceedCleanup | CommandType::DeferCleanup => {
            json!({"leaseId": lease, "claimFence": 7})
        }
        CommandType::RenewRun => json!({"runId": run, "ttlSeconds": 60}),
    }
}

#[test]
fn the_least_body_of_every_command_is_enough() {
    for kind in CommandType::ALL {
        assert!(read(*kind, least(*kind)).is_ok(), "{kind}");
    }
}

#[test]
fn every_field_of_the_least_body_is_required() {
    for kind in CommandType::ALL {
        for field in map(least(*kind)).keys() {
            let mut body = map(least(*kind));
            body.shift_remove(field);
            let expected = [format!("{field} is required")];
            assert_eq!(faults(*kind, Value::Object(body.clone())), expected, "{kind}, absent");
            if field == "metadata" {
                continue;
            }
            body.insert(field.clone(), Value::Null);
            assert_eq!(faults(*kind, Value::Object(body)), expected, "{kind}, null");
        }
    }
}

#[test]
fn a_field_that_nobody_asked_for_is_refused_by_every_command() {
    for kind in CommandType::ALL {
        let mut body = map(least(*kind));
        body.insert("colour".to_owned(), json!("red"));
        assert_eq!(faults(*kind, Value::Object(body)), ["colour is not known here"], "{kind}");
    }
}

#[test]
fn an_unknown_field_is_refused_even_when_it_is_null() {
    let body = json!({"leaseId": ids::lease(1), "ttlSeconds": 60, "colour": null});
    assert_eq!(faults(CommandType::RenewLease, body), ["colour is not known here"]);
}

#[test]
fn field_names_are_compared_as_written() {
    let body = json!({"leaseId": ids::lease(1), "ttlseconds": 60});
    let expected = ["ttlSeconds is required", "ttlseconds is not known here"];
    assert_eq!(faults(CommandType::RenewLease, body), expected);
}

#[test]
fn an_unknown_field_with_a_long_name_is_named_in_short() {
    let mut body = map(json!({"runId": ids::run(1)}));
    body.insert("ü".repeat(300), json!(1));
    let expected = [format!("{} is not known here", "ü".repeat(100))];
    assert_eq!(faults(CommandType::ReleaseRun, Value::Object(body)), expected);
}

#[test]
fn every_fault_of_a_body_is_told_in_one_answer() {
    let body = json!({
        "environmentId": "box", "leasePolicy": "forever", "ttlSeconds": 0, "metadata": [],
        "provider": " ", "colour": "red",
    });
    let expected = [
        "environmentId is not a UUID",
        "leasePolicy unknown word `forever`; known are ephemeral, reuse_by_environment, \
         reuse_by_execution_workspace, retain_on_failure",
        "provider is empty",
        "ttlSeconds is not a whole number from 1 to 31622400",
        "metadata is not an object",
        "colour is not known here",
    ];
    assert_eq!(faults(CommandType::AcquireLease, body), expected);
}

#[test]
fn a_fault_of_the_target_does_not_hide_the_faults_of_the_rest() {
    let body = json!({"leaseId": 7, "ttlSeconds": "soon"});
    let expected =
        ["leaseId is not a string", "ttlSeconds is not a whole number from 1 to 31622400"];
    assert_eq!(faults(CommandType::RenewLease, body), expected);
}

#[test]
fn a_required_field_that_is_wrong_is_not_also_called_missing() {
    let body = json!({"runId": ids::run(1), "outcome": "exploded"});
    assert_eq!(faults(CommandType::EndRun, body).len(), 1);
}

#[test]
fn the_faults_of_a_body_read_as_one_sentence() {
    let body = json!({"leaseId": "x", "ttlSeconds": 60, "colour": 1});
    let invalid = read(CommandType::RenewLease, body).unwrap_err();
    assert_eq!(invalid.to_string(), "leaseId is not a UUID; colour is not known here");
    assert!(!invalid.too_large);
    assert_eq!(Invalid::one("", "is no JSON").to_string(), "is no JSON");
    let fault = FieldError { field: "key".to_owned(), message: "is empty".to_owned() };
    assert_eq!(Invalid::one("key", "is empty").errors, [fault]);
}

#[test]
fn a_size_limit_among_the_faults_is_marked() {
    let limits = Limits { json_bytes_max: 10 };
    let kind = CommandType::ReplaceLeaseMetadata;
    let body = |text: &str| json!({"leaseId": ids::lease(1), "metadata": {"a": text}});
    assert!(read_within(kind, body("12"), limits).is_ok());
    let invalid = read_within(kind, body("123"), limits).unwrap_err();
    assert!(invalid.too_large);
    assert_eq!(invalid.to_string(), "metadata is larger than 10 bytes");
}

#[test]
fn a_size_limit_is_marked_however_deep_it_lies() {
    let limits = Limits { json_bytes_max: 10 };
    let nested = |metadata: Value| {
        let body = map(json!({"lease": {"metadata": metadata}}));
        Fields::read(body, &limits, |fields| fields.required::<Nested>("lease"))
    };
    assert!(nested(json!({"a": 1})).is_ok());
    let invalid = nested(json!({"a": "long enough"})).unwrap_err();
    assert_eq!(invalid.to_string(), "lease.metadata is larger than 10 bytes");
    assert!(invalid.too_large);
    assert!(!nested(json!([])).unwrap_err().too_large);
}

/// A field with an object of its own in it.
#[derive(Debug)]
struct Nested;

impl FromField for Nested {
    fn from_field(value: Value, limits: &Limits) -> Result<Self, Fault> {
        Fields::nested(value, limits, |fields| {
            fields.required::<JsonObject>("metadata").map(|_| Self)
        })
    }
}

#[test]
fn a_reader_that_finds_nothing_without_a_fault_is_still_no_command() {
    let read = Fields::read(map(json!({})), &Limits::default(), |_| None::<Name>);
    assert_eq!(read, Err(Invalid { errors: Vec::new(), too_large: false }));
}
