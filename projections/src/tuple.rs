//! Rows as PostgreSQL takes and gives them in bulk: the tuples of COPY's binary format.
//!
//! The same bytes fill a table and are held against one, so that what is compared is exactly what is
//! stored. A `jsonb` is written as PostgreSQL would write it back.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use leasehold_domain::json::JsonObject;
use serde_json::Value;
use uuid::Uuid;

use crate::jsonb;

/// 2000-01-01T00:00:00Z in microseconds since 1970: where PostgreSQL counts from.
pub const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

/// A text that the program mostly knows already: made without a copy, whole when it was read.
pub type Word = Cow<'static, str>;

/// One row, as COPY's binary format has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tuple {
    bytes: Vec<u8>,
}

impl Tuple {
    /// Forgets the row and begins one of so many columns.
    pub fn begin(&mut self, columns: usize) {
        self.bytes.clear();
        self.bytes.extend(i16::try_from(columns).unwrap_or(i16::MAX).to_be_bytes());
    }

    /// The row: the number of its columns, then each with its length in front.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn null(&mut self) {
        self.bytes.extend((-1_i32).to_be_bytes());
    }

    fn fixed(&mut self, bytes: &[u8]) {
        self.sized(|to| to.extend(bytes));
    }

    /// A value in parts.
    pub(crate) fn parts(&mut self, parts: &[&[u8]]) {
        self.sized(|to| parts.iter().for_each(|part| to.extend(*part)));
    }

    fn sized(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        self.bytes.extend([0; 4]);
        write(&mut self.bytes);
        // A value of PostgreSQL's is below 1 GiB.
        let length = i32::try_from(self.bytes.len() - start - 4).unwrap_or(i32::MAX);
        if let Some(prefix) = self.bytes.get_mut(start..start + 4) {
            prefix.copy_from_slice(&length.to_be_bytes());
        }
    }
}

/// What a column of a row can be.
pub trait Column {
    /// Writes it as the next column.
    fn write(&self, to: &mut Tuple);
}

impl<T: Column> Column for Option<T> {
    fn write(&self, to: &mut Tuple) {
        match self {
            Some(value) => value.write(to),
            None => to.null(),
        }
    }
}

impl Column for str {
    fn write(&self, to: &mut Tuple) {
        to.fixed(self.as_bytes());
    }
}

impl Column for &str {
    fn write(&self, to: &mut Tuple) {
        to.fixed(self.as_bytes());
    }
}

impl Column for Word {
    fn write(&self, to: &mut Tuple) {
        to.fixed(self.as_bytes());
    }
}

impl Column for String {
    fn write(&self, to: &mut Tuple) {
        to.fixed(self.as_bytes());
    }
}

impl Column for [u8] {
    fn write(&self, to: &mut Tuple) {
        to.fixed(self);
    }
}

impl Column for Uuid {
    fn write(&self, to: &mut Tuple) {
        to.fixed(self.as_bytes());
    }
}

impl Column for DateTime<Utc> {
    fn write(&self, to: &mut Tuple) {
        to.fixed(&(self.timestamp_micros() - POSTGRES_EPOCH_MICROS).to_be_bytes());
    }
}

impl Column for i64 {
    fn write(&self, to: &mut Tuple) {
        to.fixed(&self.to_be_bytes());
    }
}

impl Column for i16 {
    fn write(&self, to: &mut Tuple) {
        to.fixed(&self.to_be_bytes());
    }
}

impl Column for i32 {
    fn write(&self, to: &mut Tuple) {
        to.fixed(&self.to_be_bytes());
    }
}

impl Column for bool {
    fn write(&self, to: &mut Tuple) {
        to.fixed(&[u8::from(*self)]);
    }
}

impl Column for JsonObject {
    fn write(&self, to: &mut Tuple) {
        to.sized(|bytes| jsonb::write_binary(self, bytes));
    }
}

impl Column for Value {
    fn write(&self, to: &mut Tuple) {
        to.sized(|bytes| jsonb::write_binary(self, bytes));
    }
}

/// A row of a projection's table.
pub trait Row {
    /// The table's columns, in the order in which [`Row::write`] writes them.
    const COLUMNS: &'static [&'static str];

    /// Writes it.
    fn write(&self, to: &mut Tuple);
}

/// Declares a row's struct; the fields, each named as its column, are all that there is to say.
macro_rules! row {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)+
        }
    ) => {
        $(#[$meta])*
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)+
        }

        impl $crate::tuple::Row for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];

            fn write(&self, to: &mut $crate::tuple::Tuple) {
                to.begin(Self::COLUMNS.len());
                $($crate::tuple::Column::write(&self.$field, to);)+
            }
        }
    };
}

pub(crate) use row;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_its_columns_each_with_its_length_in_front() {
        let mut tuple = Tuple::default();
        tuple.begin(3);
        Column::write(&"ab".to_owned(), &mut tuple);
        Column::write(&None::<i64>, &mut tuple);
        Column::write(&true, &mut tuple);
        let expected = [0, 3, 0, 0, 0, 2, b'a', b'b', 255, 255, 255, 255, 0, 0, 0, 1, 1];
        assert_eq!(tuple.as_bytes(), expected);
    }
}
