//! The ledger as a run sees it: commands asked in the words of `/dispatch`, so that one that could
//! not be delivered can be kept on disk and asked again, under the same key, by another process; and
//! the few questions of a run. [`Way`] is how they get there: to the database itself ([`Direct`]), or
//! through a server.

mod direct;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use leasehold_domain::actor::Actor;
use leasehold_domain::company::{CommandType, Refusal};
use leasehold_domain::fields::Invalid;
use leasehold_domain::id::{AgentId, CompanyId, EnvironmentId, LeaseId, WorkspaceId};
use leasehold_domain::lease::Policy;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;
use tokio::time::{Instant, sleep, timeout_at};

pub use direct::Direct;

use super::driver::FaultKind;
use crate::dispatch::{Body, Failure};

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
    /// The domain refused it, or whoever stands before the ledger did.
    #[error(transparent)]
    Refused(Box<Refused>),
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

impl NotDone {
    /// What a command that was not decided means to a run.
    #[must_use]
    pub const fn of_failure(failure: Failure) -> Self {
        match failure {
            Failure::DatabaseUnavailable
            | Failure::OutcomeUnknown
            | Failure::StorageFull
            | Failure::OtherFold => Self::Away(failure),
            Failure::IdempotencyMismatch | Failure::Unstorable | Failure::Internal => {
                Self::Failed(failure)
            }
        }
    }
}

/// The contract's words for somebody who may not ask.
pub const NOT_ALLOWED: [&str; 2] = ["unauthenticated", "forbidden"];

/// A refusal, by whichever way it came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Refused {
    /// The contract's word for it.
    pub code: String,
    /// In a sentence.
    pub message: String,
    /// Whether time may cure it.
    pub can_retry: bool,
    /// What the contract shows beside the code.
    pub evidence: Map<String, Value>,
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        let (code, evidence) = refusal.code_and_evidence().unwrap_or_default();
        let (message, can_retry) = (refusal.to_string(), refusal.is_retryable());
        Self { code, message, can_retry, evidence }
    }
}

/// A question that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Unread {
    /// Why: the ledger is away, or whoever asks may not know, or it is no ledger.
    pub kind: FaultKind,
    /// In words.
    pub message: String,
}

impl Unread {
    /// With the reason in words.
    pub fn because(kind: FaultKind, why: impl fmt::Display) -> Self {
        Self { kind, message: why.to_string() }
    }
}

/// Which kept leases a run could take up.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// On this environment.
    pub environment: EnvironmentId,
    /// Of this workspace.
    pub workspace: Option<WorkspaceId>,
    /// Of this agent.
    pub agent: Option<AgentId>,
    /// Kept under this policy.
    pub policy: Policy,
}

/// How a desk reaches its ledger.
#[async_trait]
pub trait Way: fmt::Debug + Send + Sync {
    /// Asks several things in order, each by itself; an answer for each.
    async fn ask_all(
        &self,
        company: CompanyId,
        actor: &Actor,
        requests: &[Request],
    ) -> Vec<Result<Body, NotDone>>;

    /// The environment that an id or a name means.
    ///
    /// # Errors
    /// [`Unread`].
    async fn find_environment(
        &self,
        company: CompanyId,
        named: &str,
    ) -> Result<Option<EnvironmentRow>, Unread>;

    /// The company's local environment, if it has one.
    ///
    /// # Errors
    /// [`Unread`].
    async fn find_local(&self, company: CompanyId) -> Result<Option<EnvironmentRow>, Unread>;

    /// The retained leases that a run could take up, the last used first, at most so many.
    ///
    /// # Errors
    /// [`Unread`].
    async fn list_kept(
        &self,
        company: CompanyId,
        kept: &Kept,
        limit: u32,
    ) -> Result<Vec<LeaseRow>, Unread>;

    /// Whether the ledger has this lease.
    ///
    /// # Errors
    /// [`Unread`].
    async fn knows_lease(&self, company: CompanyId, lease: LeaseId) -> Result<bool, Unread>;
}

/// Where one company's runs ask.
#[derive(Debug, Clone)]
pub struct Desk {
    /// How the ledger is reached.
    pub way: Arc<dyn Way>,
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
        self.way.ask_all(self.company, &self.actor, requests).await
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
