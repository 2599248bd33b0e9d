//! One cycle: the term, what is due, and its end, batch by batch.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};
use leasehold_domain::actor::Actor;
use leasehold_domain::company::{Command, Refusal};
use leasehold_domain::id::{CompanyId, LeaseId};
use leasehold_domain::lease::{self, Enforce, Outage, OutageKind};
use leasehold_domain::time::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use super::pace::Pace;
use super::{Progress, Sweeper};
use crate::dispatch::{Caller, Failure, Order, Verdict};
use crate::log::{Term, record_outage, take_term};
use crate::metrics;
use crate::read::{DueLease, count_due, count_due_holders, list_due_leases};

/// How long a lease is left alone that could not be decided, so that it does not stand in the way.
const LEAVE_ALONE_FOR: Duration = Duration::from_mins(1);
/// Leases that can be left alone at once.
const LEFT_ALONE_MAX: usize = 1_000;

/// What a sweeper remembers from one cycle to the next.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// When the last cycle that came to its end had begun, by the database's clock and by ours.
    swept: Option<(DateTime<Utc>, Instant)>,
    left_alone: HashMap<Uuid, Instant>,
}

impl Sweeper {
    /// Does one cycle.
    ///
    /// # Errors
    /// The database's; what was ended until then stays ended.
    pub async fn run_once(&mut self) -> sqlx::Result<Progress> {
        let began = Instant::now();
        let mut connection = self.pool.acquire().await?;
        let seconds = self.settings.term.as_secs_f64();
        let swept_at = self.memory.swept.map(|(at, _)| at);
        let taken = take_term(&mut connection, self.holder, seconds, swept_at).await?;
        let Some(term) = taken else {
            self.memory.swept = None;
            metrics::not_sweeping();
            return Ok(Progress { pause: self.settings.cycle, ..Progress::default() });
        };
        let outage = match self.outage_before(&term) {
            Some(mut outage) => {
                let due = count_due_holders(&mut connection, term.now).await?;
                outage.holders = u32::try_from(due).unwrap_or(u32::MAX);
                tracing::warn!(why = %outage.why, from = %outage.from, to = %outage.to, due,
                    "holders may have been unable to renew; they get their promises anew");
                if !record_outage(&mut connection, self.holder, &outage).await? {
                    return Ok(Progress { pause: self.settings.cycle, ..Progress::default() });
                }
                Some(outage)
            }
            None => term.outage(),
        };
        let soon = term.now + self.settings.cycle;
        let limit = i64::try_from(self.settings.leases_per_cycle_max).unwrap_or(i64::MAX);
        let left_alone = self.left_alone();
        let mut due = list_due_leases(&mut connection, soon, &left_alone, limit).await?;
        let later = due.split_off(due.partition_point(|lease| lease.due_at <= term.now));
        let is_more = later.is_empty() && i64::try_from(due.len()) == Ok(limit);
        let backlog = if is_more { count_due(&mut connection, term.now).await? } else { due.len() };
        drop(connection);
        let mut pace = Pace::of(&self.settings, backlog);
        let (enforced, left) = self.enforce(&due, &term, outage, began, &mut pace).await?;
        metrics::swept(term.term, enforced);
        self.memory.swept = Some((term.now, began));
        let pause = self.pause(&later, &term, began, is_more);
        Ok(Progress { is_ours: true, enforced, left, pause })
    }

    /// The time before this cycle, when nobody swept for too long. Where our own clock saw nothing
    /// of it, it is the database's that jumped.
    fn outage_before(&self, term: &Term) -> Option<Outage> {
        let gap = (term.now - term.swept_at).to_std().ok()?;
        if gap <= self.settings.outage_after() {
            return None;
        }
        let own = self.memory.swept.filter(|(at, _)| *at >= term.swept_at);
        let has_jumped = own.is_some_and(|(_, seen)| seen.elapsed() < gap / 2);
        let why = if has_jumped { OutageKind::ClockJump } else { OutageKind::Outage };
        let from = Timestamp::new(term.swept_at).ok()?;
        Some(Outage { why, from, to: Timestamp::new(term.now).ok()?, holders: 0 })
    }

    fn left_alone(&mut self) -> Vec<Uuid> {
        self.memory.left_alone.retain(|_, since| since.elapsed() < LEAVE_ALONE_FOR);
        self.memory.left_alone.keys().copied().collect()
    }

