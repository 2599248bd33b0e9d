//! One batch: what it needs in memory, the decisions, the statement, and what became of it.

use std::collections::BTreeMap;

use leasehold_domain::id::CompanyId;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Lane, Setback};
use crate::dispatch::draft::{Draft, Drafting, Pick};
use crate::dispatch::job::Job;
use crate::log::{Append, Outcome, append, create_heads, lock_head, mark_poisoned};
use crate::metrics;

/// After so many misses a company's head is locked before it is decided on: progress is certain.
const MISSES_BEFORE_LOCK: u32 = 2;

pub(super) type ByCompany = BTreeMap<CompanyId, Vec<usize>>;

impl Lane {
    /// Tries to settle every pending order of the jobs, or one order alone. What is not settled
    /// afterwards is to be tried again.
    pub(in crate::dispatch) async fn attempt(
        &mut self,
        jobs: &mut [Job],
        only: Option<Pick>,
    ) -> Result<(), Setback> {
        self.connect().await?;
        let (crowded, free) = by_company(jobs, only);
        self.append_together(jobs, &free, only).await?;
        for (company, numbers) in crowded {
            self.append_locked(jobs, company, numbers, only).await?;
        }
        Ok(())
    }

    async fn append_together(
        &mut self,
        jobs: &mut [Job],
        groups: &ByCompany,
        only: Option<Pick>,
    ) -> Result<(), Setback> {
        if groups.is_empty() {
            return Ok(());
        }
        self.know(groups).await?;
        self.fetch(jobs, groups, only).await?;
        self.mark_unreadable(groups).await?;
        let drafts = self.draft(jobs, groups, only);
        let outcome = self.write(&drafts).await;
        self.conclude(jobs, drafts, outcome).await
    }

    /// The same for one company under its head's lock, in a transaction of its own.
    async fn append_locked(
        &mut self,
        jobs: &mut [Job],
        company: CompanyId,
        numbers: Vec<usize>,
        only: Option<Pick>,
    ) -> Result<(), Setback> {
        let groups = ByCompany::from([(company, numbers)]);
        create_heads(self.open_connection()?, &[company.0]).await?;
        sqlx::query("begin").execute(self.open_connection()?).await?;
        let drafts = match self.draft_locked(jobs, company, &groups, only).await {
            Ok(drafts) => drafts,
            Err(error) => {
                self.roll_back().await;
                return Err(error.into());
            }
        };
        let outcome = match self.write(&drafts).await {
            Ok(outcome) => self.commit().await.map(|()| outcome),
            Err(setback) => {
                self.roll_back().await;
                Err(setback)
            }
        };
        self.conclude(jobs, drafts, outcome).await
    }

    async fn draft_locked(
        &mut self,
        jobs: &[Job],
        company: CompanyId,
        groups: &ByCompany,
        only: Option<Pick>,
    ) -> sqlx::Result<Vec<Draft>> {
        let head = lock_head(self.open_connection()?, company).await?;
        self.update(head).await?;
        self.fetch(jobs, groups, only).await?;
        Ok(self.draft(jobs, groups, only))
    }

    async fn commit(&mut self) -> Result<(), Setback> {
        let sent = sqlx::query("commit").execute(self.open_connection()?).await;
        sent.map(|_| ()).map_err(Setback::sent)
    }

    async fn roll_back(&mut self) {
        let Ok(connection) = self.open_connection() else { return };
        if let Err(error) = sqlx::query("rollback").execute(connection).await {
            tracing::debug!(%error, "the transaction is over with its connection");
        }
    }

    fn draft(&mut self, jobs: &[Job], groups: &ByCompany, only: Option<Pick>) -> Vec<Draft> {
        let (now, limits) = (self.now(), self.limits);
        let mut drafts = Vec::new();
        for (company, numbers) in groups {
            let Some(known) = self.known.get_mut(company) else { continue };
            let mut drafting = Drafting::new(known, now, limits);
            for number in numbers {
                if let Some(job) = jobs.get(*number) {
                    let only = only.and_then(|pick| pick.only);
                    drafting.take(Pick { job: *number, only }, job);
                }
            }
            drafts.push(drafting.finish());
        }
        drafts
    }

    /// Writes what there is to write. A company whose log has not begun, and does not begin with
    /// this batch, has nothing that could be compared or kept.
    async fn write(&mut self, drafts: &[Draft]) -> Result<Outcome, Setback> {
        let begins = |draft: &&Draft| self.begins(draft);
        let new: Vec<Uuid> =
            drafts.iter().filter(begins).map(|draft| draft.append.before.company_id.0).collect();
        if !new.is_empty() {
            create_heads(self.open_connection()?, &new).await?;
        }
        let companies: Vec<_> = drafts
            .iter()
            .filter(|draft| self.is_begun(draft) || !draft.append.events.is_empty())
            .map(|draft| &draft.append)
            .collect();
        // Before the events: a mark too many is taken away when it is driven again.
        for draft in drafts.iter().filter(|draft| !draft.poisons.is_empty()) {
            mark_poisoned(self.open_connection()?, &draft.poisons).await?;
        }
        let sent = Instant::now();
        let now = self.now();
        if companies.is_empty() {
            return Ok(Outcome { at: None, kinds: Vec::new() });
        }
        let written = append(self.open_connection()?, &Append { companies }, now).await;
        let outcome = written.map_err(Setback::sent)?;
        let commands = drafts.iter().map(|draft| draft.verdicts.len()).sum();
        metrics::appended(commands, sent.elapsed());
        if let (Some(clock), Some(at)) = (self.clock.as_mut(), outcome.at) {
            clock.adjust(at, sent);
        }
        Ok(outcome)
    }

    pub(super) fn is_begun(&self, draft: &Draft) -> bool {
        self.known.get(&draft.append.before.company_id).is_some_and(|known| known.is_begun)
    }

    fn begins(&self, draft: &Draft) -> bool {
        !self.is_begun(draft) && !draft.append.events.is_empty()
    }
}

/// The jobs of each company: those that missed their head too often apart.
fn by_company(jobs: &[Job], only: Option<Pick>) -> (ByCompany, ByCompany) {
    let (mut crowded, mut free) = (ByCompany::new(), ByCompany::new());
    for (number, job) in jobs.iter().enumerate() {
        if only.is_none_or(|pick| pick.job == number) && !job.is_settled() {
            free.entry(job.company()).or_default().push(number);
        }
    }
    let misses =
        |numbers: &[usize]| numbers.iter().filter_map(|n| jobs.get(*n)).map(|j| j.misses).max();
    free.retain(|company, numbers| {
        let is_free = misses(numbers).unwrap_or(0) < MISSES_BEFORE_LOCK;
        if !is_free {
            crowded.insert(*company, std::mem::take(numbers));
        }
        is_free
    });
    (crowded, free)
}
