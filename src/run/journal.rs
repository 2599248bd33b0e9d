//! Ends that the ledger could not be told of: kept on disk until it can.
//!
//! **Claims.** What was written here is told once, whoever tells it and however often it is tried.
//! **Because** an entry is durable before its writer goes on, each of its commands has its key, and
//! it is removed only after all of them were decided.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use leasehold_domain::actor::Actor;
use leasehold_domain::id::{CompanyId, LeaseId};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::desk::{Desk, NotDone, Request, Way};
use super::orchestrator::deliver;
use super::state::{State, make_private, write};

/// How long one entry is tried for.
const TELL_WITHIN: Duration = Duration::from_secs(5);

/// What is to be told of one lease.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    company_id: CompanyId,
    lease_id: LeaseId,
    actor: Actor,
    requests: Vec<Request>,
}

/// The journal of a state directory.
#[derive(Debug, Clone)]
pub struct Journal {
    directory: PathBuf,
}

/// What a delivery has come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Entries that the ledger was told.
    pub told: usize,
    /// Entries that wait on: the ledger is away, or it is another one's.
    pub waiting: usize,
}

impl Journal {
    /// The journal below a state directory.
    #[must_use]
    pub fn of(state: &State) -> Self {
        Self { directory: state.root().join("journal") }
    }

    /// Keeps what is to be told of a lease.
    ///
    /// # Errors
    /// When it is not durable.
    pub fn keep(&self, desk: &Desk, lease: LeaseId, requests: Vec<Request>) -> io::Result<()> {
        let entry = Entry {
            company_id: desk.company,
            lease_id: lease,
            actor: desk.actor.clone(),
            requests,
        };
        make_private(&self.directory)?;
        let path = self.directory.join(format!("{lease}.json"));
        let text = serde_json::to_vec(&entry).map_err(io::Error::other)?;
        write(&path, &text)?;
        File::open(&path)?.sync_all()?;
        File::open(&self.directory)?.sync_all()
    }

    /// Tells the ledger what waits here and is its own.
    pub async fn deliver(&self, way: &Arc<dyn Way>) -> Delivery {
        let mut delivery = Delivery::default();
        for path in self.entries() {
            match tell(&path, way).await {
                Ok(true) => delivery.told += 1,
                Ok(false) => delivery.waiting += 1,
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "a journal entry waits on");
                    delivery.waiting += 1;
                }
            }
        }
        delivery
    }

    fn entries(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.directory).into_iter().flatten();
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect()
    }
}

/// Whether the ledger was told.
async fn tell(path: &Path, way: &Arc<dyn Way>) -> io::Result<bool> {
    let text = match fs::read(path) {
        Ok(text) => text,
        // Somebody else has told it meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    let entry: Entry = serde_json::from_slice(&text).map_err(io::Error::other)?;
    let desk = Desk { way: Arc::clone(way), company: entry.company_id, actor: entry.actor };
    let is_known = way.knows_lease(entry.company_id, entry.lease_id).await;
    // A ledger that does not know the lease is not the one that granted it.
    if !is_known.map_err(io::Error::other)? {
        return Ok(false);
    }
    match deliver(&desk, &entry.requests, Instant::now() + TELL_WITHIN).await {
        Err(NotDone::Away(_)) => Ok(false),
        told => {
            if let Err(refused) = told {
                tracing::info!(lease = %entry.lease_id, %refused, "the journal's word came late");
            }
            fs::remove_file(path)?;
            Ok(true)
        }
    }
}
