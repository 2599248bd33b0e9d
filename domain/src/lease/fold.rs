//! How events make the state of a lease. Reads no clock and cannot fail.

use std::sync::Arc;

use serde_json::Value;

use super::cleanup::{Cleanup, CleanupState};
use super::event::Amnesty;
use super::{
    Acquired, Amended, CleanupStatus, EndKind, Ended, Ending, Event, Expiry, ImportedColumns,
    Lease, Record, Reservation, Resumed, Retained, Standing,
};
use crate::json::JsonObject;
use crate::time::Timestamp;

/// The metadata entry that keeps a provider's receipt of having terminated the execution.
pub(super) const TERMINATION: &str = "remoteExecutionTermination";

impl Lease {
    /// Folds one event in.
    pub fn apply(&mut self, event: &Event) {
        self.version += 1;
        match (self.record.as_deref_mut(), event) {
            (None, Event::LeaseAcquired(granted) | Event::LeaseReserved(granted)) => {
                self.record = Some(Box::new(granted.to_record()));
            }
            (Some(record), _) => {
                record.updated_at = event.at();
                record.fold(event);
            }
            (None, _) => {}
        }
    }
}

impl Record {
    fn fold(&mut self, event: &Event) {
        match event {
            Event::LeaseReserved(_) => {}
            Event::LeaseAcquired(acquired) => self.activate(acquired),
            Event::LeaseRenewed(renewed) => self.expiry = Some(renewed.expiry),
            Event::MetadataUpdated(updated) => {
                self.metadata.clone_from(&updated.metadata);
                if self.ending().is_none() {
                    self.last_used_at = updated.at;
                }
            }
            Event::Retained(retained) => self.retain(retained),
            Event::Resumed(resumed) => self.resume(resumed),
            Event::Released(ended) => self.end(EndKind::Released, ended),
            Event::Expired(ended) => self.end(EndKind::Expired, ended),
            Event::Failed(ended) => self.end(EndKind::Failed, ended),
            Event::Amended(amended) => self.amend(amended),
            Event::AmnestyGranted(amnesty) => self.pardon(amnesty),
            Event::FenceRefused(refused) => self.refused_fences.push(refused.fence),
            Event::CleanupRequested(e) => self.clean_up(e.at, |cleanup| cleanup.request(e)),
            Event::CleanupClaimed(e) => self.clean_up(e.at, |cleanup| cleanup.claim(e)),
            Event::CleanupDeferred(e) => self.clean_up(e.at, |cleanup| cleanup.defer(e)),
            Event::CleanupSucceeded(e) => self.clean_up(e.at, |cleanup| cleanup.succeed(e)),
            Event::CleanupFailed(e) => self.clean_up(e.at, |cleanup| cleanup.fail(e)),
            Event::CleanupBlocked(e) => self.clean_up(e.at, |cleanup| cleanup.block(e)),
        }
    }

    fn clean_up(&mut self, at: Timestamp, change: impl FnOnce(&mut Cleanup)) {
        let none = || Box::new(Cleanup::told(at, CleanupState::Pending));
        let cleanup = self.cleanup.get_or_insert_with(none);
        change(cleanup);
        self.cleanup_status = Some(cleanup.status());
    }

    /// What the provider made for a reservation is there. Its grant stays the reservation's.
    fn activate(&mut self, acquired: &Acquired) {
        self.standing = Standing::Active;
        self.last_used_at = acquired.at;
        self.expiry = acquired.expiry;
        self.provider.clone_from(&acquired.provider);
        self.provider_lease_id.clone_from(&acquired.provider_lease_id);
        self.metadata.clone_from(&acquired.metadata);
    }

    fn pardon(&mut self, amnesty: &Amnesty) {
        self.pardoned_at = Some(amnesty.at);
        if let Standing::Reserved(reservation) = &mut self.standing {
            reservation.deadline = amnesty.until;
        } else if let Some(expiry) = &mut self.expiry {
            expiry.expires_at = amnesty.until;
        }
    }

    fn retain(&mut self, retained: &Retained) {
        self.standing = Standing::Retained;
        self.last_used_at = retained.at;
        self.retain_until = retained.retain_until;
        keep(&mut self.failure_reason, retained.failure_reason.as_ref());
        keep(&mut self.cleanup_status, retained.cleanup_status.as_ref());
        keep(&mut self.disposition, retained.provider_resource_disposition.as_ref());
    }

    fn resume(&mut self, resumed: &Resumed) {
        self.standing = Standing::Active;
        self.last_used_at = resumed.at;
        self.heartbeat_run_id = Some(resumed.heartbeat_run_id);
        self.fence = resumed.fence;
        self.fenced_at = resumed.at;
        self.refused_fences.clear();
        self.disposition = None;
        self.expiry = resumed.expiry;
        self.failure_reason = None;
        self.cleanup_status = None;
        self.retain_until = None;
        keep(&mut self.agent_id, resumed.agent_id.as_ref());
        keep(&mut self.issue_id, resumed.issue_id.as_ref());
        keep(&mut self.metadata, resumed.metadata.as_ref());
    }

