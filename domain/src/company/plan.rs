//! Pure plans: a command of a company becomes events of its aggregates, or a refusal.
//!
//! A plan reads the index for what spans streams and asks each aggregate's own `decide` for the
//! rest. It never sees a position that is not the next one of the log, so that a fence can be
//! counted before the event that carries it is stored.

mod cleanups;
mod environments;
mod leases;
mod operations;
mod runs;

use uuid::Uuid;

use super::command::{Command, Import};
use super::memory::Company;
use super::refusal::Refusal;
use crate::actor::Actor;
use crate::fence::{Epoch, Fence, Position};
use crate::id::{EnvironmentId, LeaseId, RunId};
use crate::lease;
use crate::limits::Limits;
use crate::stream::{Event, StreamId};
use crate::time::Timestamp;

/// What a plan sees besides the company.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The time of the decision.
    pub now: Timestamp,
    /// Who asks.
    pub actor: Actor,
    /// The epoch of the company's log.
    pub epoch: Epoch,
    /// The position that the first event of this plan will have.
    pub next: Position,
    /// The id of what this plan may create.
    pub new_id: Uuid,
    /// The bounds of the installation.
    pub limits: Limits,
}

impl Facts {
    /// The fence of a grant that stands `offset` events into the plan.
    fn fence(&self, offset: usize) -> Fence {
        Fence::of(self.epoch, self.next.plus(offset as u64))
    }

    /// Up to a thousand, out of the random part of the id.
    fn jitter(&self) -> u16 {
        let [.., high, low] = *self.new_id.as_bytes();
        u16::from_be_bytes([high, low]) % 1_001
    }
}

/// One event that a plan wants, and the activity row that it had where it was imported from.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// Of which stream.
    pub stream: StreamId,
    /// What happened.
    pub event: Event,
    /// For imported events alone.
    pub imported: Option<ImportedActivity>,
}

/// An activity row as its source had it, where it cannot be derived from the event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportedActivity {
    /// Its own id.
    pub id: Option<Uuid>,
    /// When it was written.
    pub created_at: Option<Timestamp>,
    /// Its action, when it is not the event's.
    pub action: Option<String>,
    /// Its details as JSON, when they are not the event's.
    pub details: Option<String>,
    /// Who acted, when the row says so.
    pub actor: Option<Actor>,
}

/// What an accepted command is answered with, once its events are in.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// An environment as it is now.
    Environment(EnvironmentId),
    /// An environment that is gone.
    Removed(EnvironmentId),
    /// A lease as it is now.
    Lease(LeaseId),
    /// The leases of a run that the command changed, or, for a renewal, found active.
    Run(RunId, Vec<LeaseId>),
    /// The leases whose cleanups were claimed.
    Cleanups(Vec<LeaseId>),
    /// Nothing: the command is refused, and its events tell of that.
    Refused(Box<Refusal>),
    /// What was told and not decided was taken in; false when it was known already.
    Imported(StreamId, bool),
}

/// An accepted command: its events, in order, and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// In order; all or none of them are stored.
    pub events: Vec<Decided>,
    /// To be rendered from the state after them.
    pub answer: Answer,
}

impl Decision {
    fn new(answer: Answer, events: Vec<Decided>) -> Self {
        Self { events, answer }
    }

    fn refused(refusal: Refusal, events: Vec<Decided>) -> Self {
        Self { events, answer: Answer::Refused(Box::new(refusal)) }
    }
}

/// The streams whose states must be in memory before [`plan`] is asked.
#[must_use]
pub fn streams_of(company: &Company, command: &Command) -> Vec<StreamId> {
    let index = company.index();
    match command {
        Command::CreateEnvironment(_) | Command::EnsureLocalEnvironment => {
            index.local().into_iter().map(StreamId::from).collect()
        }
        Command::UpdateEnvironment(id, _)
        | Command::ArchiveEnvironment(id)
        | Command::ReactivateEnvironment(id)
        | Command::RemoveEnvironment(id)
        | Command::ObserveEnvironment(id, _) => vec![index.resolve(*id).into()],
        Command::AcquireLease(acquire) => named_by(acquire),
        Command::RenewLease(id, _)
        | Command::SetLeaseMetadata(id, _)
        | Command::RetainLease(id, _)
        | Command::ResumeLease(id, _)
        | Command::ReleaseLease(id, _)
        | Command::ActivateLease(id, _)
        | Command::AbandonLease(id, _)
        | Command::CleanUpLease(id, _)
        | Command::EnforceLease(id, _) => vec![(*id).into()],
        Command::ReserveLease(reserve) => named_by(&reserve.acquire),
        Command::ClaimCleanups(claim) => {
            let first = index.cleanups().take(claim.limit.0 as usize);
            first.map(|(_, lease)| lease.into()).collect()
        }
        Command::ReleaseRun(run, _) | Command::RenewRun(run, _) => of_run(company, *run),
        Command::EndRun(run, _) => {
            let mut streams = of_run(company, *run);
            // A run has one event: what the index does not know to be over has no stream.
            streams.extend(index.ended_run(*run).map(|_| StreamId::from(*run)));
            streams
        }
        Command::Import(import) => vec![import.stream],
        Command::TellOperation(id, _) => vec![(*id).into()],
    }
}

