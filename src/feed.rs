//! The live feed: events as they are recorded, to thousands of listeners.
//!
//! **Claims.** A listener gets every event of its company after the cursor that it begins with, once
//! and in the log's order, whichever process recorded it; across reconnects too when it goes on from
//! the last `id`. Appending does not wait for anybody.
//! **Because** positions have no gaps: a listener that is handed something else than the next one
//! reads the log itself. One tail for each company reads what is new, once, and hands it to all;
//! a listener subscribes before it looks at the log.
//! **Not** promised: at once. With many listeners more events go into one piece.

mod cursor;
mod everyone;
mod frame;
mod listener;
mod outlet;
mod poll;
mod standing;
mod tail;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use leasehold_domain::id::CompanyId;
use sqlx::PgPool;
use tokio::sync::{Semaphore, broadcast, mpsc};

use crate::tokens::Pass;
use crate::wake::Wake;

pub use cursor::{Cursor, Cursors, Start};
pub use poll::News;

use everyone::Everyone;
use frame::Batch;
use listener::Listener;
use outlet::Outlet;
use standing::Standings;

/// Connections of the readers' pool that listeners may use at once.
const READS_MAX: usize = 4;
/// Events read at once.
const PAGE: i64 = 200;
/// Pieces that a tail keeps for listeners that are busy.
const PIECES_KEPT: usize = 256;
/// What a tail waits for each listener there is, so that more events go into one piece: ten times what
/// handing one over takes.
const PAUSE_EACH: Duration = Duration::from_micros(400);
/// The shortest and the longest of these pauses.
const PAUSES: (Duration, Duration) = (Duration::from_millis(2), Duration::from_secs(1));

/// Makes listeners. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Feed(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    readers: PgPool,
    reads: Semaphore,
    wake: Wake,
    tails: Mutex<HashMap<CompanyId, broadcast::Sender<Arc<Batch>>>>,
    listeners: AtomicUsize,
    standings: Standings,
}

/// What a listener wants.
#[derive(Debug)]
pub struct Wanted {
    /// Only events with these names.
    pub types: Option<Vec<String>>,
    /// What it listens by.
    pub pass: Pass,
}

/// A listener's pieces of an event stream, in order. It ends with a word of why.
pub type Pieces = mpsc::Receiver<Bytes>;

impl Feed {
    /// A feed of a ledger's logs.
    #[must_use]
    pub fn new(readers: PgPool, wake: Wake) -> Self {
        Self(Arc::new(Shared {
            readers,
            reads: Semaphore::new(READS_MAX),
            wake,
            tails: Mutex::default(),
            listeners: AtomicUsize::new(0),
            standings: Standings::default(),
        }))
    }

    /// Listens to one company.
    pub async fn listen(&self, company: CompanyId, start: Start<Cursor>, wanted: Wanted) -> Pieces {
        let (outlet, pieces) = Outlet::open(self, wanted.pass).await;
        let listener = Listener::new(self.clone(), company, start, wanted.types);
        tokio::spawn(listener.run(outlet));
        pieces
    }

    /// Listens to all companies, those that are yet to begin too.
    pub async fn listen_to_all(&self, start: Start<Cursors>, wanted: Wanted) -> Pieces {
        let (outlet, pieces) = Outlet::open(self, wanted.pass).await;
        let everyone = Everyone::new(self.clone(), start, wanted.types);
        tokio::spawn(everyone.run(outlet));
        pieces
    }

    /// Tells every listener that it is over; new ones are told at once.
    pub fn close(&self) {
        self.0.standings.close();
    }

    /// How many listen.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.0.listeners.load(Ordering::Relaxed)
    }

    /// How long to let events gather before they are handed out.
    fn pause(&self) -> Duration {
        let listeners = u32::try_from(self.listeners()).unwrap_or(u32::MAX);
        PAUSE_EACH.saturating_mul(listeners).clamp(PAUSES.0, PAUSES.1)
    }

    /// What a company's tail hands out from now on.
    fn subscribe(&self, company: CompanyId) -> broadcast::Receiver<Arc<Batch>> {
        let mut tails = self.0.tails.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = tails.get(&company) {
            return sender.subscribe();
        }
        let (sender, receiver) = broadcast::channel(PIECES_KEPT);
        tails.insert(company, sender.clone());
        tokio::spawn(tail::run(self.clone(), company, sender));
        receiver
    }

    /// Ends a tail that nobody hears any more.
    fn is_unheard(&self, company: CompanyId, sender: &broadcast::Sender<Arc<Batch>>) -> bool {
        let mut tails = self.0.tails.lock().unwrap_or_else(PoisonError::into_inner);
        let is_unheard = sender.receiver_count() == 0;
        if is_unheard {
            tails.remove(&company);
        }
        is_unheard
    }
}
