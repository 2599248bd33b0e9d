//! Ending a run: it is told once, and its active leases end with it.

use cqrs_es::test::TestFramework;
use leasehold_domain::actor::Actor;
use leasehold_domain::company::{Answer, Command as Asked, CommandType};
use leasehold_domain::lease::{Cause, EndKind, Status};
use leasehold_domain::run::{Command, End, Event, Facts, Outcome, Refusal, Run, RunEnded};
use serde_json::json;

use crate::support::ask::{acquire, ask, create, end_run, retain};
use crate::support::world::{World, names};
use crate::support::{at, ids, reason};

fn facts() -> Facts {
    Facts {
        now: at(30),
        company_id: ids::company(1),
        run_id: ids::run(1),
        actor: Actor::system("heartbeat"),
    }
}

fn ended(outcome: Outcome) -> RunEnded {
    RunEnded {
        ended_at: at(30),
        at: at(30),
        id: ids::run(1),
        company_id: ids::company(1),
        outcome,
        by: Actor::system("heartbeat"),
        reason: Some(reason("done")),
    }
}

fn command(outcome: Outcome) -> Command {
    Command::End(End { outcome, reason: Some(reason("done")), ended_at: None })
}

#[tokio::test]
async fn a_run_can_end_with_each_outcome() {
    for outcome in Outcome::ALL {
        TestFramework::<Run>::with(facts())
            .given_no_previous_events()
            .when_async(command(*outcome))
            .await
            .then_expect_events(vec![Event::RunEnded(ended(*outcome))]);
    }
}

#[tokio::test]
async fn the_same_end_again_is_no_event_and_another_one_is_refused() {
    for had in Outcome::ALL {
        for asked in Outcome::ALL {
            let before = RunEnded { at: at(3), ended_at: at(2), ..ended(*had) };
            let then = TestFramework::<Run>::with(facts())
                .given(vec![Event::RunEnded(before)])
                .when_async(command(*asked))
                .await;
            if had == asked {
                then.then_expect_events(Vec::new());
            } else {
                let (run_id, ended_at) = (ids::run(1), Some(at(2)));
                then.then_expect_error(Refusal::RunEnded { run_id, outcome: *had, ended_at });
            }
        }
    }
}

#[tokio::test]
async fn an_end_that_is_told_late_keeps_its_own_time_and_none_lies_ahead() {
    for (told, kept) in [(at(7), at(7)), (at(30), at(30)), (at(31), at(30))] {
        let end = End { outcome: Outcome::Failed, reason: None, ended_at: Some(told) };
        let wanted = RunEnded { ended_at: kept, reason: None, ..ended(Outcome::Failed) };
        TestFramework::<Run>::with(facts())
            .given_no_previous_events()
            .when_async(Command::End(end))
            .await
            .then_expect_events(vec![Event::RunEnded(wanted)]);
    }
}

#[test]
fn an_outcome_says_how_leases_end() {
    let expected = [
        (Outcome::Succeeded, EndKind::Released),
        (Outcome::Failed, EndKind::Failed),
        (Outcome::TimedOut, EndKind::Failed),
        (Outcome::Cancelled, EndKind::Expired),
        (Outcome::Interrupted, EndKind::Released),
    ];
    assert_eq!(expected.len(), Outcome::ALL.len());
    for (outcome, kind) in expected {
        assert_eq!(outcome.lease_end(), kind, "{outcome}");
    }
}

fn because(outcome: &str, reason: &str) -> Asked {
    let body = json!({"runId": ids::run(1), "outcome": outcome, "reason": reason});
    ask(CommandType::EndRun, body)
}

#[test]
fn the_active_leases_of_a_run_end_with_it() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let mut hold = |run| world.grant(acquire(id, json!({"heartbeatRunId": ids::run(run)})));
    let [first, second, kept, other] = [hold(1), hold(1), hold(1), hold(2)];
    world.accept(retain(kept, json!({})));
    world.pass(9);
    let decision = world.accept(because("timed_out", "too slow"));
    assert_eq!(names(&decision), ["RunEnded", "Failed", "Failed"]);
    assert_eq!(decision.answer, Answer::Run(ids::run(1), vec![first, second]));
    for lease in [first, second] {
        let record = world.lease(lease);
        let ending = record.ending().unwrap();
        assert_eq!((ending.at, ending.cause), (at(9), Cause::RunEnd));
        assert_eq!(record.failure_reason, Some(reason("too slow")));
    }
    assert_eq!(world.status(kept), Status::Retained, "a retained lease outlives its run");
    assert_eq!(world.status(other), Status::Active);
    let run = world.company.run(ids::run(1));
    assert_eq!(run.ended.unwrap().reason, Some(reason("too slow")));
    assert_eq!(world.company.index().ended_run(ids::run(1)), Some((Outcome::TimedOut, at(9))));
}

#[test]
fn a_run_that_did_not_end_well_is_a_reason_of_its_own() {
    let told = [None, Some("failed"), Some("timed out"), Some("cancelled"), Some("interrupted")];
    for (outcome, told) in Outcome::ALL.iter().zip(told) {
        let mut world = World::new();
        let id = world.make(create("box", json!({})));
        let lease = world.grant(acquire(id, json!({"heartbeatRunId": ids::run(1)})));
        world.accept(end_run(ids::run(1), outcome.as_str()));
        let said = world.lease(lease).failure_reason.clone();
        let expected = told.map(|how| reason(&format!("run {how}")));
        assert_eq!(said, expected, "{outcome}");
        assert_eq!(world.company.run(ids::run(1)).ended.unwrap().reason, None);
    }
}

#[test]
fn a_reason_that_was_given_stands_above_our_own() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    let lease = world.grant(acquire(id, json!({"heartbeatRunId": ids::run(1)})));
    world.accept(because("interrupted", "power cut"));
    assert_eq!(world.lease(lease).failure_reason, Some(reason("power cut")));
}

#[test]
fn a_run_of_which_nothing_is_known_can_end() {
    let mut world = World::new();
    let decision = world.accept(end_run(ids::run(7), "succeeded"));
    assert_eq!(names(&decision), ["RunEnded"]);
    assert_eq!(decision.answer, Answer::Run(ids::run(7), Vec::new()));
}

#[test]
fn a_run_ends_once() {
    let mut world = World::new();
    let id = world.make(create("box", json!({})));
    world.accept(acquire(id, json!({"heartbeatRunId": ids::run(1)})));
    world.accept(end_run(ids::run(1), "cancelled"));
    world.pass(5);
    let again = world.accept(end_run(ids::run(1), "cancelled"));
    assert!(names(&again).is_empty());
    assert_eq!(again.answer, Answer::Run(ids::run(1), Vec::new()));
    let refusal = world.refuse(end_run(ids::run(1), "failed"));
    let (code, evidence) = refusal.code_and_evidence().unwrap();
    assert_eq!(code, "run_ended");
    assert_eq!((&evidence["outcome"], &evidence["endedAt"]), (&json!("cancelled"), &json!(at(0))));
}
