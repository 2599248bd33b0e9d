//! Instants with `PostgreSQL`'s precision. The domain never reads a clock: times come in.

use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fields::{Fault, FromField, string};
use crate::limits::Limits;
use crate::word::parsed;

/// An instant in UTC, whole microseconds, years 1 to 9999; written `2026-11-21T02:27:06.778000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(DateTime<Utc>);

/// Why a text is no [`Timestamp`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not an ISO 8601 time with an offset, in the years 1 to 9999")]
pub struct BadTime;

/// 0001-01-01T00:00:00Z.
const FIRST_MICROS: i64 = -62_135_596_800_000_000;
/// 9999-12-31T23:59:59.999999Z.
const LAST_MICROS: i64 = 253_402_300_799_999_999;

impl Timestamp {
    /// The start of 1970; a neutral value for tests and empty states.
    pub const EPOCH: Self = Self(DateTime::UNIX_EPOCH);

    /// Cuts a time to whole microseconds, so that what is hashed is what is stored. A leap second
    /// is the second after it, as `PostgreSQL` has it.
    ///
    /// # Errors
    /// [`BadTime`] outside the years 1 to 9999, which ISO 8601 cannot write in four digits.
    pub fn new(time: DateTime<Utc>) -> Result<Self, BadTime> {
        let micros = Some(time.timestamp_micros());
        let within = micros.filter(|micros| (FIRST_MICROS..=LAST_MICROS).contains(micros));
        within.and_then(DateTime::from_timestamp_micros).map(Self).ok_or(BadTime)
    }

    /// Microseconds since 1970, negative before.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The instant `seconds` later; the last representable one when that is beyond it.
    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        self.plus_micros(i64::from(seconds) * 1_000_000)
    }

    /// The instant `micros` later, or earlier when negative; the last or the first representable
    /// one when that is beyond it.
    #[must_use]
    pub fn plus_micros(self, micros: i64) -> Self {
        let moved = self.micros().saturating_add(micros).clamp(FIRST_MICROS, LAST_MICROS);
        DateTime::from_timestamp_micros(moved).map_or(self, Self)
    }

    /// Whole seconds that passed since another instant; 0 when it is later.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> u64 {
        self.micros().saturating_sub(earlier.micros()).max(0).unsigned_abs() / 1_000_000
    }

    /// For libraries that speak chrono.
    #[must_use]
    pub const fn chrono(self) -> DateTime<Utc> {
        self.0
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl FromStr for Timestamp {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| BadTime)?;
        Self::new(time.to_utc())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        parsed(from)
    }
}

impl FromField for Timestamp {
    fn from_field(value: serde_json::Value, _: &Limits) -> Result<Self, Fault> {
        string(value)?.parse().map_err(Fault::invalid)
    }
}
