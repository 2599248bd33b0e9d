//! What waits for a lane: the commands of one caller, and the way back to it.

use std::sync::Arc;

use leasehold_domain::actor::Actor;
use leasehold_domain::company::Command;
use leasehold_domain::id::CompanyId;
use leasehold_domain::text::Key;
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;
use tokio::time::Instant;
use uuid::Uuid;

use super::placement::Stay;
use super::verdict::{Failure, Verdict};

/// Who a command comes from.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who asked, by his own word.
    pub actor: Actor,
    /// The token that really spoke.
    pub authenticated_by: Option<Arc<str>>,
}

/// A command with its key and its caller.
#[derive(Debug)]
pub struct Order {
    pub(super) command: Command,
    pub(super) caller: Caller,
    pub(super) body_hash: [u8; 32],
    pub(super) is_key_chosen: bool,
    /// The trace that it is part of; told by its events and by nothing that is compared.
    pub(super) correlation_id: Option<Arc<str>>,
    key: String,
}

impl Order {
    /// A command under the caller's key, or under one that is made here.
    #[must_use]
    pub fn new(command: Command, key: Option<Key>, caller: Caller) -> Self {
        let is_key_chosen = key.is_some();
        let key = key.map_or_else(|| Uuid::now_v7().to_string(), |key| key.to_string());
        let body_hash = hash(&command, &caller.actor);
        Self { command, caller, body_hash, is_key_chosen, correlation_id: None, key }
    }

    /// As part of a trace, whose id its events keep.
    #[must_use]
    pub fn traced(self, correlation_id: Option<Arc<str>>) -> Self {
        Self { correlation_id, ..self }
    }

    /// A command that does a part of what was asked, under the key of the whole: who repeats the
    /// whole hears of its parts.
    #[must_use]
    pub fn part(command: Command, asked: &Command, key: Option<Key>, caller: Caller) -> Self {
        let body_hash = hash(asked, &caller.actor);
        Self { body_hash, ..Self::new(command, key, caller) }
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// The same command by the same actor has the same hash, however its JSON was laid out.
fn hash(command: &Command, actor: &Actor) -> [u8; 32] {
    // A command that cannot be serialised has no body to compare: it never comes over the wire.
    let body = serde_json::to_vec(&(command, actor)).unwrap_or_default();
    Sha256::digest(&body).into()
}

/// The commands of one dispatch, on their way through a lane.
#[derive(Debug)]
pub(super) struct Job {
    /// What keeps its company in the lane.
    pub(super) stay: Stay,
    pub(super) orders: Vec<Order>,
    pub(super) is_atomic: bool,
    /// Whether nobody waits for it.
    pub(super) is_aside: bool,
    pub(super) since: Instant,
    /// How often its company's head had moved or was taken.
    pub(super) misses: u32,
    /// How often a batch with it broke in a way that time may cure, and was not stored.
    pub(super) losses: u32,
    verdicts: Vec<Option<Verdict>>,
    reply: oneshot::Sender<Vec<Verdict>>,
}

impl Job {
    pub(super) fn new(
        stay: Stay,
        orders: Vec<Order>,
        is_atomic: bool,
        reply: oneshot::Sender<Vec<Verdict>>,
    ) -> Self {
        let verdicts = orders.iter().map(|_| None).collect();
        Self {
            stay,
            orders,
            is_atomic,
            is_aside: false,
            since: Instant::now(),
            misses: 0,
            losses: 0,
            verdicts,
            reply,
        }
    }

    /// Whose it is.
    pub(super) const fn company(&self) -> CompanyId {
        self.stay.company
    }

    /// As one that nobody waits for.
    pub(super) fn aside(self) -> Self {
        Self { is_aside: true, ..self }
    }

    /// The orders that have no verdict yet, with their places.
    pub(super) fn pending(&self) -> impl Iterator<Item = (usize, &Order)> + Clone {
        let open = |(_, verdict): &(&Order, &Option<Verdict>)| verdict.is_none();
        let pairs = self.orders.iter().zip(&self.verdicts);
        pairs.enumerate().filter(move |(_, pair)| open(pair)).map(|(place, pair)| (place, pair.0))
    }

    pub(super) fn settle(&mut self, place: usize, verdict: Verdict) {
        if let Some(slot) = self.verdicts.get_mut(place) {
            *slot = Some(verdict);
        }
    }

    /// Gives every order without a verdict the same failure.
    pub(super) fn fail(&mut self, failure: Failure) {
        for (slot, order) in self.verdicts.iter_mut().zip(&self.orders) {
            let key = || order.key().to_owned();
            slot.get_or_insert_with(|| Verdict::Failed { key: key(), failure });
        }
    }

    pub(super) fn fail_one(&mut self, place: usize, failure: Failure) {
        if let Some(key) = self.orders.get(place).map(|order| order.key().to_owned()) {
            self.settle(place, Verdict::Failed { key, failure });
        }
    }

    pub(super) fn is_settled(&self) -> bool {
        self.verdicts.iter().all(Option::is_some)
    }

    /// Whether one of its orders, or all of them, have verdicts.
    pub(super) fn is_answered(&self, only: Option<usize>) -> bool {
        only.map_or_else(
            || self.is_settled(),
            |place| self.verdicts.get(place).is_none_or(Option::is_some),
        )
    }

    /// Whether one of its orders has a verdict already that is no acceptance.
    pub(super) fn is_spoilt(&self) -> bool {
        let mut settled = self.verdicts.iter().flatten();
        settled.any(|verdict| !matches!(verdict, Verdict::Accepted { .. }))
    }

    /// Answers the caller, who may have gone away.
    pub(super) fn answer(self) {
        let verdicts = self.verdicts.into_iter().flatten().collect();
        let _ = self.reply.send(verdicts);
    }
}
