//! Closed vocabularies: an enum per word list, stored and shown by its literal for ever.

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
                let word = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                word.parse().map_err(serde::de::Error::custom)
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
