//! The janitor: finishes what ended leases left behind, and holds what providers have against what
//! the ledger says.
//!
//! **Claims.** A cleanup is done by one janitor at a time, and whoever was overtaken changes nothing
//! in the ledger. Nothing that a lease holds is destroyed, and nothing without our mark. That
//! something is gone is believed only of complete listings, twice; that a list could not be had says
//! nothing at all.
//! **Because** cleanups are claimed with a fence; what is found is looked up in the ledger after it
//! was listed, and a lease is durable before anything is made for it; orphans are in quarantine,
//! which the ledger counts, before they go. A janitor that is told to stop hands back what it cannot
//! finish; of one that is killed the claims lapse.
//! **Not** promised: anything of what other machines hold. A cleanup that is theirs is put off.

mod cleanup;
mod known;
mod memory;
mod reconcile;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use leasehold_domain::actor::Actor;
use leasehold_domain::environment::{ABSENCE_SECONDS, Finding, QUARANTINE_SECONDS};
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::text::Label;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use tokio::sync::watch;
use tokio::time::sleep;

use super::desk::{Desk, Direct, NotDone, Way};
use super::journal::Journal;
use super::registry::Registry;
use super::state::State;
use memory::Memory;

/// How a janitor works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name, which claims carry.
    pub owner: Label,
    /// Whether it only says what it would do.
    pub is_dry: bool,
    /// How long orphans are in quarantine, in seconds.
    pub quarantine_seconds: u32,
    /// How far apart two complete listings are that do not have something, before it is gone.
    pub absence_seconds: u32,
    /// How long one driver's step may take.
    pub step: Duration,
    /// How long the step that is under way may take on, once the janitor is told to stop.
    pub grace: Duration,
}

impl Settings {
    /// The usual ways of a janitor of this name.
    #[must_use]
    pub const fn of(owner: Label) -> Self {
        Self {
            owner,
            is_dry: false,
            quarantine_seconds: QUARANTINE_SECONDS,
            absence_seconds: ABSENCE_SECONDS,
            step: Duration::from_mins(1),
            grace: Duration::from_secs(10),
        }
    }
}

/// One thing that a janitor did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// In which company.
    pub company: CompanyId,
    /// What kind of deed, in a word.
    pub what: &'static str,
    /// To what: a lease, a resource or an environment.
    pub about: String,
    /// What there is to say of it.
    pub detail: String,
    /// Whether it went wrong.
    pub is_trouble: bool,
}

/// Finishes cleanups and reconciles.
#[derive(Debug)]
pub struct Janitor {
    ledger: Direct,
    registry: Registry,
    state: State,
    journal: Journal,
    memory: Memory,
    settings: Settings,
    stop: watch::Sender<bool>,
}

/// Where a janitor asks for one company: it also reads at large, and tells what it saw.
#[derive(Debug, Clone)]
struct Post {
    ledger: Direct,
    desk: Desk,
}

impl Deref for Post {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl Post {
    async fn reader(&self) -> sqlx::Result<PoolConnection<Postgres>> {
        self.ledger.readers.acquire().await
    }

    async fn observe(&self, id: EnvironmentId, finding: Finding) -> Result<(), NotDone> {
        self.ledger.observe(self.company, &self.actor, id, finding).await
    }
}

impl Janitor {
    /// A janitor on a ledger, for what this machine's drivers reach.
    #[must_use]
    pub fn new(ledger: Direct, registry: Registry, state: &State, settings: Settings) -> Self {
        let (journal, memory) = (Journal::of(state), Memory::of(state));
        let stop = watch::Sender::new(false);
        let state = state.clone();
        Self { ledger, registry, state, journal, memory, settings, stop }
    }

    /// Has it claim nothing more. What it is at it finishes within [`Settings::grace`], or hands
    /// back for the next janitor.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Whether it was told to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Until it is told to stop.
    pub async fn told_to_stop(&self) {
        // This cannot fail: the sender is here.
        let _ = self.stop.subscribe().wait_for(|is_stopping| *is_stopping).await;
    }

    /// When what is under way has to be handed back.
    async fn out_of_time(&self) {
        self.told_to_stop().await;
        sleep(self.settings.grace).await;
    }

    fn post(&self, company: CompanyId) -> Post {
        let desk = self.ledger.desk(company, Actor::system("janitor"));
        Post { ledger: self.ledger.clone(), desk }
    }

    /// Tells the ledger what waits in the journal, then does every cleanup of these companies that
    /// is due.
    pub async fn clean_up(&self, companies: &[CompanyId]) -> Vec<Deed> {
        if !self.settings.is_dry {
            let way: Arc<dyn Way> = Arc::new(self.ledger.clone());
            self.journal.deliver(&way).await;
        }
        let mut deeds = Vec::new();
        for company in companies {
            deeds.extend(self.clean_up_company(*company).await);
        }
        deeds
    }

    /// Holds what every environment's provider lists against the ledger.
    pub async fn reconcile(&self, companies: &[CompanyId]) -> Vec<Deed> {
        let mut deeds = Vec::new();
        if !self.settings.is_dry
            && let Err(error) = self.state.sweep()
        {
            tracing::warn!(%error, "what nobody marked is left in the state directory");
        }
        for company in companies {
            tokio::select! {
                biased;
                () = self.out_of_time() => break,
                done = self.reconcile_company(*company) => deeds.extend(done),
            }
        }
        deeds
    }
}
