//! The bodies of the commands on runs.

use leasehold_domain::company::{Command, CommandType, ReleaseRun, RenewRun};
use leasehold_domain::lease::{EndKind, Ttl};
use leasehold_domain::run::{End, Outcome};
use serde_json::json;

use crate::support::read::{faults, read};
use crate::support::{at, ids, reason};

#[test]
fn the_release_of_a_run_is_read_field_by_field() {
    let body = json!({"runId": ids::run(1), "status": "expired", "failureReason": "r"});
    let release = ReleaseRun { status: EndKind::Expired, failure_reason: Some(reason("r")) };
    let command = read(CommandType::ReleaseRun, body);
    assert_eq!(command, Ok(Command::ReleaseRun(ids::run(1), release)));
    let command = read(CommandType::ReleaseRun, json!({"runId": ids::run(1), "status": null}));
    let release = ReleaseRun { status: EndKind::Released, failure_reason: None };
    assert_eq!(command, Ok(Command::ReleaseRun(ids::run(1), release)));
}

#[test]
fn the_end_of_a_run_is_read_field_by_field() {
    let body = json!({"runId": ids::run(1), "outcome": "timed_out", "reason": "r",
                      "endedAt": at(3)});
    let ended_at = Some(at(3));
    let end = End { outcome: Outcome::TimedOut, reason: Some(reason("r")), ended_at };
    let command = read(CommandType::EndRun, body);
    assert_eq!(command, Ok(Command::EndRun(ids::run(1), end)));
}

#[test]
fn an_outcome_that_is_unknown_is_refused_with_those_that_are_known() {
    let body = json!({"runId": ids::run(1), "outcome": "timedOut", "reason": ""});
    let expected = [
        "outcome unknown word `timedOut`; known are succeeded, failed, timed_out, cancelled, \
         interrupted",
        "reason is empty",
    ];
    assert_eq!(faults(CommandType::EndRun, body), expected);
}

#[test]
fn the_renewal_of_a_run_is_read_field_by_field() {
    let command = read(CommandType::RenewRun, json!({"runId": ids::run(1), "ttlSeconds": 60}));
    let renew = RenewRun { ttl_seconds: Ttl(60) };
    assert_eq!(command, Ok(Command::RenewRun(ids::run(1), renew)));
    let body = json!({"runId": ids::run(1), "ttlSeconds": 60, "fence": 1});
    assert_eq!(faults(CommandType::RenewRun, body), ["fence is not known here"]);
}
