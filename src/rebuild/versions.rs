//! Which fold made the live tables, and whether this program may write them.

use leasehold_projections::projection::INLINE;
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::error::RebuildError;
use crate::log::DatabaseError;

/// A projection as it is live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Live {
    /// Its name.
    pub name: String,
    /// The version of the fold that made its table.
    pub version: i32,
    /// Its rows, as the database estimates them.
    pub rows: i64,
    /// The table, its indexes and what is stored out of line.
    pub bytes: i64,
}

/// Every projection as it is live.
///
/// # Errors
/// The database's.
pub async fn list_live(connection: &mut PgConnection) -> sqlx::Result<Vec<Live>> {
    let names: Vec<&str> = INLINE.iter().map(|projection| projection.name).collect();
    sqlx::query_as(
        "select n.name, coalesce(v.version, 1) as version,
                greatest(c.reltuples, 0)::bigint as rows,
                pg_catalog.pg_total_relation_size(c.oid) as bytes
         from unnest($1::text[]) with ordinality as n (name, place)
         join pg_catalog.pg_class c on c.oid = ('leasehold.' || n.name)::regclass
         left join leasehold.projection_versions v on v.name = n.name
         order by n.place",
    )
    .bind(names)
    .fetch_all(connection)
    .await
}

/// Refuses when the live tables were made by a fold that this program has not.
///
/// # Errors
/// [`DatabaseError::OtherFold`], or the database's.
pub async fn check_versions(connection: &mut PgConnection) -> Result<(), DatabaseError> {
    let live: Vec<(String, i32)> =
        sqlx::query_as("select name, version from leasehold.projection_versions")
            .fetch_all(connection)
            .await?;
    for (name, version) in live {
        let known = INLINE.iter().find(|projection| projection.name == name);
        if let Some(own) = known.filter(|own| i64::from(own.version) != i64::from(version)) {
            return Err(DatabaseError::OtherFold { name, live: version, own: own.version });
        }
    }
    Ok(())
}

/// Refuses when the tables that a rebuild replaced were made by a fold that this program has not: what
/// has happened since would be folded onto them by another.
pub(super) async fn check_replaced(
    connection: &mut PgConnection,
    rebuild: Uuid,
) -> Result<(), RebuildError> {
    let replaced: Vec<(String, Option<i32>)> = sqlx::query_as(
        "select name, replaced_version
         from leasehold.projection_versions
         where rebuild_id = $1",
    )
    .bind(rebuild)
    .fetch_all(connection)
    .await?;
    for (name, version) in replaced {
        let known = INLINE.iter().find(|projection| projection.name == name);
        let (Some(known), Some(version)) = (known, version) else { continue };
        if i64::from(known.version) != i64::from(version) {
            return Err(RebuildError::OtherFold { name, version, own: known.version });
        }
    }
    Ok(())
}

/// The live tables are of this program's version from here on. In the transaction that swaps.
pub(super) async fn keep_version(
    connection: &mut PgConnection,
    name: &str,
    version: u32,
    rebuild: Uuid,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into leasehold.projection_versions as v
           (name, version, rebuild_id, swapped_at, replaced_version)
         values ($1, $2, $3, clock_timestamp(), 1)
         on conflict (company_id, name) do update
         set version = excluded.version,
             replaced_version = v.version,
             rebuild_id = excluded.rebuild_id,
             swapped_at = excluded.swapped_at",
    )
    .bind(name)
    .bind(i32::try_from(version).unwrap_or(i32::MAX))
    .bind(rebuild)
    .execute(connection)
    .await
    .map(|_| ())
}
