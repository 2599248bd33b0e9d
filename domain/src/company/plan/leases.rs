//! Plans for leases: admission first, then the lease's own decision.

use super::{Answer, Decided, Decision, Facts};
use crate::company::admission::{Asking, admit};
use crate::company::{Company, LeaseEntry, Place, Refusal};
use crate::id::{LeaseId, RunId};
use crate::lease::{
    self, Acquire, Command, Due, Grant, HandOff, Lease, Mismatch, Record, Reserve, Resume, Takes,
    decide, matches_request, told_by_refusal,
};
use crate::stream;

pub(super) fn acquire(
    company: &Company,
    request: &Acquire,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let request = placed(company, request);
    if let Some(kept) = request.resumes_lease_id {
        return acquire_again(company, kept, &request, facts);
    }
    let acquire = |grant| Command::Acquire(Box::new(grant));
    granted(company, request, Takes::Resource, acquire, facts)
}

/// A new lease where there is room, with what it comes after.
fn granted(
    company: &Company,
    request: Acquire,
    takes: Takes,
    command: impl FnOnce(Grant) -> Command,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let leaving = request.replaces_lease_id;
    let predecessor = leaving.map(|id| meant(company, id, &request, takes)).transpose()?;
    let environment = admit(company.index(), &asking(&request, leaving))?;
    let lease_id = LeaseId(facts.new_id);
    let mut events = Vec::new();
    if let Some(predecessor) = predecessor {
        let hand_off = Command::HandOff(HandOff { to: lease_id, takes });
        let handed_off = decided(company, predecessor.id, &hand_off, facts, 0);
        events.extend(handed_off.map_err(|refusal| with_runs(company, refusal))?);
    }
    let grant = Grant { lease_id, company_id: company.id(), driver: environment.driver, request };
    events.extend(decided(company, lease_id, &command(grant), facts, events.len())?);
    Ok(Decision::new(Answer::Lease(lease_id), events))
}

/// An acquisition on the company's own environment, due as that says if it does not say itself.
fn placed(company: &Company, request: &Acquire) -> Acquire {
    let environment_id = company.index().resolve(request.environment_id);
    let environment = company.index().environment(environment_id);
    let promised = environment.and_then(|entry| entry.default_ttl).map(Due::TtlSeconds);
    let due =
        if request.resumes_lease_id.is_some() { request.due } else { request.due.or(promised) };
    Acquire { environment_id, due, ..request.clone() }
}

pub(super) fn reserve(
    company: &Company,
    reserve: &Reserve,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let request = placed(company, &reserve.acquire);
    let command = |grant| Command::Reserve(Box::new(grant), reserve.deadline_seconds);
    granted(company, request, Takes::Place, command, facts)
}

fn asking(request: &Acquire, leaving: Option<LeaseId>) -> Asking {
    Asking {
        environment_id: request.environment_id,
        run_id: request.heartbeat_run_id,
        workspace_id: request.execution_workspace_id,
        leaving,
    }
}

/// The kept lease, if it is the one that the acquisition means.
fn meant<'c>(
    company: &'c Company,
    lease_id: LeaseId,
    request: &Acquire,
    takes: Takes,
) -> Result<&'c Record, Refusal> {
    let record = company.lease(lease_id).and_then(|lease| lease.record.as_deref());
    let record = record.ok_or(lease::Refusal::LeaseNotFound { lease_id })?;
    matches_request(record, request, takes).map_err(|mismatch| record.mismatched(mismatch))?;
    Ok(record)
}

/// Names the runs of the leases that were first.
fn with_runs(company: &Company, mut refusal: Refusal) -> Refusal {
    if let Refusal::Lease(lease::Refusal::ResumeMismatch { conflicting, .. }) = &mut refusal {
        for holder in conflicting {
            *holder = company.index().holder(holder.lease_id);
        }
    }
    refusal
}

