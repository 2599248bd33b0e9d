//! One line in the log for each request, with the trace that it is part of (W3C `traceparent`); the
//! events of its commands keep the trace's id too.

use std::sync::Arc;
use std::time::Instant;

use axum::http::HeaderMap;

use super::problem::Code;
use crate::metrics;

/// A request that is being answered.
pub(super) struct Trace {
    method: &'static str,
    route: String,
    parent: Option<Arc<str>>,
    since: Instant,
}

impl Trace {
    /// Begins with a request's headers. Routes are told by their template: an id is nobody's matter.
    pub(super) fn begin(method: &'static str, route: &str, headers: &HeaderMap) -> Self {
        let trace_id = correlation_id(headers);
        Self { method, route: route.to_owned(), parent: trace_id, since: Instant::now() }
    }

    /// Ends with a status.
    pub(super) fn end(self, status: u16) {
        let took = self.since.elapsed();
        metrics::request(self.method, &self.route, status, took);
        let (method, route, trace_id) = (self.method, &self.route, self.parent.as_deref());
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if status >= Code::Internal.status().as_u16() {
            tracing::warn!(method, route, status, micros, trace_id, "answered");
        } else {
            tracing::debug!(method, route, status, micros, trace_id, "answered");
        }
    }
}

/// The trace that a request is part of; none when it names none that is one.
pub(super) fn correlation_id(headers: &HeaderMap) -> Option<Arc<str>> {
    let parent = headers.get("traceparent").and_then(|value| value.to_str().ok());
    parent.and_then(trace_id).map(Into::into)
}

/// The trace's id in a `traceparent` of any version: 32 hexadecimal digits that are not all nought.
fn trace_id(parent: &str) -> Option<&str> {
    let mut parts = parent.split('-');
    let (version, id, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, digits: usize| {
        text.len() == digits
            && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let is_whole = is_hex(version, 2) && is_hex(id, 32) && is_hex(span, 16) && is_hex(flags, 2);
    let is_something = id.bytes().any(|digit| digit != b'0') && version != "ff";
    (is_whole && is_something).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_and_anything_else_is_not() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace_id(&format!("00-{id}-00f067aa0ba902b7-01")), Some(id));
        assert_eq!(trace_id(&format!("cc-{id}-00f067aa0ba902b7-01-what-comes")), Some(id));
        for wrong in [
            "",
            "00",
            &format!("ff-{id}-00f067aa0ba902b7-01"),
            &format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            &format!("00-{id}-00f067aa0ba902b7"),
            &format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
        ] {
            assert_eq!(trace_id(wrong), None, "{wrong}");
        }
    }
}
