//! What an export says of itself.

use std::collections::BTreeMap;

use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::{CompanyId, OperationId};
use leasehold_domain::operation::{Form, Told};
use serde::Serialize;

use crate::log::{Digest, Head};

/// What was written, from where, and how to know it again.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The operation under which it stands in the installation's log.
    pub export_id: OperationId,
    /// Events or activity.
    pub what: Told,
    /// In which form.
    pub form: Form,
    /// What narrowed it, by the filters' names.
    pub filter: BTreeMap<String, String>,
    /// How many events or rows.
    pub records: u64,
    /// How many bytes.
    pub bytes: u64,
    /// sha256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// The companies of which there is something, in the order in which they were written.
    pub companies: Vec<Part>,
    /// What wrote it.
    pub program: &'static str,
}

/// What was written of one company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Which.
    pub company_id: CompanyId,
    /// The epoch of its log.
    pub epoch: Epoch,
    /// The end of its log in that moment.
    pub head_position: Position,
    /// The digest of that end: all that came before hangs on it.
    pub head_digest: Digest,
    /// The position of the first that was written.
    pub first_position: Position,
    /// The position of the last.
    pub last_position: Position,
    /// How many events or rows.
    pub records: u64,
}

impl Part {
    pub(super) const fn new(head: &Head) -> Self {
        Self {
            company_id: head.company_id,
            epoch: head.epoch,
            head_position: head.position,
            head_digest: head.digest,
            first_position: Position(0),
            last_position: Position(0),
            records: 0,
        }
    }

    pub(super) const fn add(&mut self, position: Position) {
        if self.records == 0 {
            self.first_position = position;
        }
        self.last_position = position;
        self.records += 1;
    }
}
