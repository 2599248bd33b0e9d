//! A lane: takes whatever waits when its last batch returns, decides it in memory, appends it in
//! one statement, answers. No timer and no minimum: an idle lane serves one command at once.

mod attempt;
mod concluding;
mod loading;

use std::collections::{HashMap, VecDeque};
use std::io::ErrorKind;

use leasehold_domain::id::CompanyId;
use leasehold_domain::limits::{BATCH_COMMANDS_MAX, Limits};
use leasehold_domain::time::Timestamp;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::mpsc;
use tokio::task::yield_now;

use super::clock::Clock;
use super::connection::LaneConnection;
use super::job::Job;
use super::memory::Known;
use crate::wake::Wake;

/// Companies that a lane keeps in memory.
const COMPANIES_KEPT_MAX: usize = 10_000;

/// What a batch met that it could not get over.
#[derive(Debug)]
pub(super) struct Setback {
    pub(super) error: sqlx::Error,
    /// Whether the statement that appends may have been sent.
    pub(super) is_in_flight: bool,
}

impl From<sqlx::Error> for Setback {
    fn from(error: sqlx::Error) -> Self {
        Self { error, is_in_flight: false }
    }
}

impl Setback {
    /// Of a statement that was handed to the connection. One that met a broken pipe did not go
    /// through to its end, and without its end the server never executes it.
    fn sent(error: sqlx::Error) -> Self {
        let is_cut = matches!(&error, sqlx::Error::Io(io) if io.kind() == ErrorKind::BrokenPipe);
        Self { error, is_in_flight: !is_cut }
    }
}

/// Where a lane's jobs come from, and whom it tells that logs have moved.
#[derive(Debug)]
pub(super) struct Inbox {
    pub(super) receiver: mpsc::Receiver<Job>,
    pub(super) wake: Wake,
}

#[derive(Debug)]
pub(super) struct Lane {
    pub(super) number: usize,
    inbox: Inbox,
    waiting: VecDeque<Job>,
    pub(super) database: PgConnectOptions,
    pub(super) connection: Option<LaneConnection>,
    pub(super) clock: Option<Clock>,
    pub(super) known: HashMap<CompanyId, Known>,
    limits: Limits,
}

impl Lane {
    pub(super) fn new(
        number: usize,
        inbox: Inbox,
        database: PgConnectOptions,
        limits: Limits,
    ) -> Self {
        Self {
            number,
            inbox,
            waiting: VecDeque::new(),
            database,
            connection: None,
            clock: None,
            known: HashMap::new(),
            limits,
        }
    }

    /// Works until nobody can hand in commands any more and all that were handed in are answered.
    pub(super) async fn run(mut self) {
        while let Some(mut jobs) = self.next().await {
            if let Err(setback) = self.attempt(&mut jobs, None).await {
                self.recover(&mut jobs, setback).await;
            }
            self.hand_back(jobs);
        }
    }

    /// What waits now, up to a batch's bound; what was put back comes first.
    async fn next(&mut self) -> Option<Vec<Job>> {
        if self.waiting.is_empty() {
            let job = self.inbox.receiver.recv().await?;
            self.waiting.push_back(job);
        }
        // Those who were just answered hand their next commands in first: a batch has a price of its
        // own, and those that are ready go into one.
        yield_now().await;
        let mut jobs = Vec::new();
        let mut commands = 0;
        while commands < BATCH_COMMANDS_MAX {
            let Some(job) =
                self.waiting.pop_front().or_else(|| self.inbox.receiver.try_recv().ok())
            else {
                break;
            };
            commands += job.pending().count();
            jobs.push(job);
        }
        Some(jobs)
    }

    /// Answers what is settled; the rest goes first in the next batch, in its order.
    fn hand_back(&mut self, jobs: Vec<Job>) {
        for job in jobs.into_iter().rev() {
            if job.is_settled() {
                job.answer();
            } else {
                self.waiting.push_front(job);
            }
        }
        if self.known.len() > COMPANIES_KEPT_MAX {
            self.known.clear();
        }
    }

    /// A connection and a clock.
    pub(super) async fn connect(&mut self) -> sqlx::Result<()> {
        if self.connection.is_none() {
            let mut opened = LaneConnection::open(&self.database, self.number).await?;
            self.clock = Some(Clock::read(&mut opened.connection).await?);
            self.connection = Some(opened);
        }
        Ok(())
    }

    pub(super) fn open_connection(&mut self) -> sqlx::Result<&mut sqlx::PgConnection> {
        let opened = self.connection.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        Ok(&mut opened.connection)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.map_or(Timestamp::EPOCH, |clock| clock.now())
    }
}
