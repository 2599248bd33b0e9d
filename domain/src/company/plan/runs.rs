//! Plans for runs: one command for all of a run's active leases, each with its own event.

use super::leases::decided;
use super::{Answer, Decided, Decision, Facts};
use crate::company::{Company, Refusal, ReleaseRun, RenewRun};
use crate::id::{LeaseId, RunId};
use crate::lease::{Cause, Command, End, EndKind, Renew};
use crate::run::{self, Outcome, decide};
use crate::stream;
use crate::text::Reason;

pub(super) fn release(
    company: &Company,
    run_id: RunId,
    release: &ReleaseRun,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let end = end_of(release.status, Cause::RunRelease, release.failure_reason.clone());
    let leases = company.index().held_by_run(run_id);
    let events = each(company, &leases, &end, facts, Vec::new())?;
    Ok(Decision::new(Answer::Run(run_id, leases), events))
}

pub(super) fn end(
    company: &Company,
    run_id: RunId,
    end: &run::End,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let (now, company_id) = (facts.now, company.id());
    let own = run::Facts { now, company_id, run_id, actor: facts.actor.clone() };
    let events = decide(&company.run(run_id), &run::Command::End(end.clone()), &own)?;
    let told = events.into_iter().map(|event| Decided {
        stream: run_id.into(),
        event: stream::Event::Run(event),
        imported: None,
    });
    let told_otherwise = || unclean(end.outcome).and_then(|why| Reason::new(why).ok());
    let reason = end.reason.clone().or_else(told_otherwise);
    let ending = end_of(end.outcome.lease_end(), Cause::RunEnd, reason);
    let leases = company.index().held_by_run(run_id);
    let events = each(company, &leases, &ending, facts, told.collect())?;
    Ok(Decision::new(Answer::Run(run_id, leases), events))
}

pub(super) fn renew(
    company: &Company,
    run_id: RunId,
    renew: &RenewRun,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let renew = Command::Renew(Renew { ttl_seconds: renew.ttl_seconds, fence: None });
    let leases = company.index().active_of_run(run_id);
    let events = each(company, &leases, &renew, facts, Vec::new())?;
    Ok(Decision::new(Answer::Run(run_id, leases), events))
}

/// What is recorded of a run that did not end well and gave no reason. Being cut off is its own
/// reason: its leases are released, and yet that is no clean end.
const fn unclean(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Succeeded => None,
        Outcome::Failed => Some("run failed"),
        Outcome::TimedOut => Some("run timed out"),
        Outcome::Cancelled => Some("run cancelled"),
        Outcome::Interrupted => Some("run interrupted"),
    }
}

fn end_of(status: EndKind, cause: Cause, failure_reason: Option<Reason>) -> Command {
    Command::End(Box::new(End {
        status,
        cause,
        failure_reason,
        cleanup_status: None,
        fence: None,
        provider_resource_disposition: None,
        remote_execution_termination: None,
    }))
}

fn each(
    company: &Company,
    leases: &[LeaseId],
    command: &Command,
    facts: &Facts,
    mut events: Vec<Decided>,
) -> Result<Vec<Decided>, Refusal> {
    for lease in leases {
        events.extend(decided(company, *lease, command, facts, events.len())?);
    }
    Ok(events)
}
