//! The table of spans and its checkpoints.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::lease::Phase;
use leasehold_projections::lease_spans::{Mark, NAME, Span};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Events that are taken up at once.
pub(super) const PAGE: i64 = 2_000;
/// Names the lock that the one keeper holds as long as it lives.
const KEEPING: i64 = 0x6c68_7370_616e_7321;
/// Under which name the checkpoint stands.
pub const CHECKPOINT: &str = NAME;

/// Takes the lock of the one keeper, until the connection ends.
pub(super) async fn try_keep(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("select pg_catalog.pg_try_advisory_lock($1)")
        .bind(KEEPING)
        .fetch_one(connection)
        .await
}

/// A company whose log goes on beyond its checkpoint.
#[derive(Debug, Clone, Copy, FromRow)]
pub(super) struct Behind {
    #[sqlx(rename = "company_id")]
    pub(super) company: Uuid,
    pub(super) reached: i64,
    pub(super) head: i64,
}

impl Behind {
    /// The first page of what it is behind.
    pub(super) fn first_page(&self) -> Self {
        Self { head: self.head.min(self.reached + PAGE), ..*self }
    }
}

/// Companies whose log goes on beyond the checkpoint.
pub(super) async fn list_behind(connection: &mut PgConnection) -> sqlx::Result<Vec<Behind>> {
    sqlx::query_as(
        "select h.company_id, coalesce(c.position, 0) as reached, h.position as head
         from leasehold.heads h
         left join leasehold.projection_checkpoints c
           on c.company_id = h.company_id
          and c.projection = $1
         where h.position > coalesce(c.position, 0)
         order by h.company_id",
    )
    .bind(NAME)
    .fetch_all(connection)
    .await
}

/// How far the spans of each company have come.
pub(crate) async fn list_checkpoints(
    connection: &mut PgConnection,
) -> sqlx::Result<Vec<(CompanyId, Position)>> {
    let found: Vec<(Uuid, i64)> = sqlx::query_as(
        "select company_id, position
         from leasehold.projection_checkpoints
         where projection = $1",
    )
    .bind(NAME)
    .fetch_all(connection)
    .await?;
    let checkpoint = |(id, at): (Uuid, i64)| (CompanyId(id), Position(at.unsigned_abs()));
    Ok(found.into_iter().map(checkpoint).collect())
}

/// Moves the checkpoint; false when it is not where the events were to be read from.
pub(super) async fn advance(
    connection: &mut PgConnection,
    company: CompanyId,
    from: Position,
    to: Position,
) -> sqlx::Result<bool> {
    // Of two that begin with a company at once, the second waits for the first, and finds its row.
    let moved = sqlx::query(
        "insert into leasehold.projection_checkpoints as c (company_id, projection, position)
         select $1, $2, $4
         where $3 = 0
            or exists (
              select
              from leasehold.projection_checkpoints
              where company_id = $1
                and projection = $2
            )
         on conflict (company_id, projection) do update
         set position = excluded.position
         where c.position = $3",
    )
    .bind(company.0)
    .bind(NAME)
    .bind(signed(from))
    .bind(signed(to))
    .execute(connection)
    .await?;
    Ok(moved.rows_affected() == 1)
}

fn signed(position: Position) -> i64 {
    i64::try_from(position.0).unwrap_or(i64::MAX)
}

#[derive(Debug, FromRow)]
struct Row {
    lease_id: Uuid,
    environment_id: Uuid,
    agent_id: Option<Uuid>,
    run_id: Option<Uuid>,
    phase: String,
    from_position: i64,
    held_from: DateTime<Utc>,
}

