//! What commands are asked with: the fields that the domain reads, each with its bounds.

use leasehold_domain::company::CommandType;
use leasehold_domain::limits::{
    BATCH_COMMANDS_MAX, CAPACITY_MAX, INDEXED_BYTES_MAX, KEY_BYTES_MAX, NAME_CHARS_MAX,
    REASON_BYTES_MAX, RESERVATION_SECONDS_MAX, TTL_SECONDS_MAX,
};

mod cleanups;

use cleanups::of_cleanup;

use super::shape::{
    Kind, Shape, anything, count, free, list, named, text_within, time, truth, uuid, whole,
};

/// The fields of a command's body, without the id that stands in its path.
pub(super) fn of(kind: CommandType) -> Shape {
    use CommandType as C;
    let shape = match kind {
        C::CreateEnvironment => create_environment(),
        C::UpdateEnvironment => update_environment(),
        C::ArchiveEnvironment | C::ReactivateEnvironment | C::RemoveEnvironment => {
            Shape::new("Nothing but who asks.")
        }
        C::EnsureLocalEnvironment => Shape::new("Nothing but who asks."),
        C::AcquireLease => acquire_lease(),
        C::ReserveLease => acquire_lease().maybe(
            "deadlineSeconds",
            whole(1, RESERVATION_SECONDS_MAX.into(), "When it ends by itself; 300 unless given."),
        ),
        C::ActivateLease => Shape::new("What the provider made.")
            .must("providerLeaseId", label("What the provider calls it."))
            .maybe("metadata", object("Replaces the notes."))
            .maybe("fence", fence()),
        C::AbandonLease => Shape::new("Giving a reservation up.")
            .must("reason", reason("Why."))
            .maybe("maybeCreated", truth("Whether the provider may have made something; true."))
            .maybe("fence", fence()),
        C::ClaimCleanups
        | C::RenewCleanup
        | C::SucceedCleanup
        | C::FailCleanup
        | C::DeferCleanup => of_cleanup(kind),
        C::RenewLease => {
            Shape::new("A promise to renew.").must("ttlSeconds", ttl()).maybe("fence", fence())
        }
        C::ReplaceLeaseMetadata => set_metadata("The notes; null clears them."),
        C::PatchLeaseMetadata => set_metadata("A merge patch (RFC 7396); null clears the notes."),
        C::RetainLease => retain_lease(),
        C::ResumeLease => resume_lease(),
        C::ReleaseLease => release_lease(),
        C::ReleaseRun => Shape::new("How a run's leases end.")
            .maybe("status", named("LeaseEndStatus"))
            .maybe("failureReason", reason("Why.")),
        C::EndRun => Shape::new("How a run ended.")
            .must("outcome", named("RunOutcome"))
            .maybe("reason", reason("Why."))
            .maybe("endedAt", time("When it was over, if that was before now.")),
        C::RenewRun => Shape::new("A promise to renew.").must("ttlSeconds", ttl()),
    };
    shape.maybe("actor", named("Actor")).closed()
}

/// The field that names a command's target where no path does.
pub(super) const fn target(kind: CommandType) -> Option<&'static str> {
    use CommandType as C;
    match kind {
        C::CreateEnvironment
        | C::EnsureLocalEnvironment
        | C::AcquireLease
        | C::ReserveLease
        | C::ClaimCleanups => None,
        C::UpdateEnvironment
        | C::ArchiveEnvironment
        | C::ReactivateEnvironment
        | C::RemoveEnvironment => Some("environmentId"),
        C::RenewLease
        | C::ReplaceLeaseMetadata
        | C::PatchLeaseMetadata
        | C::RetainLease
        | C::ResumeLease
        | C::ActivateLease
        | C::AbandonLease
        | C::RenewCleanup
        | C::SucceedCleanup
        | C::FailCleanup
        | C::DeferCleanup
        | C::ReleaseLease => Some("leaseId"),
        C::ReleaseRun | C::EndRun | C::RenewRun => Some("runId"),
    }
}

/// A command as it stands in a dispatch.
pub(super) fn in_dispatch(kind: CommandType) -> Shape {
    let word = super::shape::one_of([kind.as_str()], "Which command.");
    let shape = of(kind).must("type", word).maybe("key", key());
    match target(kind) {
        Some(target) => shape.must(target, uuid("Whom it is about.")),
        None => shape,
    }
}

/// Many commands in one request.
pub(super) fn dispatch() -> Shape {
    let about = format!("At most {BATCH_COMMANDS_MAX}; verdicts come in the same order.");
    Shape::new("Commands, each with its own key and its own verdict.")
        .must("commands", list(named("Command"), &about))
        .maybe("atomic", truth("All or none."))
        .closed()
}

/// Who asks.
pub(super) fn actor() -> Shape {
    Shape::new("Who asks. Beside it the log keeps the token that really spoke.")
        .must("type", named("ActorType"))
        .must("id", label("Their id, as the caller's system knows it."))
        .maybe("agentId", uuid("The agent, where known."))
        .maybe("runId", uuid("The run, where known."))
        .maybe("responsibleUserId", label("The person answerable, where known."))
        .closed()
}

/// A token that is to be.
pub(super) fn create_token() -> Shape {
    let expiry = "When it ceases to open anything; null for never, a year from now if not said.";
    Shape::new("A token that is to be.")
        .must("name", label("What to call it by."))
        .must("role", named("TokenRole"))
        .maybe("companyId", uuid("The one company that it opens; all of them if not said."))
        .may("expiresAt", time(expiry).or_null())
        .closed()
}

