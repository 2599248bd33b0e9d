//! One command of a dispatch, as it was read.

use leasehold_domain::company::CommandType;
use leasehold_domain::fields::{FromField, Invalid};
use leasehold_domain::limits::Limits;
use leasehold_domain::text::Key;
use serde_json::{Map, Value};

use crate::dispatch::Order;
use crate::http::commands;
use crate::http::guard::Speaker;
use crate::http::problem::Problem;

/// A command with its key, or what is wrong with it.
pub(super) struct Entry {
    /// The key that was chosen for it.
    pub(super) key: Option<String>,
    pub(super) read: Result<(CommandType, Order), Problem>,
}

impl Entry {
    pub(super) fn read(command: Value, by: (Limits, &Speaker)) -> Self {
        let Value::Object(command) = command else {
            let problem = Problem::invalid("", "a command is an object with a `type`");
            return Self { key: None, read: Err(problem) };
        };
        let key = command.get("key").and_then(Value::as_str);
        let key = key.filter(|key| Key::new(*key).is_ok()).map(ToOwned::to_owned);
        let read = read(command, by).map_err(|problem| problem.keyed(key.as_deref()));
        Self { key, read }
    }
}

fn read(
    mut command: Map<String, Value>,
    by: (Limits, &Speaker),
) -> Result<(CommandType, Order), Problem> {
    let kind = command.shift_remove("type").unwrap_or(Value::Null);
    if kind.is_null() {
        return Err(Invalid::one("type", "is required").into());
    }
    // Of a command of no type that is known, no field can be said to be right or wrong.
    let kind = CommandType::from_field(kind, &by.0)
        .map_err(|_| Invalid::one("type", "is not a type of command that is known"))?;
    let (command, caller, key) =
        commands::read(kind, command, by, |fields| fields.optional("key"))?;
    Ok((kind, Order::new(command, key, caller)))
}
