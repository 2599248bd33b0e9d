//! The ledger as a run sees it: commands asked in the words of `/dispatch`, so that one that could
//! not be delivered can be kept on disk and asked again, under the same key, by another process.

use std::sync::Arc;
use std::time::Duration;

use leasehold_domain::actor::Actor;
use leasehold_domain::company::{Command, CommandType, Refusal};
use leasehold_domain::environment::Finding;
use leasehold_domain::fields::{Fields, Invalid};
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::limits::Limits;
use leasehold_domain::text::Key;
use leasehold_projections::environment_leases::LeaseRow;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::PgPool;
use thiserror::Error;
use tokio::time::{Instant, sleep, timeout_at};

use crate::dispatch::{Body, Caller, Dispatcher, Failure, Order, Verdict};

/// The pause before something is asked again of a ledger that is away.
const PAUSE: Duration = Duration::from_millis(250);

/// A command in the words of `/dispatch`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// Which type of command.
    #[serde(rename = "type")]
    pub kind: CommandType,
    /// Its key: asked twice, it is done once.
    pub key: String,
    /// Its body.
    pub body: Map<String, Value>,
}

impl Request {
    /// A command with its body, which has to be an object.
    #[must_use]
    pub fn new(kind: CommandType, key: impl Into<String>, body: Value) -> Self {
        let mut body = if let Value::Object(body) = body { body } else { Map::new() };
        // What is not known is not told: absent and null are the same to these commands.
        body.retain(|_, value| !value.is_null());
        Self { kind, key: key.into(), body }
    }
}

/// Why a command was not done.
#[derive(Debug, Error)]
pub enum NotDone {
    /// The domain refused it.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// Its body breaks a bound.
    #[error(transparent)]
    Invalid(Invalid),
    /// The ledger is away; asked again under the same key, it is done once.
    #[error("the ledger is away: {0}")]
    Away(Failure),
    /// The ledger could not decide it, and never will.
    #[error(transparent)]
    Failed(Failure),
}

/// Where one company's runs ask.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Takes commands.
    pub dispatcher: Dispatcher,
    /// For questions.
    pub readers: PgPool,
    /// Whose runs.
    pub company: CompanyId,
    /// Who asks.
    pub actor: Actor,
}

impl Desk {
    /// Asks once.
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn ask(&self, request: &Request) -> Result<Body, NotDone> {
        let mut answers = self.ask_all(std::slice::from_ref(request)).await;
        answers.pop().unwrap_or(Err(NotDone::Failed(Failure::Internal)))
    }

    /// Asks, and again while the ledger is away, until some instant.
    ///
    /// # Errors
    /// [`NotDone`]; away when the instant came first.
    pub async fn insist(&self, request: &Request, until: Instant) -> Result<Body, NotDone> {
        loop {
            let asked = timeout_at(until, self.ask(request)).await;
            match asked {
                Ok(Err(NotDone::Away(_))) if Instant::now() + PAUSE < until => sleep(PAUSE).await,
                Ok(answer) => return answer,
                Err(_) => return Err(NotDone::Away(Failure::OutcomeUnknown)),
            }
        }
    }

    /// Asks several things in order, each by itself, and all of them again while the ledger is
    /// away, until some instant.
    pub async fn insist_all(
        &self,
        requests: &[Request],
        until: Instant,
    ) -> Vec<Result<Body, NotDone>> {
        loop {
            let Ok(answers) = timeout_at(until, self.ask_all(requests)).await else {
                let away = |_| Err(NotDone::Away(Failure::OutcomeUnknown));
                return requests.iter().map(away).collect();
            };
            let is_away = answers.iter().any(|one| matches!(one, Err(NotDone::Away(_))));
            if !is_away || Instant::now() + PAUSE >= until {
                return answers;
            }
            sleep(PAUSE).await;
        }
    }

    /// Asks several things in order, each by itself.
    pub async fn ask_all(&self, requests: &[Request]) -> Vec<Result<Body, NotDone>> {
        let orders: Result<Vec<Order>, Invalid> =
            requests.iter().map(|request| self.order(request)).collect();
        let orders = match orders {
            Ok(orders) => orders,
            Err(invalid) => {
                return requests.iter().map(|_| Err(NotDone::Invalid(invalid.clone()))).collect();
            }
        };
        let verdicts = self.dispatcher.dispatch_all(self.company, orders, false).await;
        verdicts.into_iter().map(answer).collect()
    }

    /// Tells what was seen at an environment's place.
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn observe(&self, id: EnvironmentId, finding: Finding) -> Result<(), NotDone> {
        let caller = Caller { actor: self.actor.clone(), authenticated_by: None };
        let order = Order::new(Command::ObserveEnvironment(id, finding), None, caller);
        answer(self.dispatcher.dispatch(self.company, order).await).map(drop)
    }

    fn order(&self, request: &Request) -> Result<Order, Invalid> {
        let read = |fields: &mut Fields<'_>| Command::read(request.kind, fields);
        let command = Fields::read(request.body.clone(), &Limits::default(), read)?;
        let caller = Caller { actor: self.actor.clone(), authenticated_by: None };
        // A key that is none is not a caller's: the ledger makes one.
        Ok(Order::new(command, Key::new(request.key.clone()).ok(), caller))
    }
}

fn answer(verdict: Verdict) -> Result<Body, NotDone> {
    match verdict {
        Verdict::Accepted { body, .. } => Ok(body),
        Verdict::Refused { refusal, .. } => Err(NotDone::Refused(Box::new(refusal))),
        Verdict::Failed { failure, .. } => Err(match failure {
            Failure::DatabaseUnavailable
            | Failure::OutcomeUnknown
            | Failure::StorageFull
            | Failure::OtherFold => NotDone::Away(failure),
            Failure::IdempotencyMismatch | Failure::Unstorable | Failure::Internal => {
                NotDone::Failed(failure)
            }
        }),
        Verdict::NotApplied { .. } => Err(NotDone::Failed(Failure::Internal)),
    }
}

/// The lease that an answer shows.
///
/// # Errors
/// [`Failure::Internal`] for an answer that shows none: the command was not about one.
pub fn lease_of(body: Body) -> Result<Arc<LeaseRow>, NotDone> {
    match body {
        Body::Lease(row) => Ok(row),
        Body::Environment(_)
        | Body::Removed(_)
        | Body::Run(_)
        | Body::Cleanups(_)
        | Body::Imported(_) => Err(NotDone::Failed(Failure::Internal)),
    }
}