    fn end(&mut self, kind: EndKind, ended: &Ended) {
        let ending = Ending { kind, at: ended.at, by: ended.by.clone(), cause: ended.cause };
        self.standing = Standing::Ended(Arc::new(ending));
        self.released_at = Some(ended.at);
        self.last_used_at = ended.at;
        keep(&mut self.failure_reason, ended.failure_reason.as_ref());
        keep(&mut self.cleanup_status, ended.cleanup_status.as_ref());
        keep(&mut self.replaced_by_lease_id, ended.replaced_by_lease_id.as_ref());
        keep(&mut self.disposition, ended.provider_resource_disposition.as_ref());
        self.open_told_cleanup(ended.at);
        self.prove(ended.remote_execution_termination.as_ref());
    }

    fn amend(&mut self, amended: &Amended) {
        keep(&mut self.failure_reason, amended.failure_reason.as_ref());
        keep(&mut self.cleanup_status, amended.cleanup_status.as_ref());
        keep(&mut self.replaced_by_lease_id, amended.replaced_by_lease_id.as_ref());
        keep(&mut self.provider_lease_id, amended.provider_lease_id.as_ref());
        self.open_told_cleanup(amended.at);
        self.prove(amended.remote_execution_termination.as_ref());
        if let Some(imported) = &amended.imported {
            self.adopt(imported);
        }
    }

    fn adopt(&mut self, columns: &ImportedColumns) {
        let ttl_seconds = None;
        self.acquired_at = columns.acquired_at;
        self.last_used_at = columns.last_used_at;
        self.expiry = columns.expires_at.map(|expires_at| Expiry { expires_at, ttl_seconds });
        self.released_at = columns.released_at;
        self.failure_reason.clone_from(&columns.failure_reason);
        self.cleanup_status = columns.cleanup_status;
        self.created_at = columns.created_at;
        self.updated_at = columns.updated_at;
        self.source_status.clone_from(&columns.source_status);
        self.open_told_cleanup(columns.updated_at);
    }

    /// Paperclip's word for the cleanup, told with an end, late, or by an import, moves the queue:
    /// what is not done is offered to janitors, what is done is offered no more.
    fn open_told_cleanup(&mut self, at: Timestamp) {
        let Some(word) = self.cleanup_status.filter(|_| self.ending().is_some()) else { return };
        match (word, self.cleanup.as_deref_mut()) {
            (CleanupStatus::Success, Some(cleanup)) => {
                cleanup.state = CleanupState::Succeeded;
                cleanup.claim = None;
            }
            (CleanupStatus::Failed, Some(cleanup)) if cleanup.claim.is_none() => {
                cleanup.state = CleanupState::Failed;
            }
            (CleanupStatus::Pending | CleanupStatus::Failed, Some(_))
            | (CleanupStatus::Success, None) => {}
            (CleanupStatus::Pending, None) => {
                self.cleanup = Some(Box::new(Cleanup::told(at, CleanupState::Pending)));
            }
            (CleanupStatus::Failed, None) => {
                self.cleanup = Some(Box::new(Cleanup::told(at, CleanupState::Failed)));
            }
        }
    }

    fn prove(&mut self, termination: Option<&JsonObject>) {
        if let Some(receipt) = termination {
            let metadata = self.metadata.take().unwrap_or_default();
            let receipt = Value::Object(receipt.to_map());
            self.metadata = Some(metadata.with(TERMINATION, receipt));
        }
    }
}

/// A value that is not given leaves what is there.
fn keep<T: Clone>(slot: &mut Option<T>, value: Option<&T>) {
    if let Some(value) = value {
        *slot = Some(value.clone());
    }
}

impl Acquired {
    fn to_record(&self) -> Record {
        let reservation = |deadline| {
            let (due, network_egress) = (self.due, self.network_egress.clone());
            Standing::Reserved(Reservation { deadline, due, network_egress })
        };
        Record {
            id: self.id,
            company_id: self.company_id,
            environment_id: self.environment_id,
            driver: self.driver,
            execution_workspace_id: self.execution_workspace_id,
            issue_id: self.issue_id,
            heartbeat_run_id: self.heartbeat_run_id,
            agent_id: self.agent_id,
            lease_policy: self.lease_policy,
            provider: self.provider.clone(),
            provider_lease_id: self.provider_lease_id.clone(),
            acquired_at: self.at,
            last_used_at: self.at,
            expiry: self.expiry,
            released_at: None,
            standing: self.deadline.map_or(Standing::Active, reservation),
            failure_reason: None,
            cleanup_status: None,
            metadata: self.metadata.clone(),
            created_at: self.at,
            updated_at: self.at,
            fence: self.fence,
            replaces_lease_id: self.replaces_lease_id,
            replaced_by_lease_id: None,
            retain_until: None,
            source_status: None,
            cleanup: None,
            disposition: None,
            fenced_at: self.at,
            pardoned_at: None,
            refused_fences: Vec::new(),
        }
    }
}
