//! What a route tells of itself: written beside its handler, made an operation of the document.

use std::collections::BTreeMap;

use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, OperationBuilder, Parameter};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Required, Response, ResponseBuilder};

use super::parameters;
use super::shape::{Kind, count, named, pattern, text};
use crate::http::problem::Code;
use crate::tokens::Access;

/// The extension that lists the error codes of a response.
pub(super) const CODES: &str = "x-error-codes";

/// What every route may say.
const ALWAYS: &[Code] = &[Code::InvalidRequest, Code::NotAcceptable, Code::Internal];
/// What every route may say that asks the database.
const ASKING: &[Code] = &[Code::DatabaseUnavailable, Code::StorageFull];
/// What every route may say that takes a body.
const WITH_BODY: &[Code] = &[Code::UnsupportedMediaType, Code::TooLarge];
/// What every command may be told besides.
const COMMANDED: &[Code] =
    &[Code::IdempotencyMismatch, Code::Unstorable, Code::OutcomeUnknown, Code::UpgradeRequired];

/// What every route may say that a token opens.
const GUARDED: &[Code] = &[
    Code::Unauthenticated,
    Code::Forbidden,
    Code::RouteNotFound,
    Code::RateLimited,
    Code::DatabaseUnavailable,
    Code::StorageFull,
];

/// What the protocol's own machinery answers, before there is a request, and without a body.
const BARE: [(u16, &str); 2] = [
    (414, "The path and the query are over 64 KiB. There is no body."),
    (431, "There are more than 100 headers, or they are over their limit. There is no body."),
];

/// A successful answer.
#[derive(Clone)]
pub(in crate::http) struct Answer {
    status: u16,
    about: &'static str,
    contents: Vec<(&'static str, Kind)>,
}

impl Answer {
    /// JSON of a named schema.
    pub(in crate::http) fn json(status: u16, schema: &str, about: &'static str) -> Self {
        Self { status, about, contents: vec![("application/json", named(schema))] }
    }

    /// A form of its own.
    pub(in crate::http) fn as_is(
        media_type: &'static str,
        kind: Kind,
        about: &'static str,
    ) -> Self {
        Self { status: 200, about, contents: vec![(media_type, kind)] }
    }

    /// No body.
    pub(in crate::http) const fn nothing(about: &'static str) -> Self {
        Self { status: 204, about, contents: Vec::new() }
    }

    /// The same in another form too.
    pub(in crate::http) fn or_as(mut self, media_type: &'static str, kind: Kind) -> Self {
        self.contents.push((media_type, kind));
        self
    }
}

/// The description of one route.
#[derive(Clone)]
pub(in crate::http) struct Told {
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    parameters: Vec<Parameter>,
    body: Option<(String, bool)>,
    answers: Vec<Answer>,
    answer_headers: Vec<(&'static str, Kind, &'static str)>,
    codes: Vec<Code>,
    access: Access,
}

impl Told {
    /// A route that needs nothing but this process.
    pub(in crate::http) fn plain(
        id: &'static str,
        tag: &'static str,
        summary: &'static str,
        answer: Answer,
    ) -> Self {
        Self {
            id,
            tag,
            summary,
            parameters: Vec::new(),
            body: None,
            answers: vec![answer],
            answer_headers: Vec::new(),
            codes: ALWAYS.to_vec(),
            access: Access::Read,
        }
    }

    /// A route that asks the ledger something.
    pub(in crate::http) fn question(
        id: &'static str,
        tag: &'static str,
        summary: &'static str,
        answer: Answer,
    ) -> Self {
        Self::plain(id, tag, summary, answer).codes(ASKING)
    }

    /// The route of a command.
    pub(super) fn of_command(
        id: &'static str,
        tag: &'static str,
        summary: &'static str,
        answer: Answer,
    ) -> Self {
        let mut told = Self::question(id, tag, summary, answer).codes(COMMANDED);
        told.access = Access::Write;
        told.parameters.push(parameters::idempotency_key());
        let replayed = pattern("^true$", "");
        told.answer_headers = vec![
            ("Leasehold-Key", text(""), "The command's key."),
            ("Leasehold-Position", count(""), "The end of the log with its events in."),
            ("Leasehold-Replayed", replayed, "When it was decided before, under the same key."),
        ];
        told
    }

    /// A route that needs no token.
    pub(in crate::http) const fn open(self) -> Self {
        self.needs(Access::Open)
    }

