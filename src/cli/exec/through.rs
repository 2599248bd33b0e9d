//! The way of a run to its ledger through a server: `leasehold exec --server`.
//!
//! **Claims.** A command is sent under its key as often as a run insists, and done once. A server that
//! is away is a ledger that is away: what cannot be told waits in the journal. **Not** here: waiting.
//! Each request is sent once, and the desk decides whether to ask again.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use hyper::Method;
use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId};
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::cli::commands::several_companies;
use crate::cli::exit::Failed;
use crate::cli::remote::{Query, Remote, maybe};
use crate::dispatch::{Body, Failure};
use crate::run::desk::{Kept, NotDone, Refused, Request, Unread, Way};
use crate::run::driver::FaultKind;

/// A server before the ledger.
pub(super) struct Through {
    remote: Remote,
}

impl fmt::Debug for Through {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It holds a token.
        f.debug_struct("Through").finish_non_exhaustive()
    }
}

/// A verdict as a dispatch shows it, as far as runs are concerned.
#[derive(Debug, Deserialize)]
struct Shown {
    lease: Option<LeaseRow>,
    environment: Option<EnvironmentRow>,
    released: Option<Vec<LeaseRow>>,
    leases: Option<Vec<LeaseRow>>,
    error: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
struct Verdicts {
    verdicts: Vec<Shown>,
}

impl Through {
    pub(super) const fn to(remote: Remote) -> Self {
        Self { remote }
    }

    /// Who asks, in the words of a body: a token speaks for itself where it is no agent's run.
    fn actor(&self, actor: &Actor) -> Option<Value> {
        let speaks = !self.remote.has_token() || actor.kind == ActorType::Agent;
        speaks.then(|| json!(actor))
    }

    async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Query,
        limit: usize,
    ) -> Result<Vec<T>, Unread> {
        let rows = self.remote.list(path, query, limit).await.map_err(|failed| unread(&failed))?;
        let rows: serde_json::Result<Vec<T>> =
            rows.into_iter().map(serde_json::from_value).collect();
        let no_ledger = |error| format!("what answers is no leasehold: {error}");
        rows.map_err(|error| Unread::because(FaultKind::Broken, no_ledger(error)))
    }
}

#[async_trait]
impl Way for Through {
    async fn ask_all(
        &self,
        company: CompanyId,
        actor: &Actor,
        requests: &[Request],
    ) -> Vec<Result<Body, NotDone>> {
        let actor = self.actor(actor);
        let command = |request: &Request| {
            let mut command = request.body.clone();
            command.insert("type".to_owned(), json!(request.kind));
            command.insert("key".to_owned(), request.key.as_str().into());
            command.extend(actor.clone().map(|actor| ("actor".to_owned(), actor)));
            Value::Object(command)
        };
        let commands: Vec<Value> = requests.iter().map(command).collect();
        let path = format!("/v1/companies/{company}/dispatch");
        let answer = self.remote.call(Method::POST, &path, &json!({"commands": commands})).await;
        let failed =
            |answer: &dyn Fn() -> NotDone| requests.iter().map(|_| Err(answer())).collect();
        let read = |answer| serde_json::from_value::<Verdicts>(answer).ok();
        match answer.map(read) {
            Ok(Some(shown)) if shown.verdicts.len() == requests.len() => {
                shown.verdicts.into_iter().map(verdict).collect()
            }
            Ok(_) => failed(&|| NotDone::Failed(Failure::Internal)),
            Err(answer) => failed(&|| unanswered(&answer)),
        }
    }

    async fn find_environment(
        &self,
        company: CompanyId,
        named: &str,
    ) -> Result<Option<EnvironmentRow>, Unread> {
        let path = format!("/v1/companies/{company}/environments");
        let mut rows: Vec<EnvironmentRow> = self.list(&path, &Query::new(), usize::MAX).await?;
        let id = named.parse::<Uuid>().ok();
        let found = id.and_then(|id| rows.iter().position(|row| row.id == id));
        let found = found.or_else(|| rows.iter().position(|row| row.name == named));
        Ok(found.map(|place| rows.swap_remove(place)))
    }

