//! Columns as the ledger's own types. What was stored once is taken as it is: texts may be empty,
//! and longer than callers may ask for.

use leasehold_domain::fields::{Fault, Fields, FromField, string};
use leasehold_domain::limits::Limits;
use leasehold_domain::text::{BadText, Label, Name, Reason};
use serde_json::Value;

/// A text that was stored before.
pub(super) trait Text: Sized {
    fn kept(text: String) -> Result<Self, BadText>;
}

macro_rules! kept {
    ($($name:ident),+) => {$(
        impl Text for $name {
            fn kept(text: String) -> Result<Self, BadText> {
                Self::kept(text)
            }
        }
    )+};
}

kept!(Label, Name, Reason);

/// Reads a text without the bounds of what is asked for.
struct Kept<T>(T);

impl<T: Text> FromField for Kept<T> {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        T::kept(string(value)?).map(Kept).map_err(Fault::invalid)
    }
}

pub(super) fn required_text<T: Text>(fields: &mut Fields<'_>, column: &str) -> Option<T> {
    fields.required(column).map(|Kept(text)| text)
}

pub(super) fn optional_text<T: Text>(fields: &mut Fields<'_>, column: &str) -> Option<T> {
    fields.optional(column).map(|Kept(text)| text)
}
