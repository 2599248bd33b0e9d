//! The OpenAPI document: committed, served, complete, and true of what commands read.

use std::collections::BTreeSet;
use std::path::Path;

use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::fields::Fields;
use leasehold_domain::limits::Limits;
use serde_json::{Map, Value, json};

use crate::support::document::document;
use crate::support::server::Server;

#[test]
fn the_committed_document_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap();
    let made = leasehold::http::document();
    assert!(committed == made, "it is stale: leasehold openapi > docs/openapi.json");
}

fn operations() -> Vec<(String, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &'static Value)| {
        let path = path.clone();
        let methods = item.as_object().unwrap().iter();
        methods
            .map(|(method, operation)| (format!("{method} {path}"), operation))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn every_operation_says_what_it_is_for_and_what_may_come_back() {
    let mut ids = BTreeSet::new();
    for (place, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{place}: {id} is there twice");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{place}");
        let parameters = operation["parameters"].as_array();
        for parameter in parameters.into_iter().flatten() {
            let about = parameter["description"].as_str();
            assert!(about.is_some_and(|text| !text.is_empty()), "{place}: {parameter}");
        }
        let named: BTreeSet<&str> = parameters
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let wanted: BTreeSet<&str> =
            place.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
        assert_eq!(named, wanted, "{place}: describe its ids in openapi/parameters.rs");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{place}");
        for (status, response) in responses {
            let about = response["description"].as_str();
            assert!(about.is_some_and(|text| !text.is_empty()), "{place}: {status}");
        }
    }
    assert!(ids.len() > 50);
}

#[test]
fn every_schema_that_is_named_is_there_and_every_one_that_is_there_is_named() {
    let text = document().to_string();
    let named: BTreeSet<&str> = text
        .split("\"#/components/schemas/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let there = document()["components"]["schemas"].as_object().unwrap();
    let there: BTreeSet<&str> = there.keys().map(String::as_str).collect();
    assert_eq!(named, there);
}

/// The fields of a schema of the document.
fn fields_of(schema: &str) -> BTreeSet<String> {
    let schema = &document()["components"]["schemas"][schema];
    schema["properties"].as_object().unwrap().keys().cloned().collect()
}

/// Of all the fields that any schema has, those that a command reads: the others it calls unknown.
fn fields_read(kind: CommandType) -> BTreeSet<String> {
    let schemas = document()["components"]["schemas"].as_object().unwrap();
    let shapes = schemas.values().filter_map(|schema| schema["properties"].as_object());
    let names: BTreeSet<String> = shapes.flat_map(|shape| shape.keys().cloned()).collect();
    let body: Map<String, Value> = names.iter().map(|name| (name.clone(), json!([]))).collect();
    let read = |fields: &mut Fields<'_>| {
        let _: Option<leasehold_domain::actor::Actor> = fields.optional("actor");
        Command::read(kind, fields)
    };
    let invalid = Fields::read(body, &Limits::default(), read).unwrap_err();
    let unknown = invalid.errors.iter().filter(|error| error.message == "is not known here");
    let unknown: BTreeSet<String> = unknown.map(|error| error.field.clone()).collect();
    names.difference(&unknown).cloned().collect()
}

#[test]
fn the_body_of_a_command_is_described_field_by_field() {
    for kind in CommandType::ALL {
        let (first, rest) = kind.as_str().split_at(1);
        let name = format!("{}{rest}", first.to_uppercase());
        let (described, in_dispatch) = (fields_of(&name), fields_of(&format!("{name}Command")));
        let mut read = fields_read(*kind);
        read.extend(["type".to_owned(), "key".to_owned()]);
        assert_eq!(read, in_dispatch, "{kind} in a dispatch");
        let around: BTreeSet<&String> = in_dispatch.difference(&described).collect();
        let known = ["type", "key", "environmentId", "leaseId", "runId"];
        assert!(around.iter().all(|name| known.contains(&name.as_str())), "{kind}: {around:?}");
    }
}

#[tokio::test]
async fn a_server_shows_the_document_and_a_page_that_needs_nothing_from_elsewhere() {
    let server = Server::start().await;
    let shown = server.get("/openapi.json").await;
    assert_eq!(shown.header("content-type"), Some("application/json"));
    let wanted: Value = serde_json::from_str(&leasehold::http::document()).unwrap();
    assert_eq!(shown.expect(200), wanted);
    let page = server.get("/docs/").await;
    let text = page.expect(200);
    let text = text.as_str().unwrap();
    assert!(!text.contains("http://") && !text.contains("https://"), "{text}");
    for source in text.split("src=\"").skip(1).chain(text.split("href=\"").skip(1)) {
        let file = source.split('"').next().unwrap().trim_start_matches("./");
        let answer = server.get(&format!("/docs/{file}")).await;
        assert_eq!(answer.status, 200, "{file}");
        let wants = file.contains("initializer");
        assert!(!wants || answer.body.to_string().contains("/openapi.json"), "{}", answer.body);
    }
    server.stop().await;
}
