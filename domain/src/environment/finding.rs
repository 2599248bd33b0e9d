//! What was found at an environment's place, and what may be done about it.
//!
//! A provider's word for what is there is believed with care: that something is gone only when it
//! was missed twice, a minute apart, in listings that were complete; that something is nobody's only
//! after it was in quarantine, where whoever made it has time to say so.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::event::{OrphanFound, OrphanGone, Probed, ResourceLost};
use super::{Environment, Event};
use crate::id::LeaseId;
use crate::text::{Label, Reason};
use crate::time::Timestamp;

/// How long something stays that nobody wants, before it may be destroyed, in seconds.
pub const QUARANTINE_SECONDS: u32 = 15 * 60;

/// How far apart two complete listings are that do not have it, before it is gone; in seconds.
pub const ABSENCE_SECONDS: u32 = 60;

/// Orphans, and lost resources, that are remembered for one environment.
const FINDINGS_MAX: usize = 1_000;

/// Something that was seen at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A look whether it works.
    Probe {
        /// Whether it does.
        ok: bool,
        /// In a line.
        summary: Reason,
        /// What kind of fault it has.
        cause: Option<Label>,
    },
    /// Something with our mark that no lease wants.
    Orphan {
        /// The provider's id of it.
        provider_lease_id: Label,
        /// Whose mark it carries.
        lease_id: LeaseId,
        /// Since when it is there.
        since: Option<Timestamp>,
    },
    /// An orphan that is there no more.
    OrphanGone {
        /// The provider's id of it.
        provider_lease_id: Label,
        /// Whether we have destroyed it.
        was_destroyed: bool,
    },
    /// The resource of a lease that goes on was missed, for long enough.
    Lost {
        /// The lease.
        lease_id: LeaseId,
        /// The provider's id of it.
        provider_lease_id: Label,
        /// When it was first missed.
        missed_at: Timestamp,
    },
}

/// What is known of a place beside its settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    /// Orphans, with when each was found.
    pub orphans: BTreeMap<Label, Timestamp>,
    /// Leases whose resource is lost.
    pub lost: BTreeSet<LeaseId>,
}

impl Findings {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.orphans.is_empty() && self.lost.is_empty()
    }

    /// Whether an orphan has been in quarantine for long enough to be destroyed.
    #[must_use]
    pub fn may_destroy(&self, provider_lease_id: &Label, now: Timestamp, quarantine: u32) -> bool {
        let found = self.orphans.get(provider_lease_id);
        found.is_some_and(|found| found.plus_seconds(quarantine) <= now)
    }

    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::OrphanFound(orphan) if self.orphans.len() < FINDINGS_MAX => {
                self.orphans.insert(orphan.provider_lease_id.clone(), orphan.at);
            }
            Event::OrphanGone(gone) => {
                self.orphans.remove(&gone.provider_lease_id);
            }
            Event::ResourceLost(lost) if self.lost.len() < FINDINGS_MAX => {
                self.lost.insert(lost.lease_id);
            }
            Event::Created(_)
            | Event::Updated(_)
            | Event::Archived(_)
            | Event::Reactivated(_)
            | Event::Removed(_)
            | Event::Probed(_)
            | Event::OrphanFound(_)
            | Event::ResourceLost(_) => {}
        }
    }
}

/// Whether what was first missed at some time, and is missed again now, is gone.
#[must_use]
pub fn is_gone(missed_at: Timestamp, now: Timestamp, absence: u32) -> bool {
    missed_at.plus_seconds(absence) <= now
}

/// What is new about a finding; what is known is no event. Where too much is found to be remembered,
/// no more is told.
pub(super) fn told(environment: &Environment, finding: &Finding, at: Timestamp) -> Option<Event> {
    let findings = &environment.findings;
    match finding {
        Finding::Probe { ok, summary, cause } => Some(Event::Probed(Probed {
            at,
            ok: *ok,
            summary: summary.clone(),
            cause: cause.clone(),
        })),
        Finding::Orphan { provider_lease_id, lease_id, since } => {
            let is_known = findings.orphans.contains_key(provider_lease_id);
            let has_room = findings.orphans.len() < FINDINGS_MAX;
            (!is_known && has_room).then(|| {
                let (provider_lease_id, lease_id) = (provider_lease_id.clone(), *lease_id);
                Event::OrphanFound(OrphanFound { at, provider_lease_id, lease_id, since: *since })
            })
        }
        Finding::OrphanGone { provider_lease_id, was_destroyed } => {
            findings.orphans.contains_key(provider_lease_id).then(|| {
                let (provider_lease_id, was_destroyed) =
                    (provider_lease_id.clone(), *was_destroyed);
                Event::OrphanGone(OrphanGone { at, provider_lease_id, was_destroyed })
            })
        }
        Finding::Lost { lease_id, provider_lease_id, missed_at } => {
            let is_known = findings.lost.contains(lease_id);
            (!is_known && findings.lost.len() < FINDINGS_MAX).then(|| {
                let (lease_id, provider_lease_id) = (*lease_id, provider_lease_id.clone());
                let missed_at = *missed_at;
                Event::ResourceLost(ResourceLost { at, lease_id, provider_lease_id, missed_at })
            })
        }
    }
}