    async fn find_local(&self, company: CompanyId) -> Result<Option<EnvironmentRow>, Unread> {
        let path = format!("/v1/companies/{company}/environments");
        let query = vec![("driver", "local".to_owned())];
        let mut rows: Vec<EnvironmentRow> = self.list(&path, &query, 1).await?;
        Ok(rows.pop())
    }

    async fn list_kept(
        &self,
        company: CompanyId,
        kept: &Kept,
        limit: u32,
    ) -> Result<Vec<LeaseRow>, Unread> {
        let path = format!("/v1/companies/{company}/leases");
        let query = maybe([
            ("phase", Some("retained".to_owned())),
            ("environmentId", Some(kept.environment.to_string())),
            ("executionWorkspaceId", kept.workspace.map(|id| id.to_string())),
            ("agentId", kept.agent.map(|id| id.to_string())),
            ("leasePolicy", Some(kept.policy.to_string())),
        ]);
        self.list(&path, &query, usize::try_from(limit).unwrap_or(usize::MAX)).await
    }

    async fn knows_lease(&self, company: CompanyId, lease: LeaseId) -> Result<bool, Unread> {
        let path = format!("/v1/companies/{company}/leases/{lease}");
        match self.remote.get(&path, &Query::new()).await {
            Ok(_) => Ok(true),
            Err(failed) if failed.is_not_found() => Ok(false),
            Err(failed) => Err(unread(&failed)),
        }
    }
}

impl Through {
    /// The company that runs are of when none was named: that of the environment, or the only one;
    /// none in a ledger that is new.
    pub(super) async fn find_company(
        &self,
        environment: Option<EnvironmentId>,
    ) -> Result<Option<CompanyId>, Failed> {
        if let Some(id) = environment {
            let path = format!("/v1/environments/{id}");
            let row = self.remote.get(&path, &Query::new()).await?;
            let found = row["companyId"].as_str().and_then(|id| id.parse().ok());
            return Ok(found.map(CompanyId));
        }
        let known = self.remote.companies().await?;
        match known.as_slice() {
            [only] => Ok(only.parse().ok().map(CompanyId)),
            [] => Ok(None),
            _ => Err(several_companies()),
        }
    }
}

fn verdict(shown: Shown) -> Result<Body, NotDone> {
    if let Some(problem) = shown.error {
        return Err(not_done(problem));
    }
    let rows = shown.released.or(shown.leases).map(Body::Run);
    let lease = shown.lease.map(|row| Body::Lease(Arc::new(row)));
    let environment = shown.environment.map(|row| Body::Environment(Box::new(row)));
    lease.or(environment).or(rows).ok_or(NotDone::Failed(Failure::Internal))
}

/// What a verdict's problem means to a run.
fn not_done(problem: Map<String, Value>) -> NotDone {
    let text =
        |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (code, message, can_retry) = (text("code"), text("detail"), text("retry") != "no");
    let failure = match code.as_str() {
        "database_unavailable" => Failure::DatabaseUnavailable,
        "outcome_unknown" => Failure::OutcomeUnknown,
        "storage_full" => Failure::StorageFull,
        "upgrade_required" => Failure::OtherFold,
        "idempotency_mismatch" => Failure::IdempotencyMismatch,
        "unstorable" => Failure::Unstorable,
        "internal" => Failure::Internal,
        _ => {
            let refused = Refused { code, message, can_retry, evidence: problem };
            return NotDone::Refused(Box::new(refused));
        }
    };
    NotDone::of_failure(failure)
}

/// What it means that a request as a whole was not answered.
fn unanswered(failed: &Failed) -> NotDone {
    // Whether the server was reached, and how far it came, nobody knows here.
    if failed.may_be_repeated() {
        return NotDone::Away(Failure::OutcomeUnknown);
    }
    let code = if failed.is_not_allowed() { "forbidden" } else { "refused" };
    let (code, message, can_retry) = (code.to_owned(), failed.to_string(), false);
    NotDone::Refused(Box::new(Refused { code, message, can_retry, evidence: Map::new() }))
}

/// What it means that a question was not answered.
fn unread(failed: &Failed) -> Unread {
    let kind = if failed.is_not_allowed() {
        FaultKind::Denied
    } else if failed.may_be_repeated() {
        FaultKind::Unreachable
    } else {
        FaultKind::Broken
    };
    Unread::because(kind, failed)
}