/// The open spans of some leases.
pub(super) async fn load_open(
    connection: &mut PgConnection,
    company: CompanyId,
    leases: &[Uuid],
) -> sqlx::Result<Vec<Span>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select lease_id, environment_id, agent_id, run_id, phase, from_position, held_from
         from leasehold.lease_spans
         where company_id = $1
           and lease_id = any($2)
           and to_position is null",
    )
    .bind(company.0)
    .bind(leases)
    .fetch_all(connection)
    .await?;
    let span = |row: Row| {
        let phase: Phase =
            row.phase.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        let from = Mark { position: row.from_position, at: row.held_from };
        let Row { lease_id, environment_id, agent_id, run_id, .. } = row;
        Ok(Span { lease_id, environment_id, agent_id, run_id, phase, from, to: None })
    };
    rows.into_iter().map(span).collect()
}

/// Those of some leases that the projection has stopped at.
pub(super) async fn list_poisoned_leases(
    connection: &mut PgConnection,
    company: CompanyId,
    leases: &[Uuid],
) -> sqlx::Result<BTreeSet<Uuid>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select aggregate_id
         from leasehold.poisoned
         where company_id = $1
           and projection = $2
           and aggregate_type = 'lease'
           and aggregate_id = any($3)",
    )
    .bind(company.0)
    .bind(NAME)
    .bind(leases)
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().collect())
}

/// $1 the company, then an array for each column.
const PUT: &str = "insert into {table} as s
           (company_id, lease_id, environment_id, agent_id, run_id, phase, from_position,
            to_position, held_from, held_to, reach, position_reach)
         select $1, lease_id, environment_id, agent_id, run_id, phase, from_position,
                to_position, held_from, held_to, reach, position_reach
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::bigint[],
                     $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::smallint[],
                     $12::smallint[])
           as span (lease_id, environment_id, agent_id, run_id, phase, from_position,
                    to_position, held_from, held_to, reach, position_reach)
         on conflict (company_id, lease_id, from_position) do update
         set to_position = excluded.to_position,
             held_to = excluded.held_to,
             reach = excluded.reach,
             position_reach = excluded.position_reach
         where s.to_position is distinct from excluded.to_position";

/// Puts spans in the table; one that was open there gets its end.
pub(super) async fn save(
    connection: &mut PgConnection,
    company: CompanyId,
    spans: &[Span],
) -> sqlx::Result<()> {
    put_into(connection, "leasehold.lease_spans", company, spans).await
}

/// Locks a company's checkpoint until the transaction is over: nobody keeps its spans up meanwhile.
/// Answers with where it stands.
pub(crate) async fn lock_checkpoint(
    connection: &mut PgConnection,
    company: CompanyId,
) -> sqlx::Result<Position> {
    let found: Option<i64> = sqlx::query_scalar(
        "select position
         from leasehold.projection_checkpoints
         where company_id = $1
           and projection = $2
         for update",
    )
    .bind(company.0)
    .bind(NAME)
    .fetch_optional(connection)
    .await?;
    Ok(Position(found.unwrap_or_default().unsigned_abs()))
}

/// Puts spans in a table that is made like the projection's.
pub(crate) async fn put_into(
    connection: &mut PgConnection,
    table: &str,
    company: CompanyId,
    spans: &[Span],
) -> sqlx::Result<()> {
    fn each<'s, T>(spans: &'s [Span], get: impl Fn(&'s Span) -> T) -> Vec<T> {
        spans.iter().map(get).collect()
    }
    sqlx::query(&PUT.replace("{table}", table))
        .bind(company.0)
        .bind(each(spans, |span| span.lease_id))
        .bind(each(spans, |span| span.environment_id))
        .bind(each(spans, |span| span.agent_id))
        .bind(each(spans, |span| span.run_id))
        .bind(each(spans, |span| span.phase.as_str()))
        .bind(each(spans, |span| span.from.position))
        .bind(each(spans, |span| span.to.map(|to| to.position)))
        .bind(each(spans, |span| span.from.at))
        .bind(each(spans, |span| span.to.map(|to| to.at)))
        .bind(each(spans, Span::reach))
        .bind(each(spans, Span::position_reach))
        .execute(connection)
        .await
        .map(|_| ())
}
