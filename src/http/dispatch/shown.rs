//! Verdicts as a dispatch shows them.

use leasehold_domain::company::CommandType;
use leasehold_domain::fence::Position;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::entry::Entry;
use crate::dispatch::{Body, Failure, Verdict};
use crate::http::problem::Problem;

/// The answer to a dispatch.
#[derive(Debug, Serialize)]
pub(super) struct Verdicts<'v> {
    pub(super) verdicts: Vec<Shown<'v>>,
}

/// The verdict on one command. Of what a command may have made, only what it did make is shown.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown<'v> {
    /// What became of it. An acceptance from a receipt is `replayed`; a refusal stays one.
    status: &'static str,
    key: Option<&'v str>,
    /// Whether it was decided before, under the same key.
    #[serde(rename = "replayed")]
    is_replayed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lease: Option<&'v LeaseRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'v EnvironmentRow>,
    /// Of an environment that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    released: Option<&'v [LeaseRow]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<[(); 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leases: Option<&'v [LeaseRow]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Map<String, Value>>,
}

impl<'v> Shown<'v> {
    /// The dispatcher's verdict on a command of a type. A missing one may hide anything.
    pub(super) fn of(kind: CommandType, verdict: Option<&'v Verdict>) -> Self {
        match verdict {
            Some(Verdict::Accepted { key, position, is_replayed, body }) => {
                let status = if *is_replayed { "replayed" } else { "accepted" };
                let (key, position) = (Some(key.as_str()), Some(*position));
                let is_replayed = *is_replayed;
                Self { status, key, is_replayed, position, ..Self::made(kind, body) }
            }
            Some(Verdict::Refused { key, is_replayed, refusal }) => {
                let error = Problem::from(refusal).keyed(Some(key)).to_body();
                let is_replayed = *is_replayed;
                Self { status: "refused", is_replayed, ..Self::failed(Some(key), error) }
            }
            Some(Verdict::Failed { key, failure }) => {
                Self::failed(Some(key), Problem::from(*failure).keyed(Some(key)).to_body())
            }
            Some(Verdict::NotApplied { key }) => Self::not_applied(Some(key)),
            None => Self::failed(None, Problem::from(Failure::OutcomeUnknown).to_body()),
        }
    }

    /// A command that was not decided.
    pub(super) fn failed(key: Option<&'v str>, error: Map<String, Value>) -> Self {
        Self { status: "failed", key, error: Some(error), ..Self::default() }
    }

    /// A command of an atomic dispatch of which nothing is done because something is malformed.
    pub(super) fn of_undone(entry: &'v Entry) -> Self {
        match &entry.read {
            Ok((_, order)) => Self::not_applied(Some(order.key())),
            Err(problem) => Self::failed(entry.key.as_deref(), problem.to_body()),
        }
    }

    fn not_applied(key: Option<&'v str>) -> Self {
        Self { status: "not_applied", key, ..Self::default() }
    }

    fn made(kind: CommandType, body: &'v Body) -> Self {
        let none = Self::default();
        match body {
            Body::Environment(row) => Self { environment: Some(&**row), ..none },
            Body::Lease(row) => Self { lease: Some(&**row), ..none },
            Body::Removed(id) => Self { environment_id: Some(*id), ..none },
            Body::Cleanups(rows) => Self { leases: Some(rows), ..none },
            Body::Run(rows) if kind == CommandType::RenewRun => Self { leases: Some(rows), ..none },
            Body::Run(rows) => Self { released: Some(rows), errors: Some([]), ..none },
            Body::Imported(_) => none,
        }
    }
}
