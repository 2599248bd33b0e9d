//! One lease after another: what is handed off, and whether a kept lease is the one that is meant.

use super::{Acquire, Mismatch, Policy, Record};
use crate::id::LeaseId;

/// Why a lease is over whose place another one takes.
pub const RESOURCE_GONE: &str = "resource_gone";

/// Giving a resource, or the place of one that is gone, to another lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOff {
    /// The lease that comes after.
    pub to: LeaseId,
    /// What it gets.
    pub takes: Takes,
}

/// What a lease gets from the one that it comes after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// The resource goes on under the new lease.
    Resource,
    /// The resource is gone, which whoever asks answers for; a new one will stand in its place.
    Place,
}

/// Compares a kept lease with what an acquisition says of it (Paperclip's compare-and-set: same
/// environment, workspace, policy and resource). What stands in for a resource that is gone cannot
/// have its id.
///
/// # Errors
/// The first thing that differs.
pub fn matches_request(record: &Record, request: &Acquire, takes: Takes) -> Result<(), Mismatch> {
    let is_other = record.provider_lease_id != request.provider_lease_id;
    if record.environment_id != request.environment_id {
        Err(Mismatch::Environment)
    } else if record.execution_workspace_id != request.execution_workspace_id {
        Err(Mismatch::Workspace)
    } else if record.lease_policy != request.lease_policy || !may_succeed(record.lease_policy) {
        Err(Mismatch::Policy)
    } else if takes == Takes::Resource && is_other {
        Err(Mismatch::ProviderLease)
    } else {
        Ok(())
    }
}

/// What is ephemeral goes with its lease: nobody can take it over.
const fn may_succeed(policy: Policy) -> bool {
    match policy {
        Policy::Ephemeral => false,
        Policy::ReuseByEnvironment
        | Policy::ReuseByExecutionWorkspace
        | Policy::RetainOnFailure => true,
    }
}
