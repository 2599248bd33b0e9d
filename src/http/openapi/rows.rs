//! What the ledger shows: environments, leases, activity, events, companies.

use super::shape::{Shape, anything, count, free, named, pattern, text, time, truth, uuid, whole};

/// Every row by its name.
pub(super) fn all() -> Vec<(&'static str, Shape)> {
    vec![
        ("Environment", environment()),
        ("Lease", lease_ours(lease())),
        ("Cleanup", cleanup()),
        ("CleanupItem", cleanup_item()),
        ("Activity", activity()),
        ("Event", event()),
        ("CompanyEnd", company()),
        ("Token", token()),
        ("NewToken", token().must("secret", text("The token itself, shown this once."))),
    ]
}

fn environment() -> Shape {
    Shape::new("A place where an agent's run can execute.")
        .must("id", uuid("Its id."))
        .must("companyId", uuid("The company that it belongs to."))
        .must("name", text("Unique among the company's environments that are not removed."))
        .must("description", text("In words.").or_null())
        .must("driver", named("Driver"))
        .must("status", named("EnvironmentStatus"))
        .must("config", free("The driver's settings; secrets as references."))
        .must("envVars", free("Variables for runs; secrets as references."))
        .must("metadata", free("The caller's own notes.").or_null())
        .must("capacity", count("How many leases it holds at once; null for any number.").or_null())
        .must("singleFlight", truth("Whether a workspace has at most one holder here."))
        .must(
            "sourceId",
            uuid("The shared environment that this is a company's copy of.").or_null(),
        )
        .must(
            "defaultTtlSeconds",
            count("The promise of a lease that comes without one; null for no expiry.").or_null(),
        )
        .must("createdAt", time("When it was created."))
        .must("updatedAt", time("When it last changed."))
        .must("version", count("How many events it has had; its `ETag`."))
}

fn lease() -> Shape {
    Shape::new("The right of one run to use one environment for a time.")
        .must("id", uuid("Its id."))
        .must("companyId", uuid("The company that it belongs to."))
        .must("environmentId", uuid("The environment that it is a right to."))
        .must("executionWorkspaceId", uuid("The workspace of its run.").or_null())
        .must("issueId", uuid("The issue of its run.").or_null())
        .must("heartbeatRunId", uuid("The run that holds it.").or_null())
        .must("status", named("LeaseStatus"))
        .must("leasePolicy", named("LeasePolicy"))
        .must("provider", text("Who provides the resource.").or_null())
        .must("providerLeaseId", text("What the provider calls it.").or_null())
        .must("acquiredAt", time("When it was granted."))
        .must("lastUsedAt", time("When it was last granted, resumed, kept or ended."))
        .must("expiresAt", time("When it is due.").or_null())
        .must("releasedAt", time("When it ended.").or_null())
        .must("failureReason", text("Why it ended or was kept.").or_null())
        .must("cleanupStatus", named("CleanupStatus").or_null())
        .must("metadata", free("The holder's own notes.").or_null())
        .must("createdAt", time("When the ledger learnt of it."))
        .must("updatedAt", time("When it last changed."))
}

fn lease_ours(shape: Shape) -> Shape {
    shape
        .must("agentId", uuid("The agent of its run.").or_null())
        .must("phase", named("LeasePhase"))
        .must(
            "fence",
            count("Rises with every grant and resume; show it when you act for the lease."),
        )
        .must("expiryMode", named("ExpiryMode").or_null())
        .must("ttlSeconds", count("The holder's promise to renew, in seconds.").or_null())
        .must(
            "cleanupState",
            text("The cleanup's state in full; `none` when nothing is to be done."),
        )
        .must("endedBy", named("Actor").or_null())
        .must("endCause", named("LeaseEndCause").or_null())
        .must("replacesLeaseId", uuid("The lease whose resource it took over.").or_null())
        .must("replacedByLeaseId", uuid("The lease that took its resource over.").or_null())
        .must("retainUntil", time("How long it is meant to be kept.").or_null())
        .must(
            "sourceStatus",
            text("The word it had where it was imported from, if not ours.").or_null(),
        )
        .must("version", count("How many events it has had; its `ETag`."))
        .must("reservationDeadline", time("Until when it is only reserved.").or_null())
        .must("dueAt", time("When the sweeper looks at it, whatever falls due first.").or_null())
        .must("cleanupDueAt", time("From when on its cleanup may be claimed.").or_null())
        .must("cleanup", named("Cleanup").or_null())
}

