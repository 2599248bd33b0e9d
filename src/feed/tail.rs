//! The tail of one company's log: read once, handed to all who listen.

use std::sync::Arc;
use std::time::Duration;

use leasehold_domain::id::CompanyId;
use tokio::sync::broadcast;
use tokio::time::{sleep, timeout};

use super::frame::Batch;
use super::{Feed, PAGE};
use crate::log::{Recorded, list_events_of_epoch, load_heads};
use crate::wake::Mark;

/// How often a tail looks whether anybody hears it, when nothing moves.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Between two tries to read.
const PAUSE: Duration = Duration::from_millis(200);

/// Hands out what is recorded from now on, until nobody hears it.
pub(super) async fn run(feed: Feed, company: CompanyId, sender: broadcast::Sender<Arc<Batch>>) {
    let mut watch = feed.0.wake.watch(company);
    let mut seen: Option<Mark> = None;
    while !feed.is_unheard(company, &sender) {
        let read = match seen {
            Some(mark) => feed.read(company, mark).await,
            None => feed.head(company).await.map(Batch::empty),
        };
        match read {
            // Who has subscribed learns how far the log had come, and reads up to there himself.
            Ok(batch) => {
                let is_restored = seen.is_some_and(|mark| mark.epoch != batch.mark.epoch);
                let is_full = batch.len() == PAGE.unsigned_abs();
                let is_news = seen != Some(batch.mark);
                seen = Some(batch.mark);
                if is_news {
                    // Nobody may hear it by now: then the next look ends it.
                    let _ = sender.send(Arc::new(batch));
                }
                if is_news && !is_full {
                    sleep(feed.pause()).await;
                }
                if !is_full && !is_restored {
                    let _ = timeout(LOOK_EVERY, watch.moved()).await;
                }
            }
            Err(error) => {
                tracing::debug!(%error, "a tail could not be read");
                sleep(PAUSE).await;
            }
        }
    }
}

impl Feed {
    /// How far a company's log has come.
    pub(super) async fn head(&self, company: CompanyId) -> sqlx::Result<Mark> {
        let _turn = self.0.reads.acquire().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let mut reader = self.0.readers.acquire().await?;
        let heads = load_heads(&mut reader, &[company.0]).await?;
        let begin = Mark { epoch: leasehold_domain::fence::Epoch(1), ..Mark::default() };
        Ok(heads.first().map_or(begin, Mark::from))
    }

    /// A page of what stands after a mark; of a restored log nothing but how far it has come.
    pub(super) async fn read(&self, company: CompanyId, seen: Mark) -> sqlx::Result<Batch> {
        let events = self.list(company, seen).await?;
        if !events.is_empty() {
            return Batch::of(seen, &events).map_err(|error| sqlx::Error::Decode(Box::new(error)));
        }
        let head = self.head(company).await?;
        // What came after the look is for the next one.
        Ok(Batch::empty(if head.epoch == seen.epoch { seen } else { head }))
    }

    async fn list(&self, company: CompanyId, seen: Mark) -> sqlx::Result<Vec<Recorded>> {
        let _turn = self.0.reads.acquire().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let mut reader = self.0.readers.acquire().await?;
        list_events_of_epoch(&mut reader, company, (seen.epoch, seen.position), PAGE).await
    }
}
