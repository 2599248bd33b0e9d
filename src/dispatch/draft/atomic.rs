//! An atomic job: all of its commands, or none of them and the name of the culprit.

use super::{Drafting, Mark, failed};
use crate::dispatch::job::{Job, Order};
use crate::dispatch::verdict::{Failure, Verdict};

impl Drafting<'_> {
    pub(super) fn take_atomic(&mut self, number: usize, job: &Job) {
        let mark = self.mark();
        if job.pending().any(|(_, order)| self.seen_keys.contains(order.key())) {
            return;
        }
        if job.is_spoilt() {
            let spoilt = job.pending().map(|(place, order)| (number, place, not_applied(order)));
            return self.verdicts.extend(spoilt);
        }
        // What the keys were used for before answers first, whatever would be decided now.
        let chosen = job.pending().filter(|(_, order)| order.is_key_chosen);
        self.chosen_keys.extend(chosen.map(|(_, order)| order.key().to_owned()));
        for (place, order) in job.pending() {
            let first = self.events.len();
            let is_repeated = !self.seen_keys.insert(order.key().to_owned());
            let verdict = if is_repeated {
                failed(order, Failure::IdempotencyMismatch)
            } else {
                self.decide(order)
            };
            if !matches!(verdict, Verdict::Accepted { .. }) {
                return self.not_applied(number, job, place, verdict, &mark);
            }
            self.leave_receipt(order, &verdict, first);
            self.verdicts.push((number, place, verdict));
        }
    }

    /// Takes back an atomic job: the culprit hears why, the others that they were not applied. No
    /// receipt is left, so that the same keys may be tried again.
    fn not_applied(
        &mut self,
        number: usize,
        job: &Job,
        culprit: usize,
        verdict: Verdict,
        mark: &Mark,
    ) {
        self.back_to(mark);
        for (place, order) in job.pending() {
            if place == culprit {
                self.tell_of_refusal(order);
            } else {
                self.verdicts.push((number, place, not_applied(order)));
            }
        }
        self.verdicts.push((number, culprit, verdict));
    }

    /// What a refusal leaves in the log is left though nothing else of its job is: decided anew, for
    /// what the commands before it had done is taken back. That an older fence was shown only for
    /// what they did is no fact any more.
    fn tell_of_refusal(&mut self, order: &Order) {
        let mark = self.mark();
        if !matches!(self.decide(order), Verdict::Refused { .. }) {
            self.back_to(&mark);
        }
    }
}

fn not_applied(order: &Order) -> Verdict {
    Verdict::NotApplied { key: order.key().to_owned() }
}
