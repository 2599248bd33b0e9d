//! What every projection is: a name, a version and its tables.

use leasehold_domain::stream::Aggregate;
use thiserror::Error;

use crate::environment_leases::LeaseRow;
use crate::environments::EnvironmentRow;
use crate::tuple::{Row as _, Tuple};

/// A projection of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Projection {
    /// Its name, which is that of its table.
    pub name: &'static str,
    /// Raised whenever the same events would make other rows.
    pub version: u32,
    /// Its table's columns, in the order in which rows are written.
    pub columns: &'static [&'static str],
    /// The column that, with `company_id`, tells its rows apart.
    pub key: &'static str,
}

/// Why a projection cannot take an aggregate as it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{column} cannot hold {value}")]
pub struct Untaken {
    /// The projection.
    pub projection: &'static str,
    /// The column.
    pub column: &'static str,
    /// What it would have to hold.
    pub value: u32,
}

/// Whether the projection of an aggregate can take it as it is.
///
/// # Errors
/// [`Untaken`]: its row would be another one than it means.
pub fn check(aggregate: &Aggregate) -> Result<(), Untaken> {
    let (projection, numbers) = match aggregate {
        Aggregate::Environment(state) => {
            let record = state.present();
            let numbers = [
                ("capacity", record.and_then(|record| record.capacity)),
                ("default_ttl_seconds", record.and_then(|record| record.default_ttl_seconds)),
            ];
            (crate::environments::PROJECTION.name, numbers)
        }
        Aggregate::Lease(state) => {
            let expiry = state.record.as_deref().and_then(|record| record.expiry);
            let ttl_seconds = expiry.and_then(|expiry| expiry.ttl_seconds);
            let numbers = [("ttl_seconds", ttl_seconds), ("ttl_seconds", None)];
            (crate::environment_leases::PROJECTION.name, numbers)
        }
        Aggregate::Run(_) | Aggregate::Operation(_) => return Ok(()),
    };
    let beyond = |(column, value): (&'static str, Option<u32>)| {
        let value = value.filter(|value| i32::try_from(*value).is_err())?;
        Some(Untaken { projection, column, value })
    };
    numbers.into_iter().find_map(beyond).map_or(Ok(()), Err)
}

/// Writes the row that an aggregate has in a table, as it is now; which table, none when it has none.
///
/// # Errors
/// [`Untaken`], as [`check`].
pub fn write_row(
    aggregate: &Aggregate,
    to: &mut Tuple,
) -> Result<Option<&'static Projection>, Untaken> {
    check(aggregate)?;
    Ok(write_taken(aggregate, to))
}

fn write_taken(aggregate: &Aggregate, to: &mut Tuple) -> Option<&'static Projection> {
    match aggregate {
        Aggregate::Environment(state) => {
            EnvironmentRow::of(state)?.write(to);
            Some(&crate::environments::PROJECTION)
        }
        Aggregate::Lease(state) => {
            LeaseRow::of(state)?.write(to);
            Some(&crate::environment_leases::PROJECTION)
        }
        Aggregate::Run(_) | Aggregate::Operation(_) => None,
    }
}

/// The projections that are written in the statement that appends.
pub const INLINE: [Projection; 3] = [
    crate::environments::PROJECTION,
    crate::environment_leases::PROJECTION,
    crate::activity_log::PROJECTION,
];

/// Times in JSON: ISO 8601 in UTC with microseconds, as everywhere.
pub(crate) mod iso {
    use chrono::{DateTime, SecondsFormat, Utc};
    use serde::Serializer;

    pub(crate) fn one<S: Serializer>(time: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true))
    }

    pub(crate) mod maybe {
        use chrono::{DateTime, Utc};
        use serde::{Deserialize, Deserializer, Serializer};

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<DateTime<Utc>>, D::Error> {
            Option::deserialize(from)
        }

        #[expect(clippy::ref_option, reason = "the signature that serde asks for")]
        pub(crate) fn serialize<S: Serializer>(
            time: &Option<DateTime<Utc>>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            match time {
                Some(time) => super::one(time, to),
                None => to.serialize_none(),
            }
        }
    }
}
