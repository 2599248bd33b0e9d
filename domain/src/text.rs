//! Texts with bounds. What is asked for keeps them; what was stored before, here or where it is
//! imported from, is taken as it is.

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use crate::fields::{Fault, FromField, string};
use crate::limits::{INDEXED_BYTES_MAX, KEY_BYTES_MAX, Limits, NAME_CHARS_MAX, REASON_BYTES_MAX};

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadText {
    /// Nothing, or nothing but white space.
    #[error("is empty")]
    Empty,
    /// Over its bound.
    #[error("is longer than {max} {unit}")]
    TooLong {
        /// The bound.
        max: usize,
        /// What it counts.
        unit: &'static str,
    },
    /// `PostgreSQL` cannot hold U+0000 in a text.
    #[error("contains a NUL character")]
    Nul,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $unit:literal, $max:expr, $count:expr);+ $(;)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes a text within its bounds.
            ///
            /// # Errors
            /// [`BadText`] says which bound it breaks.
            pub fn new(text: impl Into<Box<str>>) -> Result<Self, BadText> {
                let text = text.into();
                let count: fn(&str) -> usize = $count;
                if text.trim().is_empty() {
                    return Err(BadText::Empty);
                }
                if count(&text) > $max {
                    return Err(BadText::TooLong { max: $max, unit: $unit });
                }
                if text.contains('\0') {
                    return Err(BadText::Nul);
                }
                Ok(Self(text))
            }

            /// Takes a text that was stored before: it may be empty, and longer than one may ask.
            ///
            /// # Errors
            /// [`BadText::Nul`], for no `PostgreSQL` can have stored it.
            pub fn kept(text: impl Into<Box<str>>) -> Result<Self, BadText> {
                let text = text.into();
                if text.contains('\0') { Err(BadText::Nul) } else { Ok(Self(text)) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                Self::kept(String::deserialize(from)?).map_err(serde::de::Error::custom)
            }
        }

        impl FromField for $name {
            fn from_field(value: serde_json::Value, _: &Limits) -> Result<Self, Fault> {
                Self::new(string(value)?).map_err(Fault::invalid)
            }
        }
    )+};
}

texts! {
    /// An environment's name: 1 to 200 characters, not only white space.
    Name: "characters", NAME_CHARS_MAX, |text| text.chars().count();
    /// An idempotency key: 1 to 200 bytes.
    Key: "bytes", KEY_BYTES_MAX, str::len;
    /// A text that may be indexed: 1 to 512 bytes.
    Label: "bytes", INDEXED_BYTES_MAX, str::len;
    /// A reason or a description in words: 1 to 4,096 bytes.
    Reason: "bytes", REASON_BYTES_MAX, str::len;
}
