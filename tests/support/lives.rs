//! Whole lives: a company in which every kind of command was accepted, and many were refused.

use leasehold::dispatch::{Body, Dispatcher, Verdict};
use leasehold_domain::company::CommandType::{
    self, AbandonLease, AcquireLease, ActivateLease, ArchiveEnvironment, ClaimCleanups,
    CreateEnvironment, DeferCleanup, EndRun, EnsureLocalEnvironment, FailCleanup,
    PatchLeaseMetadata, ReactivateEnvironment, ReleaseLease, ReleaseRun, RemoveEnvironment,
    RenewCleanup, RenewLease, RenewRun, ReplaceLeaseMetadata, ReserveLease, ResumeLease,
    RetainLease, SucceedCleanup, UpdateEnvironment,
};
use leasehold_domain::id::CompanyId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::orders::{environment, keyed, lease};

/// A command that was sent, and what it was told.
pub(crate) struct Deed {
    pub(crate) key: String,
    pub(crate) kind: CommandType,
    pub(crate) body: Value,
    pub(crate) verdict: Verdict,
}

/// Lives in a company, and keeps what it did.
pub(crate) struct Life<'d> {
    dispatcher: &'d Dispatcher,
    company: CompanyId,
    pub(crate) deeds: Vec<Deed>,
}

/// What a verdict says, whether it was given at first or again.
pub(crate) fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Accepted { position, body, .. } => format!("accepted {position:?} {body:?}"),
        Verdict::Refused { refusal, .. } => format!("refused {refusal:?}"),
        Verdict::Failed { failure, .. } => format!("failed {failure:?}"),
        Verdict::NotApplied { .. } => "not applied".to_owned(),
    }
}

/// The stable code of a refusal.
pub(crate) fn code(verdict: &Verdict) -> String {
    let Verdict::Refused { refusal, .. } = verdict else { panic!("no refusal: {verdict:?}") };
    refusal.code_and_evidence().unwrap().0
}

impl<'d> Life<'d> {
    pub(crate) fn new(dispatcher: &'d Dispatcher, company: CompanyId) -> Self {
        Self { dispatcher, company, deeds: Vec::new() }
    }

    async fn send(&mut self, kind: CommandType, body: Value) -> Verdict {
        let key = Uuid::now_v7().to_string();
        let order = keyed(&key, kind, body.clone());
        let verdict = self.dispatcher.dispatch(self.company, order).await;
        self.deeds.push(Deed { key, kind, body, verdict: verdict.clone() });
        verdict
    }

    async fn accept(&mut self, kind: CommandType, body: Value) {
        let verdict = self.send(kind, body).await;
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{kind}: {verdict:?}");
    }

    async fn refuse(&mut self, kind: CommandType, body: Value, why: &str) {
        let verdict = self.send(kind, body).await;
        assert_eq!(code(&verdict), why, "{kind}");
    }

    async fn grant(&mut self, place: Uuid, run: Uuid, with: Value) -> Uuid {
        let mut body = with;
        body["environmentId"] = json!(place);
        body["heartbeatRunId"] = json!(run);
        lease(self.send(AcquireLease, body).await).id
    }

    async fn create(&mut self, name: String, with: Value) -> Uuid {
        let mut body = with;
        body["name"] = json!(name);
        body["driver"] = json!("ssh");
        environment(self.send(CreateEnvironment, body).await).id
    }

    /// Every kind of command once at least, accepted; and refusals of several kinds.
    pub(crate) async fn round(&mut self, number: usize) {
        let with =
            json!({"capacity": 4, "config": {"host": "a", "port": 22}, "metadata": {"n": 1}});
        let place = self.create(format!("box {number}"), with).await;
        self.change(place, number).await;
        self.hold(place).await;
        self.end_runs(place).await;
        self.clean_up(place).await;
        self.accept(ArchiveEnvironment, json!({"environmentId": place})).await;
        let body = json!({"environmentId": place, "heartbeatRunId": Uuid::now_v7()});
        self.refuse(AcquireLease, body, "environment_inactive").await;
    }

    async fn change(&mut self, place: Uuid, number: usize) {
        let target = json!({"environmentId": place});
        let update = json!({
            "environmentId": place, "description": "größer – 大", "envVars": {"PATH": "/bin"},
            "capacity": 5, "metadata": {"n": 2.50, "deep": {"list": [1, null, true]}},
        });
        self.accept(UpdateEnvironment, update).await;
        self.accept(ArchiveEnvironment, target.clone()).await;
        self.accept(ReactivateEnvironment, target).await;
        self.accept(EnsureLocalEnvironment, json!({})).await;
        let short = self.create(format!("short {number}"), json!({})).await;
        self.accept(RemoveEnvironment, json!({"environmentId": short})).await;
        let taken = json!({"name": format!("box {number}"), "driver": "plugin"});
        self.refuse(CreateEnvironment, taken, "environment_name_taken").await;
    }

