//! `--server`: the same commands through a server's HTTP interface, with the same words on stdout.
//!
//! **Claims.** A command whose answer was lost is done once. **Because** it is always sent under a
//! key, chosen or made here, and repeated under the same one. **Not** promised: to wait for a server
//! that stays away; [`PATIENCE`] is all.

mod answer;
mod feed;
mod rows;
mod wire;

use std::time::Duration;

use hyper::Method;
use leasehold_domain::company::CommandType;
use leasehold_domain::id::CompanyId;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::Global;
use super::commands::person;
use super::exit::{Failed, Kind};
use super::output::note;
use crate::http::route_of;
use crate::tokens::Secret;
use answer::Answer;
use wire::{Ask, Lost, Wire, target};

/// How long a server that is away, or that says "later", is tried again.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between the first two tries; doubled each time.
const PAUSE: Duration = Duration::from_millis(100);
/// How long one answer may take.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// Parameters of a query.
pub(super) type Query = Vec<(&'static str, String)>;

/// Those parameters that have a value.
pub(super) fn maybe<const N: usize>(parameters: [(&'static str, Option<String>); N]) -> Query {
    parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// A server, and who one is there.
pub(super) struct Remote {
    wire: Wire,
    base: String,
    has_token: bool,
    company: Option<CompanyId>,
}

impl Remote {
    /// The server that was named; none when the database is to be used.
    pub(super) fn of(global: &Global) -> Result<Option<Self>, Failed> {
        let Some(base) = global.server.as_deref() else { return Ok(None) };
        let token = global.token.as_deref().filter(|token| !token.is_empty());
        if token.is_some_and(|token| Secret::read(token).is_none()) {
            return Err(Failed::usage("--token is none: its check digits do not fit"));
        }
        let wire = Wire::to(base, token)?;
        let (base, has_token) = (base.to_owned(), token.is_some());
        Ok(Some(Self { wire, base, has_token, company: global.company }))
    }

    /// Whether a token says who one is.
    pub(super) const fn has_token(&self) -> bool {
        self.has_token
    }

    /// The path of a resource: of the company, or, where none was named, of whichever has the id.
    pub(super) fn path(&self, resource: &str) -> String {
        match self.company {
            Some(company) => format!("/v1/companies/{company}/{resource}"),
            None => format!("/v1/{resource}"),
        }
    }

    /// Asks a question.
    pub(super) async fn get(&self, path: &str, query: &Query) -> Result<Value, Failed> {
        let (target, headers) = (target(path, query), Vec::new());
        self.send(&Ask { method: Method::GET, target, headers, body: None }).await?.into_body()
    }

    /// Has something done that is no command of the log. It is sent once: there is no key to it.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Value, Failed> {
        let answer = self.try_send(&plain(method, path, body)).await;
        self.conclude(answer)?.into_body()
    }

    /// Has something done that may take hours.
    pub(super) async fn call_at_length(&self, path: &str, body: &Value) -> Result<Value, Failed> {
        let ask = plain(Method::POST, path, body);
        let answering = async { Answer::read(self.wire.send(&ask).await?).await };
        self.conclude(answering.await)?.into_body()
    }

    /// Sends a command on its route; its answer.
    pub(super) async fn dispatch(
        &self,
        kind: CommandType,
        key: Option<&str>,
        body: &Map<String, Value>,
    ) -> Result<Value, Failed> {
        let none = || Failed::usage("say which company with --company ID");
        let (method, path) = route_of(kind, self.company).ok_or_else(none)?;
        let key = key.map_or_else(|| Uuid::now_v7().to_string(), ToOwned::to_owned);
        let (target, mut body) = (fill(path, body), body.clone());
        if !self.has_token {
            // A token speaks for itself; without one the server knows nobody.
            body.insert("actor".to_owned(), serde_json::json!(person()));
        }
        let headers = vec![("idempotency-key", key.clone())];
        let body = Some(Value::Object(body).to_string().into());
        let answer = self.send(&Ask { method, target, headers, body }).await;
        let answer = answer.inspect_err(|failed| {
            if failed.may_be_repeated() {
                note(&format!("key {key}"));
            }
        })?;
        if answer.is_replayed {
            note(&format!("done before under key {key}; this is the same answer"));
        }
        answer.into_body()
    }

    /// Sends a request, and again while time may cure what came of it.
    async fn send(&self, ask: &Ask) -> Result<Answer, Failed> {
        let (since, mut pause) = (Instant::now(), PAUSE);
        loop {
            let answer = self.try_send(ask).await;
            let wait = match &answer {
                Ok(answer) => answer.wait_before_again(pause),
                Err(_) => Some(pause),
            };
            match wait.filter(|wait| since.elapsed() + *wait < PATIENCE) {
                Some(wait) => sleep(wait).await,
                None => return self.conclude(answer),
            }
            pause *= 2;
        }
    }

    async fn try_send(&self, ask: &Ask) -> Result<Answer, Lost> {
        let answering = async { Answer::read(self.wire.send(ask).await?).await };
        timeout(ANSWER_WITHIN, answering).await.unwrap_or(Err(Lost::Late))
    }

    fn conclude(&self, answer: Result<Answer, Lost>) -> Result<Answer, Failed> {
        match answer {
            Ok(answer) if answer.is_success() => Ok(answer),
            Ok(answer) => Err(answer.into_failure()),
            Err(lost) => Err(self.away(&lost)),
        }
    }

    fn away(&self, lost: &Lost) -> Failed {
        let message = format!("the server {} does not answer", self.base);
        Failed::caused(Kind::Unavailable, &message, lost)
    }
}

fn plain(method: Method, path: &str, body: &Value) -> Ask {
    let body = Some(body.to_string().into());
    Ask { method, target: path.to_owned(), headers: Vec::new(), body }
}

/// Puts the ids of a body into the places that a path has for them.
fn fill(mut path: String, body: &Map<String, Value>) -> String {
    for (name, value) in body {
        if let Some(text) = value.as_str() {
            path = path.replace(&format!("{{{name}}}"), text);
        }
    }
    path
}
