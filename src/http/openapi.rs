//! The OpenAPI document: made of what the routes tell of themselves, so that it cannot lag behind.

mod answers;
mod bodies;
mod commands;
mod parameters;
mod rebuilds;
mod rows;
mod shape;
mod told;
mod words;

use axum::Router;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::Response;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ComponentsBuilder, Info, InfoBuilder, License, OpenApi, OpenApiBuilder, Paths,
    PathsBuilder, SecurityRequirement, Server,
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::Handle;
use super::problem::Problem;
use super::route::{Described, Routes};

pub(super) use self::commands::told;
pub(super) use self::told::{Answer, Told};
pub(super) use parameters::{
    last_event_id, limit, many, must, of_activity, of_cleanups, of_environments, of_leases, query,
};
pub(super) use shape::{count, named, one_of, text, uuid, whole};

/// What the groups of routes are about.
const TAGS: [(&str, &str); 7] = [
    ("environments", "Places where runs execute."),
    ("leases", "Who holds what."),
    ("runs", "All leases of a run at once."),
    ("cleanups", "What is left at providers, and who is at it."),
    ("log", "What happened, and many commands at once."),
    ("admin", "What only those look at who run the installation."),
    ("server", "The server itself."),
];

const ABOUT: &str = "\
An event-sourced ledger of execution environments and of the leases on them.

Everything of a company lies under `/v1/companies/{companyId}`. The same routes without a company \
are for callers that know only ids: the ledger finds the company. JSON is camelCase, nulls are \
present, times are ISO 8601 in UTC with microseconds. Every error is a problem (RFC 9457) with a \
stable `code`.";

/// The name of the one way to say who one is.
const TOKEN: &str = "token";

const ABOUT_TOKENS: &str = "\
A token of `leasehold token create`. A server without tokens lets in everybody who reaches it, and \
listens on loopback addresses alone.";

pub(super) fn routes() -> Routes {
    let answer = Answer::json(200, "AnyObject", "The OpenAPI 3.1 document.");
    let told =
        Told::plain("getDocument", "server", "The document of this interface", answer).open();
    Routes::below("").get("/openapi.json", &told, show)
}

async fn show() -> Result<Response, Problem> {
    let mut response = Response::new(document().into());
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

/// The document for people, below `/docs`: everything comes from this program, nothing from
/// elsewhere.
pub(super) fn pages() -> Router<Handle> {
    // Without this the page would ask a site on the internet whether the document is valid.
    let config = Config::new(["/openapi.json"]).validator_url("none");
    SwaggerUi::new("/docs").config(config).into()
}

/// The document as it is committed and served: JSON with a line a value.
///
/// # Panics
/// Never: a document that is made of schemas is always JSON.
#[must_use]
#[expect(clippy::expect_used, reason = "schemas have string keys and finite numbers")]
pub fn document() -> String {
    let document = made_of(super::all_routes().described);
    let mut text = serde_json::to_string_pretty(&document).expect("a document is JSON");
    text.push('\n');
    text
}

fn made_of(routes: Vec<Described>) -> OpenApi {
    let tags =
        TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build());
    OpenApiBuilder::new()
        .info(info())
        .servers(Some([Server::new("/")]))
        .paths(paths(routes))
        .components(Some(components()))
        .tags(Some(tags))
        .security(Some([SecurityRequirement::new::<_, [&str; 0], &str>(TOKEN, [])]))
        .build()
}

fn info() -> Info {
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".to_owned());
    InfoBuilder::new()
        .title("Leasehold")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license))
        .build()
}

fn paths(routes: Vec<Described>) -> Paths {
    let add = |paths: PathsBuilder, Described { path, method, operation }| {
        paths.path(path, PathItem::new(method, operation))
    };
    routes.into_iter().fold(PathsBuilder::new(), add).build()
}

fn components() -> Components {
    let mut components = ComponentsBuilder::new()
        .schema("AnyObject", shape::free("Any JSON object.").into_schema())
        .schema("Actor", bodies::actor().into_schema())
        .schema("Dispatch", bodies::dispatch().into_schema())
        .schema("Command", answers::command())
        .schema("CreateToken", bodies::create_token().into_schema())
        .schema("RevokeToken", bodies::revoke_token().into_schema());
    for (name, kind) in words::all() {
        components = components.schema(name, kind.into_schema());
    }
    let shapes = rows::all().into_iter().chain(answers::all()).chain(rebuilds::all());
    for (name, shape) in shapes {
        components = components.schema(name, shape.into_schema());
    }
    for (name, shape) in answers::of_commands() {
        components = components.schema(name, shape.into_schema());
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(ABOUT_TOKENS));
    components.security_scheme(TOKEN, SecurityScheme::Http(bearer.build())).build()
}