/// The lease that an acquisition comes after.
fn named_by(acquire: &lease::Acquire) -> Vec<StreamId> {
    let named = [acquire.replaces_lease_id, acquire.resumes_lease_id];
    named.into_iter().flatten().map(StreamId::from).collect()
}

fn of_run(company: &Company, run: RunId) -> Vec<StreamId> {
    company.index().held_by_run(run).into_iter().map(StreamId::from).collect()
}

/// Decides one command against the company as it is in memory.
///
/// # Errors
/// A [`Refusal`] with its evidence; nothing has changed.
pub fn plan(company: &Company, command: &Command, facts: &Facts) -> Result<Decision, Refusal> {
    match command {
        Command::CreateEnvironment(create) => environments::create(company, create, facts),
        Command::EnsureLocalEnvironment => environments::ensure_local(company, facts),
        Command::UpdateEnvironment(id, update) => environments::update(company, *id, update, facts),
        Command::ArchiveEnvironment(id) => environments::archive(company, *id, facts),
        Command::ReactivateEnvironment(id) => environments::reactivate(company, *id, facts),
        Command::RemoveEnvironment(id) => environments::remove(company, *id, facts),
        Command::ObserveEnvironment(id, finding) => {
            environments::observe(company, *id, finding, facts)
        }
        Command::AcquireLease(acquire) => leases::acquire(company, acquire, facts),
        Command::ReserveLease(reserve) => leases::reserve(company, reserve, facts),
        Command::ResumeLease(id, resume) => leases::resume(company, *id, resume, facts),
        Command::RenewLease(id, _)
        | Command::SetLeaseMetadata(id, _)
        | Command::RetainLease(id, _)
        | Command::ReleaseLease(id, _)
        | Command::ActivateLease(id, _)
        | Command::AbandonLease(id, _)
        | Command::CleanUpLease(id, _)
        | Command::EnforceLease(id, _) => on_lease(command).map_or_else(
            || Err(lease::Refusal::LeaseNotFound { lease_id: *id }.into()),
            |own| leases::one(company, *id, &own, facts),
        ),
        Command::ClaimCleanups(claim) => cleanups::claim(company, claim, facts),
        Command::ReleaseRun(run, release) => runs::release(company, *run, release, facts),
        Command::EndRun(run, end) => runs::end(company, *run, end, facts),
        Command::RenewRun(run, renew) => runs::renew(company, *run, renew, facts),
        Command::Import(import) => Ok(take_in(company, import, facts)),
        Command::TellOperation(id, step) => operations::tell(company, *id, step, facts),
    }
}

/// What a command asks of one lease alone; none for those that ask more.
fn on_lease(command: &Command) -> Option<lease::Command> {
    use lease::Command as Own;
    Some(match command {
        Command::RenewLease(_, renew) => Own::Renew(renew.clone()),
        Command::SetLeaseMetadata(_, set) => Own::SetMetadata(set.clone()),
        Command::RetainLease(_, retain) => Own::Retain(retain.clone()),
        Command::ReleaseLease(_, end) => Own::End(end.clone()),
        Command::ActivateLease(_, activate) => Own::Activate(activate.clone()),
        Command::AbandonLease(_, abandon) => Own::Abandon(abandon.clone()),
        Command::CleanUpLease(_, cleanup) => Own::Cleanup(cleanup.clone()),
        Command::EnforceLease(_, enforce) => Own::Enforce(*enforce),
        Command::CreateEnvironment(_)
        | Command::UpdateEnvironment(..)
        | Command::ArchiveEnvironment(_)
        | Command::ReactivateEnvironment(_)
        | Command::RemoveEnvironment(_)
        | Command::EnsureLocalEnvironment
        | Command::ObserveEnvironment(..)
        | Command::AcquireLease(_)
        | Command::ReserveLease(_)
        | Command::ResumeLease(..)
        | Command::ReleaseRun(..)
        | Command::EndRun(..)
        | Command::RenewRun(..)
        | Command::ClaimCleanups(_)
        | Command::Import(_)
        | Command::TellOperation(..) => return None,
    })
}

/// A history is taken in once: importing again changes nothing. Its grants get fences here, for
/// only here is it known where they stand in the log.
fn take_in(company: &Company, import: &Import, facts: &Facts) -> Decision {
    let stream = import.stream;
    if company.get(stream).is_some_and(|aggregate| aggregate.version() > 0) {
        return Decision::new(Answer::Imported(stream, false), Vec::new());
    }
    let events = import.events.iter().enumerate().map(|(offset, (event, imported))| Decided {
        stream,
        event: fenced(event.clone(), facts.fence(offset)),
        imported: Some(imported.clone().unwrap_or_default()),
    });
    Decision::new(Answer::Imported(stream, true), events.collect())
}

fn fenced(mut event: Event, fence: Fence) -> Event {
    if let Event::Lease(lease::Event::LeaseAcquired(acquired)) = &mut event {
        acquired.fence = fence;
    } else if let Event::Lease(lease::Event::Resumed(resumed)) = &mut event {
        resumed.fence = fence;
    }
    event
}
