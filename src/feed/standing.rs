//! Whether those who listen may go on: asked once for each token, however many listen by it.
//!
//! **Claims.** Whoever listens learns that its token opens nothing any more, or that the feed closes;
//! nobody is told that does not listen. **Because** a standing is taken under the lock under which an
//! unused one is forgotten and all are closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::Feed;
use super::outlet::End;
use crate::tokens::Pass;

/// How often a pass is looked at: well within a second of its end.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// Why all who listen by a pass are to end.
#[derive(Debug, Clone)]
enum Over {
    Closing,
    Unauthenticated,
    Database(Arc<sqlx::Error>),
}

type Told = watch::Sender<Option<Over>>;

/// The passes by which somebody listens.
#[derive(Debug, Default)]
pub(super) struct Standings(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    is_closing: bool,
    by_hash: HashMap<Option<[u8; 32]>, Told>,
}

/// What a listener is told through.
#[derive(Debug)]
pub(super) struct Standing(watch::Receiver<Option<Over>>);

impl Standings {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody, and whoever comes later, that it is over.
    pub(super) fn close(&self) {
        let mut known = self.lock();
        known.is_closing = true;
        for told in known.by_hash.values() {
            told.send_replace(Some(Over::Closing));
        }
    }
}

impl Feed {
    /// The standing of those who listen by a pass.
    pub(super) fn standing(&self, pass: Pass) -> Standing {
        let mut known = self.0.standings.lock();
        if known.is_closing {
            return Standing(watch::Sender::new(Some(Over::Closing)).subscribe());
        }
        if let Some(told) = known.by_hash.get(&pass.hash()) {
            return Standing(told.subscribe());
        }
        let (told, standing) = watch::channel(None);
        known.by_hash.insert(pass.hash(), told);
        tokio::spawn(look(self.clone(), pass));
        Standing(standing)
    }

    /// Tells those who listen by a pass that it is over, and forgets them. Without a reason only when
    /// there are none; whether it did.
    fn forget(&self, pass: &Pass, over: Option<Over>) -> bool {
        let mut known = self.0.standings.lock();
        let Some(told) = known.by_hash.get(&pass.hash()) else { return true };
        if over.is_none() && told.receiver_count() > 0 {
            return false;
        }
        // Who has been told that the feed closes is told nothing else.
        told.send_if_modified(|before| {
            let is_first = before.is_none();
            *before = before.take().or(over);
            is_first
        });
        known.by_hash.remove(&pass.hash());
        true
    }
}

/// Looks at a pass until it opens nothing any more or nobody listens by it.
async fn look(feed: Feed, pass: Pass) {
    loop {
        let over = match pass.is_good().await {
            Ok(true) => None,
            Ok(false) => Some(Over::Unauthenticated),
            Err(error) => Some(Over::Database(Arc::new(error))),
        };
        if feed.forget(&pass, over) {
            return;
        }
        sleep(LOOK_EVERY).await;
    }
}

impl Standing {
    /// Why it is over, if it is.
    pub(super) fn end(&self) -> Option<End> {
        Some(match self.0.borrow().as_ref()? {
            Over::Closing => End::Closing,
            Over::Unauthenticated => End::Unauthenticated,
            Over::Database(error) => End::Database(Arc::clone(error)),
        })
    }

    /// Waits until it is over. May be given up and called again.
    pub(super) async fn ended(&mut self) -> End {
        while self.end().is_none() {
            // Nobody is left to tell: the feed is gone.
            if self.0.changed().await.is_err() {
                break;
            }
        }
        self.end().unwrap_or(End::Closing)
    }
}
