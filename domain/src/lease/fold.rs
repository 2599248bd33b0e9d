//! How events make the state of a lease. Reads no clock and cannot fail.

use serde_json::Value;

use super::{
    Acquired, Amended, EndKind, Ended, Ending, Event, Expiry, ImportedColumns, Lease, Record,
    Resumed, Retained, Standing,
};
use crate::json::JsonObject;

/// The metadata entry that keeps a provider's receipt of having terminated the execution.
const TERMINATION: &str = "remoteExecutionTermination";

impl Lease {
    /// Folds one event in.
    pub fn apply(&mut self, event: &Event) {
        self.version += 1;
        if let Event::LeaseAcquired(acquired) = event {
            self.record = Some(Box::new(acquired.to_record()));
        } else if let Some(record) = self.record.as_deref_mut() {
            record.updated_at = event.at();
            record.fold(event);
        }
    }
}

impl Record {
    fn fold(&mut self, event: &Event) {
        match event {
            Event::LeaseAcquired(_) => {}
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
        }
    }

    fn retain(&mut self, retained: &Retained) {
        self.standing = Standing::Retained;
        self.last_used_at = retained.at;
        self.retain_until = retained.retain_until;
        keep(&mut self.failure_reason, retained.failure_reason.as_ref());
        keep(&mut self.cleanup_status, retained.cleanup_status.as_ref());
    }

    fn resume(&mut self, resumed: &Resumed) {
        self.standing = Standing::Active;
        self.last_used_at = resumed.at;
        self.heartbeat_run_id = Some(resumed.heartbeat_run_id);
        self.fence = resumed.fence;
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
        self.standing = Standing::Ended(ending);
        self.released_at = Some(ended.at);
        self.last_used_at = ended.at;
        keep(&mut self.failure_reason, ended.failure_reason.as_ref());
        keep(&mut self.cleanup_status, ended.cleanup_status.as_ref());
        keep(&mut self.replaced_by_lease_id, ended.replaced_by_lease_id.as_ref());
        self.prove(ended.remote_execution_termination.as_ref());
    }

    fn amend(&mut self, amended: &Amended) {
        keep(&mut self.failure_reason, amended.failure_reason.as_ref());
        keep(&mut self.cleanup_status, amended.cleanup_status.as_ref());
        keep(&mut self.replaced_by_lease_id, amended.replaced_by_lease_id.as_ref());
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
    }

    fn prove(&mut self, termination: Option<&JsonObject>) {
        if let Some(receipt) = termination {
            let metadata = self.metadata.take().unwrap_or_default();
            let receipt = Value::Object(receipt.as_map().clone());
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
            standing: Standing::Active,
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
        }
    }
}
