//! What nobody waits for is worked off aside: on a connection of its own, beside the lane's batches.
//!
//! **Claims.** Whoever has a command never waits for a batch of the sweeper's, unless it is about the
//! very company that the sweeper is at. **Because** a second worker has that company's job, and what
//! comes in about it is held until he is back: a company is in one pair of hands at a time, so what was
//! decided in one is not made stale by the other. **Not** promised: that what is aside is soon done.

use std::collections::VecDeque;
use std::future::pending;

use leasehold_domain::id::CompanyId;
use tokio::task::{JoinError, JoinHandle};

use super::Lane;
use crate::dispatch::job::Job;

/// What the second worker comes back with: itself, and what it did not settle.
type Returned = (Box<Lane>, Vec<Job>);

/// The second worker of a lane, and what waits for it.
#[derive(Debug, Default)]
pub(super) struct Aside {
    /// While it has nothing in hand; made when it is first needed.
    worker: Option<Box<Lane>>,
    /// The company that it is at.
    at: Option<(CompanyId, JoinHandle<Returned>)>,
    /// Jobs that nobody waits for.
    queue: VecDeque<Job>,
    /// Jobs about the company that it is at.
    held: VecDeque<Job>,
}

impl Aside {
    /// Takes a job that is not for the lane's next batch; gives back one that is.
    pub(super) fn sort(&mut self, job: Job) -> Option<Job> {
        if job.is_aside {
            self.queue.push_back(job);
        } else if self.at.as_ref().is_some_and(|(company, _)| *company == job.company()) {
            self.held.push_back(job);
        } else {
            return Some(job);
        }
        None
    }

    /// Begins the first job that waits, unless somebody waits for its company.
    pub(super) fn begin(&mut self, lane: &Lane, waiting: &VecDeque<Job>) {
        if self.at.is_some() {
            return;
        }
        let is_free = |job: &Job| waiting.iter().all(|other| other.company() != job.company());
        let place = self.queue.iter().position(is_free);
        let Some(job) = place.and_then(|place| self.queue.remove(place)) else { return };
        let company = job.company();
        let worker = self.worker.take().unwrap_or_else(|| Box::new(lane.second()));
        self.at = Some((company, tokio::spawn(worker.try_aside(job))));
    }

    /// Whether the second worker has something in hand.
    pub(super) const fn is_at_work(&self) -> bool {
        self.at.is_some()
    }

    /// Whether it has come back.
    pub(super) fn is_back(&self) -> bool {
        self.at.as_ref().is_some_and(|(_, task)| task.is_finished())
    }

    /// Waits for the second worker; for ever while it has nothing in hand.
    pub(super) async fn back(&mut self) -> Result<Returned, JoinError> {
        match &mut self.at {
            Some((_, task)) => task.await,
            None => pending().await,
        }
    }

    /// Gives the company back to the lane, with those who waited for it, before anything else.
    pub(super) fn take_back(
        &mut self,
        returned: Result<Returned, JoinError>,
        waiting: &mut VecDeque<Job>,
    ) {
        self.at = None;
        match returned {
            Ok((worker, unsettled)) => {
                unsettled.into_iter().rev().for_each(|job| self.queue.push_front(job));
                self.worker = Some(worker);
            }
            Err(error) => tracing::error!(%error, "what was aside ended by itself"),
        }
        while let Some(job) = self.held.pop_back() {
            waiting.push_front(job);
        }
    }
}

impl Lane {
    /// A worker with nothing in memory and no connection yet.
    fn second(&self) -> Self {
        let name = format!("{} aside", self.name);
        Self::new(name, self.wake.clone(), self.database.clone(), self.shelf.clone(), self.limits)
    }

    /// Tries a job once, and answers it when it is settled.
    async fn try_aside(mut self: Box<Self>, job: Job) -> Returned {
        let unsettled = self.try_once(vec![job]).await;
        (self, unsettled)
    }
}
