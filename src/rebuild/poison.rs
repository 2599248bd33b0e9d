//! What a rebuild could not take: it stays as it is in the live table, and is listed after the swap.
//!
//! **Claims.** An event that cannot be read, or a state that does not fit, stops its own aggregate in
//! its projection and nothing else; no row of it is lost or changed by the rebuild. **Because** its
//! rows in the shadow table are those of the live one, taken over in the transaction that compares.

use leasehold_projections::projection::Projection;
use leasehold_projections::tuple::{Column as _, Tuple};
use sqlx::PgConnection;
use uuid::Uuid;

use super::shadow::shadow;
use crate::history::Load;
use crate::log::Poison;

/// The columns of what is kept, in the order in which it is written.
pub(super) const COLUMNS: [&str; 7] = [
    "company_id",
    "rebuild_id",
    "projection",
    "aggregate_type",
    "aggregate_id",
    "position",
    "error",
];

/// Adds what could not be taken to what is on its way.
pub(super) fn write(rebuild: Uuid, poison: &Poison, tuple: &mut Tuple, to: &mut Load) {
    tuple.begin(COLUMNS.len());
    poison.company.0.write(tuple);
    rebuild.write(tuple);
    poison.projection.write(tuple);
    poison.stream.kind.as_str().write(tuple);
    poison.stream.id.write(tuple);
    i64::try_from(poison.position.0).unwrap_or(i64::MAX).write(tuple);
    poison.error.write(tuple);
    to.add(tuple.as_bytes());
}

/// Takes the rows of what could not be taken over from the live tables.
pub(super) async fn carry_over(
    connection: &mut PgConnection,
    rebuild: Uuid,
    projections: &[&'static Projection],
) -> sqlx::Result<()> {
    let is_any: bool = sqlx::query_scalar(
        "select exists (select from leasehold.rebuild_poisoned where rebuild_id = $1)",
    )
    .bind(rebuild)
    .fetch_one(&mut *connection)
    .await?;
    for projection in projections.iter().filter(|_| is_any) {
        let (name, shadow, key) = (projection.name, shadow(projection), projection.key);
        let columns = projection.columns.join(", ");
        let met = if key == "id" { BY_ID } else { BY_POSITION };
        let clear = format!(
            "delete from leasehold.{shadow} s
             using ({met}) met
             where s.company_id = met.company_id
               and s.{key} = met.key"
        );
        sqlx::query(&clear).bind(rebuild).bind(name).execute(&mut *connection).await?;
        let take = format!(
            "insert into leasehold.{shadow} ({columns})
             select {columns}
             from leasehold.{name}
             where (company_id, {key}) in (select met.company_id, met.key from ({met}) met)"
        );
        sqlx::query(&take).bind(rebuild).bind(name).execute(&mut *connection).await?;
    }
    Ok(())
}

const BY_ID: &str = "
    select distinct p.company_id, p.aggregate_id as key
    from leasehold.rebuild_poisoned p
    where p.rebuild_id = $1
      and p.projection = $2";

const BY_POSITION: &str = "
    select distinct p.company_id, e.position as key
    from leasehold.rebuild_poisoned p
    join leasehold.events e
      on e.aggregate_type = p.aggregate_type
     and e.aggregate_id = p.aggregate_id::text
     and e.company_id = p.company_id
     and e.position >= p.position
    where p.rebuild_id = $1
      and p.projection = $2";

/// What the rebuilt projections have stopped at is what the rebuild could not take. In the
/// transaction that swaps.
pub(super) async fn keep_marks(
    connection: &mut PgConnection,
    rebuild: Uuid,
    projections: &[&'static Projection],
) -> sqlx::Result<()> {
    let names: Vec<&str> = projections.iter().map(|projection| projection.name).collect();
    sqlx::query("delete from leasehold.poisoned where projection = any($1)")
        .bind(&names)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into leasehold.poisoned
           (company_id, projection, aggregate_type, aggregate_id, position, error, noted_at)
         select distinct on (company_id, projection, aggregate_type, aggregate_id)
                company_id, projection, aggregate_type, aggregate_id, position, error,
                clock_timestamp()
         from leasehold.rebuild_poisoned
         where rebuild_id = $1
           and projection = any($2)
         order by company_id, projection, aggregate_type, aggregate_id, position",
    )
    .bind(rebuild)
    .bind(names)
    .execute(connection)
    .await
    .map(|_| ())
}

/// How many aggregates it could not take, over all of its projections.
pub(super) async fn count(connection: &mut PgConnection, rebuild: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select count(distinct (company_id, projection, aggregate_type, aggregate_id))
         from leasehold.rebuild_poisoned
         where rebuild_id = $1",
    )
    .bind(rebuild)
    .fetch_one(connection)
    .await
}
