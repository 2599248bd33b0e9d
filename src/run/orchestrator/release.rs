//! Giving leases back: each by itself, whatever became of the others, and the run's own end told
//! beside it.

use leasehold_domain::company::CommandType;
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{Disposition, Parting};
use leasehold_domain::run::Outcome;
use leasehold_projections::environment_leases::LeaseRow;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::{Orchestrator, Ready};
use crate::dispatch::Body;
use crate::run::desk::{Desk, NotDone, Refused, Request};
use crate::run::driver::{Fault, FaultKind, Proof, ProofState, Synced};
use crate::run::error::{ErrorCode, RunError};
use crate::run::lease::Leased;
use crate::run::probe::reason as bounded;

/// How a run came to its end.
#[derive(Debug, Clone)]
pub struct Conclusion {
    /// How.
    pub outcome: Outcome,
    /// Why, in words, when it did not go well.
    pub reason: Option<String>,
    /// What is to happen with its resources; by their policy unless said.
    pub disposition: Option<Disposition>,
    /// Whether the run itself is told to have ended: not when it is somebody else's.
    pub ends_run: bool,
}

/// What became of a run's leases.
#[derive(Debug, Default)]
pub struct Released {
    /// Those that the ledger knows to be given back.
    pub released: Vec<LeaseRow>,
    /// What went wrong with which.
    pub errors: Vec<(LeaseId, RunError)>,
}

/// What became of a resource.
struct Deed {
    /// Paperclip's word for it; none when the ledger is to judge by itself.
    cleanup: Option<&'static str>,
    proof: Option<Proof>,
    fault: Option<Fault>,
    is_kept: bool,
}

impl Orchestrator {
    /// Brings the workspace's files back, where they were copied.
    ///
    /// # Errors
    /// What hindered it; the workspace may hold a part.
    pub async fn bring_back(&self, ready: &Ready) -> Result<Synced, Fault> {
        let leased = &ready.leased;
        let workspace = leased.wanted.workspace.as_ref().filter(|_| leased.capabilities.syncs);
        let Some(workspace) = workspace else { return Ok(Synced::default()) };
        let step = leased.driver.sync_out(&leased.held, &ready.target, workspace);
        timeout(self.limits.sync, step).await.unwrap_or_else(|_| {
            let message = format!("not brought back within {} s", self.limits.sync.as_secs());
            Err(Fault::new(FaultKind::TimedOut, message))
        })
    }

    /// Gives a run's leases back, one after the other; what goes wrong with one does not keep the
    /// others. What the ledger cannot be told now is told from the journal.
    pub async fn release_for_run(&self, leases: &[Leased], conclusion: &Conclusion) -> Released {
        let mut done = Released::default();
        for (number, leased) in leases.iter().enumerate() {
            let deed = self.act(leased, conclusion).await;
            let mut requests = told(leased, conclusion, &deed);
            let is_last = number + 1 == leases.len();
            if is_last && conclusion.ends_run {
                requests.push(end_of_run(leased, conclusion));
            }
            let at =
                |error: RunError| (leased.id(), error.at(&leased.held.place, &leased.provider));
            if let Some(fault) = &deed.fault {
                let doing = "the resource may be left, and is the janitor's";
                let error = RunError::of_fault(ErrorCode::LeaseCleanupFailed, doing, fault);
                done.errors.push(at(error));
            }
            match self.deliver(leased.id(), requests).await {
                Ok(rows) => done.released.extend(rows),
                Err(not_done) => {
                    let doing = match not_done {
                        NotDone::Away(_) => "told later, from the journal",
                        NotDone::Refused(_) | NotDone::Invalid(_) | NotDone::Failed(_) => {
                            "the lease is not given back"
                        }
                    };
                    let code = ErrorCode::LeaseReleaseFailed;
                    done.errors.push(at(RunError::of_answer(code, doing, &not_done)));
                }
            }
        }
        done
    }

    /// Does to the resource what is to be done.
    async fn act(&self, leased: &Leased, conclusion: &Conclusion) -> Deed {
        let (said, end) = (conclusion.disposition, conclusion.outcome.lease_end());
        match leased.wanted.policy.parting(said, end, leased.capabilities.resumes) {
            Parting::KeepRunning => Deed { cleanup: None, proof: None, fault: None, is_kept: true },
            Parting::Retain => deed(self.timed(leased.driver.release(&leased.held)).await, true),
            Parting::StopForInspection => {
                let stopped = deed(self.timed(leased.driver.release(&leased.held)).await, false);
                // The ledger asks for its cleanup when the time has come; what may still run is due.
                Deed { cleanup: stopped.fault.as_ref().and(stopped.cleanup), ..stopped }
            }
            Parting::Destroy => deed(self.timed(leased.driver.destroy(&leased.held)).await, false),
        }
    }

    async fn timed(
        &self,
        step: impl Future<Output = Result<Proof, Fault>>,
    ) -> Result<Proof, Fault> {
        timeout(self.limits.release, step).await.unwrap_or_else(|_| {
            let message = format!("no answer within {} s", self.limits.release.as_secs());
            Err(Fault::new(FaultKind::TimedOut, message))
        })
    }

