//! The janitor: finishes what ended leases left behind, and holds what providers have against what
//! the ledger says.
//!
//! **Claims.** A cleanup is done by one janitor at a time, and whoever was overtaken changes nothing
//! in the ledger. Nothing that a lease holds is destroyed, and nothing without our mark. That
//! something is gone is believed only of complete listings, twice; that a list could not be had says
//! nothing at all.
//! **Because** cleanups are claimed with a fence; what is found is looked up in the ledger after it
//! was listed, and a lease is durable before anything is made for it; orphans are in quarantine,
//! which the ledger counts, before they go.
//! **Not** promised: anything of what other machines hold. A cleanup that is theirs is put off.

mod cleanup;
mod known;
mod memory;
mod reconcile;

use std::time::Duration;

use leasehold_domain::actor::Actor;
use leasehold_domain::environment::{ABSENCE_SECONDS, QUARANTINE_SECONDS};
use leasehold_domain::id::CompanyId;
use leasehold_domain::text::Label;
use sqlx::PgPool;

use super::desk::Desk;
use super::journal::Journal;
use super::registry::Registry;
use super::state::State;
use crate::dispatch::Dispatcher;
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
    dispatcher: Dispatcher,
    readers: PgPool,
    registry: Registry,
    journal: Journal,
    memory: Memory,
    settings: Settings,
}

impl Janitor {
    /// A janitor on a ledger, for what this machine's drivers reach.
    #[must_use]
    pub fn new(
        dispatcher: Dispatcher,
        readers: PgPool,
        registry: Registry,
        state: &State,
        settings: Settings,
    ) -> Self {
        let (journal, memory) = (Journal::of(state), Memory::of(state));
        Self { dispatcher, readers, registry, journal, memory, settings }
    }

    fn desk(&self, company: CompanyId) -> Desk {
        let (dispatcher, readers) = (self.dispatcher.clone(), self.readers.clone());
        Desk { dispatcher, readers, company, actor: Actor::system("janitor") }
    }

    /// Tells the ledger what waits in the journal, then does every cleanup of these companies that
    /// is due.
    pub async fn clean_up(&self, companies: &[CompanyId]) -> Vec<Deed> {
        if !self.settings.is_dry {
            self.journal.deliver(&self.dispatcher, &self.readers).await;
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
        for company in companies {
            deeds.extend(self.reconcile_company(*company).await);
        }
        deeds
    }
}
