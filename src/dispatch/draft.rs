//! Deciding one company's part of a batch, in memory: what is to be written, and what to answer
//! once it is.

mod atomic;
mod leaving;
mod writes;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use leasehold_domain::company::{Answer, Decided, Facts, plan};
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::Lease;
use leasehold_domain::limits::Limits;
use leasehold_domain::stream::{Aggregate, StreamId};
use leasehold_domain::time::Timestamp;
use leasehold_projections::activity_log::{ActivityRow, Envelope};
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use uuid::Uuid;

use super::job::{Job, Order};
use super::memory::Known;
use super::verdict::{Body, Failure, Verdict};
use crate::log::{CompanyAppend, Head, Metadata, Poison, Receipt, Recorded};

/// Which orders of which job a batch takes up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pick {
    pub(super) job: usize,
    /// One order alone; all pending ones when none.
    pub(super) only: Option<usize>,
}

/// One company's part of a batch.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) append: CompanyAppend,
    /// Aggregates whose rows stay as they are: their projections cannot take them.
    pub(super) poisons: Vec<Poison>,
    /// Job, order and what it is to be told when the batch is stored.
    pub(super) verdicts: Vec<(usize, usize, Verdict)>,
}

/// The work of drafting: everything decided so far is folded into `known`, to be kept or undone.
pub(super) struct Drafting<'k> {
    known: &'k mut Known,
    now: Timestamp,
    limits: Limits,
    before: Head,
    head: Head,
    events: Vec<Recorded>,
    activities: Vec<ActivityRow>,
    receipts: Vec<Receipt>,
    chosen_keys: Vec<String>,
    seen_keys: HashSet<String>,
    noted: HashSet<StreamId>,
    /// What answers show already; a row is made once for both its table and its answer.
    rendered: HashMap<StreamId, Arc<LeaseRow>>,
    verdicts: Vec<(usize, usize, Verdict)>,
}

struct Mark {
    journal: usize,
    head: Head,
    events: usize,
    activities: usize,
    receipts: usize,
    verdicts: usize,
}

impl<'k> Drafting<'k> {
    pub(super) fn new(known: &'k mut Known, now: Timestamp, limits: Limits) -> Self {
        let before = known.head;
        // Times never fall within a company, whoever's clock was ahead.
        let now = now.max(before.recorded_at);
        Self {
            known,
            now,
            limits,
            before,
            head: before,
            events: Vec::new(),
            activities: Vec::new(),
            receipts: Vec::new(),
            chosen_keys: Vec::new(),
            seen_keys: HashSet::new(),
            noted: HashSet::new(),
            rendered: HashMap::new(),
            verdicts: Vec::new(),
        }
    }

    /// Decides what a pick takes up of a job.
    pub(super) fn take(&mut self, pick: Pick, job: &Job) {
        if job.is_atomic {
            return self.take_atomic(pick.job, job);
        }
        for (place, order) in job.pending() {
            let is_taken = pick.only.is_none_or(|only| only == place);
            // A second command with a key of this batch waits for the first one's receipt.
            if is_taken && self.seen_keys.insert(order.key().to_owned()) {
                let first = self.events.len();
                let verdict = self.decide(order);
                self.leave_receipt(order, &verdict, first);
                self.verdicts.push((pick.job, place, verdict));
            }
        }
    }

    fn mark(&self) -> Mark {
        Mark {
            journal: self.known.company.mark(),
            head: self.head,
            events: self.events.len(),
            activities: self.activities.len(),
            receipts: self.receipts.len(),
            verdicts: self.verdicts.len(),
        }
    }

    fn back_to(&mut self, mark: &Mark) {
        self.known.company.undo_to(mark.journal);
        self.head = mark.head;
        self.events.truncate(mark.events);
        self.activities.truncate(mark.activities);
        self.receipts.truncate(mark.receipts);
        self.verdicts.truncate(mark.verdicts);
        // Rows of what was undone may have the versions of what comes instead.
        self.rendered.clear();
    }

