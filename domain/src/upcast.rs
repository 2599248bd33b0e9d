//! Old events made new: what was stored in an earlier form is read as today's.
//!
//! The form of an event gets another version when it gains something that cannot be left out. What
//! was stored before stays as it is for ever, and is brought up to the newest form whenever it is
//! read. The upcasters are cqrs-es's, so that the stock reader reads the same. A version that no
//! upcaster knows is not read at all: it is of a program that is newer than this one.

use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use serde_json::Value;
use thiserror::Error;

use crate::run;
use crate::stream::{AggregateType, Event};

/// Why a stored event cannot be read.
#[derive(Debug, Error)]
pub enum Unreadable {
    /// Its form is of a version that this program does not know.
    #[error("version {version} of {event_type} is not known")]
    Version {
        /// The stored name.
        event_type: String,
        /// The stored version.
        version: String,
    },
    /// Its payload is none of its form's.
    #[error(transparent)]
    Payload(#[from] serde_json::Error),
}

/// The upcasters of a kind of aggregate, in the order in which they are asked.
#[must_use]
pub fn upcasters(kind: AggregateType) -> Vec<Box<dyn EventUpcaster>> {
    match kind {
        AggregateType::Run => vec![Box::new(run::EndHasItsOwnTime)],
        AggregateType::Environment | AggregateType::Lease | AggregateType::Operation => Vec::new(),
    }
}

/// The newest version of the form of an event with a stored name.
#[must_use]
pub fn newest_version(kind: AggregateType, event_type: &str) -> &'static str {
    match (kind, event_type) {
        (AggregateType::Run, run::EndHasItsOwnTime::OF) => run::EndHasItsOwnTime::VERSION,
        _ => "1.0",
    }
}

impl Event {
    /// Reads a stored event, whichever version its form has.
    ///
    /// # Errors
    /// [`Unreadable`] when this version of the domain does not know it.
    pub fn read(
        kind: AggregateType,
        event_type: &str,
        version: &str,
        payload: &str,
    ) -> Result<Self, Unreadable> {
        if version == newest_version(kind, event_type) {
            return Ok(Self::from_payload(kind, payload)?);
        }
        let stored = SerializedEvent::new(
            String::new(),
            0,
            kind.to_string(),
            event_type.to_owned(),
            version.to_owned(),
            serde_json::from_str(payload)?,
            Value::Null,
        );
        let newest = upcasters(kind).into_iter().fold(stored, |event, upcaster| {
            if upcaster.can_upcast(&event.event_type, &event.event_version) {
                upcaster.upcast(event)
            } else {
                event
            }
        });
        if newest.event_version != newest_version(kind, &newest.event_type) {
            let (event_type, version) = (event_type.to_owned(), version.to_owned());
            return Err(Unreadable::Version { event_type, version });
        }
        Ok(Self::from_payload(kind, &newest.payload.to_string())?)
    }
}
