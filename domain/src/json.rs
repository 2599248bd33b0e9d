//! JSON that is stored as it was given: objects and values within the ledger's bounds.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Number, Value};
use thiserror::Error;

use crate::fields::{Fault, FromField};
use crate::limits::{JSON_LEVELS_MAX, Limits, NUMBER_DIGITS_MAX, NUMBER_EXPONENT_MAX};

/// Why a JSON value cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadJson {
    /// Over the byte limit.
    #[error("is larger than {0} bytes")]
    TooLarge(usize),
    /// Nested too deep.
    #[error("is nested deeper than {JSON_LEVELS_MAX} levels")]
    TooDeep,
    /// A number that `jsonb` or other readers cannot hold.
    #[error("has a number beyond 1e{NUMBER_EXPONENT_MAX} or {NUMBER_DIGITS_MAX} digits")]
    Number,
    /// `jsonb` cannot hold U+0000, in a string or in a key.
    #[error("contains a NUL character")]
    Nul,
    /// Not an object.
    #[error("is not an object")]
    NoObject,
}

/// A JSON object within bounds: metadata, config, environment variables. A copy shares it: the same
/// notes stand in a command, its event, the state and the row. It is kept as its text, which is what is
/// stored and answered; a tree of values is six times as large, and there is one for each open lease.
#[derive(Debug, Clone)]
pub struct JsonObject(Arc<RawValue>);

/// Any JSON value within the same bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonValue(Value);

impl JsonObject {
    /// Takes an object within bounds.
    ///
    /// # Errors
    /// [`BadJson`] says which bound it breaks.
    pub fn new(object: Map<String, Value>, limits: &Limits) -> Result<Self, BadJson> {
        let value = Value::Object(object);
        let text = check(&value, *limits)?;
        // What was written from an object is one.
        let text = RawValue::from_string(text).map_err(|_| BadJson::NoObject)?;
        Ok(Self(text.into()))
    }

    /// Its text, in which nothing is there that does not have to be.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// The object, read again.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        // What is kept was written from an object.
        serde_json::from_str(self.as_str()).unwrap_or_default()
    }

    /// One of its entries.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        self.to_map().shift_remove(name)
    }

    /// The object with one more entry, in place of one of the same name.
    #[must_use]
    pub fn with(self, name: &str, value: Value) -> Self {
        let mut object = self.to_map();
        object.insert(name.to_owned(), value);
        // A tree of values is always written.
        to_raw_value(&object).map_or(self, |text| Self(text.into()))
    }

    /// JSON merge patch (RFC 7396): `null` removes, objects merge, everything else replaces.
    ///
    /// # Errors
    /// [`BadJson`] when the outcome breaks a bound.
    pub fn patched(&self, patch: &Self, limits: &Limits) -> Result<Self, BadJson> {
        let mut object = self.to_map();
        merge(&mut object, &patch.to_map());
        Self::new(object, limits)
    }
}

impl Default for JsonObject {
    #[expect(clippy::expect_used, reason = "a literal that is JSON")]
    fn default() -> Self {
        let none = RawValue::from_string("{}".to_owned());
        Self(none.expect("two braces are an object").into())
    }
}

impl PartialEq for JsonObject {
    /// Whatever the order of its members.
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() || self.to_map() == other.to_map()
    }
}

impl Eq for JsonObject {}

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By way of a tree: what is stored elsewhere may be spelled with room between.
        let object = Map::<String, Value>::deserialize(deserializer)?;
        let text = to_raw_value(&object).map_err(D::Error::custom)?;
        Ok(Self(text.into()))
    }
}

impl Display for JsonObject {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                target.shift_remove(name);
            }
            Value::Object(inner) => {
                let slot = target.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
                if !slot.is_object() {
                    *slot = Value::Object(Map::new());
                }
                if let Value::Object(object) = slot {
                    merge(object, inner);
                }
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}

impl JsonValue {
    /// Takes a value within bounds.
    ///
    /// # Errors
    /// [`BadJson`] says which bound it breaks.
    pub fn new(value: Value, limits: &Limits) -> Result<Self, BadJson> {
        check(&value, *limits)?;
        Ok(Self(value))
    }

    /// The value.
    #[must_use]
    pub const fn as_value(&self) -> &Value {
        &self.0
    }
}

/// The text of a value within bounds.
fn check(value: &Value, limits: Limits) -> Result<String, BadJson> {
    walk(value, 0)?;
    let text = value.to_string();
    if text.len() > limits.json_bytes_max {
        return Err(BadJson::TooLarge(limits.json_bytes_max));
    }
    Ok(text)
}

/// Looks at a value inside `levels` objects and arrays.
fn walk(value: &Value, levels: usize) -> Result<(), BadJson> {
    let is_level = value.is_object() || value.is_array();
    if is_level && levels == JSON_LEVELS_MAX {
        return Err(BadJson::TooDeep);
    }
    match value {
        Value::Null | Value::Bool(_) => Ok(()),
        Value::Number(number) => check_number(number),
        Value::String(text) => check_text(text),
        Value::Array(values) => values.iter().try_for_each(|value| walk(value, levels + 1)),
        Value::Object(object) => object.iter().try_for_each(|(name, value)| {
            check_text(name)?;
            walk(value, levels + 1)
        }),
    }
}

fn check_text(text: &str) -> Result<(), BadJson> {
    if text.contains('\0') { Err(BadJson::Nul) } else { Ok(()) }
}

/// Numbers keep the digits they were written with, so their size is read off the text.
fn check_number(number: &Number) -> Result<(), BadJson> {
    let text = number.to_string();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
    let significant = mantissa.trim_start_matches(['-', '0', '.']);
    let digits = significant.bytes().filter(u8::is_ascii_digit).count();
    let exponent: i64 = exponent.parse().map_err(|_| BadJson::Number)?;
    let power = exponent.saturating_add(leading_power(mantissa));
    let fits = digits <= NUMBER_DIGITS_MAX
        && (-NUMBER_EXPONENT_MAX..=NUMBER_EXPONENT_MAX).contains(&power);
    if fits { Ok(()) } else { Err(BadJson::Number) }
}

/// The power of ten of a mantissa's first digit: 2 for `420.5`, 0 for `4.2`, -3 for `0.0042`.
fn leading_power(mantissa: &str) -> i64 {
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches(['-', '0']);
    let zeros = fraction.len() - fraction.trim_start_matches('0').len();
    let power = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    match whole.len() {
        0 if zeros == fraction.len() => 0,
        0 => -power(zeros + 1),
        digits => power(digits - 1),
    }
}

impl From<BadJson> for Fault {
    fn from(bad: BadJson) -> Self {
        match bad {
            BadJson::TooLarge(_) => Self::TooLarge(bad.to_string()),
            BadJson::TooDeep | BadJson::Number | BadJson::Nul | BadJson::NoObject => {
                Self::invalid(bad)
            }
        }
    }
}

impl FromField for JsonObject {
    fn from_field(value: Value, limits: &Limits) -> Result<Self, Fault> {
        let Value::Object(object) = value else { return Err(BadJson::NoObject.into()) };
        Ok(Self::new(object, limits)?)
    }
}

impl FromField for JsonValue {
    fn from_field(value: Value, limits: &Limits) -> Result<Self, Fault> {
        Ok(Self::new(value, limits)?)
    }
}
