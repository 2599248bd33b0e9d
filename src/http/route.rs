//! Routes with their descriptions: no route can be made without one, so the document has them all.

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use leasehold_domain::company::CommandType;
use leasehold_domain::id::CompanyId;
use leasehold_domain::text::Key;
use utoipa::openapi::path::{HttpMethod, Operation};

use super::openapi::{self, Told};
use super::request::Asked;
use super::trace::Trace;
use super::{Handle, all_routes, commands, guard, headers};
use crate::tokens::Access;

/// What sets an operation without a company apart from the same one with it.
const ANYWHERE: &str = "Anywhere";

/// One route's place in the document.
pub(super) struct Described {
    pub(super) path: String,
    pub(super) method: HttpMethod,
    pub(super) operation: Operation,
}

/// Routes below one prefix, each with its description.
pub(super) struct Routes {
    prefix: String,
    suffix: &'static str,
    pub(super) router: Router<Handle>,
    pub(super) described: Vec<Described>,
}

impl Routes {
    /// Routes below a prefix.
    pub(super) fn below(prefix: &str) -> Self {
        let (router, described) = (Router::new(), Vec::new());
        Self { prefix: prefix.to_owned(), suffix: "", router, described }
    }

    /// Routes that exist below a company and also without one.
    pub(super) fn of_both(prefix: &str) -> Self {
        let suffix = if prefix.ends_with("{companyId}") { "" } else { ANYWHERE };
        Self { suffix, ..Self::below(prefix) }
    }

    /// A question.
    pub(super) fn get<T: 'static>(
        self,
        path: &str,
        told: &Told,
        handler: impl Handler<T, Handle>,
    ) -> Self {
        self.at(HttpMethod::Get, path, told, handler)
    }

    /// Something that is done which is no command of the log.
    pub(super) fn post<T: 'static>(
        self,
        path: &str,
        told: &Told,
        handler: impl Handler<T, Handle>,
    ) -> Self {
        self.at(HttpMethod::Post, path, told, handler)
    }

    /// Something that is taken away which is no command of the log.
    pub(super) fn delete<T: 'static>(
        self,
        path: &str,
        told: &Told,
        handler: impl Handler<T, Handle>,
    ) -> Self {
        self.at(HttpMethod::Delete, path, told, handler)
    }

    /// A command; it is described by its type.
    pub(super) fn command(self, method: HttpMethod, path: &str, kind: CommandType) -> Self {
        let told = openapi::told(kind);
        self.at(method, path, &told, move |asked: Asked| commands::run(asked, kind))
    }

    fn at<T: 'static>(
        mut self,
        method: HttpMethod,
        path: &str,
        told: &Told,
        handler: impl Handler<T, Handle>,
    ) -> Self {
        let path = format!("{}{path}", self.prefix);
        let operation = told.to_operation(&path, self.suffix);
        let (access, name, template) = (told.access(), name(&method), path.clone());
        let guarded = move |State(handle): State<Handle>, request: Request| async move {
            let trace = Trace::begin(name, &template, request.headers());
            let response = answer(access, handler, handle, request).await;
            trace.end(response.status().as_u16());
            response
        };
        self.router = self.router.route(&path, on(filter(&method), guarded));
        self.described.push(Described { path, method, operation });
        self
    }

    /// These and others.
    pub(super) fn merge(mut self, others: Self) -> Self {
        self.router = self.router.merge(others.router);
        self.described.extend(others.described);
        self
    }
}

/// The method and the path of a command's route: that of the company, or, when none is named, the one
/// that finds the company by an id. None where there is no such route.
#[must_use]
pub fn route_of(kind: CommandType, company: Option<CompanyId>) -> Option<(Method, String)> {
    let suffix = if company.is_some() { "" } else { ANYWHERE };
    let wanted = format!("{kind}{suffix}");
    let mut described = all_routes().described.into_iter();
    let found = described.find(|d| d.operation.operation_id.as_deref() == Some(&*wanted))?;
    let method = Method::from_bytes(name(&found.method).as_bytes()).ok()?;
    let company = company.map(|company| company.to_string()).unwrap_or_default();
    Some((method, found.path.replace("{companyId}", &company)))
}

/// Lets in those whom a route is for, and nobody else, to its handler.
async fn answer<T: 'static, H: Handler<T, Handle>>(
    access: Access,
    handler: H,
    handle: Handle,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match guard::admit(&handle, access, &mut parts).await {
        Ok(()) => handler.call(Request::from_parts(parts, body), handle).await,
        Err(problem) => {
            // Whoever repeats a command under its key is to recognise the answer.
            let key = headers::key(&parts.headers).ok().flatten();
            problem.keyed(key.as_ref().map(Key::as_str)).into_response()
        }
    }
}

const fn name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Delete => "DELETE",
        HttpMethod::Options => "OPTIONS",
        HttpMethod::Head => "HEAD",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Trace => "TRACE",
    }
}

const fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}
