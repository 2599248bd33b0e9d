//! What answers look like around the rows: pages, verdicts, problems.

use leasehold_domain::company::CommandType;
use utoipa::openapi::schema::{Discriminator, OneOfBuilder, Ref};
use utoipa::openapi::{RefOr, Schema};

use super::bodies;
use super::shape::{Shape, count, free, list, named, one_of, text, time, truth, uuid, whole};

/// Every answer by its name.
pub(super) fn all() -> Vec<(&'static str, Shape)> {
    vec![
        ("EnvironmentPage", page("Environment")),
        ("LeasePage", page("Lease")),
        ("CleanupPage", page("CleanupItem")),
        ("Claimed", claimed()),
        ("Free", Shape::new("It is free.").must("free", truth(""))),
        ("Story", story()),
        ("ActivityPage", page("Activity")),
        ("EventHistoryPage", page("Event")),
        ("CompanyPage", page("CompanyEnd")),
        ("TokenPage", page("Token")),
        ("EventPage", events()),
        ("Usage", usage()),
        ("Holder", holder()),
        ("Released", released()),
        ("ReleaseError", release_error()),
        ("Renewed", Shape::new("The run's leases.").must("leases", list(named("Lease"), ""))),
        ("Verdicts", verdicts()),
        ("Verdict", verdict()),
        ("Health", Shape::new("How it goes.").must("status", one_of(["ok"], "All is well."))),
        ("Problem", problem()),
        ("FieldError", field_error()),
    ]
}

/// A page of a list of named rows.
pub(in crate::http) fn page(of: &str) -> Shape {
    Shape::new("A page of a list.")
        .must("items", list(named(of), ""))
        .must("nextCursor", text("Where the list goes on; null at its end.").or_null())
}

fn story() -> Shape {
    Shape::new("What happened to a lease, in words and as facts, from the log alone.")
        .must("leaseId", uuid("The lease."))
        .must("text", text("All of it, a sentence a line."))
        .must("granted", free("What was free when it was granted."))
        .must("steps", list(free(""), "Its events in order, each in words, with who asked."))
        .must("ended", free("How, when, why and by whom; null while it is not over.").or_null())
        .must("open", free("What is still to be done at the provider.").or_null())
}

fn claimed() -> Shape {
    let about = "None when nothing waits.";
    Shape::new("What a claim took.").must("items", list(named("CleanupItem"), about))
}

fn events() -> Shape {
    Shape::new("Events in the log's order.")
        .must("items", list(named("Event"), ""))
        .must("nextPosition", count("Ask `after` this the next time."))
}

fn usage() -> Shape {
    let count_of = |about: &str| count(about);
    Shape::new("Who uses an environment, and what stands in the way of its removal.")
        .must("environmentId", uuid("The environment."))
        .must("companyId", uuid("Its company."))
        .must("position", count_of("The position of the log that this is true of."))
        .must("capacity", count_of("How many leases it holds; null for any number.").or_null())
        .must("held", count_of("How many of them are taken."))
        .must("counts", free("Its leases by status, ended ones too: a number for each."))
        .must("holders", list(named("Holder"), "Who takes room; the first hundred by id."))
        .must("openCleanups", count_of("Leases, open or ended, whose cleanup is not done."))
        .must("canRemove", truth("Whether it could be removed."))
        .must("removeBlockedReasons", list(named("InUse"), "What hangs on it."))
}

fn holder() -> Shape {
    Shape::new("A lease that stands in the way.")
        .must("leaseId", uuid("The lease."))
        .must("runId", uuid("Its run.").or_null())
        .must("issueId", uuid("The issue that its run works on.").or_null())
}

fn released() -> Shape {
    Shape::new("The leases that a release or an end of a run has ended.")
        .must("released", list(named("Lease"), ""))
        .must("errors", list(named("ReleaseError"), "Those that were not; all or none end."))
}

fn release_error() -> Shape {
    Shape::new("A lease of the run that did not end.")
        .must("leaseId", uuid("The lease."))
        .must("code", named("ErrorCode"))
        .must("message", text("Why."))
}

fn verdicts() -> Shape {
    let about = "One for each command, in order.";
    Shape::new("What became of a dispatch.").must("verdicts", list(named("Verdict"), about))
}

