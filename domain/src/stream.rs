//! A stream is the events of one aggregate; here the four kinds meet.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::environment::{self, Environment};
use crate::id::{EnvironmentId, LeaseId, OperationId, RunId};
use crate::lease::{self, Lease};
use crate::operation::{self, Operation};
use crate::run::{self, Run};
use crate::time::Timestamp;
use crate::upcast::newest_version;
use crate::word::words;

words! {
    /// The kinds of aggregate, by the names under which their streams are stored.
    AggregateType {
        /// An [`Environment`].
        Environment = "environment",
        /// A [`Lease`].
        Lease = "lease",
        /// A [`Run`].
        Run = "run",
        /// An [`Operation`].
        Operation = "operation",
    }
}

/// Names one stream of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StreamId {
    /// What kind of aggregate.
    pub kind: AggregateType,
    /// Which one.
    pub id: Uuid,
}

impl From<EnvironmentId> for StreamId {
    fn from(id: EnvironmentId) -> Self {
        Self { kind: AggregateType::Environment, id: id.0 }
    }
}

impl From<LeaseId> for StreamId {
    fn from(id: LeaseId) -> Self {
        Self { kind: AggregateType::Lease, id: id.0 }
    }
}

impl From<RunId> for StreamId {
    fn from(id: RunId) -> Self {
        Self { kind: AggregateType::Run, id: id.0 }
    }
}

impl From<OperationId> for StreamId {
    fn from(id: OperationId) -> Self {
        Self { kind: AggregateType::Operation, id: id.0 }
    }
}

/// An event of any kind of aggregate.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Of an environment.
    Environment(environment::Event),
    /// Of a lease.
    Lease(lease::Event),
    /// Of a run.
    Run(run::Event),
    /// Of an operation.
    Operation(operation::Event),
}

impl Event {
    /// The stored name of the event.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Environment(event) => event.name(),
            Self::Lease(event) => event.name(),
            Self::Run(event) => event.name(),
            Self::Operation(event) => event.name(),
        }
    }

    /// The version of the event's stored form, as cqrs-es's upcasters read it.
    #[must_use]
    pub fn version(&self) -> &'static str {
        let kind = match self {
            Self::Environment(_) => AggregateType::Environment,
            Self::Lease(_) => AggregateType::Lease,
            Self::Run(_) => AggregateType::Run,
            Self::Operation(_) => AggregateType::Operation,
        };
        newest_version(kind, self.name())
    }

    /// When it happened.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Environment(event) => event.at(),
            Self::Lease(event) => event.at(),
            Self::Run(event) => event.at(),
            Self::Operation(event) => event.at(),
        }
    }

    /// The stored form: the payload, externally tagged.
    ///
    /// # Errors
    /// Never for events that the domain made; serde's error otherwise.
    pub fn to_payload(&self) -> serde_json::Result<String> {
        match self {
            Self::Environment(event) => serde_json::to_string(event),
            Self::Lease(event) => serde_json::to_string(event),
            Self::Run(event) => serde_json::to_string(event),
            Self::Operation(event) => serde_json::to_string(event),
        }
    }

    /// Reads a stored payload of the newest form back; [`Event::read`] reads every form.
    ///
    /// # Errors
    /// Serde's error when this version of the domain does not know the payload.
    pub fn from_payload(kind: AggregateType, payload: &str) -> serde_json::Result<Self> {
        Ok(match kind {
            AggregateType::Environment => Self::Environment(serde_json::from_str(payload)?),
            AggregateType::Lease => Self::Lease(serde_json::from_str(payload)?),
            AggregateType::Run => Self::Run(serde_json::from_str(payload)?),
            AggregateType::Operation => Self::Operation(serde_json::from_str(payload)?),
        })
    }
}

/// The state of one stream, folded from its events.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregate {
    /// Of an environment.
    Environment(Environment),
    /// Of a lease.
    Lease(Lease),
    /// Of a run.
    Run(Run),
    /// Of an operation.
    Operation(Operation),
}

impl Aggregate {
    /// The state before the first event.
    #[must_use]
    pub fn new(kind: AggregateType) -> Self {
        match kind {
            AggregateType::Environment => Self::Environment(Environment::default()),
            AggregateType::Lease => Self::Lease(Lease::default()),
            AggregateType::Run => Self::Run(Run::default()),
            AggregateType::Operation => Self::Operation(Operation::default()),
        }
    }

    /// Folds one event in. An event of another kind changes nothing: a stream has one kind.
    pub fn apply(&mut self, event: &Event) {
        match (self, event) {
            (Self::Environment(state), Event::Environment(event)) => state.apply(event),
            (Self::Lease(state), Event::Lease(event)) => state.apply(event),
            (Self::Run(state), Event::Run(event)) => state.apply(event),
            (Self::Operation(state), Event::Operation(event)) => state.apply(event),
            (Self::Environment(_) | Self::Lease(_) | Self::Run(_) | Self::Operation(_), _) => {}
        }
    }

    /// Its stream; none before it has begun.
    #[must_use]
    pub fn id(&self) -> Option<StreamId> {
        match self {
            Self::Environment(state) => state.record.as_ref().map(|record| record.id.into()),
            Self::Lease(state) => state.record.as_ref().map(|record| record.id.into()),
            Self::Run(state) => state.ended.as_ref().map(|ended| ended.id.into()),
            Self::Operation(state) => state.record.map(|record| record.id.into()),
        }
    }

    /// How many events were folded; the sequence of the last one.
    #[must_use]
    pub const fn version(&self) -> u64 {
        match self {
            Self::Environment(state) => state.version,
            Self::Lease(state) => state.version,
            Self::Run(state) => state.version,
            Self::Operation(state) => state.version,
        }
    }
}
