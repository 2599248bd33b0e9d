//! The way to the ledger for whoever has it open: its dispatcher and its readers.

use std::sync::Arc;

use async_trait::async_trait;
use leasehold_domain::actor::Actor;
use leasehold_domain::company::Command;
use leasehold_domain::environment::{Driver, Finding};
use leasehold_domain::fields::{Fields, Invalid};
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId};
use leasehold_domain::lease::Phase;
use leasehold_domain::limits::Limits;
use leasehold_domain::text::Key;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use sqlx::PgPool;
use uuid::Uuid;

use super::{Desk, Kept, NotDone, Refused, Request, Unread, Way};
use crate::dispatch::{Body, Caller, Dispatcher, Failure, Order, Verdict};
use crate::ledger::Ledger;
use crate::read::{
    EnvironmentFilter, Keyset, LeaseFilter, find_environment, find_environment_by_name, find_lease,
    list_environments, list_leases,
};
use crate::run::driver::FaultKind;

/// An open ledger.
#[derive(Debug, Clone)]
pub struct Direct {
    /// Takes commands.
    pub dispatcher: Dispatcher,
    /// For questions.
    pub readers: PgPool,
}

impl Direct {
    /// The way to a ledger, which cannot be closed before this is gone.
    #[must_use]
    pub fn to(ledger: &Ledger) -> Self {
        Self { dispatcher: ledger.dispatcher.clone(), readers: ledger.readers.clone() }
    }

    /// Where one company's runs ask.
    #[must_use]
    pub fn desk(&self, company: CompanyId, actor: Actor) -> Desk {
        Desk { way: Arc::new(self.clone()), company, actor }
    }

    /// Tells what was seen at an environment's place.
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn observe(
        &self,
        company: CompanyId,
        actor: &Actor,
        id: EnvironmentId,
        finding: Finding,
    ) -> Result<(), NotDone> {
        let caller = Caller { actor: actor.clone(), authenticated_by: None };
        let order = Order::new(Command::ObserveEnvironment(id, finding), None, caller);
        answer(self.dispatcher.dispatch(company, order).await).map(drop)
    }
}

#[async_trait]
impl Way for Direct {
    async fn ask_all(
        &self,
        company: CompanyId,
        actor: &Actor,
        requests: &[Request],
    ) -> Vec<Result<Body, NotDone>> {
        let orders: Result<Vec<Order>, Invalid> =
            requests.iter().map(|request| order(request, actor)).collect();
        let orders = match orders {
            Ok(orders) => orders,
            Err(invalid) => {
                return requests.iter().map(|_| Err(NotDone::Invalid(invalid.clone()))).collect();
            }
        };
        let verdicts = self.dispatcher.dispatch_all(company, orders, false).await;
        verdicts.into_iter().map(answer).collect()
    }

    async fn find_environment(
        &self,
        company: CompanyId,
        named: &str,
    ) -> Result<Option<EnvironmentRow>, Unread> {
        let found = async {
            let connection = &mut *self.readers.acquire().await?;
            if let Ok(id) = named.parse::<Uuid>()
                && let Some(row) = find_environment(connection, company, EnvironmentId(id)).await?
            {
                return Ok(Some(row));
            }
            find_environment_by_name(connection, company, named).await
        };
        found.await.map_err(away)
    }

    async fn find_local(&self, company: CompanyId) -> Result<Option<EnvironmentRow>, Unread> {
        let found = async {
            let connection = &mut *self.readers.acquire().await?;
            let drivers = Some(vec![Driver::Local]);
            let filter = EnvironmentFilter { drivers, ..EnvironmentFilter::default() };
            list_environments(connection, &[company.0], &filter, Keyset::START, 1).await
        };
        let rows = found.await.map_err(away)?;
        Ok(rows.into_iter().next())
    }

    async fn list_kept(
        &self,
        company: CompanyId,
        kept: &Kept,
        limit: u32,
    ) -> Result<Vec<LeaseRow>, Unread> {
        let filter = LeaseFilter {
            phases: Some(vec![Phase::Retained]),
            environments: Some(vec![kept.environment]),
            workspaces: kept.workspace.map(|id| vec![id]),
            agents: kept.agent.map(|id| vec![id]),
            policies: Some(vec![kept.policy]),
            ..LeaseFilter::default()
        };
        let listed = async {
            let connection = &mut *self.readers.acquire().await?;
            list_leases(connection, &[company.0], &filter, Keyset::START, limit.into()).await
        };
        listed.await.map_err(away)
    }

    async fn knows_lease(&self, company: CompanyId, lease: LeaseId) -> Result<bool, Unread> {
        let found = async {
            let connection = &mut *self.readers.acquire().await?;
            find_lease(connection, company, lease).await
        };
        let found = found.await.map_err(away)?;
        Ok(found.is_some())
    }
}

fn away(error: sqlx::Error) -> Unread {
    Unread::because(FaultKind::Unreachable, error)
}

fn order(request: &Request, actor: &Actor) -> Result<Order, Invalid> {
    let read = |fields: &mut Fields<'_>| Command::read(request.kind, fields);
    let command = Fields::read(request.body.clone(), &Limits::default(), read)?;
    let caller = Caller { actor: actor.clone(), authenticated_by: None };
    // A key that is none is not a caller's: the ledger makes one.
    Ok(Order::new(command, Key::new(request.key.clone()).ok(), caller))
}

fn answer(verdict: Verdict) -> Result<Body, NotDone> {
    match verdict {
        Verdict::Accepted { body, .. } => Ok(body),
        Verdict::Refused { refusal, .. } => {
            Err(NotDone::Refused(Box::new(Refused::from(&refusal))))
        }
        Verdict::Failed { failure, .. } => Err(NotDone::of_failure(failure)),
        Verdict::NotApplied { .. } => Err(NotDone::Failed(Failure::Internal)),
    }
}
