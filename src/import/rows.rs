//! Rows as Paperclip has them, read once, with every fault of a row in one answer.

mod activity;
mod environment;
mod field;
mod lease;

pub(super) use activity::{Activity, ActivityGlance, Entity};
pub(super) use environment::Environment;
pub(super) use lease::{Lease, LeaseGlance, SourceStatus};

use leasehold_domain::fields::Fields;
use leasehold_domain::limits::Limits;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::source::Entry;

/// Largest metadata, config, variables or details that are taken in, in bytes. History is taken as
/// it was: this is above what callers may ask for, and keeps a batch in bounds.
const JSON_BYTES_MAX: usize = 1024 * 1024;

/// Keys that the JSON reader uses itself: an object that has one would be read as something else.
const RESERVED: &[u8] = b"$serde_json::private::";

/// A row as it was read.
#[derive(Debug)]
pub(super) struct Row<T> {
    pub(super) value: T,
    /// Columns that say something and that the ledger has no place for.
    pub(super) left: Vec<String>,
}

/// Why a row cannot be read, and its id, as far as that can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub(super) id: Option<String>,
    pub(super) reason: String,
}

/// A row of a table that is read.
pub(super) trait Readable: Sized {
    /// The columns that mean something here.
    const COLUMNS: &'static [&'static str];

    /// Takes the columns; every fault is noted in `fields`.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// Reads a row.
pub(super) fn read<T: Readable>(entry: &Entry) -> Result<Row<T>, Unreadable> {
    let mut columns = object(entry).map_err(|reason| Unreadable { id: None, reason })?;
    let left = take_unknown(&mut columns, T::COLUMNS);
    let id = columns.get("id").and_then(Value::as_str).map(|id| id.chars().take(100).collect());
    let limits = Limits { json_bytes_max: JSON_BYTES_MAX };
    match Fields::read(columns, &limits, T::read) {
        Ok(value) => Ok(Row { value, left }),
        Err(invalid) => Err(Unreadable { id, reason: invalid.to_string() }),
    }
}

/// The row as an object: its columns as they are written.
pub(super) fn object(entry: &Entry) -> Result<Map<String, Value>, String> {
    let text = entry.text.as_deref().ok_or("is longer than 16 MiB")?;
    if text.windows(RESERVED.len()).any(|window| window == RESERVED) {
        return Err("has a key that begins with $serde_json::private::".to_owned());
    }
    match serde_json::from_slice(text) {
        Ok(Value::Object(columns)) => Ok(columns),
        Ok(_) => Err("is not a JSON object".to_owned()),
        Err(error) => Err(explain(&error)),
    }
}

fn explain(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => format!("is cut off at column {}", error.column()),
        Category::Syntax | Category::Data | Category::Io => {
            let text = error.to_string();
            // It is always "line 1": each row is read alone.
            format!("is not JSON: {}", text.replace(" at line 1 column ", " at column "))
        }
    }
}

fn take_unknown(columns: &mut Map<String, Value>, known: &[&str]) -> Vec<String> {
    let is_unknown = |column: &&String| !known.contains(&column.as_str());
    let unknown: Vec<String> = columns.keys().filter(is_unknown).cloned().collect();
    let says = |column: &String| columns.shift_remove(column).is_some_and(|value| !value.is_null());
    unknown.into_iter().filter(says).collect()
}

/// What a first look sees of a row; none when it has to be read in full to say what is wrong.
pub(super) fn glance<T: DeserializeOwned>(entry: &Entry) -> Option<T> {
    serde_json::from_slice(entry.text.as_deref()?).ok()
}
