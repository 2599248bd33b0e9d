//! Wake-ups: who waits for a company's log learns that it has moved, whichever process moved it.
//!
//! **Claims.** Whoever made a [`Watch`], then read the log, and then waits, is woken by every move
//! that the read did not see: at once when a lane of this process made it, in some milliseconds when
//! another process did and the database's notifications work, else within [`POLL_EVERY`].
//! **Because** a lane leaves a mark after its commit, never before; one task of its own tells the
//! watchers and the other processes, and looks at the heads of what is watched as a fallback.
//! **Not** promised: a wake-up for each move (several become one), or that something moved when
//! one is woken: look again.

mod others;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use crate::log::Head;
use others::{hear_others, look, speak, tell_elsewhere};

/// How often the heads of what is watched are looked at, notifications or none.
pub const POLL_EVERY: Duration = Duration::from_secs(1);
/// How long the other processes' notifications may hold a shutdown up.
const FLUSH_FOR: Duration = Duration::from_secs(1);

/// How far a company's log has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The log's epoch: a restored log has a higher one, and positions that may be lower.
    pub epoch: Epoch,
    /// The last event's position.
    pub position: Position,
}

impl From<&Head> for Mark {
    fn from(head: &Head) -> Self {
        Self { epoch: head.epoch, position: head.position }
    }
}

#[derive(Debug, Default)]
struct Shared {
    /// Moves of this process that nobody was told of yet.
    moved: Mutex<HashMap<CompanyId, Mark>>,
    has_moved: Notify,
    /// Moves of this process that other processes were not told of yet.
    untold: Mutex<HashMap<CompanyId, Mark>>,
    has_untold: Notify,
    /// Those who wait, by what they wait for.
    watched: Mutex<HashMap<CompanyId, watch::Sender<Mark>>>,
    /// Who listens and who looks: until somebody waits, neither needs a connection.
    is_watched: [Notify; 2],
    /// Counts what was told, for those who wait for whatever company.
    moves: watch::Sender<u64>,
    stop: Notify,
}

/// Leaves marks and makes watches. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Shared>);

/// The task behind a [`Wake`].
#[derive(Debug)]
pub struct Waker {
    wake: Wake,
    task: JoinHandle<()>,
}

/// Waits for one company's log to move.
#[derive(Debug)]
pub struct Watch {
    company: CompanyId,
    wake: Wake,
    receiver: Option<watch::Receiver<Mark>>,
}

/// A lock that is held for a few instructions, in which nothing can panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wake {
    /// Starts the task. It connects when the first company moves or is watched.
    #[must_use]
    pub fn start(database: &PgConnectOptions) -> (Self, Waker) {
        let wake = Self::default();
        // A word is not worth a flush: whoever does not get it looks for himself.
        let options = database
            .clone()
            .options([("synchronous_commit", "off")])
            .application_name("leasehold wake")
            .disable_statement_logging();
        // One connection to listen with, one to speak and to look with.
        let pool = PgPoolOptions::new()
            .max_connections(2)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(options);
        let task = tokio::spawn(run(wake.clone(), pool));
        (wake.clone(), Waker { wake, task })
    }

    /// Leaves word that a company's log has moved. Called after the commit; costs a lane next to
    /// nothing.
    pub fn moved(&self, company: CompanyId, mark: Mark) {
        let mut moved = lock(&self.0.moved);
        let known = moved.entry(company).or_default();
        *known = mark.max(*known);
        drop(moved);
        self.0.has_moved.notify_one();
    }

    /// Watches a company. Make it first, then read the log, then wait.
    #[must_use]
    pub fn watch(&self, company: CompanyId) -> Watch {
        let mut watched = lock(&self.0.watched);
        let sender = watched.entry(company).or_default();
        let receiver = sender.subscribe();
        drop(watched);
        self.0.is_watched.iter().for_each(Notify::notify_one);
        Watch { company, wake: self.clone(), receiver: Some(receiver) }
    }

    /// Changes whenever a company was told of, watched or not. What other processes append without
    /// telling is not seen here: look from time to time.
    #[must_use]
    pub fn moves(&self) -> watch::Receiver<u64> {
        self.0.is_watched[0].notify_one();
        self.0.moves.subscribe()
    }

    /// How many companies are watched.
    #[must_use]
    pub fn watched_companies(&self) -> usize {
        lock(&self.0.watched).len()
    }

    fn tell(&self, company: CompanyId, mark: Mark) {
        self.0.moves.send_modify(|count| *count = count.wrapping_add(1));
        if let Some(sender) = lock(&self.0.watched).get(&company) {
            sender.send_if_modified(|known| {
                let is_newer = mark > *known;
                *known = mark.max(*known);
                is_newer
            });
        }
    }

    fn watched(&self) -> Vec<Uuid> {
        lock(&self.0.watched).keys().map(|company| company.0).collect()
    }
}

impl Watch {
    /// Waits until the company's log has moved since this was made or was last waited for. May be
    /// given up at any time and called again: nothing is missed.
    pub async fn moved(&mut self) -> Mark {
        let Some(receiver) = self.receiver.as_mut() else {
            return std::future::pending().await;
        };
        // The sender lives as long as somebody watches, and this does.
        match receiver.changed().await {
            Ok(()) => *receiver.borrow_and_update(),
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watched = lock(&self.wake.0.watched);
        self.receiver = None;
        if watched.get(&self.company).is_some_and(|sender| sender.receiver_count() == 0) {
            watched.remove(&self.company);
        }
    }
}

impl Waker {
    /// Tells the other processes what they were not told yet, and ends.
    pub async fn finish(self) {
        self.wake.0.stop.notify_one();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the waker ended by itself");
        }
    }
}

/// Tells watchers here and elsewhere, hears what others tell, and looks for itself. Each goes on
/// while another waits for the database.
async fn run(wake: Wake, pool: PgPool) {
    tokio::select! {
        never = tell_here(&wake) => match never {},
        never = tell_elsewhere(&wake, &pool) => match never {},
        never = hear_others(&wake, &pool) => match never {},
        never = look(&wake, &pool) => match never {},
        () = wake.0.stop.notified() => {}
    }
    gather(&wake);
    // A database that does not answer is no reason to stay: the others look for themselves.
    let _ = timeout(FLUSH_FOR, speak(&wake, &pool)).await;
    let _ = timeout(FLUSH_FOR, pool.close()).await;
}

async fn tell_here(wake: &Wake) -> Infallible {
    loop {
        wake.0.has_moved.notified().await;
        gather(wake);
    }
}

/// Tells this process's watchers of its own moves, and keeps them for the others.
fn gather(wake: &Wake) {
    let moved = std::mem::take(&mut *lock(&wake.0.moved));
    for (company, mark) in &moved {
        wake.tell(*company, *mark);
    }
    lock(&wake.0.untold).extend(moved);
    wake.0.has_untold.notify_one();
}
