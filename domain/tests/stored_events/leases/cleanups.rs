//! What happens to a cleanup.

use leasehold_domain::json::JsonValue;
use leasehold_domain::lease::{
    Blocked, Claimed, CleanupReason, Deferred, FailedAttempt, Requested, Succeeded,
};
use leasehold_domain::limits::Limits;
use serde_json::json;

use super::{agent, fence};
use crate::support::{at, label, reason};

pub(super) fn requested() -> Requested {
    Requested { at: at(7), reason: CleanupReason::NoAnswer, due_at: at(8), attempt: 1 }
}

pub(super) fn claimed() -> Claimed {
    Claimed {
        at: at(8),
        by: agent(),
        owner: label("janitor-1"),
        claim_fence: fence(11),
        until: at(308),
        attempt: 2,
    }
}

pub(super) fn deferred() -> Deferred {
    let message = Some(reason("the worker is down"));
    Deferred { at: at(9), by: agent(), attempt: 1, due_at: at(309), message }
}

pub(super) fn barely_deferred() -> Deferred {
    Deferred { message: None, ..deferred() }
}

pub(super) fn failed() -> FailedAttempt {
    FailedAttempt {
        at: at(9),
        by: agent(),
        attempt: 2,
        kind: label("timeout"),
        message: Some(reason("no answer in 30 s")),
        due_at: at(19),
    }
}

pub(super) fn barely_failed() -> FailedAttempt {
    FailedAttempt { message: None, ..failed() }
}

pub(super) fn blocked() -> Blocked {
    Blocked { at: at(9), attempt: 10, reason: reason("10 attempts failed") }
}

pub(super) fn succeeded() -> Succeeded {
    let proof = JsonValue::new(json!({"status": 404, "took": 1.50}), &Limits::default()).ok();
    Succeeded { at: at(9), by: agent(), attempt: 2, proof }
}

pub(super) fn barely_succeeded() -> Succeeded {
    Succeeded { proof: None, ..succeeded() }
}