    fn decide(&mut self, order: &Order) -> Verdict {
        let facts = Facts {
            now: self.now,
            actor: order.caller.actor.clone(),
            epoch: self.head.epoch,
            next: self.head.position.plus(1),
            new_id: Uuid::now_v7(),
            limits: self.limits,
        };
        if self.known.is_barred(&order.command) {
            return failed(order, Failure::Internal);
        }
        let key = order.key().to_owned();
        match plan(&self.known.company, &order.command, &facts) {
            Err(refusal) => Verdict::Refused { key, is_replayed: false, refusal },
            Ok(decision) => {
                let mark = self.mark();
                for decided in &decision.events {
                    if self.push(decided, order).is_none() {
                        self.back_to(&mark);
                        return failed(order, Failure::Internal);
                    }
                }
                if let Answer::Refused(refusal) = decision.answer {
                    return Verdict::Refused { key, is_replayed: false, refusal: *refusal };
                }
                self.accepted(order, &decision.answer)
            }
        }
    }

    fn accepted(&mut self, order: &Order, answer: &Answer) -> Verdict {
        let Some(body) = self.body(answer) else { return failed(order, Failure::Internal) };
        let key = order.key().to_owned();
        Verdict::Accepted { key, position: self.head.position, is_replayed: false, body }
    }

    fn body(&mut self, answer: &Answer) -> Option<Body> {
        let company = &self.known.company;
        let lease = |id: &LeaseId| company.lease(*id).and_then(LeaseRow::of);
        Some(match answer {
            Answer::Environment(id) => {
                let row = EnvironmentRow::of(&company.environment(*id))?;
                Body::Environment(Box::new(row))
            }
            Answer::Removed(id) => Body::Removed(id.0),
            Answer::Lease(id) => {
                let row = Arc::new(lease(id)?);
                self.rendered.insert((*id).into(), Arc::clone(&row));
                Body::Lease(row)
            }
            Answer::Run(_, leases) => Body::Run(leases.iter().filter_map(lease).collect()),
            Answer::Cleanups(leases) => Body::Cleanups(leases.iter().filter_map(lease).collect()),
            Answer::Refused(_) => return None,
            Answer::Imported(_, is_new) => Body::Imported(*is_new),
        })
    }

    /// Folds one event in and gives it its place in the log.
    fn push(&mut self, decided: &Decided, order: &Order) -> Option<()> {
        let (stream, event) = (decided.stream, &decided.event);
        let by = order.caller.authenticated_by.as_deref();
        let actor = &order.caller.actor;
        let metadata = match &decided.imported {
            Some(row) => Metadata::imported(actor, row),
            None => {
                Metadata::decided(actor, by, order.key()).traced(order.correlation_id.as_deref())
            }
        };
        if writes::changes_notes(event) {
            self.noted.insert(stream);
        }
        let after: &Aggregate = self.known.company.apply(stream, event);
        let sequence = after.version();
        let recorded = self.head.record(stream, event, sequence, &metadata, self.now).ok()?;
        let stored = &recorded.stored;
        let envelope = Envelope {
            event_id: stored.event_id,
            company_id: stored.company_id,
            position: stored.position,
            stream,
            actor,
            authenticated_by: by,
            imported: decided.imported.as_ref(),
        };
        self.activities.extend(ActivityRow::of(event, after, &envelope));
        self.events.push(recorded);
        Some(())
    }

    /// What is to be written, and answered once it is.
    pub(super) fn finish(self) -> Draft {
        let row = |stream: StreamId, lease: &Lease| {
            let rendered = self.rendered.get(&stream).filter(|row| is_row_of(row, lease));
            rendered.cloned().or_else(|| LeaseRow::of(lease).map(Arc::new))
        };
        let writes::Writes { environments, leases, poisons } =
            writes::of(&self.known.company, &self.events, &self.noted, row);
        let append = CompanyAppend {
            before: self.before,
            after: self.head,
            events: self.events,
            environments,
            leases,
            activities: self.activities,
            receipts: self.receipts,
            keys: self.chosen_keys,
        };
        Draft { append, poisons, verdicts: self.verdicts }
    }
}

fn is_row_of(row: &LeaseRow, lease: &Lease) -> bool {
    u64::try_from(row.version) == Ok(lease.version)
}

fn failed(order: &Order, failure: Failure) -> Verdict {
    Verdict::Failed { key: order.key().to_owned(), failure }
}
