//! What the routes of commands say of themselves, by the type of command.

use leasehold_domain::company::CommandType;

use super::answers::body_name;
use super::bodies;
use super::told::{Answer, Told};
use crate::http::problem::Code;

/// A command's summary, what it answers, and why it may be refused.
struct About(&'static str, fn() -> Answer, &'static [Code]);

/// The description of a command's route.
pub(in crate::http) fn told(kind: CommandType) -> Told {
    let About(summary, answer, codes) = about(kind);
    let is_optional = bodies::of(kind).is_optional();
    let told = Told::of_command(kind.as_str(), tag(kind), summary, answer())
        .body(&body_name(kind), !is_optional)
        .codes(codes);
    if matches!(
        kind,
        CommandType::UpdateEnvironment
            | CommandType::ReplaceLeaseMetadata
            | CommandType::PatchLeaseMetadata
    ) {
        return told.if_match();
    }
    told
}

fn tag(kind: CommandType) -> &'static str {
    match bodies::target(kind) {
        _ if is_cleanup(kind) => "cleanups",
        Some("leaseId") => "leases",
        Some("runId") => "runs",
        _ if matches!(kind, CommandType::AcquireLease | CommandType::ReserveLease) => "leases",
        _ => "environments",
    }
}

fn is_cleanup(kind: CommandType) -> bool {
    use CommandType as C;
    matches!(
        kind,
        C::ClaimCleanups | C::RenewCleanup | C::SucceedCleanup | C::FailCleanup | C::DeferCleanup
    )
}

fn about(kind: CommandType) -> About {
    use CommandType as C;
    match kind {
        C::CreateEnvironment => About("Make an environment", made, CREATES),
        C::UpdateEnvironment => About("Change an environment", environment, UPDATES),
        C::ArchiveEnvironment => About("Let it take no new leases", environment, FINDS),
        C::ReactivateEnvironment => About("Let it take leases again", environment, FINDS),
        C::RemoveEnvironment => About("Let an environment be gone", gone, REMOVES),
        C::EnsureLocalEnvironment => About("Find or make the local one", environment, ENSURES),
        C::AcquireLease => About("Grant a lease to a run", granted, ACQUIRES),
        C::ReserveLease => About("Hold room before the provider is asked", reserved, RESERVES),
        C::ActivateLease => About("What the provider made is there", lease, ACTIVATES),
        C::AbandonLease => About("Give a reservation up", lease, ACTIVATES),
        C::ClaimCleanups => About("Take the cleanups that have waited longest", claimed, &[]),
        C::RenewCleanup => About("Keep a claimed cleanup for longer", lease, CLEANS_UP),
        C::SucceedCleanup => About("A cleanup is done", lease, CLEANS_UP),
        C::FailCleanup => About("An attempt at a cleanup failed", lease, CLEANS_UP),
        C::DeferCleanup => About("Put a cleanup off without an attempt", lease, CLEANS_UP),
        C::RenewLease => About("Promise anew to hold a lease", lease, HOLDS),
        C::ReplaceLeaseMetadata => About("Replace a lease's notes", lease, WRITES_NOTES),
        C::PatchLeaseMetadata => About("Merge into a lease's notes", lease, WRITES_NOTES),
        C::RetainLease => About("Keep a lease after its run", lease, HOLDS),
        C::ResumeLease => About("Hold a kept lease again", lease, RESUMES),
        C::ReleaseLease => About("End a lease", lease, ENDS),
        C::ReleaseRun => About("End every active lease of a run", released, &[]),
        C::EndRun => About("Say that a run is over, and end its leases", released, ENDS_RUN),
        C::RenewRun => About("Promise anew for every active lease of a run", renewed, &[]),
    }
}

fn made() -> Answer {
    Answer::json(201, "Environment", "The new environment.")
}

fn environment() -> Answer {
    Answer::json(200, "Environment", "The environment as it is now.")
}

fn gone() -> Answer {
    Answer::nothing("It is gone.")
}

fn granted() -> Answer {
    Answer::json(201, "Lease", "The new lease, or the one that was resumed.")
}

fn reserved() -> Answer {
    Answer::json(201, "Lease", "The reserved lease.")
}

fn claimed() -> Answer {
    Answer::json(200, "Claimed", "What it took; nothing when nothing waits.")
}

fn lease() -> Answer {
    Answer::json(200, "Lease", "The lease as it is now.")
}

fn released() -> Answer {
    Answer::json(200, "Released", "The leases that ended; none the second time.")
}

fn renewed() -> Answer {
    Answer::json(200, "Renewed", "The run's active leases.")
}

const CREATES: &[Code] = &[Code::EnvironmentNameTaken, Code::EnvironmentLocalExists];
const FINDS: &[Code] = &[Code::EnvironmentNotFound];
const REMOVES: &[Code] = &[Code::EnvironmentNotFound, Code::EnvironmentInUse];
const ENSURES: &[Code] = &[Code::EnvironmentNameTaken];
const HOLDS: &[Code] =
    &[Code::LeaseNotFound, Code::LeaseEnded, Code::StaleFence, Code::LeaseNotActive];
const ENDS: &[Code] = &[Code::LeaseNotFound, Code::LeaseEnded, Code::StaleFence];
const ENDS_RUN: &[Code] = &[Code::RunEnded];

const CLEANS_UP: &[Code] = &[Code::LeaseNotFound, Code::CleanupNotClaimed];
const ACTIVATES: &[Code] = &[
    Code::LeaseNotFound,
    Code::LeaseEnded,
    Code::StaleFence,
    Code::LeaseNotReserved,
    Code::ReservationExpired,
];

const RESERVES: &[Code] = &[
    Code::EnvironmentNotFound,
    Code::EnvironmentInactive,
    Code::CapacityExhausted,
    Code::WorkspaceHeld,
    Code::RunEnded,
    Code::LeaseNotFound,
    Code::ResumeMismatch,
];

const UPDATES: &[Code] = &[
    Code::EnvironmentNotFound,
    Code::EnvironmentNameTaken,
    Code::EnvironmentLocalExists,
    Code::EnvironmentInUse,
    Code::VersionMismatch,
];

const ACQUIRES: &[Code] = &[
    Code::EnvironmentNotFound,
    Code::EnvironmentInactive,
    Code::CapacityExhausted,
    Code::WorkspaceHeld,
    Code::RunEnded,
    Code::LeaseNotFound,
    Code::LeaseEnded,
    Code::LeaseNotRetained,
    Code::ResumeMismatch,
];

const WRITES_NOTES: &[Code] = &[Code::LeaseNotFound, Code::VersionMismatch];

const RESUMES: &[Code] = &[
    Code::LeaseNotFound,
    Code::LeaseEnded,
    Code::LeaseNotRetained,
    Code::ResumeMismatch,
    Code::RunEnded,
    Code::EnvironmentInactive,
    Code::EnvironmentNotFound,
    Code::CapacityExhausted,
    Code::WorkspaceHeld,
];
