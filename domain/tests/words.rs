//! Word lists: what is stored and shown for ever, each word pinned by its literal.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use leasehold_domain::actor::ActorType;
use leasehold_domain::company::CommandType;
use leasehold_domain::lease::{
    Cause, CleanupReason, CleanupState, CleanupStatus, Deadline, Disposition, EndKind, ExpiryMode,
    Mismatch, OutageKind, Phase, Policy,
};
use leasehold_domain::run::Outcome;
use leasehold_domain::stream::AggregateType;
use leasehold_domain::{UnknownWord, environment, lease};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Sees that a list is exactly these words, in every way that they are written and read.
fn pinned<W>(all: &[W], words: &[&str])
where
    W: Copy + Debug + Display + PartialEq + Serialize + DeserializeOwned,
    W: FromStr<Err = UnknownWord>,
{
    let shown: Vec<_> = all.iter().map(ToString::to_string).collect();
    assert_eq!(shown, words);
    for (word, text) in all.iter().zip(words) {
        assert_eq!(text.parse::<W>().as_ref(), Ok(word));
        assert_eq!(serde_json::to_value(word).unwrap(), json!(text));
        assert_eq!(serde_json::from_value::<W>(json!(text)).unwrap(), *word);
    }
    let unknown = UnknownWord { word: "Nonsense".to_owned(), known: words.join(", ") };
    assert_eq!("Nonsense".parse::<W>(), Err(unknown));
    for value in [json!("Nonsense"), json!(""), json!(0), Value::Null] {
        assert!(serde_json::from_value::<W>(value).is_err());
    }
}

#[test]
fn the_words_of_environments_are_paperclips() {
    pinned(environment::Driver::ALL, &["local", "ssh", "sandbox", "plugin"]);
    pinned(environment::Status::ALL, &["active", "archived"]);
    pinned(environment::InUse::ALL, &["active_lease", "retained_lease", "open_cleanup"]);
}

#[test]
fn the_words_of_leases_are_paperclips() {
    let statuses = ["active", "released", "expired", "failed", "retained"];
    pinned(lease::Status::ALL, &statuses);
    let policies =
        ["ephemeral", "reuse_by_environment", "reuse_by_execution_workspace", "retain_on_failure"];
    pinned(Policy::ALL, &policies);
    pinned(CleanupStatus::ALL, &["pending", "success", "failed"]);
    pinned(EndKind::ALL, &["released", "expired", "failed"]);
}

#[test]
fn the_words_that_leases_have_beside_those_are_ours() {
    pinned(Phase::ALL, &["reserved", "active", "retained", "ended"]);
    let causes = [
        "release",
        "run_release",
        "run_end",
        "hand_off",
        "abandon",
        "reservation_deadline",
        "expiry",
        "retention_deadline",
        "import",
    ];
    pinned(Cause::ALL, &causes);
    pinned(Disposition::ALL, &["keep_running", "stop_and_retain", "destroy"]);
    pinned(ExpiryMode::ALL, &["recorded", "enforced"]);
    let mismatches = [
        "environment",
        "workspace",
        "policy",
        "provider_lease",
        "run",
        "status",
        "succession",
        "cleanup",
    ];
    pinned(Mismatch::ALL, &mismatches);
}

#[test]
fn the_words_of_cleanups_and_deadlines_are_pinned() {
    let states = ["pending", "claimed", "deferred", "failed", "blocked", "succeeded"];
    pinned(CleanupState::ALL, &states);
    let reasons = [
        "told_pending",
        "told_failed",
        "maybe_created",
        "no_answer",
        "late_answer",
        "destroy_asked",
        "not_released",
        "unclean_end",
        "kept_after_failure",
    ];
    pinned(CleanupReason::ALL, &reasons);
    pinned(Deadline::ALL, &["expiry", "reservation", "retention", "claim", "cleanup"]);
    pinned(OutageKind::ALL, &["outage", "clock_jump"]);
}

#[test]
fn the_words_of_runs_and_actors_are_pinned() {
    pinned(Outcome::ALL, &["succeeded", "failed", "timed_out", "cancelled", "interrupted"]);
    pinned(ActorType::ALL, &["agent", "user", "system"]);
}

#[test]
fn the_names_of_streams_are_pinned() {
    pinned(AggregateType::ALL, &["environment", "lease", "run", "operation"]);
}

#[test]
fn the_types_of_command_are_the_contracts() {
    let types = [
        "createEnvironment",
        "updateEnvironment",
        "archiveEnvironment",
        "reactivateEnvironment",
        "removeEnvironment",
        "ensureLocalEnvironment",
        "acquireLease",
        "reserveLease",
        "activateLease",
        "abandonLease",
        "renewLease",
        "replaceLeaseMetadata",
        "patchLeaseMetadata",
        "retainLease",
        "resumeLease",
        "releaseLease",
        "releaseRun",
        "endRun",
        "renewRun",
        "claimCleanups",
        "renewCleanup",
        "succeedCleanup",
        "failCleanup",
        "deferCleanup",
    ];
    pinned(CommandType::ALL, &types);
}

#[test]
fn a_word_is_padded_as_any_text() {
    assert_eq!(format!("{:>8}|{:<8}|", Phase::Ended, Outcome::Failed), "   ended|failed  |");
}
