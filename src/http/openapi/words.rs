//! The closed vocabularies, each a schema of its own, made of the domain's words.

use leasehold_domain::actor::ActorType;
use leasehold_domain::stream::AggregateType;
use leasehold_domain::{environment, lease, run};
use leasehold_projections::activity_log::entity;

use super::shape::{Kind, one_of};
use crate::http::problem::{Code, Retry};
use crate::tokens::Role;

/// Every vocabulary by its name.
pub(super) fn all() -> Vec<(&'static str, Kind)> {
    macro_rules! words {
        ($($name:literal = $words:ty, $about:literal;)+) => {
            vec![$(($name, one_of(<$words>::ALL.iter().map(|word| word.as_str()), $about))),+]
        };
    }
    let mut words = words! {
        "ActorType" = ActorType, "What kind of party an actor is.";
        "AggregateType" = AggregateType, "What an event's stream is about.";
        "Driver" = environment::Driver, "What kind of place an environment is.";
        "EnvironmentStatus" = environment::Status, "Whether an environment takes new leases.";
        "InUse" = environment::InUse, "What hangs on an environment, so that it cannot be removed.";
        "LeaseStatus" = lease::Status, "The status of a lease.";
        "LeasePhase" = lease::Phase, "Where in its life a lease is.";
        "LeasePolicy" = lease::Policy, "What is to happen with a lease's resource after its run.";
        "LeaseEndStatus" = lease::EndKind, "The ways in which a lease ends.";
        "LeaseEndCause" = lease::Cause, "What led to an end.";
        "CleanupStatus" = lease::CleanupStatus, "What became of the resource at the provider.";
        "CleanupState" = lease::CleanupState, "Where a cleanup is.";
        "CleanupReason" = lease::CleanupReason, "Why something is left at the provider.";
        "Disposition" = lease::Disposition, "What the holder wants done with the resource.";
        "ExpiryMode" = lease::ExpiryMode, "Whose word an expiry is; only `enforced` is acted on.";
        "ResumeMismatch" = lease::Mismatch, "What a resume or a hand-off found different.";
        "RunOutcome" = run::Outcome, "How a run ended.";
        "TokenRole" = Role, "What a token may do.";
        "ErrorCode" = Code, "A stable error code.";
    };
    let entities = AggregateType::ALL.iter().map(|kind| entity(*kind));
    words.push(("EntityType", one_of(entities, "What a line of the activity log is about.")));
    let retries = [Retry::SameKey, Retry::NewKey, Retry::No].map(Retry::as_str);
    let about = "Whether to ask again: under the same key, under a new one, or not as it is.";
    words.push(("Retry", one_of(retries, about)));
    words
}