fn verdict() -> Shape {
    let statuses = ["accepted", "replayed", "refused", "failed", "not_applied"];
    Shape::new("What became of one command.")
        .must(
            "status",
            one_of(statuses, "`not_applied`: another one of an atomic dispatch failed."),
        )
        .must("key", text("The command's key.").or_null())
        .must("replayed", truth("Whether it was decided before, under the same key."))
        .may("position", count("The end of the log with its events in."))
        .may("lease", named("Lease"))
        .may("environment", named("Environment"))
        .may("environmentId", uuid("The environment that is gone."))
        .may("released", list(named("Lease"), "The leases that ended."))
        .may("errors", list(named("ReleaseError"), "Those that did not."))
        .may(
            "leases",
            list(named("Lease"), "The leases that were renewed, or whose cleanups were claimed."),
        )
        .may("error", named("Problem"))
}

fn problem() -> Shape {
    let shape = Shape::new("Why a request was not answered as it wished (RFC 9457).")
        .must("type", text("`urn:leasehold:problem:` and the code."))
        .must("title", text("The code in words."))
        .must("status", whole(400, 599, "The HTTP status."))
        .must("detail", text("What happened, in a sentence."))
        .must("code", named("ErrorCode"))
        .must("retry", named("Retry"))
        .must("key", text("The command's key, where there is one.").or_null())
        .may("errors", list(named("FieldError"), "Every fault of an invalid request."));
    evidence(shape)
}

/// What problems show besides, each code its own.
fn evidence(shape: Shape) -> Shape {
    shape
        .may("rebuildId", uuid("The rebuild that it is about."))
        .may("projections", list(text(""), "What is being rebuilt."))
        .may("askedBy", text("Who asked for it."))
        .may("compared", free("Rows that were compared, by table."))
        .may("differing", free("Rows that differ, by table and column."))
        .may("first", list(free(""), "The first rows that differ, with their columns."))
        .may("environmentId", uuid("The environment that it is about."))
        .may("leaseId", uuid("The lease that it is about."))
        .may("runId", uuid("The run that it is about."))
        .may("executionWorkspaceId", uuid("The workspace that has a holder."))
        .may("currentStatus", text("The state it is in."))
        .may("currentPhase", named("LeasePhase"))
        .may("claimFence", count("The claim that was shown.").or_null())
        .may("currentClaimFence", count("The claim that holds.").or_null())
        .may("cleanupState", named("CleanupState").or_null())
        .may("owner", text("Who has claimed it.").or_null())
        .may("conflicting", list(named("Holder"), "Who stands in the way."))
        .may("reasons", list(named("InUse"), "What hangs on the environment."))
        .may("capacity", count("What there is room for."))
        .may("name", text("The name that is taken."))
        .may("endedAt", time("When it ended.").or_null())
        .may("endedBy", named("Actor"))
        .may("failureReason", text("Why it ended.").or_null())
        .may("outcome", named("RunOutcome"))
        .may("fence", count("The fence that was shown."))
        .may("currentFence", count("The newest fence."))
        .may("mismatch", named("ResumeMismatch"))
        .may("currentRunId", uuid("The run that holds it.").or_null())
        .may("currentVersion", count("The version that it has."))
        .may("expectedVersion", count("The version that was meant."))
        .may("bytesMax", count("The limit."))
        .may("minPosition", count("The position that was waited for."))
        .may("currentPosition", count("The position that was reached."))
}

fn field_error() -> Shape {
    Shape::new("What is wrong with one field, header or parameter.")
        .must("field", text("Its name, with dots for nested ones; empty for the body as a whole."))
        .must("message", text("What is wrong, to be read after the name."))
}

/// One command of a dispatch, whichever it is.
pub(super) fn command() -> RefOr<Schema> {
    let name = |kind: &CommandType| Ref::from_schema_name(command_name(*kind));
    let mapping = CommandType::ALL.iter().map(|kind| (kind.as_str(), name(kind).ref_location));
    CommandType::ALL
        .iter()
        .fold(OneOfBuilder::new(), |one_of, kind| one_of.item(name(kind)))
        .discriminator(Some(Discriminator::with_mapping("type", mapping)))
        .description(Some("One command of a dispatch."))
        .into()
}

/// The name of a command's schema in a dispatch: `RenewLeaseCommand`.
pub(super) fn command_name(kind: CommandType) -> String {
    format!("{}Command", body_name(kind))
}

/// The name of a command's body: `RenewLease`.
pub(super) fn body_name(kind: CommandType) -> String {
    let word = kind.as_str();
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}

/// The bodies of commands, on their own and in a dispatch.
pub(super) fn of_commands() -> Vec<(String, Shape)> {
    let both = |kind: &CommandType| {
        let alone = (body_name(*kind), bodies::of(*kind));
        [alone, (command_name(*kind), bodies::in_dispatch(*kind))]
    };
    CommandType::ALL.iter().flat_map(both).collect()
}