    /// Delivers what ends something; to the journal first where the ledger is away.
    pub(super) async fn deliver(
        &self,
        lease: LeaseId,
        requests: Vec<Request>,
    ) -> Result<Vec<LeaseRow>, NotDone> {
        let until = Instant::now() + self.limits.deliver;
        let delivered = deliver(&self.desk, &requests, until).await;
        if let Err(NotDone::Away(_)) = &delivered
            && let Err(error) = self.journal.keep(&self.desk, lease, requests)
        {
            tracing::error!(%lease, %error, "the journal cannot be written: the lease ends by itself");
        }
        delivered
    }
}

fn deed(done: Result<Proof, Fault>, is_kept: bool) -> Deed {
    match done {
        Ok(proof) => Deed { cleanup: Some("success"), proof: Some(proof), fault: None, is_kept },
        // What may still run is nothing to take up later.
        Err(fault) => {
            Deed { cleanup: Some("failed"), proof: None, fault: Some(fault), is_kept: false }
        }
    }
}

/// What the ledger is told of a lease.
fn told(leased: &Leased, conclusion: &Conclusion, deed: &Deed) -> Vec<Request> {
    let (id, fence) = (leased.id(), leased.fence);
    let receipt = deed.proof.as_ref().map(|proof| receipt(leased, proof));
    let reason = conclusion.reason.as_deref().map(bounded);
    let named = conclusion.disposition.map(Disposition::as_str);
    if !deed.is_kept {
        let body = json!({
            "leaseId": id,
            "status": conclusion.outcome.lease_end(),
            "failureReason": reason,
            "cleanupStatus": deed.cleanup,
            "fence": fence,
            "providerResourceDisposition": named,
            "remoteExecutionTermination": receipt,
        });
        let kind = CommandType::ReleaseLease;
        return vec![Request::new(kind, format!("release-{id}-{fence}"), body)];
    }
    let body = json!({
        "leaseId": id,
        "failureReason": reason,
        "cleanupStatus": deed.cleanup,
        "fence": fence,
        "providerResourceDisposition": named,
    });
    let kept = Request::new(CommandType::RetainLease, format!("retain-{id}-{fence}"), body);
    let proven = receipt.map(|receipt| {
        let notes = json!({"remoteExecutionTermination": receipt});
        let body = json!({"leaseId": id, "metadata": notes});
        Request::new(CommandType::PatchLeaseMetadata, format!("proof-{id}-{fence}"), body)
    });
    [kept].into_iter().chain(proven).collect()
}

/// That a run has ended.
fn end_of_run(leased: &Leased, conclusion: &Conclusion) -> Request {
    let run = leased.wanted.run_id;
    let reason = conclusion.reason.as_deref().map(bounded);
    let body = json!({"runId": run, "outcome": conclusion.outcome, "reason": reason});
    Request::new(CommandType::EndRun, format!("end-{run}"), body)
}

/// Evidence that nothing of a run runs on at a provider, in Paperclip's form.
fn receipt(leased: &Leased, proof: &Proof) -> Value {
    let state = match proof.state {
        ProofState::Stopped => "stopped",
        ProofState::Destroyed => "destroyed",
    };
    json!({
        "schema": "paperclip.remote-termination.v1",
        "companyId": leased.held.mark.company_id,
        "runId": leased.wanted.run_id,
        "leaseId": leased.id(),
        "provider": leased.provider,
        "providerLeaseId": leased.held.provider_lease_id,
        "state": state,
        "confirmedAt": chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
    })
}

/// Asks in order and at once. An end that comes after another one says what it knows beside that
/// one.
///
/// # Errors
/// The ledger is away, or the first thing that it refused for good.
pub(in crate::run) async fn deliver(
    desk: &Desk,
    requests: &[Request],
    until: Instant,
) -> Result<Vec<LeaseRow>, NotDone> {
    let mut rows = Vec::new();
    let mut first_refusal = None;
    for (request, answer) in requests.iter().zip(desk.insist_all(requests, until).await) {
        let mut answer = answer;
        if let Err(NotDone::Refused(refused)) = &answer
            && let Some(late) = late(request, refused)
        {
            answer = desk.insist(&late, until).await;
        }
        match answer {
            Ok(Body::Lease(row)) => rows.push(LeaseRow::clone(&row)),
            Ok(Body::Run(found)) => rows.extend(found),
            Ok(_) => {}
            Err(NotDone::Away(failure)) => return Err(NotDone::Away(failure)),
            Err(not_done) => first_refusal = first_refusal.or(Some(not_done)),
        }
    }
    first_refusal.map_or(Ok(rows), Err)
}

/// What is told of a lease that has ended in another way meanwhile: that end stands, and what
/// became of the resource is news.
fn late(request: &Request, refused: &Refused) -> Option<Request> {
    if request.kind != CommandType::ReleaseLease || refused.code != "lease_ended" {
        return None;
    }
    let status = refused.evidence.get("currentStatus")?.clone();
    let mut late = request.clone();
    late.key = format!("{}-late", request.key);
    late.body.insert("status".to_owned(), status);
    late.body.shift_remove("failureReason");
    Some(late)
}
