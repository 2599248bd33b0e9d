//! Getting a lease with its resource: reserve, driver, activate.

use std::time::Duration;

use leasehold_domain::company::CommandType;
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::Disposition;
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use super::Orchestrator;
use crate::run::desk::{NotDone, Request, lease_of};
use crate::run::driver::{Acquired, Fault, Place};
use crate::run::error::{ErrorCode, RunError};
use crate::run::halt::Halt;
use crate::run::lease::{
    Acquisition, Leased, Prospect, Wanted, noted, with_resource, workspace_id,
};
use crate::run::probe::reason as bounded;
use crate::run::resolve::Resolved;

use ErrorCode::{LeaseAcquireFailed, UnsupportedEnvironment};

/// How long it may take to tell the ledger what was made, an outage included.
const TOLD_WITHIN: Duration = Duration::from_mins(1);

impl Orchestrator {
    /// Gets a lease for a run, with its resource: an earlier run's under a reuse policy, or a new
    /// one.
    ///
    /// # Errors
    /// [`ErrorCode::UnsupportedEnvironment`] before anything is stored;
    /// [`ErrorCode::LeaseAcquireFailed`] with nothing held, and whatever may be left at the provider
    /// in the hands of the janitor.
    pub async fn acquire_for_run(
        &self,
        resolved: &Resolved,
        wanted: &Wanted,
        disposition: Option<Disposition>,
        halt: &Halt,
    ) -> Result<Leased, RunError> {
        let prospect = self.prospect(resolved, wanted, disposition, halt).await?;
        let (place, provider) = (prospect.place.clone(), prospect.provider.clone());
        let got = match self.take_up(&prospect, halt).await {
            Ok(Some(Ok(leased))) => Ok(leased),
            Ok(Some(Err(gone))) => self.make(prospect, Acquisition::Replacement(gone), halt).await,
            Ok(None) => self.make(prospect, Acquisition::Created, halt).await,
            Err(error) => Err(error),
        };
        got.map_err(|error| error.at(&place, &provider))
    }

    /// Who would serve the run and how, or that nobody can. Nothing is stored yet.
    async fn prospect(
        &self,
        resolved: &Resolved,
        wanted: &Wanted,
        disposition: Option<Disposition>,
        halt: &Halt,
    ) -> Result<Prospect, RunError> {
        let place = resolved.place()?;
        let driver = self.registry.find(place.driver).map_err(|error| error.at(&place, ""))?;
        let unsupported = |doing: &str, fault: &Fault| {
            RunError::of_fault(UnsupportedEnvironment, doing, fault).at(&place, "")
        };
        let provider =
            driver.provider(&place).map_err(|fault| unsupported("its provider", &fault))?;
        let asked = halt.bounded(self.limits.acquire, driver.capabilities(&place)).await;
        let capabilities = asked.map_err(|fault| unsupported("its capabilities", &fault))?;
        let keeps =
            matches!(disposition, Some(Disposition::KeepRunning | Disposition::StopAndRetain));
        let missing = if keeps && !capabilities.resumes {
            Some("nothing can be kept here for a later run")
        } else if confines(&place) && !capabilities.confines_network {
            Some("networkEgress is none, and commands cannot be kept from the network here")
        } else {
            None
        };
        if let Some(missing) = missing {
            return Err(RunError::new(UnsupportedEnvironment, missing).at(&place, &provider));
        }
        let (environment, level) = (resolved.environment.clone(), resolved.level);
        let wanted = wanted.clone();
        Ok(Prospect { environment, level, place, driver, capabilities, provider, wanted })
    }

