//! What a server answered, and how a command ends on it.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::Incoming;
use hyper::header::RETRY_AFTER;
use serde_json::{Map, Value, json};

use super::wire::Lost;
use crate::cli::exit::{Failed, Kind};

/// What every problem has; the rest is its evidence.
const COMMON: [&str; 7] = ["type", "title", "status", "detail", "code", "retry", "key"];

/// An answer, read in full.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    retry_after: Option<Duration>,
    pub(super) is_replayed: bool,
    body: Vec<u8>,
}

impl Answer {
    pub(super) async fn read(response: Response<Incoming>) -> Result<Self, Lost> {
        let (status, headers) = (response.status().as_u16(), response.headers());
        let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let is_replayed = headers.contains_key("leasehold-replayed");
        let retry_after = seconds.map(Duration::from_secs);
        let body = response.into_body().collect().await?.to_bytes().to_vec();
        Ok(Self { status, retry_after, is_replayed, body })
    }

    pub(super) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// How long to wait before the same request is sent again; none when that cures nothing.
    pub(super) fn wait_before_again(&self, pause: Duration) -> Option<Duration> {
        let is_passing = match self.status {
            429 => true,
            500..=599 => {
                // Without a problem in it, it is a proxy's.
                let retry = self.problem().and_then(|problem| problem.get("retry").cloned());
                retry.map_or(self.status != 500, |retry| retry == "same_key")
            }
            _ => false,
        };
        is_passing.then_some(self.retry_after.unwrap_or(pause))
    }

    /// The body as JSON; null when there is none.
    pub(super) fn into_body(self) -> Result<Value, Failed> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Failed::error(format!("what answers is no leasehold: {error}")))
    }

    fn problem(&self) -> Option<Map<String, Value>> {
        let body: Map<String, Value> = serde_json::from_slice(&self.body).ok()?;
        body.contains_key("code").then_some(body)
    }

    /// The exit code of the contract for what was not done, in the words of the command line.
    pub(super) fn into_failure(self) -> Failed {
        let Some(problem) = self.problem() else {
            let message = format!("the server answered {} and no problem", self.status);
            let kind = if self.status >= 500 { Kind::Unavailable } else { Kind::Error };
            return Failed::new(kind, message);
        };
        let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default();
        let (code, detail) = (text("code"), text("detail"));
        let kind = match self.status {
            400 | 413 => Kind::Usage,
            401 | 403 => Kind::NotAllowed,
            404 => Kind::NotFound,
            409 | 412 | 422 => Kind::Refused,
            504 => Kind::TimedOut,
            429 | 503 | 507 => Kind::Unavailable,
            _ => Kind::Error,
        };
        let is_told = |name: &String| !COMMON.contains(&name.as_str());
        let evidence = problem.iter().filter(|(name, _)| is_told(name));
        let evidence: Map<_, _> = evidence.map(|(n, v)| (n.clone(), v.clone())).collect();
        let message = format!("refused ({code}): {detail}\n  {}", json!(evidence));
        Failed::new(kind, message)
    }
}
