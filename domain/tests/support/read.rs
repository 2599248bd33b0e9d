//! Bodies as they arrive: JSON text read into commands.

use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::fields::{Fields, Invalid};
use leasehold_domain::json::JsonObject;
use leasehold_domain::limits::Limits;
use serde_json::{Map, Value};

/// Reads a body as the command of a type.
pub(crate) fn read(kind: CommandType, body: Value) -> Result<Command, Invalid> {
    read_within(kind, body, Limits::default())
}

/// Reads a body under other bounds.
pub(crate) fn read_within(
    kind: CommandType,
    body: Value,
    limits: Limits,
) -> Result<Command, Invalid> {
    Fields::read(map(body), &limits, |fields| Command::read(kind, fields))
}

/// The faults of a body, as `field message`.
pub(crate) fn faults(kind: CommandType, body: Value) -> Vec<String> {
    let invalid = read(kind, body).expect_err("the body has a fault");
    invalid.errors.into_iter().map(|error| format!("{} {}", error.field, error.message)).collect()
}

pub(crate) fn map(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("not an object: {value}") };
    map
}

/// A stored object.
pub(crate) fn object(value: Value) -> JsonObject {
    JsonObject::new(map(value), &Limits::default()).unwrap()
}
