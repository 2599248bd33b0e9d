//! What a decision leaves under its key.

use leasehold_domain::company::{Command, Refusal};

use super::Drafting;
use crate::dispatch::job::Order;
use crate::dispatch::receipts::Subject;
use crate::dispatch::verdict::Verdict;
use crate::log::{self, Receipt, Recorded};

impl Drafting<'_> {
    /// Decisions leave receipts: every acceptance, and refusals under a key that the caller chose.
    pub(super) fn leave_receipt(&mut self, order: &Order, verdict: &Verdict, first: usize) {
        if matches!(order.command, Command::Import(_)) {
            return;
        }
        if order.is_key_chosen {
            self.chosen_keys.push(order.key().to_owned());
        }
        let answer = match verdict {
            Verdict::Accepted { body, .. } => serde_json::to_string(&Subject::of(body)).ok(),
            Verdict::Refused { refusal, .. } if order.is_key_chosen => to_answer(refusal),
            Verdict::Refused { .. } | Verdict::Failed { .. } | Verdict::NotApplied { .. } => None,
        };
        let Some(answer) = answer else { return };
        let accepted = matches!(verdict, Verdict::Accepted { .. });
        let own = self.events.get(first..).unwrap_or_default();
        let position = |event: &Recorded| signed(event.stored.position.0);
        self.receipts.push(Receipt {
            key: order.key().to_owned(),
            body_hash: order.body_hash.to_vec(),
            verdict: if accepted { log::Verdict::Accepted } else { log::Verdict::Refused },
            position: signed(self.head.position.0),
            first_position: own.first().map(position),
            last_position: own.last().map(position),
            answer,
            recorded_at: self.now.chrono(),
        });
    }
}

fn to_answer(refusal: &Refusal) -> Option<String> {
    serde_json::to_string(refusal).ok()
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
