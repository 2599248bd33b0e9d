//! Handing histories to the dispatcher: many at once, each taken in whole or not at all.
//!
//! **Claims.** Histories of one company stand in its log in the order in which they were given.
//! **Because** a company's part of a round is one dispatch, and a lane takes dispatches in the
//! order in which they are handed in; rounds may overlap, but are polled in their order.

use std::collections::BTreeMap;

use futures::future::join_all;
use leasehold_domain::company::{Command, Import};
use leasehold_domain::id::CompanyId;
use uuid::Uuid;

use super::report::Place;
use super::translate::importer;
use crate::dispatch::{Body, Caller, Dispatcher, Failure, Order, Verdict};

/// A round is one statement of each lane: this keeps it well below what a statement can carry.
const ROUND_BYTES: usize = 16 * 1024 * 1024;

/// One history on its way, and the rows that it was made of.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) import: Import,
    pub(super) origin: Origin,
    /// How long its rows are.
    pub(super) bytes: usize,
}

/// The rows that a history was made of.
#[derive(Debug)]
pub(super) struct Origin {
    /// Whose history it is.
    pub(super) company_id: CompanyId,
    /// Its id in the ledger.
    pub(super) id: Uuid,
    /// The environment's or the lease's.
    pub(super) row: Place,
    /// The activity about it.
    pub(super) activities: Vec<Place>,
}

/// What became of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is in the log now.
    New,
    /// The ledger knew the stream already.
    Known,
    /// It cannot be taken in, for a reason of its own.
    Rejected(String),
}

/// Cuts histories into rounds that one statement can carry.
pub(super) fn rounds(parcels: Vec<Parcel>) -> Vec<Vec<Parcel>> {
    let mut rounds: Vec<Vec<Parcel>> = Vec::new();
    let mut bytes = 0;
    for parcel in parcels {
        bytes += parcel.bytes;
        match rounds.last_mut() {
            Some(round) if bytes <= ROUND_BYTES => round.push(parcel),
            Some(_) | None => {
                bytes = parcel.bytes;
                rounds.push(vec![parcel]);
            }
        }
    }
    rounds
}

/// Delivers a round, and says what became of each history.
///
/// # Errors
/// A [`Failure`] that is not a history's own: the ledger takes nothing in for now.
pub(super) async fn deliver(
    dispatcher: &Dispatcher,
    parcels: Vec<Parcel>,
) -> Result<Vec<(Origin, Outcome)>, Failure> {
    let mut companies: BTreeMap<CompanyId, (Vec<Origin>, Vec<Order>)> = BTreeMap::new();
    for Parcel { import, origin, .. } in parcels {
        let caller = Caller { actor: importer(), authenticated_by: None };
        let order = Order::new(Command::Import(Box::new(import)), None, caller);
        let (origins, orders) = companies.entry(origin.company_id).or_default();
        origins.push(origin);
        orders.push(order);
    }
    let answers = companies.into_iter().map(|(company, (origins, orders))| async move {
        let verdicts = dispatcher.dispatch_all(company, orders, false).await;
        origins.into_iter().zip(verdicts)
    });
    let told = join_all(answers).await.into_iter().flatten();
    told.map(|(origin, verdict)| Ok((origin, outcome(&verdict)?))).collect()
}

fn outcome(verdict: &Verdict) -> Result<Outcome, Failure> {
    match verdict {
        Verdict::Accepted { body: Body::Imported(true), .. } => Ok(Outcome::New),
        Verdict::Accepted { .. } => Ok(Outcome::Known),
        Verdict::Refused { refusal, .. } => Ok(Outcome::Rejected(refusal.to_string())),
        Verdict::NotApplied { .. } => Ok(Outcome::Rejected("was not applied".to_owned())),
        Verdict::Failed { failure, .. } => match failure {
            Failure::Unstorable | Failure::Internal => Ok(Outcome::Rejected(failure.to_string())),
            Failure::IdempotencyMismatch
            | Failure::DatabaseUnavailable
            | Failure::OutcomeUnknown
            | Failure::StorageFull
            | Failure::OtherFold => Err(*failure),
        },
    }
}
