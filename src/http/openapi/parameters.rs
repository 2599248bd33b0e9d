//! Parameters of paths, queries and headers.

use leasehold_domain::limits::KEY_BYTES_MAX;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};

use super::shape::{
    Kind, count, list, named, pattern, text, text_within, time, truth, uuid, whole,
};

fn parameter(place: ParameterIn, name: &str, kind: Kind, about: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(kind.into_schema()))
}

/// A parameter of a query that may be left out.
pub(in crate::http) fn query(name: &str, kind: Kind, about: &str) -> Parameter {
    parameter(ParameterIn::Query, name, kind, about).build()
}

/// A parameter of a query that must be there.
pub(in crate::http) fn must(name: &str, kind: Kind, about: &str) -> Parameter {
    parameter(ParameterIn::Query, name, kind, about).required(Required::True).build()
}

/// A parameter of a query with several values, separated by commas: any of them.
pub(in crate::http) fn many(name: &str, kind: Kind, about: &str) -> Parameter {
    parameter(ParameterIn::Query, name, list(kind, ""), about)
        .style(Some(ParameterStyle::Form))
        .explode(Some(false))
        .build()
}

/// An id or a name in a path, by the name that it has there.
pub(super) fn in_path(name: &str) -> Option<Parameter> {
    let about = match name {
        "companyId" => "The company.",
        "environmentId" => "The environment; a shared one's id finds the company's own copy.",
        "leaseId" => "The lease.",
        "runId" => "The run.",
        "tokenId" => "The token.",
        "rebuildId" => "The rebuild.",
        "projection" => "The projection's name, or `all`.",
        _ => return None,
    };
    let kind = if name == "projection" { text("") } else { uuid("") };
    let built = parameter(ParameterIn::Path, name, kind, about);
    Some(built.required(Required::True).build())
}

/// How many rows an answer may have.
pub(in crate::http) fn limit() -> Parameter {
    query("limit", whole(1, 500, ""), "How many rows; 50 unless said otherwise.")
}

/// Which page of a list.
pub(in crate::http) fn paging() -> Vec<Parameter> {
    vec![limit(), query("cursor", text(""), "The `nextCursor` of the page before.")]
}

/// The position that a read waits for.
pub(in crate::http) fn min_position() -> Parameter {
    let about = "Wait until the company's log has come so far, for 5 seconds at most.";
    query("minPosition", count(""), about)
}

/// The moment that a question is about.
pub(super) fn of_moment() -> Vec<Parameter> {
    let happened = "As it was then: what had happened by then, whenever the ledger learnt of it.";
    vec![
        query("at", time(""), happened),
        query("asKnown", truth(""), "With `at`: only what the ledger had learnt by then."),
        query("atPosition", count(""), "As it was at this position of the company's log."),
    ]
}

/// The filters of a list of environments.
pub(in crate::http) fn of_environments() -> Vec<Parameter> {
    vec![
        many("status", named("EnvironmentStatus"), "Only these."),
        many("driver", named("Driver"), "Only these."),
    ]
}

/// The filters of a list of leases.
pub(in crate::http) fn of_leases() -> Vec<Parameter> {
    let about = "Active leases that may be nobody's any more: `run_ended`, `overdue`, `idle:30m`.";
    vec![
        many("status", named("LeaseStatus"), "Only these."),
        many("phase", named("LeasePhase"), "Only these."),
        query("open", truth(""), "Held, kept, or over with the cleanup not done; or the others."),
        many("environmentId", uuid(""), "On these environments; then by newest use."),
        many("runId", uuid(""), "Of these runs."),
        many("issueId", uuid(""), "Of these issues."),
        many("agentId", uuid(""), "Of these agents."),
        many("executionWorkspaceId", uuid(""), "Of these workspaces."),
        many("provider", text_within(512, ""), "Of these providers."),
        many("providerLeaseId", text_within(512, ""), "What the provider calls them."),
        many("leasePolicy", named("LeasePolicy"), "Under these policies."),
        many("cleanupStatus", named("CleanupStatus"), "With these words for their cleanup."),
        many("stale", pattern("^(run_ended|overdue|idle:[1-9][0-9]{0,3}[smhd])$", ""), about),
    ]
}

/// The filters of the queue of cleanups.
pub(in crate::http) fn of_cleanups() -> Vec<Parameter> {
    vec![
        many("state", named("CleanupState"), "In these states."),
        many("environmentId", uuid(""), "On these environments."),
        many("provider", text_within(512, ""), "At these providers."),
    ]
}

/// The filters of the activity log.
pub(in crate::http) fn of_activity() -> Vec<Parameter> {
    vec![
        many("action", text_within(512, ""), "Only these."),
        many("entityType", named("EntityType"), "About things of these kinds."),
        many("entityId", uuid(""), "About these things."),
        many("runId", uuid(""), "Of these runs."),
        many("agentId", uuid(""), "Of these agents."),
        query("since", time(""), "From then on."),
        query("until", time(""), "Before then."),
        query("bookkeeping", truth(""), "Also what is noise to most readers."),
    ]
}

/// The key of a command.
pub(super) fn idempotency_key() -> Parameter {
    let about = "Sent again under the same key, a command is done once and answers the same.";
    let about = format!("{about} At most {KEY_BYTES_MAX} bytes; made by the server if absent.");
    let kind = pattern("^[!-~]([ -~]{0,198}[!-~])?$", "");
    parameter(ParameterIn::Header, "Idempotency-Key", kind, &about).build()
}

/// Where a stream goes on.
pub(in crate::http) fn last_event_id() -> Parameter {
    let about = "The last `id` that was seen; goes before `after`.";
    parameter(ParameterIn::Header, "Last-Event-ID", text(""), about).build()
}

/// The version that a change is meant for.
pub(super) fn if_match() -> Parameter {
    let kind = pattern("^\"[0-9]{1,18}\"$", "");
    parameter(ParameterIn::Header, "If-Match", kind, "Only if this is its `ETag`.").build()
}
