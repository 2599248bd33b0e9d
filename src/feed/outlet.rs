//! The way to one listener: bounded, patient for a while, with room kept for the last word.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Bytes;
use leasehold_domain::fence::Epoch;
use leasehold_domain::id::CompanyId;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, sleep_until, timeout};

use super::frame::{HELLO, KEEP_ALIVE, word};
use super::standing::Standing;
use super::{Feed, Pieces};
use crate::metrics;
use crate::tokens::Pass;
use crate::wake::Mark;

/// Pieces that may wait for a listener.
const PIECES_MAX: usize = 16;
/// Largest piece that is handed over at once, unless one event is larger.
const PART_BYTES: usize = 64 * 1024;
/// How long a listener may take to make room for the next piece.
const PATIENCE: Duration = Duration::from_secs(10);
/// A quiet stream says so often that it lives.
const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(15);

/// Why a stream ends.
#[derive(Debug)]
pub(super) enum End {
    /// The listener has gone.
    Gone,
    /// There is no more to tell.
    Over,
    /// It did not take what came for too long.
    Slow,
    /// The server stops.
    Closing,
    /// Its token opens nothing any more.
    Unauthenticated,
    /// The log was restored: its positions are not those that the listener has seen.
    Epoch { company: CompanyId, seen: Epoch, now: Mark },
    /// The database does not answer.
    Database(Arc<sqlx::Error>),
}

impl From<sqlx::Error> for End {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

#[derive(Debug)]
pub(super) struct Outlet {
    pieces: mpsc::Sender<Bytes>,
    last_word: Option<mpsc::OwnedPermit<Bytes>>,
    standing: Standing,
    spoke_at: Instant,
    feed: Feed,
}

impl Outlet {
    pub(super) async fn open(feed: &Feed, pass: Pass) -> (Self, Pieces) {
        let (pieces, receiver) = mpsc::channel(PIECES_MAX + 1);
        // The channel is new and has room.
        let last_word = pieces.clone().reserve_owned().await.ok();
        let _ = pieces.send(HELLO).await;
        feed.0.listeners.fetch_add(1, Ordering::Relaxed);
        let (standing, spoke_at) = (feed.standing(pass), Instant::now());
        (Self { pieces, last_word, standing, spoke_at, feed: feed.clone() }, receiver)
    }

    /// Hands a piece over, in parts that bound what waits for a listener.
    pub(super) async fn send(&mut self, mut piece: Bytes) -> Result<(), End> {
        while !piece.is_empty() {
            let part = piece.split_to(part(&piece));
            self.send_part(part).await?;
        }
        Ok(())
    }

    async fn send_part(&mut self, piece: Bytes) -> Result<(), End> {
        self.spoke_at = Instant::now();
        if let Some(end) = self.standing.end() {
            return Err(end);
        }
        // Most listeners have room, and need no clock.
        let piece = match self.pieces.try_send(piece) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Closed(_)) => return Err(End::Gone),
            Err(TrySendError::Full(piece)) => piece,
        };
        tokio::select! {
            biased;
            end = self.standing.ended() => Err(end),
            sent = timeout(PATIENCE, self.pieces.send(piece)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(End::Gone),
                Err(_) => Err(End::Slow),
            },
        }
    }

    /// Waits for the end of the stream; while it does, it keeps it alive. Never says that all is
    /// well; given up and called again, it goes on.
    pub(super) async fn ended(&mut self) -> End {
        loop {
            tokio::select! {
                biased;
                end = self.standing.ended() => return end,
                () = self.pieces.closed() => return End::Gone,
                () = sleep_until(self.spoke_at + KEEP_ALIVE_EVERY) => {
                    // A listener that has no room for it has something else to take.
                    let _ = self.pieces.try_send(KEEP_ALIVE);
                    self.spoke_at = Instant::now();
                }
            }
        }
    }

    /// Says why, and ends. Where to go on is the last `id` that the listener has got.
    pub(super) fn end(mut self, end: End) {
        let word = match end {
            End::Gone => return,
            End::Over => word("end", &json!({"reason": "over", "message": "that is all"})),
            End::Slow => cut("slow_reader", "too slow: come back with the last id"),
            End::Closing => cut("shutting_down", "the server stops: come back with the last id"),
            End::Unauthenticated => cut("unauthenticated", "the token opens nothing any more"),
            End::Database(error) => {
                tracing::warn!(%error, "a listener was sent away");
                cut("database_unavailable", "the database does not answer: come back")
            }
            End::Epoch { company, seen, now } => word(
                "epoch",
                &json!({
                    "companyId": company, "previousEpoch": seen, "epoch": now.epoch,
                    "position": now.position,
                    "message": "the log was restored from a backup: positions that were seen may \
                                be others now; begin again where you are sure",
                }),
            ),
        };
        if let Some(permit) = self.last_word.take() {
            permit.send(word);
        }
    }
}

/// How much of a piece goes at once: whole events, as many as fit or one. A stream may end after any
/// part, and nobody is to take half an event for a whole one.
fn part(piece: &[u8]) -> usize {
    let is_end = |two: &[u8]| two == b"\n\n";
    let head = piece.get(..PART_BYTES).unwrap_or(piece);
    let fitting = head.windows(2).rposition(is_end);
    let first = || piece.windows(2).position(is_end);
    fitting.or_else(first).map_or(piece.len(), |end| end + 2)
}

fn cut(reason: &'static str, message: &str) -> Bytes {
    metrics::cut(reason);
    word("end", &json!({"reason": reason, "message": message}))
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.feed.0.listeners.fetch_sub(1, Ordering::Relaxed);
    }
}
