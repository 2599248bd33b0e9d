//! What is measured, and for how long.

use std::str::FromStr;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::paperclip::Installation;

/// One way to do an acquire+release cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Name {
    /// The ledger, commands handed to its dispatcher.
    Leasehold,
    /// The ledger over HTTP, a request for each command.
    Http,
    /// The ledger over HTTP, a hundred commands in each request.
    Dispatch,
    /// Two ledgers on the one database, as two processes would be; clients take them in turns.
    Pair,
    /// The ledger saying no: two acquisitions of what is held.
    Refused,
    /// Hand-written SQL that leaves the same rows: four statements, each its own commit.
    Crud,
    /// cqrs-es with postgres-es as their guides say, running the same lease aggregate.
    Stock,
    /// The ledger's rows copied a hundred cycles at a time, with nothing decided.
    Bare,
    /// The same a cycle at a time, as a client has it who waits for each.
    BareAlone,
    /// Paperclip's own service, from its npm packages, in a Node.js process.
    Paperclip,
}

impl Name {
    /// Those that need nothing but this program and are measured unless others are named, in the
    /// order of the report.
    pub const INCLUDED: [Self; 6] =
        [Self::Leasehold, Self::Http, Self::Dispatch, Self::Crud, Self::Stock, Self::Bare];

    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Leasehold,
        Self::Http,
        Self::Dispatch,
        Self::Pair,
        Self::Refused,
        Self::Crud,
        Self::Stock,
        Self::Bare,
        Self::BareAlone,
        Self::Paperclip,
    ];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Leasehold => "leasehold",
            Self::Http => "leasehold-http",
            Self::Dispatch => "leasehold-dispatch",
            Self::Pair => "leasehold-pair",
            Self::Refused => "leasehold-refused",
            Self::Crud => "crud",
            Self::Stock => "cqrs-es",
            Self::Bare => "bare",
            Self::BareAlone => "bare-alone",
            Self::Paperclip => "paperclip",
        }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// A name that no contender has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no contender; there are {known}", known = Name::ALL.map(Name::as_str).join(", "))]
pub struct UnknownName {
    word: String,
}

impl FromStr for Name {
    type Err = UnknownName;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|name| name.as_str() == word);
        found.ok_or_else(|| UnknownName { word: word.to_owned() })
    }
}

/// What is measured, and for how long.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Who is measured.
    pub contenders: Vec<Name>,
    /// Numbers of concurrent clients.
    pub clients: Vec<usize>,
    /// How often each contender is measured at each number of clients. In a round they take turns.
    pub rounds: usize,
    /// How long one measurement lasts.
    #[serde(serialize_with = "seconds")]
    pub measure_for: Duration,
    /// How long clients run before it begins.
    #[serde(serialize_with = "seconds")]
    pub warm_up_for: Duration,
    /// Cycles a second, all clients together, begun on schedule; latency then counts from the time
    /// at which a cycle was due. Without it clients begin the next cycle when one is done.
    pub rate: Option<f64>,
    /// Companies that the cycles are spread over.
    pub companies: usize,
    /// Environments in each.
    pub environments_per_company: usize,
    /// The share of cycles that goes to one company before the rest is spread evenly, in percent.
    pub skew_percent: u8,
    /// The ledger's lanes.
    pub lanes: usize,
    /// The most connections that a peer's pool has; the number of clients when that is smaller.
    pub pool_connections_max: usize,
    /// Events of made history that the log has before anything is measured.
    pub filled_events: u64,
    /// Leave the database there afterwards, to be looked at.
    pub keep_database: bool,
    /// Paperclip's packages, which its contender needs.
    #[serde(skip)]
    pub paperclip: Option<Installation>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            contenders: Name::INCLUDED.to_vec(),
            clients: vec![1, 32, 256],
            rounds: 3,
            measure_for: Duration::from_secs(5),
            warm_up_for: Duration::from_secs(1),
            rate: None,
            companies: 50,
            environments_per_company: 2,
            skew_percent: 0,
            lanes: crate::dispatch::Settings::default().lanes,
            pool_connections_max: 32,
            filled_events: 0,
            keep_database: false,
            paperclip: None,
        }
    }
}

impl Settings {
    /// How many connections a peer has for a number of clients.
    pub(super) fn connections(&self, clients: usize) -> u32 {
        let connections = clients.clamp(1, self.pool_connections_max.max(1));
        u32::try_from(connections).unwrap_or(u32::MAX)
    }
}

fn seconds<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(duration.as_secs_f64())
}
