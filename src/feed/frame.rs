//! Server-sent events as text, made once for all who get them.

use std::fmt::Display;

use axum::body::Bytes;
use leasehold_domain::fence::Position;
use serde_json::Value;

use super::cursor::Cursor;
use crate::log::Recorded;
use crate::wake::Mark;

/// What keeps proxies from taking a quiet stream for a dead one.
pub(super) const KEEP_ALIVE: Bytes = Bytes::from_static(b": keep-alive\n\n");
/// How a stream begins: how long to wait before coming back, in milliseconds.
pub(super) const HELLO: Bytes = Bytes::from_static(b"retry: 1000\n\n");

/// Events that stand in a row in a company's log, as text.
#[derive(Debug)]
pub(super) struct Batch {
    /// How far they reach.
    pub(super) mark: Mark,
    events: Vec<Framed>,
    /// All of them.
    whole: Bytes,
}

#[derive(Debug)]
struct Framed {
    position: Position,
    event_type: String,
    end: usize,
}

impl Batch {
    /// No event, only how far the log has come.
    pub(super) const fn empty(mark: Mark) -> Self {
        Self { mark, events: Vec::new(), whole: Bytes::new() }
    }

    /// The events after a mark.
    pub(super) fn of(mark: Mark, recorded: &[Recorded]) -> serde_json::Result<Self> {
        let (mut text, mut events) = (String::new(), Vec::with_capacity(recorded.len()));
        for event in recorded {
            let position = event.stored.position;
            let id = Cursor { epoch: Some(mark.epoch), position };
            // Outside of strings JSON may be broken into lines, and an event may not.
            let json = event.to_json(mark.epoch)?.get().replace(['\n', '\r'], " ");
            text.extend(["id: ", &id.to_string(), "\ndata: ", &json, "\n\n"]);
            let event_type = event.stored.event_type.clone();
            events.push(Framed { position, event_type, end: text.len() });
        }
        let position = events.last().map_or(mark.position, |event| event.position);
        Ok(Self { mark: Mark { position, ..mark }, events, whole: text.into() })
    }

    /// How many events.
    pub(super) fn len(&self) -> u64 {
        self.events.len() as u64
    }

    /// The first event's position.
    pub(super) fn first(&self) -> Option<Position> {
        self.events.first().map(|event| event.position)
    }

    /// What a listener gets of it that has seen the events up to a position. When its filter leaves
    /// the last one out, it is told how far it has come all the same.
    pub(super) fn after(&self, seen: Position, types: Option<&[String]>) -> Bytes {
        let is_next = self.first() == Some(seen.plus(1));
        let Some(types) = types else {
            let skipped = self.events.iter().take_while(|event| event.position <= seen).last();
            let start = if is_next { 0 } else { skipped.map_or(0, |event| event.end) };
            return self.whole.slice(start..);
        };
        let (mut text, mut start, mut is_last_left_out) = (Vec::new(), 0, false);
        for event in &self.events {
            let frame = &self.whole[start..event.end];
            start = event.end;
            if event.position > seen {
                is_last_left_out = !types.contains(&event.event_type);
                text.extend_from_slice(if is_last_left_out { &[] } else { frame });
            }
        }
        if is_last_left_out {
            let cursor = Cursor { epoch: Some(self.mark.epoch), position: self.mark.position };
            text.extend_from_slice(at(&cursor).as_bytes());
        }
        text.into()
    }

    /// Each event as JSON alone, for streams whose ids are of another kind.
    pub(super) fn data(&self, types: Option<&[String]>) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.events.iter().filter_map(move |event| {
            let frame = std::str::from_utf8(&self.whole[start..event.end]).ok()?;
            start = event.end;
            let is_wanted = types.is_none_or(|types| types.contains(&event.event_type));
            frame.split_once('\n').map(|(_, data)| data).filter(|_| is_wanted)
        })
    }
}

/// No event, only the cursor to come back with.
pub(super) fn at(cursor: &impl Display) -> String {
    format!("id: {cursor}\n\n")
}

/// A word about the stream itself.
pub(super) fn word(name: &str, data: &Value) -> Bytes {
    format!("event: {name}\ndata: {data}\n\n").into()
}
