//! What comes into a lane, and in what order it is taken up.

use std::collections::VecDeque;

use leasehold_domain::limits::BATCH_COMMANDS_MAX;
use tokio::sync::mpsc;
use tokio::task::yield_now;

use super::Lane;
use super::aside::Aside;
use crate::dispatch::job::Job;

/// Turns that are given to others before a batch is closed. Each brings what some sixty tasks hand in.
const TURNS_MAX: usize = 4;

/// The jobs of a lane.
#[derive(Debug)]
pub(super) struct Intake {
    receiver: mpsc::Receiver<Job>,
    waiting: VecDeque<Job>,
    aside: Aside,
}

impl Intake {
    pub(super) fn new(receiver: mpsc::Receiver<Job>) -> Self {
        Self { receiver, waiting: VecDeque::new(), aside: Aside::default() }
    }

    /// What waits now, up to a batch's bound; what was put back comes first. None when all was done
    /// and nothing can come.
    pub(super) async fn next(&mut self, lane: &Lane) -> Option<Vec<Job>> {
        loop {
            if self.aside.is_back() {
                let returned = self.aside.back().await;
                self.aside.take_back(returned, &mut self.waiting);
            }
            self.aside.begin(lane, &self.waiting);
            if self.waiting.is_empty() && !self.wait().await {
                return None;
            }
            self.gather().await;
            let jobs = self.collect();
            if !jobs.is_empty() {
                return Some(jobs);
            }
        }
    }

    /// Waits for something to do; whether there is or may be anything.
    async fn wait(&mut self) -> bool {
        let returned = tokio::select! {
            biased;
            received = self.receiver.recv() => {
                self.waiting.extend(received);
                if !self.waiting.is_empty() {
                    return true;
                }
                if !self.aside.is_at_work() {
                    return false;
                }
                self.aside.back().await
            }
            returned = self.aside.back() => returned,
        };
        self.aside.take_back(returned, &mut self.waiting);
        true
    }

    /// Lets those who were just answered hand their next commands in, for as long as more come: a batch
    /// has a price of its own, and those that are ready go into one. Each turn lets everybody run who can,
    /// and waits for nobody.
    async fn gather(&self) {
        for _ in 0..TURNS_MAX {
            let before = self.receiver.len();
            yield_now().await;
            if self.receiver.len() == before {
                return;
            }
        }
    }

    fn collect(&mut self) -> Vec<Job> {
        let (mut jobs, mut commands) = (Vec::new(), 0);
        while commands < BATCH_COMMANDS_MAX {
            let job = self.waiting.pop_front().or_else(|| self.receiver.try_recv().ok());
            let Some(job) = job else { break };
            let Some(job) = self.aside.sort(job) else { continue };
            commands += job.pending().count();
            jobs.push(job);
        }
        jobs
    }

    /// Takes back what is not settled; it goes first in the next batch, in its order.
    pub(super) fn put_back(&mut self, unsettled: Vec<Job>) {
        unsettled.into_iter().rev().for_each(|job| self.waiting.push_front(job));
    }
}
