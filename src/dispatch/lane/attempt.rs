//! One batch: what it needs in memory, the decisions, the statement, and what became of it.

use std::collections::BTreeMap;

use leasehold_domain::company::streams_of;
use leasehold_domain::id::CompanyId;
use sqlx::PgConnection;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Lane, Setback};
use crate::dispatch::draft::{Draft, Drafting, Pick};
use crate::dispatch::job::Job;
use crate::dispatch::memory::Known;
use crate::dispatch::receipts::replay;
use crate::log::{
    Append, Outcome, OutcomeKind, append, create_heads, list_receipts, load_heads, lock_head,
};

/// After so many misses a company's head is locked before it is decided on: progress is certain.
const MISSES_BEFORE_LOCK: u32 = 2;

type ByCompany = BTreeMap<CompanyId, Vec<usize>>;

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
        sent.map(|_| ()).map_err(|error| Setback { error, is_in_flight: true })
    }

    async fn roll_back(&mut self) {
        let Ok(connection) = self.open_connection() else { return };
        if let Err(error) = sqlx::query("rollback").execute(connection).await {
            tracing::debug!(%error, "the transaction is over with its connection");
        }
    }

    /// Puts the companies in memory; those whose log has not begun stay unbegun.
    async fn know(&mut self, groups: &ByCompany) -> sqlx::Result<()> {
        let unknown: Vec<Uuid> = groups
            .keys()
            .filter(|id| self.known.get(id).is_none_or(|known| !known.is_begun))
            .map(|id| id.0)
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let heads = load_heads(self.open_connection()?, &unknown).await?;
        for head in heads {
            let known = Known::load(self.open_connection()?, head).await?;
            self.known.insert(head.company_id, known);
        }
        for id in unknown.into_iter().map(CompanyId) {
            self.known.entry(id).or_insert_with(|| Known::unbegun(id));
        }
        Ok(())
    }

    /// Brings a company to its newest head.
    async fn update(&mut self, head: crate::log::Head) -> sqlx::Result<()> {
        let mut known = match self.known.remove(&head.company_id) {
            Some(known) if known.is_begun => known,
            Some(_) | None => Known::load(self.open_connection()?, head).await?,
        };
        if known.head != head {
            known.refresh(self.open_connection()?, head).await?;
        }
        self.known.insert(head.company_id, known);
        Ok(())
    }

    /// Reads the streams that the orders are about and that are not in memory.
    async fn fetch(
        &mut self,
        jobs: &[Job],
        groups: &ByCompany,
        only: Option<Pick>,
    ) -> sqlx::Result<()> {
        for (company, numbers) in groups {
            let Some(mut known) = self.known.remove(company) else { continue };
            let orders = numbers.iter().filter_map(|number| jobs.get(*number));
            let mut streams = Vec::new();
            for (place, order) in orders.flat_map(Job::pending) {
                if only.is_none_or(|pick| pick.only.is_none_or(|only| only == place)) {
                    streams.extend(streams_of(&known.company, &order.command));
                }
            }
            streams.retain(|stream| !known.company.has(*stream));
            streams.sort_unstable();
            streams.dedup();
            let fetched = known.fetch(self.open_connection()?, &streams).await;
            self.known.insert(*company, known);
            fetched?;
        }
        Ok(())
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
        let sent = Instant::now();
        let now = self.now();
        if companies.is_empty() {
            return Ok(Outcome { at: None, kinds: Vec::new() });
        }
        let written = append(self.open_connection()?, &Append { companies }, now).await;
        let outcome = written.map_err(|error| Setback { error, is_in_flight: true })?;
        if let (Some(clock), Some(at)) = (self.clock.as_mut(), outcome.at) {
            clock.adjust(at, sent);
        }
        Ok(outcome)
    }

    fn is_begun(&self, draft: &Draft) -> bool {
        self.known.get(&draft.append.before.company_id).is_some_and(|known| known.is_begun)
    }

    fn begins(&self, draft: &Draft) -> bool {
        !self.is_begun(draft) && !draft.append.events.is_empty()
    }

    /// Keeps what was stored and undoes the rest, company by company.
    async fn conclude(
        &mut self,
        jobs: &mut [Job],
        drafts: Vec<Draft>,
        outcome: Result<Outcome, Setback>,
    ) -> Result<(), Setback> {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(setback) => {
                for draft in &drafts {
                    self.undo(draft);
                }
                return Err(setback);
            }
        };
        let mut kinds = outcome.kinds.into_iter();
        let mut first_error = None;
        for draft in drafts {
            let is_written = self.is_begun(&draft) || !draft.append.events.is_empty();
            let kind = if is_written { kinds.next() } else { Some(OutcomeKind::Stored) };
            let kind = kind.unwrap_or(OutcomeKind::Busy);
            if let Err(error) = self.conclude_one(jobs, draft, kind).await {
                first_error.get_or_insert(error);
            }
        }
        first_error.map_or(Ok(()), |error| Err(error.into()))
    }

    async fn conclude_one(
        &mut self,
        jobs: &mut [Job],
        draft: Draft,
        kind: OutcomeKind,
    ) -> sqlx::Result<()> {
        let company = draft.append.before.company_id;
        match kind {
            OutcomeKind::Stored => {
                self.keep(&draft);
                for (job, place, verdict) in draft.verdicts {
                    if let Some(job) = jobs.get_mut(job) {
                        job.settle(place, verdict);
                    }
                }
                Ok(())
            }
            OutcomeKind::KeyUsed => {
                self.undo(&draft);
                self.replay_used(jobs, company).await
            }
            OutcomeKind::ClockOff => {
                self.undo(&draft);
                Ok(())
            }
            OutcomeKind::Busy | OutcomeKind::Moved => {
                self.undo(&draft);
                for job in jobs.iter_mut().filter(|job| job.company == company) {
                    job.misses += 1;
                }
                let heads = load_heads(self.open_connection()?, &[company.0]).await?;
                match heads.first() {
                    Some(head) => self.update(*head).await,
                    None => Ok(()),
                }
            }
        }
    }

    /// Answers those orders of a company that have receipts.
    pub(in crate::dispatch) async fn replay_used(
        &mut self,
        jobs: &mut [Job],
        company: CompanyId,
    ) -> sqlx::Result<()> {
        let connection = self.open_connection()?;
        for job in jobs.iter_mut().filter(|job| job.company == company) {
            replay_job(connection, job).await?;
        }
        Ok(())
    }

    fn keep(&mut self, draft: &Draft) {
        if let Some(known) = self.known.get_mut(&draft.append.before.company_id) {
            known.company.keep();
            known.is_begun |= !draft.append.events.is_empty();
            known.head = draft.append.after;
            known.forget();
        }
    }

    fn undo(&mut self, draft: &Draft) {
        if let Some(known) = self.known.get_mut(&draft.append.before.company_id) {
            known.company.undo();
        }
    }
}

async fn replay_job(connection: &mut PgConnection, job: &mut Job) -> sqlx::Result<()> {
    let keys: Vec<String> = job.pending().map(|(_, order)| order.key().to_owned()).collect();
    let receipts = list_receipts(connection, job.company, &keys).await?;
    let mut found = Vec::new();
    for (place, order) in job.pending() {
        if let Some(receipt) = receipts.iter().find(|receipt| receipt.key == order.key()) {
            found.push((place, replay(connection, job.company, receipt, order).await?));
        }
    }
    for (place, verdict) in found {
        job.settle(place, verdict);
    }
    Ok(())
}

/// The jobs of each company: those that missed their head too often apart.
fn by_company(jobs: &[Job], only: Option<Pick>) -> (ByCompany, ByCompany) {
    let (mut crowded, mut free) = (ByCompany::new(), ByCompany::new());
    for (number, job) in jobs.iter().enumerate() {
        if only.is_none_or(|pick| pick.job == number) && !job.is_settled() {
            free.entry(job.company).or_default().push(number);
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