/// Nothing more is said to revoke a token.
pub(super) fn revoke_token() -> Shape {
    Shape::new("Nothing.").closed()
}

fn create_environment() -> Shape {
    Shape::new("What a new environment is to be.")
        .must("name", name())
        .must("driver", named("Driver"))
        .maybe("description", reason("In words."))
        .maybe("status", named("EnvironmentStatus"))
        .maybe("config", object("The driver's settings; secrets as references."))
        .maybe("envVars", object("Variables for runs; secrets as references."))
        .maybe("metadata", object("The caller's own notes."))
        .maybe("capacity", capacity())
        .maybe(
            "singleFlight",
            truth("Whether a workspace has at most one holder; off unless given."),
        )
        .maybe("defaultTtlSeconds", default_ttl())
}

fn update_environment() -> Shape {
    Shape::new("What is to be different; what is not given stays.")
        .may("name", name())
        .may("driver", named("Driver"))
        .may("description", reason("In words.").or_null())
        .may("status", named("EnvironmentStatus"))
        .may("config", object("Replaces the settings."))
        .may("envVars", object("Replaces the variables."))
        .may("metadata", object("Replaces the notes.").or_null())
        .may("capacity", capacity().or_null())
        .may("singleFlight", truth("Whether a workspace has at most one holder."))
        .may("defaultTtlSeconds", default_ttl().or_null())
        .maybe("ifVersion", version())
}

fn acquire_lease() -> Shape {
    let shape = Shape::new("What a run wants to hold.")
        .must("environmentId", uuid("The environment."))
        .maybe("heartbeatRunId", uuid("The run."))
        .maybe("issueId", uuid("The issue that the run works on."))
        .maybe("executionWorkspaceId", uuid("The workspace that the run works in."))
        .maybe("agentId", uuid("The agent whose run it is."))
        .maybe("leasePolicy", named("LeasePolicy"))
        .maybe("provider", label("Who provides the resource."))
        .maybe("providerLeaseId", label("What the provider calls it."))
        .maybe("metadata", object("The holder's own notes."))
        .maybe("networkEgress", anything("What the run may reach; kept with the grant."))
        .maybe(
            "replacesLeaseId",
            uuid("Take over the resource of this lease; reserving, the place of one that is gone."),
        )
        .maybe(
            "resumesLeaseId",
            uuid("Hold this lease again instead of a new one. Not when reserving."),
        );
    due(shape)
}

fn resume_lease() -> Shape {
    let shape = Shape::new("Who holds a kept lease again.")
        .must("heartbeatRunId", uuid("The run."))
        .maybe("agentId", uuid("The agent whose run it is."))
        .maybe("issueId", uuid("The issue that the run works on."))
        .maybe("metadata", object("Replaces the notes."));
    due(shape)
}

/// A promise or a provider's word; not both.
fn due(shape: Shape) -> Shape {
    shape.maybe("ttlSeconds", ttl()).maybe(
        "expiresAt",
        time("A provider's word; recorded, never acted on. Not with ttlSeconds."),
    )
}

fn set_metadata(about: &str) -> Shape {
    Shape::new("A lease's notes.")
        .must("metadata", object(about).or_null())
        .maybe("ifVersion", version())
}

fn retain_lease() -> Shape {
    Shape::new("Keeping a lease after its run.")
        .maybe("failureReason", reason("Why."))
        .maybe("cleanupStatus", named("CleanupStatus"))
        .maybe("retainUntil", time("How long it is meant to be kept."))
        .maybe("providerResourceDisposition", named("Disposition"))
        .maybe("fence", fence())
}

fn release_lease() -> Shape {
    Shape::new("How a lease ends; released unless said otherwise.")
        .maybe("status", named("LeaseEndStatus"))
        .maybe("failureReason", reason("Why."))
        .maybe("cleanupStatus", named("CleanupStatus"))
        .maybe("fence", fence())
        .maybe("providerResourceDisposition", named("Disposition"))
        .maybe("remoteExecutionTermination", object("What became of the remote execution."))
}

fn name() -> Kind {
    text_within(NAME_CHARS_MAX, "Unique among the company's environments that are not removed.")
}

fn label(about: &str) -> Kind {
    text_within(INDEXED_BYTES_MAX, &format!("{about} At most {INDEXED_BYTES_MAX} bytes."))
}

fn reason(about: &str) -> Kind {
    text_within(REASON_BYTES_MAX, &format!("{about} At most {REASON_BYTES_MAX} bytes."))
}

fn key() -> Kind {
    text_within(
        KEY_BYTES_MAX,
        &format!("Repeat the command under it. At most {KEY_BYTES_MAX} bytes."),
    )
}

fn object(about: &str) -> Kind {
    free(&format!("{about} At most 64 KiB and 32 levels."))
}

fn capacity() -> Kind {
    whole(0, CAPACITY_MAX.into(), "How many leases it holds at once; null for any number.")
}

fn ttl() -> Kind {
    whole(1, TTL_SECONDS_MAX.into(), "A promise to renew within so many seconds; it is enforced.")
}

fn default_ttl() -> Kind {
    let about = "The promise of a lease that comes without one; none unless given.";
    whole(1, TTL_SECONDS_MAX.into(), about)
}

fn fence() -> Kind {
    count("The fence that the holder was granted; an older one is refused.")
}

fn version() -> Kind {
    count("Only if this is its version, as `If-Match` says it.")
}
