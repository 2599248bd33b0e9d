//! What is seen of an environment's place: told once, never a change of what it is.

use leasehold_domain::company::Command;
use leasehold_domain::environment::{
    ABSENCE_SECONDS, Driver, Finding, Level, QUARANTINE_SECONDS, Refusal, adapter_can_use, is_gone,
};
use leasehold_domain::id::EnvironmentId;
use serde_json::json;

use crate::support::ask::{archive, create, remove};
use crate::support::world::{World, names};
use crate::support::{at, ids, label, reason};

fn saw(id: EnvironmentId, finding: Finding) -> Command {
    Command::ObserveEnvironment(id, finding)
}

fn probe(ok: bool) -> Finding {
    let cause = (!ok).then(|| label("unreachable"));
    Finding::Probe { ok, summary: reason("as it is"), cause }
}

fn orphan() -> Finding {
    let provider_lease_id = label("box://7");
    Finding::Orphan { provider_lease_id, lease_id: ids::lease(7), since: None }
}

fn gone() -> Finding {
    Finding::OrphanGone { provider_lease_id: label("box://7"), was_destroyed: true }
}

fn lost() -> Finding {
    let provider_lease_id = label("box://8");
    Finding::Lost { lease_id: ids::lease(8), provider_lease_id, missed_at: at(1) }
}

#[test]
fn every_probe_is_told_and_changes_nothing() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let before = world.environment(id);
    world.pass(5);
    world.accept(archive(id));
    for ok in [true, true, false] {
        assert_eq!(names(&world.accept(saw(id, probe(ok)))), ["Probed"]);
    }
    assert_eq!(world.environment(id).updated_at, at(5));
    assert_eq!(world.environment(id).name, before.name);
}

#[test]
fn an_orphan_is_told_once_while_it_is_there() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    assert_eq!(names(&world.accept(saw(id, gone()))), [""; 0]);
    for _ in 0..2 {
        assert_eq!(names(&world.accept(saw(id, orphan()))), ["OrphanFound"]);
        assert_eq!(names(&world.accept(saw(id, orphan()))), [""; 0]);
        assert_eq!(names(&world.accept(saw(id, gone()))), ["OrphanGone"]);
        assert_eq!(names(&world.accept(saw(id, gone()))), [""; 0]);
    }
}

#[test]
fn an_orphan_may_be_destroyed_after_its_quarantine() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.pass(10);
    world.accept(saw(id, orphan()));
    let findings = world.company.environment(id).findings;
    let may = |seconds: i64| {
        findings.may_destroy(&label("box://7"), at(10 + seconds), QUARANTINE_SECONDS)
    };
    assert!(!may(0) && !may(899) && may(900));
    assert!(!findings.may_destroy(&label("box://8"), at(5_000), QUARANTINE_SECONDS));
}

#[test]
fn a_lost_resource_is_told_once() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    assert_eq!(names(&world.accept(saw(id, lost()))), ["ResourceLost"]);
    assert_eq!(names(&world.accept(saw(id, lost()))), [""; 0]);
    assert!(!is_gone(at(0), at(59), ABSENCE_SECONDS));
    assert!(is_gone(at(0), at(60), ABSENCE_SECONDS));
}

#[test]
fn nothing_is_seen_at_what_is_not_there() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.accept(remove(id));
    let refusal = Refusal::EnvironmentNotFound { environment_id: id };
    assert_eq!(world.refuse(saw(id, probe(true))), refusal.into());
}

#[test]
fn the_levels_are_ordered_from_the_strongest() {
    let words = ["execution_workspace", "issue", "project", "agent", "company", "local"];
    assert_eq!(Level::ALL.iter().map(|level| level.as_str()).collect::<Vec<_>>(), words);
    assert!(Level::ALL.is_sorted());
}

#[test]
fn only_some_adapters_work_elsewhere() {
    for driver in Driver::ALL {
        assert!(adapter_can_use("claude_local", *driver));
        assert_eq!(adapter_can_use("process", *driver), *driver == Driver::Local);
    }
}
