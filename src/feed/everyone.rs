//! One listener of all companies: what has moved is read company by company.

use std::convert::Infallible;

use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use tokio::time::{sleep, timeout};

use super::cursor::{Cursor, Cursors, Start};
use super::frame::{self, Batch};
use super::outlet::{End, Outlet};
use super::{Feed, PAGE};
use crate::read::list_heads;
use crate::wake::{Mark, POLL_EVERY};

#[derive(Debug)]
pub(super) struct Everyone {
    feed: Feed,
    start: Start<Cursors>,
    types: Option<Vec<String>>,
    seen: Cursors,
}

impl Everyone {
    pub(super) fn new(feed: Feed, start: Start<Cursors>, types: Option<Vec<String>>) -> Self {
        Self { feed, start, types, seen: Cursors::default() }
    }

    pub(super) async fn run(mut self, mut outlet: Outlet) {
        let Err(end) = self.follow(&mut outlet).await;
        outlet.end(end);
    }

    async fn follow(&mut self, outlet: &mut Outlet) -> Result<Infallible, End> {
        // Before the heads are looked at: what moves after the look is told.
        let mut moves = self.feed.0.wake.moves();
        self.begin(outlet).await?;
        loop {
            for (company, head) in self.heads().await? {
                self.catch_up(company, head, outlet).await?;
            }
            // New companies and other processes' are looked for where nobody tells of them.
            tokio::select! {
                biased;
                _ = timeout(POLL_EVERY, moves.changed()) => sleep(self.feed.pause()).await,
                end = outlet.ended() => return Err(end),
            }
        }
    }

    async fn begin(&mut self, outlet: &mut Outlet) -> Result<(), End> {
        match std::mem::replace(&mut self.start, Start::End) {
            Start::After(cursors) => {
                self.seen = cursors;
                Ok(())
            }
            Start::End => {
                for (company, head) in self.heads().await? {
                    let cursor = Cursor { epoch: Some(head.epoch), position: head.position };
                    self.seen.0.insert(company, cursor);
                }
                outlet.send(frame::at(&self.seen).into()).await
            }
        }
    }

    async fn heads(&self) -> sqlx::Result<Vec<(CompanyId, Mark)>> {
        let _turn = self.feed.0.reads.acquire().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let heads = list_heads(&mut *self.feed.0.readers.acquire().await?).await?;
        let mark = |(company, epoch, position)| (company, Mark { epoch, position });
        Ok(heads.into_iter().map(mark).collect())
    }

    async fn catch_up(
        &mut self,
        company: CompanyId,
        head: Mark,
        outlet: &mut Outlet,
    ) -> Result<(), End> {
        let mut seen = self.seen_of(company, head.epoch);
        while seen.position < head.position || seen.epoch != head.epoch {
            let batch = self.feed.read(company, seen).await?;
            if batch.mark.epoch != seen.epoch {
                return Err(End::Epoch { company, seen: seen.epoch, now: batch.mark });
            }
            let is_full = batch.len() == PAGE.unsigned_abs();
            seen = batch.mark;
            let cursor = Cursor { epoch: Some(seen.epoch), position: seen.position };
            self.seen.0.insert(company, cursor);
            outlet.send(self.piece(&batch).into()).await?;
            if !is_full {
                break;
            }
        }
        Ok(())
    }

    fn seen_of(&self, company: CompanyId, epoch: Epoch) -> Mark {
        let cursor = self.seen.0.get(&company).copied().unwrap_or_default();
        let position: Position = cursor.position;
        Mark { epoch: cursor.epoch.unwrap_or(epoch), position }
    }

    /// The last event has the cursors of all companies; those before it have none.
    fn piece(&self, batch: &Batch) -> String {
        let mut data: Vec<&str> = batch.data(self.types.as_deref()).collect();
        let last = data.pop();
        let piece = data.concat();
        match last {
            Some(last) => piece + &format!("id: {}\n{last}", self.seen),
            None => piece + &frame::at(&self.seen),
        }
    }
}