/// An acquisition that resumes: the kept lease is compared first, and is the one that is answered.
fn acquire_again(
    company: &Company,
    lease_id: LeaseId,
    request: &Acquire,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let record = meant(company, lease_id, request, Takes::Resource)?;
    if record.replaced_by_lease_id.is_some() {
        return Err(with_runs(company, record.mismatched(Mismatch::Succession).into()));
    }
    let Some(heartbeat_run_id) = request.heartbeat_run_id else {
        return Err(record.mismatched(Mismatch::Run).into());
    };
    let active = company.index().lease(lease_id).is_some_and(|e| e.place == Place::Active);
    let is_own = record.heartbeat_run_id == Some(heartbeat_run_id);
    if active && !is_own && !is_orphaned(company, lease_id) {
        return Err(record.mismatched(Mismatch::Run).into());
    }
    let resume = Resume {
        heartbeat_run_id,
        agent_id: request.agent_id,
        issue_id: request.issue_id,
        due: request.due,
        metadata: request.metadata.clone(),
    };
    self::resume(company, lease_id, &resume, facts)
}

pub(super) fn resume(
    company: &Company,
    lease_id: LeaseId,
    resume: &Resume,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let is_orphaned = is_orphaned(company, lease_id);
    let asked = Box::new(resume.clone());
    let command = if is_orphaned { Command::Adopt(asked) } else { Command::Resume(asked) };
    let decision = one(company, lease_id, &command, facts)?;
    // Who holds it already takes nobody's room.
    let comes_in = |entry: &&LeaseEntry| is_orphaned || entry.place == Place::Retained;
    if let Some(entry) = company.index().lease(lease_id).filter(comes_in) {
        readmit(company, lease_id, resume.heartbeat_run_id, entry)?;
    }
    Ok(decision)
}

/// Whether a lease is held by a run that has ended. An end that the ledger was told of ends the
/// run's leases too: what is left are leases that were imported.
fn is_orphaned(company: &Company, lease_id: LeaseId) -> bool {
    let active = company.index().lease(lease_id).filter(|entry| entry.place == Place::Active);
    let run = active.and_then(|entry| entry.run_id);
    run.is_some_and(|run| company.index().ended_run(run).is_some())
}

/// A kept lease asks for room as a new one does, but never against itself.
fn readmit(
    company: &Company,
    lease_id: LeaseId,
    run_id: RunId,
    entry: &LeaseEntry,
) -> Result<(), Refusal> {
    let (environment_id, workspace_id) = (entry.environment_id, entry.workspace_id);
    let leaving = Some(lease_id);
    let asking = Asking { environment_id, run_id: Some(run_id), workspace_id, leaving };
    admit(company.index(), &asking).map(|_| ())
}

/// A command on one lease.
pub(super) fn one(
    company: &Company,
    id: LeaseId,
    command: &Command,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let answer = Answer::Lease(id);
    decided(company, id, command, facts, 0).map(|events| Decision::new(answer, events)).or_else(
        |refusal| {
            let told = told(company, id, command, &refusal, facts);
            if told.is_empty() { Err(refusal) } else { Ok(Decision::refused(refusal, told)) }
        },
    )
}

/// What a refusal of the lease leaves in its log.
fn told(
    company: &Company,
    id: LeaseId,
    command: &Command,
    refusal: &Refusal,
    facts: &Facts,
) -> Vec<Decided> {
    let (Some(lease), Refusal::Lease(refusal)) = (company.lease(id), refusal) else {
        return Vec::new();
    };
    in_stream(id, told_by_refusal(lease, command, refusal, &own(id, facts, 0)))
}

/// One lease's decision, `offset` events into the plan.
pub(super) fn decided(
    company: &Company,
    lease_id: LeaseId,
    command: &Command,
    facts: &Facts,
    offset: usize,
) -> Result<Vec<Decided>, Refusal> {
    let none = Lease::default();
    let lease = company.lease(lease_id).unwrap_or(&none);
    Ok(in_stream(lease_id, decide(lease, command, &own(lease_id, facts, offset))?))
}

fn own(lease_id: LeaseId, facts: &Facts, offset: usize) -> lease::Facts {
    lease::Facts {
        now: facts.now,
        lease_id,
        actor: facts.actor.clone(),
        fence: facts.fence(offset),
        jitter: facts.jitter(),
        limits: facts.limits,
    }
}

fn in_stream(lease_id: LeaseId, events: Vec<lease::Event>) -> Vec<Decided> {
    let decided = |event| Decided {
        stream: lease_id.into(),
        event: stream::Event::Lease(event),
        imported: None,
    };
    events.into_iter().map(decided).collect()
}
