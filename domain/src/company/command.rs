//! What can be asked of a company, in the words of `/dispatch`; every route is one of these.

use serde::Serialize;

use super::plan::ImportedActivity;
use crate::fields::{Fault, Fields, FromField, integer};
use crate::id::{EnvironmentId, LeaseId, OperationId, RunId};
use crate::lease::{self, CleanupCommand, EndKind, Seconds};
use crate::limits::{CLAIM_ITEMS_DEFAULT, CLAIM_ITEMS_MAX, CLAIM_SECONDS_DEFAULT, Limits};
use crate::operation::Step;
use crate::run;
use crate::stream::{Event, StreamId};
use crate::text::{Label, Reason};
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
        ReserveLease = "reserveLease",
        ActivateLease = "activateLease",
        AbandonLease = "abandonLease",
        RenewLease = "renewLease",
        ReplaceLeaseMetadata = "replaceLeaseMetadata",
        PatchLeaseMetadata = "patchLeaseMetadata",
        RetainLease = "retainLease",
        ResumeLease = "resumeLease",
        ReleaseLease = "releaseLease",
        ReleaseRun = "releaseRun",
        EndRun = "endRun",
        RenewRun = "renewRun",
        ClaimCleanups = "claimCleanups",
        RenewCleanup = "renewCleanup",
        SucceedCleanup = "succeedCleanup",
        FailCleanup = "failCleanup",
        DeferCleanup = "deferCleanup",
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
    /// Hold room for a lease before its provider is asked.
    ReserveLease(Box<lease::Reserve>),
    /// What the provider made for a reservation is there.
    ActivateLease(LeaseId, lease::Activate),
    /// Give a reservation up.
    AbandonLease(LeaseId, lease::Abandon),
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
    /// Give the cleanups that have waited longest to a janitor.
    ClaimCleanups(ClaimCleanups),
    /// A janitor's step on the cleanup of one lease.
    CleanUpLease(LeaseId, CleanupCommand),
    /// Enforce what fell due of a lease. The sweeper's; never over the wire.
    #[serde(skip)]
    EnforceLease(LeaseId, lease::Enforce),
    /// Something was seen at an environment's place. The prober's and the janitor's; never over the
    /// wire.
    #[serde(skip)]
    ObserveEnvironment(EnvironmentId, environment::Finding),
    /// Take in the history of one aggregate from another installation. Never over the wire.
    #[serde(skip)]
    Import(Box<Import>),
    /// A step of what an admin does to the installation. Never over the wire.
    #[serde(skip)]
    TellOperation(OperationId, Box<Step>),
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

/// Cleanups for a janitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimCleanups {
    /// Who asks, by its own name.
    pub owner: Label,
    /// At most so many.
    pub limit: ClaimLimit,
    /// For how long.
    pub ttl_seconds: Seconds,
}

/// How many cleanups one claim takes, 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ClaimLimit(pub u32);

impl FromField for ClaimLimit {
    fn from_field(value: serde_json::Value, _: &Limits) -> Result<Self, Fault> {
        let limit = integer(&value, 1..=u64::from(CLAIM_ITEMS_MAX))?;
        u32::try_from(limit).map(Self).map_err(Fault::invalid)
    }
}

impl ClaimCleanups {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let owner = fields.required("owner");
        let limit = fields.optional("limit").unwrap_or(ClaimLimit(CLAIM_ITEMS_DEFAULT));
        let ttl_seconds = fields.optional("ttlSeconds").unwrap_or(Seconds(CLAIM_SECONDS_DEFAULT));
        Some(Self { owner: owner?, limit, ttl_seconds })
    }
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
            CommandType::ReserveLease => {
                lease::Reserve::read(fields).map(Box::new).map(Self::ReserveLease)
            }
            CommandType::ActivateLease => on(fields, "leaseId", lease::Activate::read)
                .map(|(id, activate)| Self::ActivateLease(id, activate)),
            CommandType::AbandonLease => on(fields, "leaseId", lease::Abandon::read)
                .map(|(id, abandon)| Self::AbandonLease(id, abandon)),
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
            CommandType::ClaimCleanups => ClaimCleanups::read(fields).map(Self::ClaimCleanups),
            CommandType::RenewCleanup => on(fields, "leaseId", lease::RenewClaim::read)
                .map(|(id, renew)| Self::CleanUpLease(id, CleanupCommand::Renew(renew))),
            CommandType::SucceedCleanup => on(fields, "leaseId", lease::Succeed::read)
                .map(|(id, succeed)| Self::CleanUpLease(id, CleanupCommand::Succeed(succeed))),
            CommandType::FailCleanup => on(fields, "leaseId", lease::Fail::read)
                .map(|(id, fail)| Self::CleanUpLease(id, CleanupCommand::Fail(fail))),
            CommandType::DeferCleanup => on(fields, "leaseId", lease::Defer::read)
                .map(|(id, defer)| Self::CleanUpLease(id, CleanupCommand::Defer(defer))),
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
