//! Which leases of an environment had ended by a moment and were not cleaned up.
//!
//! **Claims.** Every such lease is either counted here or among the leases that have to be folded.
//! **Because** both are read in one statement, and what is counted has had no event since the moment.
//! An imported lease may have been put right later than its row says: it is always folded.

use chrono::{DateTime, Utc};
use leasehold_domain::id::{CompanyId, EnvironmentId};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Leases that had ended.
#[derive(Debug, FromRow)]
pub(super) struct Unclean {
    /// So many are not cleaned up now, and nothing has happened to them since.
    pub(super) settled: i64,
    /// These may not have been cleaned up.
    pub(super) others: Vec<Uuid>,
}

/// The place of a lease in `environment_leases_unclean_idx`.
macro_rules! reach {
    () => {
        "(case
            when l.end_cause = 'import' then -1
            when l.cleanup_status in ('pending', 'failed') then -2
            else least(ceil(ln(greatest(extract(epoch from l.updated_at - l.released_at)::float8, 1))
                            / ln(2::float8)), 32)::int
          end)"
    };
}

/// The leases of an environment that the index has, in one of its places.
macro_rules! unclean {
    () => {
        concat!(
            "leasehold.environment_leases l
              where l.company_id = $1
                and l.environment_id = $2
                and (l.cleanup_status is not null or l.end_cause = 'import')
                and ",
            reach!()
        )
    };
}

/// $1 the company, $2 the environment, $3 the first time of which something may not count, $4 leases
/// that are folded anyway. Lengths are rounded: each place is searched as if it were the next one,
/// and by itself (`offset 0`).
const FIND: &str = concat!(
    "with undone as (
       select count(*) filter (where l.updated_at < $3) as settled,
              coalesce(array_agg(l.id) filter (where l.updated_at >= $3), '{}') as moved
       from ",
    unclean!(),
    " = -2
         and l.released_at <= $3
     ),
     done as (
       select coalesce(array_agg(l.id), '{}') as leases
       from generate_series(0, 32) as place (reach)
       cross join lateral (
         select l.id
         from ",
    unclean!(),
    " = place.reach
           and l.released_at <= $3
           and l.released_at > case when place.reach < 32
             then $3 - make_interval(secs => power(2, place.reach + 1)) else '-infinity' end
           and l.updated_at >= $3
         offset 0
       ) l
     ),
     imported as (
       select coalesce(array_agg(l.id), '{}') as leases
       from ",
    unclean!(),
    " = -1
     ),
     folded as (
       select count(*) as settled
       from unnest($4::uuid[]) as folded (id)
       join leasehold.environment_leases l
         on l.id = folded.id
        and l.company_id = $1
       where l.environment_id = $2
         and ",
    reach!(),
    " = -2
         and l.released_at <= $3
         and l.updated_at < $3
     )
     select undone.settled - folded.settled as settled,
            undone.moved || done.leases || imported.leases as others
     from undone, done, imported, folded"
);

/// Finds them, by `environment_leases_unclean_idx`. `folded` are counted nowhere.
pub(super) async fn find_unclean(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    after: DateTime<Utc>,
    folded: &[Uuid],
) -> sqlx::Result<Unclean> {
    sqlx::query_as(FIND)
        .bind(company.0)
        .bind(id.0)
        .bind(after)
        .bind(folded)
        .fetch_one(connection)
        .await
}
