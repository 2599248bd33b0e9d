//! Cleanups: claimed, done through the driver, told with the claim's fence.

use leasehold_domain::company::CommandType;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_projections::environment_leases::LeaseRow;
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use super::{Deed, Janitor, Post};
use crate::dispatch::Body;
use crate::read::{CleanupFilter, Keyset, find_environment, list_cleanups};
use crate::run::desk::{NotDone, Request};
use crate::run::driver::{Fault, FaultKind, Place, Proof};
use crate::run::lease::held_of;
use crate::run::resolve::place_of;

/// Cleanups of one claim: none waits behind another's slow provider, in the hands of a janitor that
/// may be killed meanwhile.
const CLAIMED_AT_ONCE: u32 = 1;
/// What a claim lasts beyond the driver's step, in seconds. Nobody else takes over before that.
const CLAIM_MARGIN_SECONDS: u64 = 30;
/// How long a cleanup is put off that this machine cannot do.
const PUT_OFF_SECONDS: u32 = 300;
/// How long a cleanup is put off of which the janitor is told to stop: the shortest that there is.
const HANDED_BACK_SECONDS: u32 = 1;
/// Claims of one round and company.
const CLAIMS_MAX: usize = 1_000;
/// Cleanups that a dry run shows for a company.
const SHOWN_MAX: i64 = 500;

impl Janitor {
    pub(super) async fn clean_up_company(&self, company: CompanyId) -> Vec<Deed> {
        let desk = self.post(company);
        if self.settings.is_dry {
            return self.would_clean_up(&desk).await;
        }
        let mut deeds = Vec::new();
        let claimed_for = self.settings.step.as_secs() + CLAIM_MARGIN_SECONDS;
        for _ in 0..CLAIMS_MAX {
            if self.is_stopping() {
                return deeds;
            }
            let body = json!({
                "owner": self.settings.owner, "limit": CLAIMED_AT_ONCE, "ttlSeconds": claimed_for,
            });
            let key = Uuid::now_v7().to_string();
            let request = Request::new(CommandType::ClaimCleanups, key, body);
            let rows = match desk.ask(&request).await {
                Ok(Body::Cleanups(rows)) => rows,
                Ok(_) => Vec::new(),
                Err(not_done) => {
                    deeds.push(trouble(company, "claim_failed", "", not_done.to_string()));
                    return deeds;
                }
            };
            if rows.is_empty() {
                return deeds;
            }
            for row in &rows {
                deeds.push(self.clean(&desk, row).await);
            }
        }
        deeds
    }

    async fn would_clean_up(&self, desk: &Post) -> Vec<Deed> {
        let listed = async {
            let connection = &mut *desk.reader().await?;
            let (companies, filter) = ([desk.company.0], CleanupFilter::default());
            list_cleanups(connection, &companies, &filter, Keyset::OLDEST, SHOWN_MAX).await
        };
        let deed = |row: LeaseRow| Deed {
            company: desk.company,
            what: "would_clean_up",
            about: format!("lease {}", row.id),
            detail: format!("{} {}", row.cleanup_state, row.provider_lease_id.unwrap_or_default()),
            is_trouble: false,
        };
        match listed.await {
            Ok(rows) => rows.into_iter().map(deed).collect(),
            Err(error) => vec![trouble(desk.company, "list_failed", "", error.to_string())],
        }
    }

