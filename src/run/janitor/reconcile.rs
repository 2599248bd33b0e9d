//! What providers list against what the ledger says, both ways.

use leasehold_domain::company::CommandType;
use leasehold_domain::environment::{Finding, Findings, is_gone};
use leasehold_domain::id::{CompanyId, LeaseId};
use leasehold_domain::lease::Phase;
use leasehold_domain::text::Label;
use leasehold_domain::time::Timestamp;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde_json::json;
use tokio::time::timeout;

use super::cleanup::trouble;
use super::known::{environments, findings, open_leases};
use super::memory::Missed;
use super::{Deed, Janitor, Post};
use crate::read::find_lease;
use crate::run::desk::Request;
use crate::run::driver::{Driver, Found, Held, Listing, Place};
use crate::run::lease::held_of;
use crate::run::resolve::place_of;

/// One environment's place, and what is known of it.
struct Site<'j> {
    janitor: &'j Janitor,
    desk: Post,
    driver: std::sync::Arc<dyn Driver>,
    place: Place,
    findings: Findings,
    now: Timestamp,
    deeds: Vec<Deed>,
}

impl Janitor {
    pub(super) async fn reconcile_company(&self, company: CompanyId) -> Vec<Deed> {
        let desk = self.post(company);
        let environments = match environments(&desk).await {
            Ok(environments) => environments,
            Err(error) => return vec![trouble(company, "list_failed", "", error.to_string())],
        };
        let mut deeds = Vec::new();
        for row in environments {
            deeds.extend(self.reconcile_environment(&desk, &row).await);
        }
        deeds
    }

    async fn reconcile_environment(&self, desk: &Post, row: &EnvironmentRow) -> Vec<Deed> {
        let about = format!("environment {}", row.name);
        let failed = |why: String| vec![trouble(desk.company, "list_failed", &about, why)];
        let Ok(place) = place_of(row) else { return Vec::new() };
        let Ok(driver) = self.registry.find(place.driver) else { return Vec::new() };
        let listed = timeout(self.settings.step, async {
            if driver.capabilities(&place).await?.lists {
                driver.list(&place).await.map(Some)
            } else {
                Ok(None)
            }
        });
        // A list that cannot be had says nothing of what is there.
        let listing = match listed.await {
            Ok(Ok(Some(listing))) => listing,
            Ok(Ok(None)) => return Vec::new(),
            Ok(Err(fault)) => return failed(fault.to_string()),
            Err(_) => return failed("no answer in time".to_owned()),
        };
        let Ok(now) = Timestamp::new(chrono::Utc::now()) else { return Vec::new() };
        let known = async {
            let findings = findings(desk, place.environment_id).await?;
            Ok::<_, sqlx::Error>((findings, open_leases(desk, place.environment_id).await?))
        };
        let (findings, leases) = match known.await {
            Ok(known) => known,
            Err(error) => return failed(error.to_string()),
        };
        let (desk, deeds) = (desk.clone(), Vec::new());
        let mut site = Site { janitor: self, desk, driver, place, findings, now, deeds };
        site.see_what_is_there(&listing).await;
        site.see_what_is_missing(&listing, &leases).await;
        site.deeds
    }
}

