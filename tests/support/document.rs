//! The committed promise: every answer that a test gets is held against the OpenAPI document.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::from_str(&leasehold::http::document()).unwrap();
    close(&mut document);
    document
});
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// The document, with every object closed: a field that is shown and not described is a fault.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

fn close(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(close);
            let is_shape = object.get("properties").is_some_and(Value::is_object);
            if is_shape && object.get("type") == Some(&json!("object")) {
                object.entry("additionalProperties").or_insert(json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// What came back of a request, as far as the document speaks of it.
pub(crate) struct Seen<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: u16,
    pub(crate) media_type: &'a str,
    pub(crate) body: &'a Value,
}

/// Fails unless the document says that this may come back of this.
pub(crate) fn check(seen: &Seen<'_>) {
    let Seen { method, path, status, media_type, body } = seen;
    let operation = operation(method, path);
    let shown = format!("{method} {path}: {status} {media_type}");
    let Some((place, operation)) = operation else {
        let code = body["code"].as_str().unwrap_or_default();
        let is_told = ["route_not_found", "method_not_allowed"].contains(&code);
        assert!(is_told || path.starts_with("/docs"), "{shown} is not in the document: {body}");
        return;
    };
    let response = &operation["responses"][status.to_string()];
    assert!(response.is_object(), "{shown} is no answer that the document knows: {body}");
    let no_content = Map::new();
    let contents = response["content"].as_object().unwrap_or(&no_content);
    if contents.is_empty() {
        assert!(body.is_null(), "{shown} has a body: {body}");
        return;
    }
    let media_type = media_type.split(';').next().unwrap();
    assert!(contents.contains_key(media_type), "{shown} is no media type that the document knows");
    if media_type == "application/problem+json" {
        let codes = response["x-error-codes"].as_array().unwrap();
        assert!(codes.contains(&body["code"]), "{shown} does not list {}", body["code"]);
    }
    if media_type.ends_with("json") && media_type != "application/x-ndjson" {
        let key = format!("{method} {place} {status} {media_type}");
        let validator = validator(&key, &contents[media_type]["schema"]);
        let faults: Vec<String> = validator
            .iter_errors(body)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{shown} is not as described: {faults:?}\n{body}");
    }
}

/// The operation of a method at a path; literal segments are closer than ids.
fn operation(method: &str, path: &str) -> Option<(String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let fits = |template: &str| {
        let (mut wanted, mut given) = (template.split('/'), path.split('/'));
        let same =
            |one: &str, other: &str| one == other || one.starts_with('{') && !other.is_empty();
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some(one), Some(other)) if same(one, other) => {}
                _ => return false,
            }
        }
    };
    let found = paths.iter().filter(|(template, _)| fits(template));
    let (template, item) = found.min_by_key(|(template, _)| template.matches('{').count())?;
    let operation = item.get(method.to_ascii_lowercase())?;
    Some((template.clone(), operation))
}

fn validator(key: &str, schema: &Value) -> Arc<Validator> {
    let mut validators = VALIDATORS.lock().unwrap();
    let made = validators.entry(key.to_owned()).or_insert_with(|| {
        let schema = json!({"allOf": [schema], "components": DOCUMENT["components"]});
        let options = jsonschema::options().should_validate_formats(true);
        Arc::new(options.build(&schema).unwrap())
    });
    Arc::clone(made)
}
