//! What a driver says of what is there and what is gone.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Mark;

/// What was made sure of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofState {
    /// Nothing runs in it any more; the rest is kept.
    Stopped,
    /// It is gone.
    Destroyed,
}

/// Evidence that a resource is stopped or gone: a look was taken after the deed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// What was made sure of.
    pub state: ProofState,
    /// Whether there was anything to be done.
    pub was_there: bool,
    /// How many processes were ended for it.
    pub processes_ended: u64,
}

/// What is at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// Whether everything was seen. Absence means something only in complete listings.
    pub is_complete: bool,
    /// What carries a mark, of whatever company.
    pub found: Vec<Found>,
}

/// Something with a mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The provider's id of it.
    pub provider_lease_id: String,
    /// Whose it is.
    pub mark: Mark,
    /// Since when it is there, where known.
    pub since: Option<DateTime<Utc>>,
    /// What [`destroy`](super::Driver::destroy) needs beside the id.
    pub metadata: Map<String, Value>,
}