    async fn hold(&mut self, place: Uuid) {
        let with = json!({
            "leasePolicy": "reuse_by_environment", "ttlSeconds": 600, "provider": "metal",
            "providerLeaseId": "m-1", "metadata": {"price": 1.50}, "issueId": Uuid::now_v7(),
            "agentId": Uuid::now_v7(), "executionWorkspaceId": Uuid::now_v7(),
        });
        let held = self.grant(place, Uuid::now_v7(), with).await;
        let target = json!({"leaseId": held});
        self.accept(RenewLease, json!({"leaseId": held, "ttlSeconds": 900})).await;
        let notes = json!({"leaseId": held, "metadata": {"a": 1, "b": {"c": [1.0, 1e3]}}});
        self.accept(ReplaceLeaseMetadata, notes).await;
        let patch = json!({"leaseId": held, "metadata": {"a": null, "d": "x"}});
        self.accept(PatchLeaseMetadata, patch).await;
        self.accept(RetainLease, json!({"leaseId": held, "failureReason": "kept"})).await;
        let resume = json!({"leaseId": held, "heartbeatRunId": Uuid::now_v7(), "ttlSeconds": 60});
        self.accept(ResumeLease, resume).await;
        let stale = json!({"leaseId": held, "fence": 1});
        self.refuse(ReleaseLease, stale, "stale_fence").await;
        let end = json!({"leaseId": held, "status": "failed", "failureReason": "it broke"});
        self.accept(ReleaseLease, end).await;
        self.refuse(ResumeLease, with_run(target, Uuid::now_v7()), "lease_ended").await;
    }

    async fn end_runs(&mut self, place: Uuid) {
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        for run in [one, one, two] {
            self.grant(place, run, json!({"expiresAt": "2031-01-01T00:00:00Z"})).await;
        }
        self.accept(RenewRun, json!({"runId": one, "ttlSeconds": 30})).await;
        self.accept(ReleaseRun, json!({"runId": one})).await;
        self.accept(EndRun, json!({"runId": two, "outcome": "failed", "reason": "why not"})).await;
        let late = json!({"environmentId": place, "heartbeatRunId": two});
        self.refuse(AcquireLease, late, "run_ended").await;
    }
}

impl Life<'_> {
    /// Reservations, activated and given up, and the janitor's steps on what they leave behind.
    async fn clean_up(&mut self, place: Uuid) {
        let body = json!({"environmentId": place, "deadlineSeconds": 60, "ttlSeconds": 30});
        let reserved = lease(self.send(ReserveLease, body.clone()).await).id;
        let activate = json!({"leaseId": reserved, "providerLeaseId": "m-2", "metadata": {"a": 1}});
        self.accept(ActivateLease, activate.clone()).await;
        let done = json!({"leaseId": reserved, "cleanupStatus": "success"});
        self.accept(ReleaseLease, done).await;
        for step in [FailCleanup, DeferCleanup, SucceedCleanup] {
            let given_up = lease(self.send(ReserveLease, body.clone()).await).id;
            let abandon = json!({"leaseId": given_up, "reason": "no quota", "maybeCreated": true});
            self.accept(AbandonLease, abandon).await;
            // Another life in the same company may have taken it.
            let Some(mut body) = self.claim(given_up).await else { continue };
            if step == FailCleanup {
                self.accept(RenewCleanup, body.clone()).await;
                body["kind"] = json!("timeout");
            }
            self.accept(step, body.clone()).await;
            if step != SucceedCleanup {
                self.refuse(SucceedCleanup, without_kind(body), "cleanup_not_claimed").await;
            }
        }
    }

    /// Claims what there is, and answers with the claim's body for one lease.
    async fn claim(&mut self, id: Uuid) -> Option<Value> {
        let verdict = self.send(ClaimCleanups, json!({"owner": "janitor", "limit": 100})).await;
        let Verdict::Accepted { body: Body::Cleanups(rows), .. } = verdict else {
            panic!("no cleanups: {verdict:?}")
        };
        let row = rows.into_iter().find(|row| row.id == id)?;
        Some(json!({"leaseId": id, "claimFence": row.cleanup?.to_value()["claim"]["fence"]}))
    }
}

fn without_kind(mut body: Value) -> Value {
    body.as_object_mut().unwrap().remove("kind");
    body
}

fn with_run(mut body: Value, run: Uuid) -> Value {
    body["heartbeatRunId"] = json!(run);
    body
}