    /// Does one claimed cleanup and tells what came of it.
    async fn clean(&self, desk: &Post, row: &LeaseRow) -> Deed {
        let fence = row.cleanup.as_ref().map(|cleanup| cleanup.to_value()["claim"]["fence"].take());
        let destroyed = tokio::select! {
            biased;
            destroyed = self.destroy(desk, row) => Some(destroyed),
            () = self.out_of_time() => None,
        };
        let (kind, body, what, detail) = match destroyed.transpose() {
            Ok(Some(proof)) => {
                let body = json!({"proof": proof});
                (CommandType::SucceedCleanup, body, "cleaned_up", found(&proof))
            }
            Ok(None) => {
                let message = "its janitor was told to stop";
                let body = json!({"seconds": HANDED_BACK_SECONDS, "message": message});
                (CommandType::DeferCleanup, body, "handed_back", message.to_owned())
            }
            Err(fault) if is_anothers(fault.kind) => {
                let body = json!({"seconds": PUT_OFF_SECONDS, "message": fault.message});
                (CommandType::DeferCleanup, body, "put_off", fault.message)
            }
            Err(fault) => {
                let body = json!({"kind": fault.kind.as_str(), "message": fault.message});
                (CommandType::FailCleanup, body, "cleanup_failed", fault.message)
            }
        };
        let mut request = Request::new(kind, format!("{what}-{}-{}", row.id, row.version), body);
        request.body.insert("leaseId".to_owned(), json!(row.id));
        request.body.insert("claimFence".to_owned(), fence.unwrap_or(Value::Null));
        let about = format!("lease {}", row.id);
        let is_trouble = kind == CommandType::FailCleanup;
        match desk.ask(&request).await {
            Ok(_) => Deed { company: desk.company, what, about, detail, is_trouble },
            // Somebody else has it by now; whatever was done is done twice at most.
            Err(NotDone::Refused(refusal)) => {
                trouble(desk.company, "overtaken", &about, refusal.to_string())
            }
            Err(not_done) => trouble(desk.company, "not_told", &about, not_done.to_string()),
        }
    }

    async fn destroy(&self, desk: &Post, row: &LeaseRow) -> Result<Proof, Fault> {
        let place = self.place(desk, row).await?;
        let driver = self.registry.find(place.driver);
        let driver = driver.map_err(|error| Fault::new(FaultKind::Unsupported, error.message))?;
        let held = held_of(row, &place);
        timeout(self.settings.step, driver.destroy(&held)).await.unwrap_or_else(|_| {
            let message = format!("no answer within {} s", self.settings.step.as_secs());
            Err(Fault::new(FaultKind::TimedOut, message))
        })
    }

    /// The environment as it is, or as the lease remembers it when it is gone.
    async fn place(&self, desk: &Post, row: &LeaseRow) -> Result<Place, Fault> {
        let unknown = |why: String| Fault::new(FaultKind::System, why);
        let id = EnvironmentId(row.environment_id);
        let found = async {
            let connection = &mut *desk.reader().await?;
            find_environment(connection, desk.company, id).await
        };
        let found = found.await.map_err(|error: sqlx::Error| unknown(error.to_string()))?;
        let noted =
            row.metadata.as_ref().and_then(|notes| notes.get("driver")?.as_str()?.parse().ok());
        let recorded = noted.map(|driver| Place {
            company_id: desk.company,
            environment_id: id,
            name: id.to_string(),
            driver,
            config: serde_json::Map::new(),
        });
        match (recorded, found) {
            // What was made with another driver is not the present one's to destroy.
            (Some(recorded), Some(row)) if recorded.driver.as_str() != row.driver => Ok(recorded),
            (_, Some(row)) => place_of(&row).map_err(|error| unknown(error.message)),
            (Some(recorded), None) => Ok(recorded),
            (None, None) => {
                let message = "its environment is gone, and it does not say what kind that was";
                Err(Fault::new(FaultKind::Unsupported, message))
            }
        }
    }
}

/// What some other machine, or a program with more drivers, can do.
const fn is_anothers(kind: FaultKind) -> bool {
    match kind {
        FaultKind::Elsewhere | FaultKind::Unsupported => true,
        FaultKind::BadConfig
        | FaultKind::Missing
        | FaultKind::Unreachable
        | FaultKind::Denied
        | FaultKind::TimedOut
        | FaultKind::Gone
        | FaultKind::Broken
        | FaultKind::System => false,
    }
}

fn found(proof: &Proof) -> String {
    match (proof.was_there, proof.processes_ended) {
        (false, _) => "nothing was left".to_owned(),
        (true, 0) => "what was left is gone".to_owned(),
        (true, ended) => format!("what was left is gone, with {ended} processes"),
    }
}

pub(super) fn trouble(company: CompanyId, what: &'static str, about: &str, why: String) -> Deed {
    Deed { company, what, about: about.to_owned(), detail: why, is_trouble: true }
}