fn cleanup() -> Shape {
    Shape::new("What has to happen at the provider after the end.")
        .must("state", named("CleanupState"))
        .must("reason", named("CleanupReason").or_null())
        .must("requestedAt", time("When it was asked for."))
        .must("since", time("From when on it counts as late."))
        .must("attempt", count("Attempts begun and not put off."))
        .must("dueAt", time("From when on a janitor may claim it."))
        .must("claim", free("Who is at it: owner, fence, until.").or_null())
        .must("lastFence", count("The fence of the last claim.").or_null())
        .must("blockedAt", time("Since when it is blocked.").or_null())
        .must("failure", free("What went wrong last: kind, message.").or_null())
        .must("proof", anything("The evidence that it is done."))
}

fn cleanup_item() -> Shape {
    Shape::new("One cleanup of the queue, with all that a janitor needs.")
        .must("leaseId", uuid("The lease that left something behind."))
        .must("companyId", uuid("Its company."))
        .must("state", named("CleanupState"))
        .must("attempt", count("Attempts begun and not put off."))
        .must("claimFence", count("Show it with every step; null when nobody is at it.").or_null())
        .must("owner", text("Who is at it.").or_null())
        .must("claimedUntil", time("When the claim lapses.").or_null())
        .must("reason", named("CleanupReason").or_null())
        .must("requestedAt", time("When it was asked for."))
        .must("dueAt", time("From when on it may be claimed."))
        .must("blockedAt", time("Since when it is blocked.").or_null())
        .must("failure", free("What went wrong last: kind, message.").or_null())
        .must("provider", text("Who provides the resource.").or_null())
        .must("providerLeaseId", text("What the provider calls it.").or_null())
        .must("leasePolicy", named("LeasePolicy"))
        .must("environmentId", uuid("The environment of the lease."))
        .must("environment", named("Environment").or_null())
        .must("metadata", free("The holder's own notes.").or_null())
}

fn activity() -> Shape {
    Shape::new("Who did what: one line for every event but renewals.")
        .must("id", uuid("The event's id, or the one that an imported line had."))
        .must("companyId", uuid("The company whose log it is."))
        .must("actorType", named("ActorType"))
        .must("actorId", text("Who asked, as the caller's system knows them."))
        .must("action", text("What was done, a word with a dot."))
        .must("entityType", named("EntityType"))
        .must("entityId", text("Which one."))
        .must("agentId", uuid("The agent, where known.").or_null())
        .must("runId", uuid("The run, where known.").or_null())
        .must("responsibleUserId", text("The person answerable, where known.").or_null())
        .must("details", anything("What a reader wants to know of it."))
        .must("createdAt", time("When it happened."))
        .must("authenticatedBy", text("The token that really spoke.").or_null())
        .must("bookkeeping", truth("Whether it is noise to most readers."))
        .must("position", count("The event's position in the company's log."))
        .must("correlationId", text("The trace id of the request's `traceparent`.").or_null())
}

fn event() -> Shape {
    Shape::new("A fact that was accepted; immutable.")
        .must("companyId", uuid("The company whose log it is in."))
        .must("position", whole(1, (1 << 40) - 1, "Its place there: 1, 2, 3 … without gaps."))
        .must("epoch", count("Raised when the log was restored from a backup."))
        .must("eventId", uuid("Its own id."))
        .must("aggregateType", named("AggregateType"))
        .must("aggregateId", uuid("Whose stream it is in."))
        .must("sequence", count("Its place in that stream: 1, 2, 3 … without gaps."))
        .must("eventType", text("Its name."))
        .must("eventVersion", text("The version of its form."))
        .must("payload", free("What happened, under the event's name."))
        .must("metadata", free("Who asked, with which key, by which token: a flat map of strings."))
        .must("occurredAt", time("When it happened."))
        .must("recordedAt", time("When the ledger learnt it."))
        .must("digest", digest())
}

fn company() -> Shape {
    Shape::new("The end of a company's log.")
        .must("companyId", uuid("The company."))
        .must("position", count("The last event's position."))
        .must("epoch", count("Raised when the log was restored from a backup."))
        .must("recordedAt", time("When the last event was recorded."))
        .must("digest", digest())
}

fn token() -> Shape {
    Shape::new("Who may come in, as what, and to which company.")
        .must("id", uuid("What events call it by."))
        .must("companyId", uuid("The one company that it opens; null for all.").or_null())
        .must("name", text("What people call it by."))
        .must("role", named("TokenRole"))
        .must("createdAt", time("When it was made."))
        .must("createdBy", text("Who made it."))
        .must("expiresAt", time("When it ceases to open anything; null for never.").or_null())
        .must("revokedAt", time("When it was revoked.").or_null())
        .must("revokedBy", text("Who revoked it.").or_null())
        .must("lastUsedAt", time("When it was last used, a minute behind at most.").or_null())
}

fn digest() -> super::shape::Kind {
    pattern("^[0-9a-f]{64}$", "sha256 over the digest before and every column of the event.")
}
