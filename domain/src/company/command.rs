//! What can be asked of a company, in the words of `/dispatch`; every route is one of these.

use serde::Serialize;

use super::plan::ImportedActivity;
use crate::fields::{Fields, FromField};
use crate::id::{EnvironmentId, LeaseId, RunId};
use crate::lease::{self, EndKind};
use crate::run;
use crate::stream::{Event, StreamId};
use crate::text::Reason;
use crate::word::words;
use crate::{environment, lease::Ttl};

words! {
    /// The types of command.
    #[expect(missing_docs, reason = "the variants of Command, which documents them")]
    CommandType {
        CreateEnvironment = "createEnvironment",
        UpdateEnvironment = "updateEnvironment",
        ArchiveEnvironment = "archiveEnvironment",
        ReactivateEnvironment = "reactivateEnvironment",
        RemoveEnvironment = "removeEnvironment",
        EnsureLocalEnvironment = "ensureLocalEnvironment",
        AcquireLease = "acquireLease",
        RenewLease = "renewLease",
        ReplaceLeaseMetadata = "replaceLeaseMetadata",
        PatchLeaseMetadata = "patchLeaseMetadata",
        RetainLease = "retainLease",
        ResumeLease = "resumeLease",
        ReleaseLease = "releaseLease",
        ReleaseRun = "releaseRun",
        EndRun = "endRun",
        RenewRun = "renewRun",
    }
}

/// A request to change something of one company.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Command {
    /// Make an environment.
    CreateEnvironment(environment::Create),
    /// Change an environment.
    UpdateEnvironment(EnvironmentId, Box<environment::Update>),
    /// Let an environment take no new leases.
    ArchiveEnvironment(EnvironmentId),
    /// Let an environment take leases again.
    ReactivateEnvironment(EnvironmentId),
    /// Let an environment be gone.
    RemoveEnvironment(EnvironmentId),
    /// See to it that the company has its local environment.
    EnsureLocalEnvironment,
    /// Grant a lease to a run.
    AcquireLease(Box<lease::Acquire>),
    /// Promise anew for a lease.
    RenewLease(LeaseId, lease::Renew),
    /// Replace or merge a lease's notes.
    SetLeaseMetadata(LeaseId, lease::SetMetadata),
    /// Keep a lease after its run.
    RetainLease(LeaseId, lease::Retain),
    /// Hold a lease again.
    ResumeLease(LeaseId, Box<lease::Resume>),
    /// End a lease.
    ReleaseLease(LeaseId, Box<lease::End>),
    /// End every active lease of a run.
    ReleaseRun(RunId, ReleaseRun),
    /// A run has ended; so do its active leases.
    EndRun(RunId, run::End),
    /// Promise anew for every active lease of a run.
    RenewRun(RunId, RenewRun),
    /// Take in the history of one aggregate from another installation. Never over the wire.
    #[serde(skip)]
    Import(Box<Import>),
}

/// The end of all active leases of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseRun {
    /// In which way.
    pub status: EndKind,
    /// Why.
    pub failure_reason: Option<Reason>,
}

/// A promise for all active leases of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RenewRun {
    /// From now on.
    pub ttl_seconds: Ttl,
}

/// The history of one aggregate: original ids, times and activity rows. Guards do not apply to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Whose history it is; nothing is taken in when the ledger knows this stream already.
    pub stream: StreamId,
    /// Its events in order, each with the activity row that it had where it came from.
    pub events: Vec<(Event, Option<ImportedActivity>)>,
}

impl Command {
    /// Reads a command of a given type; its target stands among the fields.
    pub fn read(kind: CommandType, fields: &mut Fields<'_>) -> Option<Self> {
        match kind {
            CommandType::CreateEnvironment => {
                environment::Create::read(fields).map(Self::CreateEnvironment)
            }
            CommandType::UpdateEnvironment => {
                on(fields, "environmentId", environment::Update::read)
                    .map(|(id, update)| Self::UpdateEnvironment(id, Box::new(update)))
            }
            CommandType::ArchiveEnvironment => {
                fields.required("environmentId").map(Self::ArchiveEnvironment)
            }
            CommandType::ReactivateEnvironment => {
                fields.required("environmentId").map(Self::ReactivateEnvironment)
            }
            CommandType::RemoveEnvironment => {
                fields.required("environmentId").map(Self::RemoveEnvironment)
            }
            CommandType::EnsureLocalEnvironment => Some(Self::EnsureLocalEnvironment),
            CommandType::AcquireLease => {
                lease::Acquire::read(fields).map(Box::new).map(Self::AcquireLease)
            }
            CommandType::RenewLease => on(fields, "leaseId", lease::Renew::read)
                .map(|(id, renew)| Self::RenewLease(id, renew)),
            CommandType::ReplaceLeaseMetadata => {
                on(fields, "leaseId", |fields| lease::SetMetadata::read(fields, false))
                    .map(|(id, set)| Self::SetLeaseMetadata(id, set))
            }
            CommandType::PatchLeaseMetadata => {
                on(fields, "leaseId", |fields| lease::SetMetadata::read(fields, true))
                    .map(|(id, set)| Self::SetLeaseMetadata(id, set))
            }
            CommandType::RetainLease => on(fields, "leaseId", lease::Retain::read)
                .map(|(id, retain)| Self::RetainLease(id, retain)),
            CommandType::ResumeLease => on(fields, "leaseId", lease::Resume::read)
                .map(|(id, resume)| Self::ResumeLease(id, Box::new(resume))),
            CommandType::ReleaseLease => on(fields, "leaseId", lease::End::read)
                .map(|(id, end)| Self::ReleaseLease(id, Box::new(end))),
            CommandType::ReleaseRun => on(fields, "runId", ReleaseRun::read)
                .map(|(id, release)| Self::ReleaseRun(id, release)),
            CommandType::EndRun => {
                on(fields, "runId", run::End::read).map(|(id, end)| Self::EndRun(id, end))
            }
            CommandType::RenewRun => {
                on(fields, "runId", RenewRun::read).map(|(id, renew)| Self::RenewRun(id, renew))
            }
        }
    }
}

/// A command's target and the rest of its body; the faults of both are found.
fn on<I: FromField, T>(
    fields: &mut Fields<'_>,
    target: &str,
    read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
) -> Option<(I, T)> {
    let id = fields.required(target);
    let rest = read(fields);
    Some((id?, rest?))
}

impl ReleaseRun {
    #[expect(clippy::unnecessary_wraps, reason = "reads as every other body does")]
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let status = fields.optional("status").unwrap_or(EndKind::Released);
        let failure_reason = fields.optional("failureReason");
        Some(Self { status, failure_reason })
    }
}

impl RenewRun {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.required("ttlSeconds").map(|ttl_seconds| Self { ttl_seconds })
    }
}
