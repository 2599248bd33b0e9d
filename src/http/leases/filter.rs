//! What a list of leases can be asked for, in the words of a query.

use leasehold_domain::fields::{Fault, FromField, string};
use leasehold_domain::limits::Limits;
use serde_json::Value;

use crate::http::query::Query;
use crate::read::{LeaseFilter, Stale};

/// Longest idleness that can be asked for: a hundred years, in seconds.
const IDLE_SECONDS_MAX: u32 = 100 * 366 * 24 * 3_600;

pub(super) fn read(query: &mut Query) -> LeaseFilter {
    LeaseFilter {
        statuses: query.many("status"),
        phases: query.many("phase"),
        is_open: query.literal("open"),
        environments: query.many("environmentId"),
        runs: query.many("runId"),
        issues: query.many("issueId"),
        agents: query.many("agentId"),
        workspaces: query.many("executionWorkspaceId"),
        providers: query.many("provider"),
        provider_leases: query.many("providerLeaseId"),
        policies: query.many("leasePolicy"),
        cleanups: query.many("cleanupStatus"),
        stale: query.many("stale").map(together),
    }
}

/// One reason, as `stale` names it.
struct Reason(Stale);

impl FromField for Reason {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let text = string(value)?;
        let none = Stale::default();
        let stale = match text.as_str() {
            "run_ended" => Stale { is_run_ended: true, ..none },
            "overdue" => Stale { is_overdue: true, ..none },
            other => Stale { idle_for: other.strip_prefix("idle:").and_then(seconds), ..none },
        };
        if stale == none {
            let words = "is none of run_ended, overdue, idle:30m (s, m, h or d)";
            return Err(Fault::invalid(words));
        }
        Ok(Self(stale))
    }
}

/// Any of several reasons; of two idlenesses the shorter.
fn together(reasons: Vec<Reason>) -> Stale {
    let both = |one: Stale, other: Stale| Stale {
        is_run_ended: one.is_run_ended || other.is_run_ended,
        is_overdue: one.is_overdue || other.is_overdue,
        idle_for: one.idle_for.into_iter().chain(other.idle_for).min(),
    };
    reasons.into_iter().map(|reason| reason.0).fold(Stale::default(), both)
}

fn seconds(text: &str) -> Option<u32> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let each = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 24 * 3_600,
        _ => return None,
    };
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
    let count: u32 = number.parse().ok().filter(|count| is_plain && *count > 0)?;
    count.checked_mul(each).filter(|seconds| *seconds <= IDLE_SECONDS_MAX)
}
