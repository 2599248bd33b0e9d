//! Secrets by reference: what a configuration says instead of a secret, and how it is had.
//!
//! `{"fromEnv": "NAME"}` is a variable of this process, `{"fromFile": "/path"}` a file that only
//! this machine has; one line end at its end is not part of it. A plain string is itself.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use serde_json::{Map, Value};

use super::driver::{Fault, FaultKind};

/// A file that is longer holds no secret.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// The value behind a configured one. `name` is what messages call it; the value is never in them.
///
/// # Errors
/// [`FaultKind::BadConfig`] for what is no reference of ours, [`FaultKind::Missing`] for what is
/// not on this machine.
pub fn resolve(name: &str, value: &Value) -> Result<String, Fault> {
    let object = match value {
        Value::String(text) => return Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => return Ok(value.to_string()),
        Value::Object(object) => object,
        Value::Null | Value::Array(_) => return Err(unusable(name)),
    };
    let reference = |key: &str| object.get(key).and_then(Value::as_str);
    match (object.len(), reference("fromEnv"), reference("fromFile")) {
        (1, Some(variable), None) => std::env::var(variable).map_err(|_| {
            missing(name, &format!("this process has no variable {variable} in UTF-8"))
        }),
        (1, None, Some(path)) => from_file(path)
            .map_err(|error| missing(name, &format!("{path} cannot be read: {error}"))),
        _ => Err(unusable(name)),
    }
}

/// Every variable of an environment, resolved.
///
/// # Errors
/// As [`resolve`], for the first that cannot be had; also for a name that no process can have.
pub fn resolve_all(variables: &Map<String, Value>) -> Result<BTreeMap<String, String>, Fault> {
    let one = |(name, value): (&String, &Value)| {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(unusable(name));
        }
        let value = resolve(name, value)?;
        if value.contains('\0') {
            return Err(unusable(name));
        }
        Ok((name.clone(), value))
    };
    variables.iter().map(one).collect()
}

fn from_file(path: &str) -> io::Result<String> {
    if fs::metadata(path)?.len() > SECRET_BYTES_MAX {
        return Err(io::Error::other("too long for a secret"));
    }
    let mut text = fs::read_to_string(path)?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

fn unusable(name: &str) -> Fault {
    let message = format!(
        "{name:?} is neither a text nor a reference such as {{\"fromEnv\": \"NAME\"}} or \
         {{\"fromFile\": \"/path\"}}"
    );
    Fault::new(FaultKind::BadConfig, message)
}

fn missing(name: &str, why: &str) -> Fault {
    Fault::new(FaultKind::Missing, format!("{name:?} cannot be resolved: {why}"))
}
