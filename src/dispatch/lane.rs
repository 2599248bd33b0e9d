//! A lane: takes whatever waits when its last batch returns, decides it in memory, appends it in
//! one statement, answers. No timer and no minimum: an idle lane serves one command at once.

mod aside;
mod attempt;
mod concluding;
mod intake;
mod loading;

use std::collections::HashMap;
use std::io::ErrorKind;

use leasehold_domain::id::CompanyId;
use leasehold_domain::limits::Limits;
use leasehold_domain::time::Timestamp;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::mpsc;

use super::clock::Clock;
use super::connection::LaneConnection;
use super::job::Job;
use super::memory::Known;
use super::shelf::Shelf;
use crate::wake::Wake;
use intake::Intake;

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

#[derive(Debug)]
pub(super) struct Lane {
    /// What its connection is called.
    name: String,
    /// Whom it tells that logs have moved.
    wake: Wake,
    pub(super) database: PgConnectOptions,
    pub(super) connection: Option<LaneConnection>,
    pub(super) clock: Option<Clock>,
    /// Companies that no lane is at.
    pub(super) shelf: Shelf,
    /// Those that the batch is about.
    pub(super) known: HashMap<CompanyId, Known>,
    limits: Limits,
}

impl Lane {
    pub(super) fn new(
        name: String,
        wake: Wake,
        database: PgConnectOptions,
        shelf: Shelf,
        limits: Limits,
    ) -> Self {
        let known = HashMap::new();
        Self { name, wake, database, connection: None, clock: None, shelf, known, limits }
    }

    /// Works until nobody can hand in commands any more and all that were handed in are answered.
    pub(super) async fn run(mut self, jobs: mpsc::Receiver<Job>) {
        let mut intake = Intake::new(jobs);
        while let Some(jobs) = intake.next(&self).await {
            intake.put_back(self.try_once(jobs).await);
        }
    }

    /// One batch: answers what is settled by it, and gives back the rest.
    async fn try_once(&mut self, mut jobs: Vec<Job>) -> Vec<Job> {
        self.shelf.take(jobs.iter().map(Job::company), &mut self.known);
        if let Err(setback) = self.attempt(&mut jobs, None).await {
            self.recover(&mut jobs, setback).await;
        }
        // Before anybody is answered: what he hands in next may be for another lane.
        self.shelf.put(&mut self.known);
        let (settled, unsettled): (Vec<Job>, Vec<Job>) =
            jobs.into_iter().partition(Job::is_settled);
        settled.into_iter().for_each(Job::answer);
        unsettled
    }

    /// A connection and a clock.
    pub(super) async fn connect(&mut self) -> sqlx::Result<()> {
        if self.connection.is_none() {
            let mut opened = LaneConnection::open(&self.database, &self.name).await?;
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
