//! Commands as callers write them: each one is read from the body of its route.

use leasehold_domain::company::{Command, CommandType, Import};
use leasehold_domain::id::{EnvironmentId, LeaseId, RunId};
use leasehold_domain::stream::{Event, StreamId};
use serde::Serialize;
use serde_json::{Value, json};

use super::read::{map, read};

/// A command of a type with its body.
pub(crate) fn ask(kind: CommandType, body: Value) -> Command {
    read(kind, body).unwrap_or_else(|invalid| panic!("{kind}: {invalid}"))
}

fn of(kind: CommandType, target: &str, id: impl Serialize, body: Value) -> Command {
    let mut body = map(body);
    body.insert(target.to_owned(), json!(id));
    ask(kind, Value::Object(body))
}

/// An SSH environment of a name, with whatever else is asked of it.
pub(crate) fn create(name: &str, more: Value) -> Command {
    let mut body = map(json!({"name": name, "driver": "ssh"}));
    body.extend(map(more));
    ask(CommandType::CreateEnvironment, Value::Object(body))
}

pub(crate) fn update(id: EnvironmentId, body: Value) -> Command {
    of(CommandType::UpdateEnvironment, "environmentId", id, body)
}

pub(crate) fn archive(id: EnvironmentId) -> Command {
    of(CommandType::ArchiveEnvironment, "environmentId", id, json!({}))
}

pub(crate) fn reactivate(id: EnvironmentId) -> Command {
    of(CommandType::ReactivateEnvironment, "environmentId", id, json!({}))
}

pub(crate) fn remove(id: EnvironmentId) -> Command {
    of(CommandType::RemoveEnvironment, "environmentId", id, json!({}))
}

pub(crate) fn ensure_local() -> Command {
    ask(CommandType::EnsureLocalEnvironment, json!({}))
}

pub(crate) fn acquire(id: EnvironmentId, body: Value) -> Command {
    of(CommandType::AcquireLease, "environmentId", id, body)
}

pub(crate) fn renew(id: LeaseId, body: Value) -> Command {
    of(CommandType::RenewLease, "leaseId", id, body)
}

pub(crate) fn replace_metadata(id: LeaseId, metadata: &Value) -> Command {
    of(CommandType::ReplaceLeaseMetadata, "leaseId", id, json!({"metadata": metadata}))
}

pub(crate) fn patch_metadata(id: LeaseId, metadata: &Value) -> Command {
    of(CommandType::PatchLeaseMetadata, "leaseId", id, json!({"metadata": metadata}))
}

pub(crate) fn retain(id: LeaseId, body: Value) -> Command {
    of(CommandType::RetainLease, "leaseId", id, body)
}

pub(crate) fn resume(id: LeaseId, by: RunId) -> Command {
    of(CommandType::ResumeLease, "leaseId", id, json!({"heartbeatRunId": by}))
}

pub(crate) fn release(id: LeaseId, body: Value) -> Command {
    of(CommandType::ReleaseLease, "leaseId", id, body)
}

pub(crate) fn release_run(id: RunId, body: Value) -> Command {
    of(CommandType::ReleaseRun, "runId", id, body)
}

pub(crate) fn end_run(id: RunId, outcome: &str) -> Command {
    of(CommandType::EndRun, "runId", id, json!({"outcome": outcome}))
}

pub(crate) fn renew_run(id: RunId, ttl_seconds: u32) -> Command {
    of(CommandType::RenewRun, "runId", id, json!({"ttlSeconds": ttl_seconds}))
}

pub(crate) fn reserve(id: EnvironmentId, body: Value) -> Command {
    of(CommandType::ReserveLease, "environmentId", id, body)
}

pub(crate) fn activate(id: LeaseId, resource: &str) -> Command {
    of(CommandType::ActivateLease, "leaseId", id, json!({"providerLeaseId": resource}))
}

pub(crate) fn abandon(id: LeaseId, maybe_created: bool) -> Command {
    let body = json!({"reason": "no quota", "maybeCreated": maybe_created});
    of(CommandType::AbandonLease, "leaseId", id, body)
}

/// A janitor's claim.
pub(crate) fn claim(limit: u32, ttl_seconds: u32) -> Command {
    let body = json!({"owner": "janitor-1", "limit": limit, "ttlSeconds": ttl_seconds});
    ask(CommandType::ClaimCleanups, body)
}

/// The history of one stream, without activity rows.
pub(crate) fn import(stream: impl Into<StreamId>, events: Vec<Event>) -> Command {
    let events = events.into_iter().map(|event| (event, None)).collect();
    Command::Import(Box::new(Import { stream: stream.into(), events }))
}
