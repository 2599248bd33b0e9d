//! Closed vocabularies: an enum per word list, stored and shown by its literal for ever.

use std::fmt::{Display, Formatter};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Deserializer;
use serde::de::Visitor;
use thiserror::Error;

/// A word that is not in the list it was looked up in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown word `{word}`; known are {known}")]
pub struct UnknownWord {
    /// The word that was given.
    pub word: String,
    /// The words that exist, separated by commas.
    pub known: String,
}

/// Reads what is written as a text without a copy of the text, which serde's own types of text make.
pub(crate) fn parsed<'de, T, D>(from: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    from.deserialize_str(Text(PhantomData))
}

struct Text<T>(PhantomData<T>);

impl<T: FromStr<Err: Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// Declares an enum of words: `as_str`, `FromStr`, `Display`, serde as a string, and a field type.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// Every word of this list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The literal that is stored and shown.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownWord {
                        word: word.chars().take(100).collect(),
                        known: [$($word),+].join(", "),
                    }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::word::parsed(from)
            }
        }

        impl $crate::fields::FromField for $name {
            fn from_field(
                value: serde_json::Value,
                _: &$crate::limits::Limits,
            ) -> Result<Self, $crate::fields::Fault> {
                let word = $crate::fields::string(value)?;
                word.parse().map_err($crate::fields::Fault::invalid)
            }
        }
    };
}

pub(crate) use words;
