//! JSON in the one text that `jsonb` has for it, so that what is written, kept and compared are the
//! same bytes, and nobody builds a tree of values to throw it away.

mod form;

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::{Decode, Postgres, Type};

use crate::tuple::{Column, Tuple};

/// The version that precedes the text in the binary format.
const VERSION: u8 = 1;
/// Bytes for which there is room from the start: most values are shorter.
const LENGTH: usize = 384;

/// A JSON value, as the text that `jsonb` shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jsonb(String);

impl Jsonb {
    /// Of anything that is JSON; of anything else, such as a map whose keys are no texts, `null`.
    #[must_use]
    pub fn of(value: &impl Serialize) -> Self {
        let mut text = Vec::with_capacity(LENGTH);
        form::write(value, &mut text);
        Self(String::from_utf8(text).unwrap_or_default())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it says.
    ///
    /// # Errors
    /// Serde's, when it says something else.
    pub fn read<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(&self.0)
    }

    /// It as a tree of values.
    #[must_use]
    pub fn to_value(&self) -> Value {
        self.read().unwrap_or_default()
    }
}

/// Adds a value as the binary format has it.
pub(crate) fn write_binary(value: &impl Serialize, to: &mut Vec<u8>) {
    to.push(VERSION);
    form::write(value, to);
}

impl Column for Jsonb {
    fn write(&self, to: &mut Tuple) {
        to.parts(&[&[VERSION], self.0.as_bytes()]);
    }
}

impl Serialize for Jsonb {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(to)
    }
}

impl<'de> Deserialize<'de> for Jsonb {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Value::deserialize(from).map(|value| Self::of(&value))
    }
}

impl Type<Postgres> for Jsonb {
    fn type_info() -> PgTypeInfo {
        <Value as Type<Postgres>>::type_info()
    }
}

impl<'r> Decode<'r, Postgres> for Jsonb {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let text = match value.format() {
            PgValueFormat::Text => value.as_str()?,
            PgValueFormat::Binary => {
                let text = value.as_bytes()?.strip_prefix(&[VERSION]);
                std::str::from_utf8(text.ok_or("jsonb of another version")?)?
            }
        };
        Ok(Self(text.to_owned()))
    }
}
