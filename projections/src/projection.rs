//! What every projection is: a name, a version and its tables.

use leasehold_domain::stream::Aggregate;

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

/// Writes the row that an aggregate has in a table, as it is now; which table, none when it has none.
pub fn write_row(aggregate: &Aggregate, to: &mut Tuple) -> Option<&'static Projection> {
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
        use serde::Serializer;

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