    /// A new lease with a new resource.
    async fn make(
        &self,
        prospect: Prospect,
        acquisition: Acquisition,
        halt: &Halt,
    ) -> Result<Leased, RunError> {
        let mut notes = noted(&prospect);
        if let Acquisition::Replacement(gone) = acquisition {
            let told = json!({
                "outcome": "replacement", "reason": "not_found", "replacedLeaseId": gone,
            });
            notes.insert("sandboxLeaseAcquisition".to_owned(), told);
        }
        let key = format!("run-{}", Uuid::now_v7());
        let request = reservation(&prospect, acquisition, &notes, &key);
        let row = self.desk.insist(&request, Instant::now() + self.limits.deliver).await;
        let row = row.and_then(lease_of).map_err(|answer| {
            RunError::of_answer(LeaseAcquireFailed, "the lease is not granted", &answer)
        })?;
        let leased = Leased::granted(prospect, LeaseId(row.id), row.fence, acquisition);
        let driver = leased.driver.clone();
        let step = driver.acquire(&leased.held.place, &leased.held.mark);
        let within = self.limits.acquire.min(leased.capabilities.acquires_within);
        match halt.bounded(within, step).await {
            Ok(acquired) => self.activate(leased, notes, acquired, &key).await,
            Err(fault) => {
                let error = RunError::of_fault(LeaseAcquireFailed, "no resource", &fault);
                self.abandon(&leased, &error.message, fault.may_have_created, &key).await;
                Err(error)
            }
        }
    }

    /// Tells the ledger what was made. Where it will not have it, it goes again.
    async fn activate(
        &self,
        mut leased: Leased,
        notes: Map<String, Value>,
        acquired: Acquired,
        key: &str,
    ) -> Result<Leased, RunError> {
        let body = json!({
            "leaseId": leased.id(),
            "providerLeaseId": acquired.provider_lease_id,
            "metadata": with_resource(notes, &acquired),
            "fence": leased.fence,
        });
        let request = Request::new(CommandType::ActivateLease, format!("{key}-activate"), body);
        leased.held.provider_lease_id = acquired.provider_lease_id;
        leased.held.metadata = acquired.metadata;
        leased.promised_at = Instant::now();
        let answer = self.desk.insist(&request, leased.promised_at + self.limits.deliver).await;
        let Err(answer) = answer.and_then(lease_of) else { return Ok(leased) };
        let doing = "the ledger did not take the resource in";
        let error = RunError::of_answer(LeaseAcquireFailed, doing, &answer);
        let is_gone = leased.driver.destroy(&leased.held).await.is_ok();
        // A reservation that is over has its own cleanup, which finds nothing then.
        if !matches!(answer, NotDone::Refused(_)) {
            self.abandon(&leased, &error.message, !is_gone, key).await;
        }
        Err(error)
    }

    /// Gives a reservation up; from the journal when the ledger is away.
    async fn abandon(&self, leased: &Leased, reason: &str, maybe_created: bool, key: &str) {
        let body = json!({
            "leaseId": leased.id(),
            "reason": bounded(&format!("{LeaseAcquireFailed}: {reason}")),
            "maybeCreated": maybe_created,
            "fence": leased.fence,
        });
        let request = Request::new(CommandType::AbandonLease, format!("{key}-abandon"), body);
        if let Err(not_done) = self.deliver(leased.id(), vec![request]).await {
            tracing::warn!(lease = %leased.id(), %not_done, "a reservation ends by itself");
        }
    }
}

/// Whether an environment keeps its commands from the network.
fn confines(place: &Place) -> bool {
    place.config.get("networkEgress").and_then(Value::as_str) == Some("none")
}

fn reservation(
    prospect: &Prospect,
    acquisition: Acquisition,
    notes: &Map<String, Value>,
    key: &str,
) -> Request {
    let replaces = match acquisition {
        Acquisition::Replacement(gone) => Some(gone),
        Acquisition::Created | Acquisition::Resumed => None,
    };
    let (wanted, place) = (&prospect.wanted, &prospect.place);
    let body = json!({
        "environmentId": place.environment_id,
        "heartbeatRunId": wanted.run_id,
        "issueId": wanted.issue_id,
        "agentId": wanted.agent_id,
        "executionWorkspaceId": workspace_id(wanted),
        "leasePolicy": wanted.policy,
        "provider": prospect.provider,
        "ttlSeconds": prospect.ttl_seconds(),
        "deadlineSeconds": (prospect.capabilities.acquires_within + TOLD_WITHIN).as_secs(),
        "metadata": notes,
        "networkEgress": place.config.get("networkEgress"),
        "replacesLeaseId": replaces,
    });
    Request::new(CommandType::ReserveLease, key, body)
}
