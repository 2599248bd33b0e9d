//! What became of a batch: kept or undone, answered or tried again, company by company.

use leasehold_domain::id::CompanyId;
use sqlx::PgConnection;

use super::{Lane, Setback};
use crate::dispatch::draft::Draft;
use crate::dispatch::job::Job;
use crate::dispatch::receipts::replay;
use crate::dispatch::verdict::Failure;
use crate::log::{Outcome, OutcomeKind, list_receipts, load_heads};

impl Lane {
    /// Keeps what was stored and undoes the rest, company by company.
    pub(super) async fn conclude(
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
            let kind = kind.unwrap_or(OutcomeKind::Moved);
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
            OutcomeKind::OtherFold => {
                self.undo(&draft);
                fail_all(jobs, company);
                Ok(())
            }
            OutcomeKind::ClockOff => {
                self.undo(&draft);
                Ok(())
            }
            OutcomeKind::Moved => {
                self.undo(&draft);
                self.miss(jobs, company).await
            }
        }
    }

    /// Looks where a company's log is now, for its orders to be decided again.
    async fn miss(&mut self, jobs: &mut [Job], company: CompanyId) -> sqlx::Result<()> {
        for job in jobs.iter_mut().filter(|job| job.company() == company) {
            job.misses += 1;
        }
        let heads = load_heads(self.open_connection()?, &[company.0]).await?;
        match heads.first() {
            Some(head) => self.update(*head).await,
            None => Ok(()),
        }
    }

    /// Answers those orders of a company that have receipts.
    pub(in crate::dispatch) async fn replay_used(
        &mut self,
        jobs: &mut [Job],
        company: CompanyId,
    ) -> sqlx::Result<()> {
        let connection = self.open_connection()?;
        for job in jobs.iter_mut().filter(|job| job.company() == company) {
            replay_job(connection, job).await?;
        }
        Ok(())
    }

    fn keep(&mut self, draft: &Draft) {
        if !draft.append.events.is_empty() {
            let after = &draft.append.after;
            self.wake.moved(after.company_id, after.into());
        }
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

/// The orders of a company can be decided by another program alone.
fn fail_all(jobs: &mut [Job], company: CompanyId) {
    for job in jobs.iter_mut().filter(|job| job.company() == company) {
        job.fail(Failure::OtherFold);
    }
}

async fn replay_job(connection: &mut PgConnection, job: &mut Job) -> sqlx::Result<()> {
    let keys: Vec<String> = job.pending().map(|(_, order)| order.key().to_owned()).collect();
    let receipts = list_receipts(connection, job.company(), &keys).await?;
    let mut found = Vec::new();
    for (place, order) in job.pending() {
        if let Some(receipt) = receipts.iter().find(|receipt| receipt.key == order.key()) {
            found.push((place, replay(connection, job.company(), receipt, order).await?));
        }
    }
    for (place, verdict) in found {
        job.settle(place, verdict);
    }
    Ok(())
}
