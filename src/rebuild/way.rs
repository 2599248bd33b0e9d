//! How far a rebuild has come: which parts are loaded, and up to which position of each company.

use leasehold_projections::projection::Projection;
use sqlx::PgConnection;
use uuid::Uuid;

use super::shadow::shadow;
use crate::history::Span;

/// Whether the parts that the log is loaded in are kept already.
pub(super) async fn has_spans(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from leasehold.rebuild_spans where rebuild_id = $1)")
        .bind(id)
        .fetch_one(connection)
        .await
}

/// Keeps the parts that the log is loaded in.
pub(super) async fn keep_spans(
    connection: &mut PgConnection,
    (id, runner): (Uuid, Uuid),
    spans: &[Span],
) -> sqlx::Result<()> {
    let (first, last): (Vec<Uuid>, Vec<Uuid>) =
        spans.iter().map(|span| (span.first, span.last)).unzip();
    sqlx::query(
        "insert into leasehold.rebuild_spans
           (rebuild_id, first_company, last_company, is_loaded, runner)
         select $1, first, last, false, $4
         from unnest($2::uuid[], $3::uuid[]) as span (first, last)",
    )
    .bind(id)
    .bind(first)
    .bind(last)
    .bind(runner)
    .execute(connection)
    .await
    .map(|_| ())
}

/// The parts that are not loaded yet.
pub(super) async fn list_spans(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<Vec<Span>> {
    let spans: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select first_company, last_company
         from leasehold.rebuild_spans
         where rebuild_id = $1
           and not is_loaded
         order by first_company",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    Ok(spans.into_iter().map(|(first, last)| Span { first, last, ..Span::ALL }).collect())
}

/// Takes a part for the transaction that loads it; false when it is loaded, or somebody else's.
pub(super) async fn take_span(
    connection: &mut PgConnection,
    (id, runner): (Uuid, Uuid),
    span: &Span,
) -> sqlx::Result<bool> {
    let taken: Option<bool> = sqlx::query_scalar(
        "select true
         from leasehold.rebuild_spans
         where rebuild_id = $1
           and first_company = $2
           and runner = $3
           and not is_loaded
         for update",
    )
    .bind(id)
    .bind(span.first)
    .bind(runner)
    .fetch_optional(connection)
    .await?;
    Ok(taken.unwrap_or_default())
}

/// A part is loaded. In the transaction that loaded the last of it.
pub(super) async fn finish_span(
    connection: &mut PgConnection,
    id: Uuid,
    span: &Span,
) -> sqlx::Result<()> {
    sqlx::query(
        "update leasehold.rebuild_spans
         set is_loaded = true
         where rebuild_id = $1
           and first_company = $2",
    )
    .bind(id)
    .bind(span.first)
    .execute(connection)
    .await
    .map(|_| ())
}

/// So many more events are loaded, as so many rows. In the transaction that loaded them.
pub(super) async fn count(
    connection: &mut PgConnection,
    id: Uuid,
    events: i64,
    rows: i64,
) -> sqlx::Result<()> {
    sqlx::query(
        "update leasehold.rebuilds
         set events = events + $2,
             rows = rows + $3
         where id = $1",
    )
    .bind(id)
    .bind(events)
    .bind(rows)
    .execute(connection)
    .await
    .map(|_| ())
}

/// The companies that are loaded.
pub(super) async fn list_reached(
    connection: &mut PgConnection,
    id: Uuid,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar("select company_id from leasehold.rebuild_positions where rebuild_id = $1")
        .bind(id)
        .fetch_all(connection)
        .await
}

/// Takes up the parts that are not loaded, and takes out what was loaded of companies that were not
/// finished. Waits for whoever had them: of a rebuild that was killed a last transaction may still be
/// under way, or the making of an index, which nobody deletes rows beside.
pub(super) async fn take_up(
    connection: &mut PgConnection,
    (id, runner): (Uuid, Uuid),
    projections: &[&'static Projection],
) -> sqlx::Result<()> {
    sqlx::query("begin").execute(&mut *connection).await?;
    sqlx::query(
        "update leasehold.rebuild_spans
         set runner = $2
         where rebuild_id = $1
           and not is_loaded",
    )
    .bind(id)
    .bind(runner)
    .execute(&mut *connection)
    .await?;
    let notes = ["rebuild_stale", "rebuild_poisoned"].map(str::to_owned);
    for table in projections.iter().map(|projection| shadow(projection)).chain(notes) {
        // Notes of other rebuilds have no use: one runs at a time.
        let forget = format!(
            "delete from leasehold.{table} t
             where not exists (
               select
               from leasehold.rebuild_positions p
               where p.company_id = t.company_id
                 and p.rebuild_id = $1
             )"
        );
        sqlx::query(&forget).bind(id).execute(&mut *connection).await?;
    }
    sqlx::query("commit").execute(connection).await.map(|_| ())
}

/// The shadow tables are folded up to these positions.
pub(super) async fn reach(
    connection: &mut PgConnection,
    id: Uuid,
    reached: &[(Uuid, i64)],
) -> sqlx::Result<()> {
    let (companies, positions): (Vec<Uuid>, Vec<i64>) = reached.iter().copied().unzip();
    sqlx::query(
        "insert into leasehold.rebuild_positions (company_id, rebuild_id, position)
         select company_id, $1, position
         from unnest($2::uuid[], $3::bigint[]) as reached (company_id, position)
         on conflict (company_id, rebuild_id) do update
         set position = excluded.position",
    )
    .bind(id)
    .bind(companies)
    .bind(positions)
    .execute(connection)
    .await
    .map(|_| ())
}

/// A company whose log goes on beyond the shadow tables: from which position to which.
pub(super) type Behind = (Uuid, i64, i64);

/// Every company of which that is so.
pub(super) async fn list_behind(
    connection: &mut PgConnection,
    id: Uuid,
) -> sqlx::Result<Vec<Behind>> {
    sqlx::query_as(
        "select h.company_id, coalesce(p.position, 0), h.position
         from leasehold.heads h
         left join leasehold.rebuild_positions p
           on p.company_id = h.company_id
          and p.rebuild_id = $1
         where h.position > coalesce(p.position, 0)
         order by h.company_id",
    )
    .bind(id)
    .fetch_all(connection)
    .await
}

/// After the swap only the positions are needed: those of the tables that were replaced.
pub(super) async fn forget_load(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    for table in ["rebuild_spans", "rebuild_stale", "rebuild_poisoned"] {
        let forget = format!("delete from leasehold.{table} where rebuild_id = $1");
        sqlx::query(&forget).bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Positions of tables that are not kept any more.
pub(super) async fn forget_positions(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query(
        "delete from leasehold.rebuild_positions p
         using leasehold.rebuilds r
         where r.id = p.rebuild_id
           and r.state in ('differs', 'swapped', 'cancelled')",
    )
    .execute(connection)
    .await
    .map(|_| ())
}

/// Nothing of how it went is needed any more.
pub(super) async fn forget_way(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    for table in ["rebuild_spans", "rebuild_positions", "rebuild_stale", "rebuild_poisoned"] {
        let forget = format!("delete from leasehold.{table} where rebuild_id = $1");
        sqlx::query(&forget).bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}
