//! Granting a lease.

use super::reservation::DeadlineSeconds;
use super::{Acquire, Acquired, Event, Facts};
use crate::environment::Driver;
use crate::id::{CompanyId, LeaseId};

/// A lease that was found to have room.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// The id of the new lease.
    pub lease_id: LeaseId,
    /// The company that it belongs to.
    pub company_id: CompanyId,
    /// What kind of place the environment is.
    pub driver: Driver,
    /// What was asked for.
    pub request: Acquire,
}

impl Grant {
    pub(super) fn event(&self, facts: &Facts) -> Event {
        let expiry = self.request.due.map(|due| due.expiry(facts.now));
        Event::LeaseAcquired(Box::new(Acquired { expiry, ..self.granted(facts) }))
    }

    /// What is promised counts from the activation on.
    pub(super) fn reservation(&self, seconds: DeadlineSeconds, facts: &Facts) -> Event {
        let deadline = Some(facts.now.plus_seconds(seconds.0));
        let due = self.request.due;
        Event::LeaseReserved(Box::new(Acquired { deadline, due, ..self.granted(facts) }))
    }

    fn granted(&self, facts: &Facts) -> Acquired {
        let request = &self.request;
        Acquired {
            at: facts.now,
            id: self.lease_id,
            company_id: self.company_id,
            environment_id: request.environment_id,
            driver: self.driver,
            execution_workspace_id: request.execution_workspace_id,
            issue_id: request.issue_id,
            heartbeat_run_id: request.heartbeat_run_id,
            agent_id: request.agent_id,
            lease_policy: request.lease_policy,
            provider: request.provider.clone(),
            provider_lease_id: request.provider_lease_id.clone(),
            expiry: None,
            metadata: request.metadata.clone(),
            network_egress: request.network_egress.clone(),
            fence: facts.fence,
            replaces_lease_id: request.replaces_lease_id,
            deadline: None,
            due: None,
        }
    }
}