    /// A route that not everybody may take.
    pub(in crate::http) const fn needs(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// Whom it is for.
    pub(in crate::http) const fn access(&self) -> Access {
        self.access
    }

    /// With another successful answer.
    pub(in crate::http) fn or(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    /// With the entity tag of what is shown.
    pub(in crate::http) fn etag(mut self) -> Self {
        self.answer_headers.push(("ETag", text(""), "The version of what is shown."));
        self
    }

    /// With a body of a named schema.
    pub(in crate::http) fn body(mut self, schema: &str, is_required: bool) -> Self {
        self.body = Some((schema.to_owned(), is_required));
        self.codes(WITH_BODY)
    }

    /// With `If-Match`.
    pub(super) fn if_match(mut self) -> Self {
        self.parameters.push(parameters::if_match());
        self
    }

    /// With parameters of the query.
    pub(in crate::http) fn with(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// A read of one company that may wait for a position.
    pub(in crate::http) fn waits(self) -> Self {
        self.with([parameters::min_position()]).codes(&[Code::PositionTimeout])
    }

    /// A read that can be about a moment of the past.
    pub(in crate::http) fn looks_back(self) -> Self {
        self.with(parameters::of_moment())
    }

    /// A page of a list.
    pub(in crate::http) fn paged(self) -> Self {
        self.with(parameters::paging())
    }

    /// What it may be refused with besides.
    pub(in crate::http) fn codes(mut self, codes: &[Code]) -> Self {
        self.codes.extend(codes);
        self
    }

    /// The operation at a path; `suffix` sets it apart from the same one elsewhere.
    pub(in crate::http) fn to_operation(&self, path: &str, suffix: &str) -> Operation {
        let mut operation = OperationBuilder::new()
            .operation_id(Some(format!("{}{suffix}", self.id)))
            .tag(self.tag)
            .summary(Some(self.summary));
        for parameter in in_path(path).into_iter().chain(self.parameters.iter().cloned()) {
            operation = operation.parameter(parameter);
        }
        if let Some((schema, is_required)) = &self.body {
            let content = ContentBuilder::new().schema(Some(named(schema).into_schema())).build();
            let required = if *is_required { Required::True } else { Required::False };
            let body = RequestBodyBuilder::new();
            let body = body.content("application/json", content).required(Some(required));
            operation = operation.request_body(Some(body.build()));
        }
        for answer in &self.answers {
            operation = operation.response(answer.status.to_string(), self.to_response(answer));
        }
        if self.access == Access::Open {
            operation = operation.securities(Some([]));
        }
        for (status, codes) in self.by_status() {
            operation = operation.response(status.to_string(), refusal(&codes));
        }
        for (status, about) in BARE {
            let bare = ResponseBuilder::new().description(about).build();
            operation = operation.response(status.to_string(), bare);
        }
        operation.build()
    }

    fn to_response(&self, answer: &Answer) -> Response {
        let mut response = ResponseBuilder::new().description(answer.about);
        for (media_type, kind) in &answer.contents {
            let content = ContentBuilder::new().schema(Some(kind.clone().into_schema())).build();
            response = response.content(*media_type, content);
        }
        for (name, kind, about) in &self.answer_headers {
            let header = HeaderBuilder::new().schema(Some(kind.clone().into_schema()));
            response = response.header(*name, header.description(Some(*about)).build());
        }
        response.build()
    }

    fn by_status(&self) -> BTreeMap<u16, Vec<Code>> {
        let mut found: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
        let guarded = if self.access == Access::Open { &[] } else { GUARDED };
        for code in self.codes.iter().chain(guarded) {
            let codes = found.entry(code.status().as_u16()).or_default();
            if !codes.contains(code) {
                codes.push(*code);
            }
        }
        found
    }
}

/// The ids that stand in a path.
fn in_path(path: &str) -> Vec<Parameter> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    names.filter_map(parameters::in_path).collect()
}

/// The problems of one status.
fn refusal(codes: &[Code]) -> Response {
    let told = codes.iter().map(|code| format!("- `{code}`: {}", code.title()));
    let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let content = ContentBuilder::new().schema(Some(named("Problem").into_schema())).build();
    ResponseBuilder::new()
        .description(told.collect::<Vec<_>>().join("\n"))
        .content("application/problem+json", content)
        .extensions(Some(Extensions::from_iter([(CODES, words)])))
        .build()
}
