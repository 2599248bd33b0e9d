//! What a janitor remembers from one round to the next, in whatever process: when it first missed
//! what.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use leasehold_domain::id::LeaseId;
use leasehold_domain::time::Timestamp;

use crate::run::state::{State, make_private, write};

/// First sightings of absence, by lease.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    path: PathBuf,
}

pub(super) type Missed = BTreeMap<LeaseId, Timestamp>;

impl Memory {
    pub(super) fn of(state: &State) -> Self {
        Self { path: state.root().join("missed.json") }
    }

    /// What was missed; nothing when nobody knows, so that absence is seen twice again.
    pub(super) fn load(&self) -> Missed {
        let text = std::fs::read(&self.path).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// # Errors
    /// When it is not kept.
    pub(super) fn keep(&self, missed: &Missed) -> io::Result<()> {
        if let Some(directory) = self.path.parent() {
            make_private(directory)?;
        }
        write(&self.path, &serde_json::to_vec(missed).map_err(io::Error::other)?)
    }
}
