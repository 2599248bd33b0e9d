//! The whole comparison: in one snapshot, or in pieces with a snapshot each where somebody writes.
//!
//! **Claims.** Every row and column of the live tables was compared with what the log meant at that
//! moment, and nothing that was appended since has changed a row that is not compared again; nobody
//! else's old rows are kept for longer than a piece takes. **Because** each snapshot begins with a
//! catching up to the heads that it sees; what is touched since the one before, among the pages that
//! were compared already, is compared again in it.
//! It comes to its end however fast rows are added, **because** there is a bound to the pages of a
//! table, by how many rows it had before; what is left then is compared in one.

use leasehold_projections::projection::Projection;
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

use super::catch_up::{Touched, approach, catch_up};
use super::compare::{Verdict, compare_page, compare_rest, compare_touched};
use super::error::RebuildError;
use super::paging::{Page, count_pages};
use super::throttle::Worker;

/// Rows that were touched and are compared again at once.
const TOUCHED: usize = 500;
/// Pages that a table may have beyond twice of those that it had at first.
const PAGES_MORE: i64 = 16;

/// How many more pages of a table may come.
#[derive(Debug)]
struct Bound(i64);

impl Bound {
    /// Of a table of so many pages at first.
    const fn of(pages: i64) -> Self {
        Self(PAGES_MORE + 2 * pages)
    }

    /// Takes one, while there are any.
    fn may_page(&mut self) -> bool {
        let is_left = self.0 > 0;
        self.0 -= i64::from(is_left);
        is_left
    }
}

/// A comparison and how far it is.
pub(super) struct Comparison<'c> {
    rebuild: Uuid,
    projections: &'c [&'static Projection],
    verdict: Verdict,
    /// The projection whose turn it is, and where in its tables.
    turn: usize,
    page: Page,
    /// How many pages of it may come; none before its first.
    bound: Option<Bound>,
    /// What is to be compared again in the next snapshot, if it was compared before.
    touched: Touched,
}

impl<'c> Comparison<'c> {
    pub(super) fn new(rebuild: Uuid, projections: &'c [&'static Projection]) -> Self {
        let (verdict, page, touched) = (Verdict::default(), Page::default(), Touched::default());
        Self { rebuild, projections, verdict, turn: 0, page, bound: None, touched }
    }

    /// Compares everything.
    pub(super) async fn run(
        mut self,
        connection: &mut PgConnection,
        worker: &mut Worker,
    ) -> Result<Verdict, RebuildError> {
        while self.turn < self.projections.len() {
            let touched = &mut self.touched;
            let told = &mut |later| touched.extend(later);
            approach(connection, self.rebuild, self.projections, worker, told).await?;
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
        self.touched.extend(catch_up(connection, self.rebuild, self.projections).await?);
        self.compare_again(connection).await?;
        while let Some(projection) = self.projections.get(self.turn) {
            if !worker.is_wanted() {
                return Err(RebuildError::Cancelled);
            }
            worker.tune(connection).await?;
            let is_paged = worker.is_held() && !worker.was_outrun();
            let is_paged = is_paged && self.may_page(connection, projection).await?;
            self.compare_next(connection, projection, is_paged).await?;
            if is_paged {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Compares the next page, or all that is left of the table whose turn it is.
    async fn compare_next(
        &mut self,
        connection: &mut PgConnection,
        projection: &Projection,
        is_paged: bool,
    ) -> sqlx::Result<()> {
        let mut page = std::mem::take(&mut self.page);
        if is_paged {
            page.end_at(connection, projection).await?;
            compare_page(connection, projection, &page, &mut self.verdict).await?;
        } else {
            compare_rest(connection, projection, &page, &mut self.verdict).await?;
        }
        if let Some(next) = page.next() {
            self.page = next;
        } else {
            (self.turn, self.bound) = (self.turn + 1, None);
        }
        Ok(())
    }

    /// Whether another page may come of the table whose turn it is: more are added to it than were
    /// compared when as many came as it had twice over.
    async fn may_page(
        &mut self,
        connection: &mut PgConnection,
        projection: &Projection,
    ) -> sqlx::Result<bool> {
        let bound = match self.bound.take() {
            Some(bound) => bound,
            None => Bound::of(count_pages(connection, projection).await?),
        };
        Ok(self.bound.insert(bound).may_page())
    }

    /// Compares what was touched of the rows that were compared already; the others' turn comes.
    async fn compare_again(&mut self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let (past, now) = self.projections.split_at(self.turn);
        let now = now.first().and_then(|now| Some((*now, self.page.past(now)?)));
        for page in std::mem::take(&mut self.touched).pages(TOUCHED) {
            self.verdict.merge(compare_touched(connection, past, &page, "true").await?);
            if let Some((projection, which)) = &now {
                let found = compare_touched(connection, &[projection], &page, which).await?;
                self.verdict.merge(found);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, PAGES_MORE};

    #[test]
    fn pages_end_although_rows_are_added_for_ever() {
        for pages in [0, 3] {
            let mut bound = Bound::of(pages);
            let came = (0..1_000).filter(|_| bound.may_page()).count();
            assert_eq!(i64::try_from(came), Ok(PAGES_MORE + 2 * pages));
            assert!(!bound.may_page());
        }
    }
}
