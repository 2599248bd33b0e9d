//! Every error that leaves through the door, in one place: RFC 9457 bodies with stable codes.

mod code;

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use leasehold_domain::company::Refusal;
use leasehold_domain::fields::{FieldError, Invalid};
use serde::Serialize;
use serde_json::{Map, Value};

use super::headers;
use crate::dispatch::Failure;
use crate::log::Trouble;

pub use code::{Code, Retry};

/// Why a request was not answered as it wished. Boxed: the way without problems stays narrow.
#[derive(Debug)]
pub(super) struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    retry: Retry,
    detail: String,
    key: Option<String>,
    is_replayed: bool,
    evidence: Map<String, Value>,
    errors: Vec<FieldError>,
    wait: Option<Duration>,
}

impl Problem {
    /// A problem of a code, told in a sentence.
    pub(super) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            retry: code.retry(),
            detail: detail.into(),
            key: None,
            is_replayed: false,
            evidence: Map::new(),
            errors: Vec::new(),
            wait: None,
        }))
    }

    /// One field, header or parameter that is wrong; empty for the body as a whole.
    pub(super) fn invalid(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let field = field.to_owned();
        let errors = vec![FieldError { field, message }];
        Invalid { errors, too_large: false }.into()
    }

    /// A fault of ours. What it was stands in our log and nowhere else.
    pub(super) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed by a fault of ours");
        Self::new(Code::Internal, "the ledger could not answer this; the fault is on its side")
    }

    /// What is not there, or not for this caller to know of.
    pub(super) fn no_route(path: &str) -> Self {
        Self::new(Code::RouteNotFound, format!("there is no route {path}"))
    }

    /// Asked again after so long, it may be answered.
    pub(super) fn after(mut self, wait: Duration) -> Self {
        self.0.wait = Some(wait);
        self
    }

    /// With the key of the command that it is about.
    pub(super) fn keyed(mut self, key: Option<&str>) -> Self {
        if self.0.key.is_none() {
            self.0.key = key.map(ToOwned::to_owned);
        }
        self
    }

    /// Told from a receipt.
    pub(super) fn replayed(mut self, is_replayed: bool) -> Self {
        self.0.is_replayed = is_replayed;
        self
    }

    /// With one more piece of evidence.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.evidence.insert(name.to_owned(), value.into());
        self
    }

    /// The body, which is also the `error` of a verdict in a dispatch.
    pub(super) fn to_body(&self) -> Map<String, Value> {
        let inner = &*self.0;
        let mut body = Map::new();
        let mut tell = |name: &str, value: Value| body.insert(name.to_owned(), value);
        tell("type", format!("urn:leasehold:problem:{}", inner.code).into());
        tell("title", inner.code.title().into());
        tell("status", inner.code.status().as_u16().into());
        tell("detail", inner.detail.as_str().into());
        tell("code", inner.code.as_str().into());
        tell("retry", inner.retry.as_str().into());
        tell("key", inner.key.as_deref().into());
        for (name, value) in &inner.evidence {
            tell(name, value.clone());
        }
        if !inner.errors.is_empty() {
            tell("errors", inner.errors.iter().map(shown).collect());
        }
        body
    }

    fn put_headers(&self, headers: &mut HeaderMap) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(key) = &self.0.key {
            headers::put_key(headers, key);
        }
        if self.0.is_replayed {
            headers::put_replayed(headers);
        }
        if let Some(wait) = self.0.wait {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
        }
        if self.0.code == Code::Unauthenticated {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
    }
}

fn shown(error: &FieldError) -> Value {
    let field = ("field".to_owned(), error.field.as_str().into());
    let message = ("message".to_owned(), error.message.as_str().into());
    Value::Object(Map::from_iter([field, message]))
}

impl Serialize for Problem {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.to_body().serialize(to)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.to_body()).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.0.code.status();
        self.put_headers(response.headers_mut());
        response
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        let code = if invalid.too_large { Code::TooLarge } else { Code::InvalidRequest };
        let mut problem = Self::new(code, invalid.to_string());
        problem.0.errors = invalid.errors;
        problem
    }
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        let mut problem = Self::new(Code::of(refusal), refusal.to_string());
        match refusal.code_and_evidence() {
            Ok((_, evidence)) => problem.0.evidence = evidence,
            Err(error) => return Self::internal(&error),
        }
        if refusal.is_retryable() {
            problem.0.retry = Retry::NewKey;
        }
        problem
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let code = match failure {
            Failure::IdempotencyMismatch => Code::IdempotencyMismatch,
            Failure::Unstorable => Code::Unstorable,
            Failure::DatabaseUnavailable => Code::DatabaseUnavailable,
            Failure::OutcomeUnknown => Code::OutcomeUnknown,
            Failure::StorageFull => Code::StorageFull,
            Failure::OtherFold => Code::UpgradeRequired,
            Failure::Internal => Code::Internal,
        };
        Self::new(code, failure.to_string())
    }
}

/// What a failed question means. Questions store nothing, so they may always be asked again.
impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match Trouble::of(&error) {
            Trouble::Lost | Trouble::Contended => {
                tracing::warn!(%error, "the database did not answer a question");
                Self::new(Code::DatabaseUnavailable, "the database did not answer in time")
            }
            Trouble::Full => {
                tracing::error!(%error, "the database has no room left");
                Self::new(Code::StorageFull, "the database has no room left")
            }
            Trouble::Unstorable | Trouble::Duplicate | Trouble::Broken => Self::internal(&error),
        }
    }
}
