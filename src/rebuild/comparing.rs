//! The whole comparison: in one snapshot, or in pieces with a snapshot each where somebody writes.
//!
//! **Claims.** Every row and column of the live tables was compared with what the log meant at that
//! moment, and nothing that was appended since has changed a row that is not compared again; nobody
//! else's old rows are kept for longer than a piece takes. **Because** each snapshot begins with a
//! catching up to the heads that it sees; what that touches among the pages that were compared already
//! is compared again in it.

use leasehold_projections::projection::Projection;
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

use super::catch_up::{Touched, catch_up};
use super::compare::{Verdict, compare_page, compare_touched};
use super::error::RebuildError;
use super::paging::Page;
use super::throttle::Worker;

/// Rows that were touched and are compared again at once.
const TOUCHED: usize = 500;

/// A comparison and how far it is.
pub(super) struct Comparison<'c> {
    rebuild: Uuid,
    projections: &'c [&'static Projection],
    verdict: Verdict,
    /// The projection whose turn it is, and where in its tables.
    turn: usize,
    page: Page,
}

impl<'c> Comparison<'c> {
    pub(super) fn new(rebuild: Uuid, projections: &'c [&'static Projection]) -> Self {
        let (verdict, page) = (Verdict::default(), Page::default());
        Self { rebuild, projections, verdict, turn: 0, page }
    }

    /// Compares everything.
    pub(super) async fn run(
        mut self,
        connection: &mut PgConnection,
        worker: &mut Worker,
    ) -> Result<Verdict, RebuildError> {
        while self.turn < self.projections.len() {
            connection
                .execute(
                    "begin isolation level repeatable read; set local synchronous_commit = off",
                )
                .await?;
            if let Err(error) = self.piece(connection, worker).await {
                sqlx::query("rollback").execute(connection).await?;
                return Err(error);
            }
            sqlx::query("commit").execute(&mut *connection).await?;
            worker.rest().await;
        }
        Ok(self.verdict)
    }

    /// What is done in one snapshot: a page where somebody writes, all that is left where nobody does.
    async fn piece(
        &mut self,
        connection: &mut PgConnection,
        worker: &mut Worker,
    ) -> Result<(), RebuildError> {
        let touched = catch_up(connection, self.rebuild, self.projections).await?;
        worker.follow(touched.positions.len());
        self.compare_again(connection, touched).await?;
        while let Some(projection) = self.projections.get(self.turn) {
            if !worker.is_wanted() {
                return Err(RebuildError::Cancelled);
            }
            worker.tune(connection).await?;
            let is_held = worker.is_held();
            let mut page = std::mem::take(&mut self.page);
            if is_held {
                page.end_at(connection, projection).await?;
            }
            compare_page(connection, projection, &page, &mut self.verdict).await?;
            match page.next() {
                Some(next) => self.page = next,
                None => self.turn += 1,
            }
            if is_held {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Compares what was touched of the rows that were compared already; the others' turn comes.
    async fn compare_again(
        &mut self,
        connection: &mut PgConnection,
        touched: Touched,
    ) -> sqlx::Result<()> {
        let (past, now) = self.projections.split_at(self.turn);
        let now = now.first().and_then(|now| Some((*now, self.page.past(now)?)));
        for page in touched.pages(TOUCHED) {
            self.verdict.merge(compare_touched(connection, past, &page, "true").await?);
            if let Some((projection, which)) = &now {
                let found = compare_touched(connection, &[projection], &page, which).await?;
                self.verdict.merge(found);
            }
        }
        Ok(())
    }
}
