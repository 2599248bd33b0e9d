//! From commands to verdicts: lanes that decide in memory and append whole batches.
//!
//! **Claims.** A verdict that says accepted or refused is true of a durable log. A command with the
//! same key and body is decided once. A command that is refused, or that the database cannot store,
//! does not fail its neighbours. A caller that goes away changes nothing.
//! **Because** all that is under way of a company is in one lane of a process; between processes its
//! head row decides (see [`crate::log`]). A lane works in a task of its own, and answers after the commit.
//! **Not** promised: any order between commands of different callers.

mod clock;
mod connection;
mod draft;
mod job;
mod lane;
mod memory;
mod placement;
mod receipts;
mod recovery;
mod shelf;
mod unreadable;
mod verdict;

use std::sync::Arc;

use leasehold_domain::id::CompanyId;
use leasehold_domain::limits::Limits;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

pub(crate) use connection::BY_KEYS;
pub use job::{Caller, Order};
pub use verdict::{Body, Failure, Verdict};

use job::Job;
use lane::Lane;
use placement::Placement;
use shelf::Shelf;

use crate::wake::{Wake, Waker};

/// How a dispatcher works.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How many lanes, each with a connection of its own.
    pub lanes: usize,
    /// Jobs that may wait for a lane before callers wait to hand theirs in.
    pub queue_jobs_max: usize,
    /// Bounds of what is taken in.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self { lanes: 2, queue_jobs_max: 16_384, limits: Limits::default() }
    }
}

/// Takes commands and answers with verdicts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Dispatcher {
    lanes: Arc<[mpsc::Sender<Job>]>,
    placement: Arc<Placement>,
    wake: Wake,
}

/// The tasks behind a [`Dispatcher`].
#[derive(Debug)]
pub struct Lanes {
    tasks: Vec<JoinHandle<()>>,
    waker: Waker,
}

impl Lanes {
    /// Waits until everything that was accepted is finished. Ends when no dispatcher is left.
    pub async fn finish(self) {
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a lane ended by itself");
            }
        }
        self.waker.finish().await;
    }
}

impl Dispatcher {
    /// Starts the lanes. They connect when the first command comes, and again whenever they must.
    #[must_use]
    pub fn start(database: &PgConnectOptions, settings: Settings) -> (Self, Lanes) {
        let (wake, waker) = Wake::start(database);
        let shelf = Shelf::default();
        let lane = |number: usize| {
            let (sender, receiver) = mpsc::channel(settings.queue_jobs_max);
            let name = format!("leasehold lane {number}");
            let lane =
                Lane::new(name, wake.clone(), database.clone(), shelf.clone(), settings.limits);
            (sender, tokio::spawn(lane.run(receiver)))
        };
        let (lanes, tasks): (Vec<_>, Vec<_>) = (0..settings.lanes.max(1)).map(lane).unzip();
        let placement = Placement::new(lanes.len());
        (Self { lanes: lanes.into(), placement, wake }, Lanes { tasks, waker })
    }

    /// How many jobs wait for each lane.
    pub fn depths(&self) -> impl Iterator<Item = usize> {
        self.lanes.iter().map(|lane| lane.max_capacity() - lane.capacity())
    }

    /// Where to learn that a company's log has moved.
    #[must_use]
    pub const fn wake(&self) -> &Wake {
        &self.wake
    }

    /// Dispatches one command.
    pub async fn dispatch(&self, company: CompanyId, order: Order) -> Verdict {
        let key = order.key().to_owned();
        let mut verdicts = self.dispatch_all(company, vec![order], false).await;
        verdicts.pop().unwrap_or(Verdict::Failed { key, failure: Failure::Internal })
    }

    /// Dispatches commands in order; `atomic`: all or none. One verdict for each, in order.
    pub async fn dispatch_all(
        &self,
        company: CompanyId,
        orders: Vec<Order>,
        atomic: bool,
    ) -> Vec<Verdict> {
        let (reply, answer) = oneshot::channel();
        let stay = self.placement.stay(company, orders.len());
        self.hand_in(Job::new(stay, orders, atomic, reply), answer).await
    }

    /// The same for what nobody waits for: it keeps nobody waiting either, unless for its company.
    pub async fn dispatch_aside(&self, company: CompanyId, orders: Vec<Order>) -> Vec<Verdict> {
        let (reply, answer) = oneshot::channel();
        let stay = self.placement.stay(company, orders.len());
        self.hand_in(Job::new(stay, orders, false, reply).aside(), answer).await
    }

    async fn hand_in(&self, job: Job, answer: oneshot::Receiver<Vec<Verdict>>) -> Vec<Verdict> {
        let keys: Vec<String> = job.orders.iter().map(|order| order.key().to_owned()).collect();
        let failed = |failure: Failure| {
            keys.iter().map(|key| Verdict::Failed { key: key.clone(), failure }).collect()
        };
        let lane = &self.lanes[job.stay.lane];
        if lane.send(job).await.is_err() {
            return failed(Failure::DatabaseUnavailable);
        }
        // A lane that ended with a job in hand may or may not have stored it.
        answer.await.unwrap_or_else(|_| failed(Failure::OutcomeUnknown))
    }
}
