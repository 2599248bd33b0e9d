//! A company with a clock that is set by hand and a log that is counted.

use std::borrow::Borrow;

use leasehold_domain::actor::Actor;
use leasehold_domain::company::{
    Answer, Command, Company, Decided, Decision, Facts, Refusal, plan, streams_of,
};
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId};
use leasehold_domain::limits::Limits;
use leasehold_domain::stream::StreamId;
use leasehold_domain::time::Timestamp;
use leasehold_domain::{environment, lease};

use super::{at, ids};

/// One company, its log and the time.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) company: Company,
    pub(crate) log: Vec<Decided>,
    pub(crate) now: Timestamp,
    pub(crate) actor: Actor,
    pub(crate) epoch: Epoch,
    pub(crate) limits: Limits,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::of(ids::company(1))
    }

    pub(crate) fn of(company: CompanyId) -> Self {
        Self {
            company: Company::new(company),
            log: Vec::new(),
            now: at(0),
            actor: Actor::system("heartbeat"),
            epoch: Epoch(1),
            limits: Limits::default(),
        }
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, seconds: u32) {
        self.now = self.now.plus_seconds(seconds);
    }

    pub(crate) fn facts(&self) -> Facts {
        let next = self.log.len() as u64 + 1;
        Facts {
            now: self.now,
            actor: self.actor.clone(),
            epoch: self.epoch,
            next: Position(next),
            new_id: ids::made_at(next),
            limits: self.limits,
        }
    }

    /// Plans a command, and sees that the streams it asks for are all that it and its answer need.
    pub(crate) fn decide(&self, command: impl Borrow<Command>) -> Result<Decision, Refusal> {
        let command = command.borrow();
        let decision = plan(&self.company, command, &self.facts());
        let streams = streams_of(&self.company, command);
        let mut cold = self.company.clone();
        cold.evict(|stream, _| streams.contains(&stream));
        assert_eq!(plan(&cold, command, &self.facts()), decision, "more streams were needed");
        for decided in decision.iter().flat_map(|decision| &decision.events) {
            cold.apply(decided.stream, &decided.event);
        }
        for stream in decision.iter().flat_map(|decision| answered(&decision.answer)) {
            assert!(cold.has(stream), "{stream:?} is needed for the answer");
        }
        decision
    }

    /// Decides a command and puts its events into the log.
    pub(crate) fn try_do(&mut self, command: impl Borrow<Command>) -> Result<Decision, Refusal> {
        let decision = self.decide(command)?;
        self.happen(&decision);
        self.company.keep();
        if let Answer::Refused(refusal) = decision.answer {
            return Err(*refusal);
        }
        Ok(decision)
    }

    /// Puts a decision's events into the log, though nobody says yet that they are durable.
    pub(crate) fn happen(&mut self, decision: &Decision) {
        for decided in &decision.events {
            self.company.apply(decided.stream, &decided.event);
        }
        self.log.extend(decision.events.iter().cloned());
    }

    pub(crate) fn accept(&mut self, command: impl Borrow<Command>) -> Decision {
        let command = command.borrow();
        self.try_do(command).unwrap_or_else(|refusal| panic!("{command:?} is refused: {refusal}"))
    }

    pub(crate) fn refuse(&mut self, command: impl Borrow<Command>) -> Refusal {
        self.try_do(command).expect_err("the command is refused")
    }

    /// Accepts a command that is answered with an environment.
    pub(crate) fn make(&mut self, command: impl Borrow<Command>) -> EnvironmentId {
        let answer = self.accept(command).answer;
        let Answer::Environment(id) = answer else { panic!("no environment: {answer:?}") };
        id
    }

    /// Accepts a command that is answered with a lease.
    pub(crate) fn grant(&mut self, command: impl Borrow<Command>) -> LeaseId {
        let answer = self.accept(command).answer;
        let Answer::Lease(id) = answer else { panic!("no lease: {answer:?}") };
        id
    }

    pub(crate) fn lease(&self, id: LeaseId) -> &lease::Record {
        self.company
            .lease(id)
            .and_then(|lease| lease.record.as_deref())
            .expect("the lease is there")
    }

    pub(crate) fn environment(&self, id: EnvironmentId) -> environment::Record {
        self.company.environment(id).present().cloned().expect("the environment is there")
    }

    pub(crate) fn status(&self, id: LeaseId) -> lease::Status {
        self.lease(id).status()
    }
}

/// The streams whose states an answer shows.
fn answered(answer: &Answer) -> Vec<StreamId> {
    match answer {
        Answer::Environment(id) | Answer::Removed(id) => vec![(*id).into()],
        Answer::Lease(id) => vec![(*id).into()],
        Answer::Refused(_) => Vec::new(),
        Answer::Run(_, leases) | Answer::Cleanups(leases) => {
            leases.iter().map(|id| (*id).into()).collect()
        }
        Answer::Imported(stream, _) => vec![*stream],
    }
}

/// The names of what a decision wants to happen, in order.
pub(crate) fn names(decision: &Decision) -> Vec<&'static str> {
    decision.events.iter().map(|decided| decided.event.name()).collect()
}
