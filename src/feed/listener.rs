//! One listener of one company: first the log from where it stands, then the tail.

use std::sync::Arc;

use leasehold_domain::fence::Epoch;
use leasehold_domain::id::CompanyId;
use tokio::sync::broadcast::error::RecvError;

use super::cursor::{Cursor, Start};
use super::frame::{self, Batch};
use super::outlet::{End, Outlet};
use super::{Feed, PAGE};
use crate::wake::Mark;

#[derive(Debug)]
pub(super) struct Listener {
    feed: Feed,
    company: CompanyId,
    start: Start<Cursor>,
    types: Option<Vec<String>>,
    seen: Mark,
}

impl Listener {
    pub(super) fn new(
        feed: Feed,
        company: CompanyId,
        start: Start<Cursor>,
        types: Option<Vec<String>>,
    ) -> Self {
        Self { feed, company, start, types, seen: Mark::default() }
    }

    pub(super) async fn run(mut self, mut outlet: Outlet) {
        let Err(end) = self.follow(&mut outlet).await;
        outlet.end(end);
    }

    async fn follow(&mut self, outlet: &mut Outlet) -> Result<std::convert::Infallible, End> {
        // Before the log is looked at: what is recorded after the look comes by the tail.
        let mut tail = self.feed.subscribe(self.company);
        self.begin(outlet).await?;
        self.catch_up(outlet).await?;
        loop {
            let heard = tokio::select! {
                biased;
                heard = tail.recv() => heard,
                end = outlet.ended() => return Err(end),
            };
            match heard {
                Ok(batch) => self.take(&batch, outlet).await?,
                // Others were quicker: what was missed stands in the log.
                Err(RecvError::Lagged(_)) => self.catch_up(outlet).await?,
                Err(RecvError::Closed) => tail = self.feed.subscribe(self.company),
            }
        }
    }

    async fn begin(&mut self, outlet: &mut Outlet) -> Result<(), End> {
        let head = self.feed.head(self.company).await?;
        match self.start {
            Start::End => {
                self.seen = head;
                let cursor = Cursor { epoch: Some(head.epoch), position: head.position };
                outlet.send(frame::at(&cursor).into()).await
            }
            Start::After(cursor) => {
                let epoch = cursor.epoch.unwrap_or(head.epoch);
                self.seen = Mark { epoch, position: cursor.position };
                self.check(head)
            }
        }
    }

    /// A restored log is another one.
    fn check(&self, now: Mark) -> Result<(), End> {
        let seen: Epoch = self.seen.epoch;
        if now.epoch == seen {
            return Ok(());
        }
        Err(End::Epoch { company: self.company, seen, now })
    }

    /// Reads the log to its end.
    async fn catch_up(&mut self, outlet: &mut Outlet) -> Result<(), End> {
        loop {
            let batch = self.feed.read(self.company, self.seen).await?;
            let is_full = batch.len() == PAGE.unsigned_abs();
            self.hand_out(&batch, outlet).await?;
            if !is_full {
                return Ok(());
            }
        }
    }

    async fn take(&mut self, batch: &Arc<Batch>, outlet: &mut Outlet) -> Result<(), End> {
        self.check(batch.mark)?;
        if batch.mark.position <= self.seen.position {
            return Ok(());
        }
        let is_next = batch.first().is_some_and(|first| first <= self.seen.position.plus(1));
        if is_next { self.hand_out(batch, outlet).await } else { self.catch_up(outlet).await }
    }

    async fn hand_out(&mut self, batch: &Batch, outlet: &mut Outlet) -> Result<(), End> {
        self.check(batch.mark)?;
        let piece = batch.after(self.seen.position, self.types.as_deref());
        self.seen = batch.mark.max(self.seen);
        outlet.send(piece).await
    }
}
