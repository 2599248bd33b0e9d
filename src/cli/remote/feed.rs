//! The feed of a server: what is recorded, as it is recorded, across connections that break.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Method, Response};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::answer::Answer;
use super::wire::{Ask, Lost, target};
use super::{Query, Remote};
use crate::cli::exit::{Failed, Kind};
use crate::cli::output::note;

/// A quiet stream says every fifteen seconds that it lives; after three times that it does not.
const QUIET_FOR: Duration = Duration::from_secs(45);
/// Between two tries to come back.
const PAUSE: Duration = Duration::from_secs(1);

/// A stream of events that goes on where it stood when its connection is made anew.
pub(in crate::cli) struct Feed<'r> {
    remote: &'r Remote,
    after: String,
    last_id: Option<String>,
    response: Option<Response<Incoming>>,
    bytes: Vec<u8>,
}

/// What stands between two empty lines of a stream.
#[derive(Debug, Default)]
struct Frame {
    id: Option<String>,
    event: Option<String>,
    data: Option<Value>,
}

impl Remote {
    /// The feed after a cursor, or from its `end` on; the connection is made.
    pub(in crate::cli) async fn feed(&self, after: String) -> Result<Feed<'_>, Failed> {
        let mut feed =
            Feed { remote: self, after, last_id: None, response: None, bytes: Vec::new() };
        feed.response = Some(feed.connect().await?);
        Ok(feed)
    }
}

impl Feed<'_> {
    /// The events that come next, at least one. A server that is away is waited for.
    pub(in crate::cli) async fn next(&mut self) -> Result<Vec<Value>, Failed> {
        loop {
            let Some(response) = self.response.as_mut() else {
                sleep(PAUSE).await;
                match self.connect().await {
                    Ok(response) => self.response = Some(response),
                    Err(failed) if failed.may_be_repeated() => {
                        note("the server is away; trying again");
                    }
                    Err(failed) => return Err(failed),
                }
                continue;
            };
            match timeout(QUIET_FOR, response.body_mut().frame()).await {
                Ok(Some(Ok(frame))) => {
                    self.bytes.extend_from_slice(frame.data_ref().map_or(&[], |piece| piece));
                }
                Ok(Some(Err(_)) | None) | Err(_) => self.response = None,
            }
            let events = self.take()?;
            if !events.is_empty() {
                return Ok(events);
            }
        }
    }

    async fn connect(&mut self) -> Result<Response<Incoming>, Failed> {
        self.bytes.clear();
        let (mut headers, mut query) =
            (vec![("accept", "text/event-stream".to_owned())], Query::new());
        match &self.last_id {
            Some(id) => headers.push(("last-event-id", id.clone())),
            None => query.push(("after", self.after.clone())),
        }
        let target = target(&self.remote.path("events/stream"), &query);
        let ask = Ask { method: Method::GET, target, headers, body: None };
        let away = |lost: Lost| self.remote.away(&lost);
        let sending = timeout(QUIET_FOR, self.remote.wire.send(&ask));
        let response = sending.await.unwrap_or(Err(Lost::Late)).map_err(away)?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(Answer::read(response).await.map_err(away)?.into_failure())
    }

    /// The events of the frames that came in full.
    fn take(&mut self) -> Result<Vec<Value>, Failed> {
        let mut events = Vec::new();
        while let Some(end) = self.bytes.windows(2).position(|two| two == b"\n\n") {
            let bytes: Vec<u8> = self.bytes.drain(..end + 2).collect();
            let frame = Frame::read(&String::from_utf8_lossy(&bytes));
            self.last_id = frame.id.or(self.last_id.take());
            match (frame.event.as_deref(), frame.data) {
                (None, Some(event)) => events.push(event),
                (Some(word), Some(data)) => self.heed(word, &data)?,
                (_, None) => {}
            }
        }
        Ok(events)
    }

    /// A word about the stream itself: whether to come back.
    fn heed(&mut self, word: &str, data: &Value) -> Result<(), Failed> {
        let message = data["message"].as_str().unwrap_or_default();
        if word == "epoch" {
            return Err(Failed::new(
                Kind::Refused,
                format!("refused (epoch): {message}\n  {data}"),
            ));
        }
        if data["reason"] == "unauthenticated" {
            return Err(Failed::new(Kind::NotAllowed, message));
        }
        self.response = None;
        Ok(())
    }
}

impl Frame {
    fn read(text: &str) -> Self {
        let mut frame = Self::default();
        for line in text.lines() {
            match line.split_once(": ") {
                Some(("id", id)) => frame.id = Some(id.to_owned()),
                Some(("event", event)) => frame.event = Some(event.to_owned()),
                Some(("data", data)) => frame.data = serde_json::from_str(data).ok(),
                Some(_) | None => {}
            }
        }
        frame
    }
}
