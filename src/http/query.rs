//! Query parameters, taken out one by one; what is left over at the end is a fault too.

use leasehold_domain::fence::Position;
use leasehold_domain::fields::{Fault, FieldError, FromField, Invalid, integer};
use leasehold_domain::limits::Limits;
use serde_json::Value;

use super::problem::Problem;

/// Rows of a page that does not say how many it wants.
const LIMIT_DEFAULT: i64 = 50;
/// Most rows of a page.
pub const LIMIT_MAX: u64 = 500;

/// The parameters of a query, and what is wrong with those that were taken.
#[derive(Debug)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Query {
    pub(super) fn parse(query: Option<&str>) -> Result<Self, Problem> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name =
                decode(name).ok_or_else(|| Problem::invalid("", "the query is malformed"))?;
            let malformed = "is malformed: percent-encoded UTF-8 without NUL is expected";
            let value = decode(value).ok_or_else(|| Problem::invalid(&name, malformed))?;
            pairs.push((name, value));
        }
        Ok(Self { pairs, errors: Vec::new() })
    }

    /// Refuses the query when a parameter was wrong, or is not known where it stands.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in &self.pairs {
            let (field, message) = (name.chars().take(100).collect(), "is not known here");
            self.errors.push(FieldError { field, message: message.to_owned() });
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(Invalid { errors: self.errors, too_large: false }.into())
    }

    /// A parameter that is a word, an id, a time or a text.
    pub(super) fn text<T: FromField>(&mut self, name: &str) -> Option<T> {
        let value = self.take(name)?;
        self.read(name, Value::String(value))
    }

    /// A parameter that is a number or a truth.
    pub(super) fn literal<T: FromField>(&mut self, name: &str) -> Option<T> {
        let value = self.take(name)?;
        let literal = serde_json::from_str(&value).ok();
        // An object that uses the JSON library's own names would be read as a number.
        let is_plain = !value.contains('{');
        let literal =
            literal.filter(|value: &Value| is_plain && (value.is_number() || value.is_boolean()));
        self.read(name, literal.unwrap_or(Value::String(value)))
    }

    /// A parameter with several values, separated by commas or, as some clients write lists, given
    /// several times.
    pub(super) fn many<T: FromField>(&mut self, name: &str) -> Option<Vec<T>> {
        let given = self.pairs.extract_if(.., |(known, _)| known == name);
        let given: Vec<String> = given.map(|(_, value)| value).collect();
        if given.is_empty() {
            return None;
        }
        let values = given.iter().flat_map(|value| value.split(','));
        values.map(|value| self.read(name, Value::String(value.to_owned()))).collect()
    }

    /// A parameter that must be there.
    pub(super) fn required<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.errors.iter().any(|error| error.field == name) {
            self.fault(name, "is required");
        }
        value
    }

    /// How many rows a page may have.
    pub(super) fn limit(&mut self) -> i64 {
        let limit = self.literal::<Limit>("limit");
        limit.map_or(LIMIT_DEFAULT, |limit| limit.0)
    }

    /// Where a list is to go on.
    pub(super) fn cursor<C>(&mut self, read: impl FnOnce(&str) -> Option<C>) -> Option<C> {
        let text = self.take("cursor")?;
        let cursor = read(&text);
        if cursor.is_none() {
            self.fault("cursor", "is not one that this list gave");
        }
        cursor
    }

    /// The position that a read is to wait for.
    pub(super) fn min_position(&mut self) -> Option<Position> {
        self.literal("minPosition")
    }

    pub(super) fn fault(&mut self, name: &str, message: &str) {
        self.errors.push(FieldError { field: name.to_owned(), message: message.to_owned() });
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let mut given = self.pairs.extract_if(.., |(known, _)| known == name);
        let (_, value) = given.next()?;
        if given.count() > 0 {
            self.fault(name, "is given more than once");
        }
        Some(value)
    }

    fn read<T: FromField>(&mut self, name: &str, value: Value) -> Option<T> {
        match T::from_field(value, &Limits::default()) {
            Ok(value) => Some(value),
            Err(Fault::Invalid(message) | Fault::TooLarge(message)) => {
                self.fault(name, &message);
                None
            }
            Err(Fault::Nested(invalid)) => {
                self.fault(name, &invalid.to_string());
                None
            }
        }
    }
}

struct Limit(i64);

impl FromField for Limit {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let limit = integer(&value, 1..=LIMIT_MAX)?;
        i64::try_from(limit).map(Self).map_err(Fault::invalid)
    }
}

/// Percent-decodes; none when it is malformed, no UTF-8, or holds a NUL, which nothing here can.
fn decode(text: &str) -> Option<String> {
    if !text.contains(['%', '+']) {
        return Some(text.to_owned());
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok().filter(|byte| *byte != 0)?
            }
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}