impl Site<'_> {
    async fn see_what_is_there(&mut self, listing: &Listing) {
        for found in &listing.found {
            let mark = found.mark;
            let is_ours = mark.company_id == self.desk.company
                && mark.environment_id == self.place.environment_id;
            if is_ours && self.is_nobodys(mark.lease_id).await {
                self.see_orphan(found).await;
            }
        }
        if !listing.is_complete {
            return;
        }
        let is_there =
            |id: &Label| listing.found.iter().any(|f| f.provider_lease_id == id.as_str());
        let known: Vec<Label> = self.findings.orphans.keys().cloned().collect();
        for provider_lease_id in known.into_iter().filter(|id| !is_there(id)) {
            let about = format!("resource {provider_lease_id}");
            let gone = Finding::OrphanGone { provider_lease_id, was_destroyed: false };
            self.tell(gone, "orphan_gone", about, "it is there no more".to_owned()).await;
        }
    }

    /// Whether no lease wants what carries its mark: looked up after it was listed.
    async fn is_nobodys(&mut self, lease: LeaseId) -> bool {
        let found = async {
            let connection = &mut *self.desk.reader().await?;
            find_lease(connection, self.desk.company, lease).await
        };
        match found.await {
            Ok(None) => true,
            Ok(Some(row)) => {
                let is_over = row.phase == Phase::Ended.as_str();
                // A cleanup that is to be done has its own queue.
                is_over && matches!(row.cleanup_state.as_ref(), "none" | "succeeded")
            }
            Err(error) => {
                let about = format!("lease {lease}");
                let company = self.desk.company;
                self.deeds.push(trouble(company, "list_failed", &about, error.to_string()));
                false
            }
        }
    }

    async fn see_orphan(&mut self, found: &Found) {
        let Ok(id) = Label::new(found.provider_lease_id.clone()) else { return };
        let about = format!("resource {id}");
        let quarantine = self.janitor.settings.quarantine_seconds;
        let Some(since) = self.findings.orphans.get(&id).copied() else {
            let orphan = Finding::Orphan {
                provider_lease_id: id,
                lease_id: found.mark.lease_id,
                since: found.since.and_then(|since| Timestamp::new(since).ok()),
            };
            let age = found.since.map(|since| (self.now.chrono() - since).num_seconds());
            let age = age.map_or("of unknown age".to_owned(), |age| format!("{age} s old"));
            let detail = format!("nobody's, {age}; in quarantine for {quarantine} s");
            self.tell(orphan, "orphan_found", about, detail).await;
            return;
        };
        let age = self.now.seconds_since(since);
        if !self.findings.may_destroy(&id, self.now, quarantine) {
            let detail = format!("in quarantine since {age} s, for {quarantine} s");
            self.note("orphan_waits", about, detail);
        } else if self.janitor.settings.is_dry {
            self.note("would_destroy", about, format!("in quarantine since {age} s"));
        } else {
            self.destroy_orphan(found, id, about).await;
        }
    }

    async fn destroy_orphan(&mut self, found: &Found, id: Label, about: String) {
        let held = Held {
            place: self.place.clone(),
            mark: found.mark,
            provider_lease_id: found.provider_lease_id.clone(),
            metadata: found.metadata.clone(),
        };
        match timeout(self.janitor.settings.step, self.driver.destroy(&held)).await {
            Ok(Ok(_)) => {
                let gone = Finding::OrphanGone { provider_lease_id: id, was_destroyed: true };
                self.tell(gone, "orphan_destroyed", about, "its quarantine was over".to_owned())
                    .await;
            }
            Ok(Err(fault)) => {
                let company = self.desk.company;
                self.deeds.push(trouble(company, "destroy_failed", &about, fault.to_string()));
            }
            Err(_) => {
                let (company, why) = (self.desk.company, "no answer in time".to_owned());
                self.deeds.push(trouble(company, "destroy_failed", &about, why));
            }
        }
    }

    async fn see_what_is_missing(&mut self, listing: &Listing, leases: &[LeaseRow]) {
        if !listing.is_complete {
            return;
        }
        let mut missed = self.janitor.memory.load();
        for row in leases {
            let id = LeaseId(row.id);
            let is_there = listing.found.iter().any(|found| found.mark.lease_id == id);
            if is_there || !self.would_be_listed(row) {
                missed.remove(&id);
                continue;
            }
            let before = missed.get(&id).copied();
            let absence = self.janitor.settings.absence_seconds;
            let sure = before.filter(|missed_at| is_gone(*missed_at, self.now, absence));
            if let Some(missed_at) = sure {
                self.lose(row, missed_at).await;
            } else {
                missed.entry(id).or_insert(self.now);
                let detail = "its resource is missed; looked for again".to_owned();
                self.note("missed", format!("lease {id}"), detail);
            }
        }
        self.remember(missed, leases);
    }

    fn remember(&mut self, mut missed: Missed, leases: &[LeaseRow]) {
        // Other environments' are other calls' business; ended ones are nobody's.
        missed.retain(|id, at| {
            leases.iter().any(|row| row.id == id.0) || self.now.seconds_since(*at) < 24 * 3_600
        });
        if !self.janitor.settings.is_dry
            && let Err(error) = self.janitor.memory.keep(&missed)
        {
            let company = self.desk.company;
            self.deeds.push(trouble(company, "not_remembered", "", error.to_string()));
        }
    }

    /// Whether a complete listing from this machine shows the resource of a lease: it has one, made
    /// by a driver of ours, within this one's sight.
    fn would_be_listed(&self, row: &LeaseRow) -> bool {
        let held = held_of(row, &self.place);
        let is_held = matches!(row.phase.as_ref(), "active" | "retained");
        let is_ours = row.metadata.as_ref().is_some_and(|notes| notes.get("resource").is_some());
        is_held && is_ours && self.driver.would_list(&held)
    }

    /// The resource of a lease is gone. A kept lease ends with it; one that is held is its holder's.
    async fn lose(&mut self, row: &LeaseRow, missed_at: Timestamp) {
        let named = row.provider_lease_id.clone().unwrap_or_default();
        let Ok(provider_lease_id) = Label::new(named) else { return };
        let lease_id = LeaseId(row.id);
        let is_new = !self.findings.lost.contains(&lease_id);
        let about = format!("lease {lease_id}");
        if is_new {
            let lost = Finding::Lost { lease_id, provider_lease_id, missed_at };
            let detail = format!("its resource is gone, missed since {missed_at}");
            self.tell(lost, "resource_lost", about.clone(), detail).await;
        }
        if row.phase != Phase::Retained.as_str() || self.janitor.settings.is_dry {
            return;
        }
        let body = json!({
            "leaseId": lease_id,
            "status": "expired",
            "failureReason": "resource_lost",
            "cleanupStatus": "success",
            "fence": row.fence,
        });
        let key = format!("lost-{lease_id}-{}", row.version);
        let request = Request::new(CommandType::ReleaseLease, key, body);
        if let Err(not_done) = self.desk.ask(&request).await {
            let company = self.desk.company;
            self.deeds.push(trouble(company, "not_told", &about, not_done.to_string()));
        }
    }

    fn note(&mut self, what: &'static str, about: String, detail: String) {
        let company = self.desk.company;
        self.deeds.push(Deed { company, what, about, detail, is_trouble: false });
    }

    async fn tell(&mut self, finding: Finding, what: &'static str, about: String, detail: String) {
        let told = if self.janitor.settings.is_dry {
            Ok(())
        } else {
            self.desk.observe(self.place.environment_id, finding).await
        };
        match told {
            Ok(()) => self.note(what, about, detail),
            Err(not_done) => {
                let company = self.desk.company;
                self.deeds.push(trouble(company, "not_told", &about, not_done.to_string()));
            }
        }
    }
}
