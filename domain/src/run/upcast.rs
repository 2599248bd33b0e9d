//! Earlier forms of a run's events.

use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use serde_json::Value;

/// Since 1.1 the end of a run says when the run was over, which may be before the ledger was told.
/// Before that nobody said: it was over when the ledger was told.
#[derive(Debug, Clone, Copy)]
pub struct EndHasItsOwnTime;

impl EndHasItsOwnTime {
    /// The stored name that it is about.
    pub const OF: &'static str = "RunEnded";
    /// The version that it brings events to.
    pub const VERSION: &'static str = "1.1";
}

impl EventUpcaster for EndHasItsOwnTime {
    fn can_upcast(&self, event_type: &str, event_version: &str) -> bool {
        event_type == Self::OF && event_version == "1.0"
    }

    fn upcast(&self, mut event: SerializedEvent) -> SerializedEvent {
        let told = event.payload.get_mut(Self::OF).and_then(Value::as_object_mut);
        if let Some(ended) = told
            && let Some(at) = ended.get("at").cloned()
        {
            ended.insert("endedAt".to_owned(), at);
        }
        Self::VERSION.clone_into(&mut event.event_version);
        event
    }
}
