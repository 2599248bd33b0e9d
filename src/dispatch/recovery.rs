//! When a batch met an error: what is known, what can be found out, and what may be tried again. What the
//! batch was about is folded anew from the log; after a lost connection everything is.
//!
//! **Claims.** After a lost connection nobody is told that something did not happen while it still
//! can. **Because** the server's old process is ended and gone before receipts are read: what it was
//! sent is in the log by then or never will be.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::draft::Pick;
use super::job::Job;
use super::lane::{Lane, Setback};
use super::verdict::Failure;
use crate::log::Trouble;

/// How long a caller waits for a database that is not there.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries to connect.
const PAUSE: Duration = Duration::from_millis(50);
/// How often the same trouble is tolerated, however long it took.
const TIMES_MAX: u32 = 3;

impl Lane {
    pub(super) async fn recover(&mut self, jobs: &mut [Job], setback: Setback) {
        let trouble = Trouble::of(&setback.error);
        match trouble {
            Trouble::Lost => self.reconnect(jobs, &setback).await,
            Trouble::Full => {
                tracing::error!(error = %setback.error, "the database has no room left");
                for job in jobs {
                    job.fail(Failure::StorageFull);
                }
            }
            Trouble::Contended => {
                tracing::warn!(error = %setback.error, "another writer was in the way");
                for job in jobs {
                    job.misses += 1;
                    give_up_after(job.misses, job);
                }
            }
            Trouble::Unstorable | Trouble::Duplicate | Trouble::Broken => {
                self.one_by_one(jobs).await;
            }
        }
        self.known.clear();
    }

    /// Finds the one that cannot be stored by storing each alone.
    async fn one_by_one(&mut self, jobs: &mut [Job]) {
        for number in 0..jobs.len() {
            let places: Vec<Option<usize>> = match jobs.get(number) {
                Some(job) if !job.is_atomic => {
                    job.pending().map(|(place, _)| Some(place)).collect()
                }
                Some(_) | None => vec![None],
            };
            for only in places {
                let pick = Pick { job: number, only };
                let Err(setback) = self.attempt(jobs, Some(pick)).await else { continue };
                self.known.clear();
                if Trouble::of(&setback.error) == Trouble::Lost {
                    return self.reconnect(jobs, &setback).await;
                }
                self.blame(jobs, pick, &setback).await;
            }
        }
    }

    /// Tells a command that failed alone what is wrong with it.
    async fn blame(&mut self, jobs: &mut [Job], pick: Pick, setback: &Setback) {
        let failure = match Trouble::of(&setback.error) {
            Trouble::Unstorable => Failure::Unstorable,
            Trouble::Full => Failure::StorageFull,
            Trouble::Contended | Trouble::Lost => return,
            Trouble::Duplicate => {
                // Another process decided the same key in the same moment: its receipt answers.
                let Some(company) = jobs.get(pick.job).map(Job::company) else { return };
                let is_read = self.replay_used(jobs, company).await.is_ok();
                // Or a row stands in the way that no receipt explains: it will not go by itself.
                let Some(job) = jobs.get_mut(pick.job) else { return };
                job.losses += 1;
                if is_read && (job.is_answered(pick.only) || job.losses < TIMES_MAX) {
                    return;
                }
                Failure::Internal
            }
            Trouble::Broken => Failure::Internal,
        };
        tracing::error!(error = ?setback.error, "a command could not be stored");
        let Some(job) = jobs.get_mut(pick.job) else { return };
        match pick.only {
            Some(place) => job.fail_one(place, failure),
            None => job.fail(failure),
        }
    }

    /// Waits for the database, finds out what became of the batch, and answers what is known.
    async fn reconnect(&mut self, jobs: &mut [Job], setback: &Setback) {
        tracing::warn!(error = %setback.error, "the connection was lost");
        let lost = self.connection.take().map(|opened| opened.backend());
        // A server that comes back may be another one, with less in it.
        self.shelf.clear();
        let since = Instant::now();
        loop {
            match self.find_out(jobs, lost).await {
                Ok(()) => return lose(jobs),
                Err(error) => tracing::debug!(%error, "the database is not back yet"),
            }
            self.connection = None;
            give_up(jobs, since, setback.is_in_flight);
            if jobs.iter().all(Job::is_settled) {
                return;
            }
            sleep(PAUSE).await;
        }
    }

    async fn find_out(
        &mut self,
        jobs: &mut [Job],
        lost: Option<super::connection::Backend>,
    ) -> sqlx::Result<()> {
        self.connect().await?;
        let connection = self.open_connection()?;
        if let Some(backend) = lost {
            backend.end(connection).await?;
        }
        let companies: Vec<_> = jobs.iter().map(Job::company).collect();
        for company in companies {
            self.replay_used(jobs, company).await?;
        }
        Ok(())
    }
}

/// The server is there, and what was sent to it was not stored. It is sent again, but not for ever
/// to a server that breaks down over it.
fn lose(jobs: &mut [Job]) {
    for job in jobs {
        job.losses += 1;
        give_up_after(job.losses, job);
    }
}

/// A job that met the same trouble again and again, for longer than a caller's patience, ends. It
/// is known by then that nothing of it was stored.
fn give_up_after(times: u32, job: &mut Job) {
    if times >= TIMES_MAX && job.since.elapsed() > PATIENCE {
        job.fail(Failure::DatabaseUnavailable);
    }
}

/// Nobody waits longer than a caller's patience. What was being stored may have happened.
fn give_up(jobs: &mut [Job], since: Instant, is_in_flight: bool) {
    let failure = if is_in_flight { Failure::OutcomeUnknown } else { Failure::DatabaseUnavailable };
    for job in jobs {
        let waited = if is_in_flight { since.elapsed() } else { job.since.elapsed() };
        if waited > PATIENCE {
            job.fail(failure);
        }
    }
}
