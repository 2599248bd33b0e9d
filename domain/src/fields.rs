//! Reading a command's fields out of JSON, once, at the edge: every fault of a body in one answer.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::limits::Limits;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's name, with a dot for nested ones; empty for the body as a whole.
    pub field: String,
    /// What is wrong with it, to be read after the field's name.
    pub message: String,
}

/// A body that is no command: every field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", summary(errors))]
pub struct Invalid {
    /// One entry for each field, at least one.
    pub errors: Vec<FieldError>,
    /// True when a size limit is among the faults.
    pub too_large: bool,
}

fn summary(errors: &[FieldError]) -> String {
    let texts = errors.iter().map(|error| match error.field.as_str() {
        "" => error.message.clone(),
        field => format!("{field} {}", error.message),
    });
    texts.collect::<Vec<_>>().join("; ")
}

impl Invalid {
    /// One fault of one field.
    #[must_use]
    pub fn one(field: &str, message: &str) -> Self {
        let error = FieldError { field: field.to_owned(), message: message.to_string() };
        Self { errors: vec![error], too_large: false }
    }
}

/// Why a value cannot be a field of some type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not of the field's form.
    Invalid(String),
    /// It is of the form, but over its size limit.
    TooLarge(String),
    /// It is an object whose own fields are wrong.
    Nested(Invalid),
}

impl Fault {
    /// A fault from anything that says what is wrong.
    #[expect(clippy::needless_pass_by_value, reason = "made for `map_err`, which gives the value")]
    pub fn invalid(message: impl ToString) -> Self {
        Self::Invalid(message.to_string())
    }
}

/// A type that can stand in a field of a body.
pub trait FromField: Sized {
    /// Takes the value, which is never null.
    ///
    /// # Errors
    /// A [`Fault`] when the value cannot be one.
    fn from_field(value: Value, limits: &Limits) -> Result<Self, Fault>;
}

/// The fields of one body, taken out one by one; what is left over at the end is a fault too.
#[derive(Debug)]
pub struct Fields<'a> {
    object: Map<String, Value>,
    limits: &'a Limits,
    errors: Vec<FieldError>,
    too_large: bool,
}

impl<'a> Fields<'a> {
    /// Reads a whole body with `read`, then refuses fields that nobody asked for.
    ///
    /// # Errors
    /// [`Invalid`] with every fault of the body.
    pub fn read<T>(
        object: Map<String, Value>,
        limits: &'a Limits,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Result<T, Invalid> {
        let mut fields = Self { object, limits, errors: Vec::new(), too_large: false };
        let value = read(&mut fields);
        for name in fields.object.keys() {
            let field = name.chars().take(100).collect();
            fields.errors.push(FieldError { field, message: "is not known here".to_owned() });
        }
        match value {
            Some(value) if fields.errors.is_empty() => Ok(value),
            _ => Err(Invalid { errors: fields.errors, too_large: fields.too_large }),
        }
    }

    /// Reads an object that is itself a field.
    ///
    /// # Errors
    /// A [`Fault`] when it is no object or one of its fields is wrong.
    pub fn nested<T>(
        value: Value,
        limits: &Limits,
        read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
    ) -> Result<T, Fault> {
        let Value::Object(object) = value else { return Err(Fault::invalid("is not an object")) };
        Fields::read(object, limits, read).map_err(Fault::Nested)
    }

    /// A field that must be there.
    pub fn required<T: FromField>(&mut self, name: &str) -> Option<T> {
        let found = self.nullable(name);
        if !matches!(found, Some(Some(_))) && !self.errors.iter().any(|e| names(e, name)) {
            self.fault(name, Fault::invalid("is required"));
        }
        found.flatten()
    }

    /// A field that may be absent or null.
    pub fn optional<T: FromField>(&mut self, name: &str) -> Option<T> {
        self.nullable(name).flatten()
    }

    /// A field for which absent (`None`) and null (`Some(None)`) mean different things.
    pub fn nullable<T: FromField>(&mut self, name: &str) -> Option<Option<T>> {
        let value = self.object.shift_remove(name)?;
        if value.is_null() {
            return Some(None);
        }
        match T::from_field(value, self.limits) {
            Ok(value) => Some(Some(value)),
            Err(fault) => {
                self.fault(name, fault);
                None
            }
        }
    }

    /// Notes a fault of a field.
    pub fn fault(&mut self, name: &str, fault: Fault) {
        match fault {
            Fault::Invalid(message) => self.push(name.to_owned(), message),
            Fault::TooLarge(message) => {
                self.too_large = true;
                self.push(name.to_owned(), message);
            }
            Fault::Nested(invalid) => {
                self.too_large |= invalid.too_large;
                for error in invalid.errors {
                    self.push(format!("{name}.{}", error.field), error.message);
                }
            }
        }
    }

    fn push(&mut self, field: String, message: String) {
        self.errors.push(FieldError { field, message });
    }
}

fn names(error: &FieldError, name: &str) -> bool {
    error.field == name || error.field.strip_prefix(name).is_some_and(|r| r.starts_with('.'))
}

/// The value as a string.
///
/// # Errors
/// A [`Fault`] when it is anything else.
pub fn string(value: Value) -> Result<String, Fault> {
    let Value::String(text) = value else { return Err(Fault::invalid("is not a string")) };
    Ok(text)
}

/// The value as a whole number within bounds.
///
/// # Errors
/// A [`Fault`] when it is anything else.
pub fn integer(value: &Value, bounds: RangeInclusive<u64>) -> Result<u64, Fault> {
    let number = value.as_u64().filter(|number| bounds.contains(number));
    number.ok_or_else(|| {
        let (least, most) = (bounds.start(), bounds.end());
        Fault::invalid(format!("is not a whole number from {least} to {most}"))
    })
}

impl FromField for bool {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        value.as_bool().ok_or_else(|| Fault::invalid("is neither true nor false"))
    }
}