    /// When to look again: at once when there is more, else when the next one falls due.
    fn pause(&self, later: &[DueLease], term: &Term, began: Instant, is_more: bool) -> Duration {
        if is_more {
            return Duration::ZERO;
        }
        let next = later.first().and_then(|lease| (lease.due_at - term.now).to_std().ok());
        let pause = next.unwrap_or(self.settings.cycle).min(self.settings.cycle);
        pause.saturating_sub(began.elapsed())
    }

    /// Ends what is due, batch by batch at a pace.
    async fn enforce(
        &mut self,
        due: &[DueLease],
        term: &Term,
        outage: Option<Outage>,
        began: Instant,
        pace: &mut Pace,
    ) -> sqlx::Result<(usize, usize)> {
        let mut companies: BTreeMap<Uuid, Vec<&DueLease>> = BTreeMap::new();
        for lease in due {
            companies.entry(lease.company_id).or_default().push(lease);
        }
        let Ok(read_at) = Timestamp::new(term.now) else { return Ok((0, 0)) };
        let (mut enforced, mut left) = (0, 0);
        for (company, leases) in companies {
            let mut leases = leases.as_slice();
            while !leases.is_empty() {
                // The term has to outlive what is done in it.
                if began.elapsed() > self.settings.term / 2 {
                    return Ok((enforced, left));
                }
                let (batch, rest) = leases.split_at(pace.next(leases.len()).await);
                let done = self.enforce_batch(CompanyId(company), batch, read_at, outage).await?;
                let now = term.now + began.elapsed();
                let late = done.iter().filter_map(|due_at| (now - due_at).to_std().ok());
                late.for_each(metrics::ended_after);
                enforced += done.len();
                left += batch.len() - done.len();
                leases = rest;
            }
        }
        Ok((enforced, left))
    }

    /// When those were due that were ended.
    async fn enforce_batch(
        &mut self,
        company: CompanyId,
        batch: &[&DueLease],
        read_at: Timestamp,
        outage: Option<Outage>,
    ) -> sqlx::Result<Vec<DateTime<Utc>>> {
        let order = |lease: &&DueLease| {
            let (version, due_at) =
                (lease.version.unsigned_abs(), Timestamp::new(lease.due_at).ok()?);
            let enforce = Enforce { version, due_at, read_at, outage };
            let command = Command::EnforceLease(LeaseId(lease.id), enforce);
            let caller = Caller { actor: Actor::system("sweeper"), authenticated_by: None };
            Some(((lease.id, lease.due_at), Order::new(command, None, caller)))
        };
        let (leases, orders): (Vec<_>, Vec<Order>) = batch.iter().filter_map(order).unzip();
        let verdicts = self.dispatcher.dispatch_aside(company, orders).await;
        let mut done = Vec::new();
        for ((id, due_at), verdict) in leases.into_iter().zip(verdicts) {
            if matches!(verdict, Verdict::Accepted { .. }) {
                done.push(due_at);
            } else if is_away(&verdict) {
                // Holders cannot renew either: this cycle did not come to its end.
                return Err(sqlx::Error::PoolTimedOut);
            } else if is_stuck(&verdict) && self.memory.left_alone.len() < LEFT_ALONE_MAX {
                tracing::warn!(%company, lease = %id, ?verdict, "a lease could not be ended");
                self.memory.left_alone.insert(id, Instant::now());
            }
        }
        Ok(done)
    }
}

/// Whether the ledger itself could not write.
fn is_away(verdict: &Verdict) -> bool {
    let Verdict::Failed { failure, .. } = verdict else { return false };
    match failure {
        Failure::DatabaseUnavailable
        | Failure::OutcomeUnknown
        | Failure::StorageFull
        | Failure::OtherFold => true,
        Failure::IdempotencyMismatch | Failure::Unstorable | Failure::Internal => false,
    }
}

/// Whether looking again at once would meet the same.
fn is_stuck(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Refused { refusal: Refusal::Lease(refusal), .. } => !matches!(
            refusal,
            lease::Refusal::VersionMismatch { .. } | lease::Refusal::NothingDue { .. }
        ),
        Verdict::Accepted { .. } => false,
        Verdict::Refused { .. } | Verdict::Failed { .. } | Verdict::NotApplied { .. } => true,
    }
}
