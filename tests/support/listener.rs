//! A listener as clients are: reads a stream of server-sent events piece by piece.

use std::collections::VecDeque;
use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use tokio::time::timeout;

/// One server-sent event.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Said {
    pub(crate) id: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) data: Option<Value>,
}

/// An open stream.
pub(crate) struct Listener {
    response: Response,
    bytes: Vec<u8>,
    text: String,
    said: VecDeque<Said>,
    /// The last id, which a client comes back with.
    pub(crate) last_id: Option<String>,
}

impl Listener {
    pub(crate) async fn open(request: RequestBuilder) -> Self {
        Self::try_open(request).await.expect("nobody answers")
    }

    /// None when nobody answers.
    pub(crate) async fn try_open(request: RequestBuilder) -> Option<Self> {
        let response = request.header("Accept", "text/event-stream").send().await.ok()?;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let (bytes, text) = (Vec::new(), String::new());
        Some(Self { response, bytes, text, said: VecDeque::new(), last_id: None })
    }

    /// The next event with data; none at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Said> {
        loop {
            while let Some(said) = self.said.pop_front() {
                if let Some(id) = &said.id {
                    self.last_id = Some(id.clone());
                }
                if said.data.is_some() {
                    return Some(said);
                }
            }
            self.take().await?;
        }
    }

    /// Waits until it was told that it has come so far, with an event or without.
    pub(crate) async fn until(&mut self, id: &str) {
        while self.said.back().and_then(|said| said.id.as_deref()) != Some(id) {
            self.take().await.expect("the stream ended");
        }
    }

    /// Takes what comes next; none at the end.
    async fn take(&mut self) -> Option<()> {
        let waiting = timeout(Duration::from_secs(30), self.response.chunk());
        let piece = waiting.await.expect("nothing comes").ok().flatten()?;
        // A piece may end within a character.
        self.bytes.extend_from_slice(&piece);
        let whole = match std::str::from_utf8(&self.bytes) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let text: Vec<u8> = self.bytes.drain(..whole).collect();
        self.text.push_str(std::str::from_utf8(&text).unwrap());
        while let Some(end) = self.text.find("\n\n") {
            let frame: String = self.text.drain(..end + 2).collect();
            self.said.push_back(read(&frame));
        }
        Some(())
    }

    /// The positions of the next events of the log.
    pub(crate) async fn positions(&mut self, count: usize) -> Vec<u64> {
        let mut found = Vec::new();
        while found.len() < count {
            let said = self.next().await.expect("the stream ended");
            assert_eq!(said.event, None, "{said:?}");
            found.push(said.data.unwrap()["position"].as_u64().unwrap());
        }
        found
    }
}

fn read(frame: &str) -> Said {
    let mut said = Said::default();
    for line in frame.lines() {
        match line.split_once(": ") {
            Some(("id", id)) => said.id = Some(id.to_owned()),
            Some(("event", event)) => said.event = Some(event.to_owned()),
            Some(("data", data)) => said.data = Some(serde_json::from_str(data).unwrap()),
            Some(_) | None => {}
        }
    }
    said
}
