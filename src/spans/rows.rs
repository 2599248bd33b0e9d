//! The table of spans and its checkpoints.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::lease::{EndKind, Phase};
use leasehold_projections::lease_spans::{Mark, NAME, Span};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::ends::ENDS_CHECKPOINT;

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

/// A company whose log goes on beyond its checkpoint, or a page of that.
#[derive(Debug, Clone, Copy, FromRow)]
pub(super) struct Behind {
    #[sqlx(rename = "company_id")]
    pub(super) company: Uuid,
    pub(super) reached: i64,
    pub(super) head: i64,
}

impl Behind {
    /// How many events.
    pub(super) const fn events(&self) -> i64 {
        self.head - self.reached
    }

    /// After which event, and up to which.
    pub(super) fn range(&self) -> (CompanyId, Position, Position) {
        let at = |position: i64| Position(position.unsigned_abs());
        (CompanyId(self.company), at(self.reached), at(self.head))
    }

    /// The first page of what it is behind.
    pub(super) fn first_page(&self) -> Self {
        Self { head: self.head.min(self.reached + PAGE), ..*self }
    }

    /// What comes after the first page, if there is more.
    pub(super) fn rest(self) -> Option<Self> {
        let reached = self.first_page().head;
        (reached < self.head).then_some(Self { reached, ..self })
    }
}

/// Companies whose log goes on beyond the checkpoint, and those whose ends are not counted up to it.
pub(super) async fn list_behind(connection: &mut PgConnection) -> sqlx::Result<Vec<Behind>> {
    sqlx::query_as(
        "select h.company_id, coalesce(c.position, 0) as reached, h.position as head
         from leasehold.heads h
         left join leasehold.projection_checkpoints c
           on c.company_id = h.company_id
          and c.projection = $1
         left join leasehold.projection_checkpoints e
           on e.company_id = h.company_id
          and e.projection = $2
         where h.position > coalesce(c.position, 0)
            or e.position is distinct from c.position
         order by h.company_id",
    )
    .bind(NAME)
    .bind(ENDS_CHECKPOINT)
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

/// Makes the checkpoints of companies that have none yet.
pub(super) async fn begin(connection: &mut PgConnection, pages: &[Behind]) -> sqlx::Result<()> {
    // Of two that begin with a company at once, the second waits for the first, and finds its row.
    sqlx::query(
        "insert into leasehold.projection_checkpoints (company_id, projection, position)
         select company_id, $2, 0
         from unnest($1::uuid[], $3::bigint[]) as page (company_id, reached)
         where reached = 0
         order by company_id
         on conflict do nothing",
    )
    .bind(each(pages, |page| page.company))
    .bind(NAME)
    .bind(each(pages, |page| page.reached))
    .execute(connection)
    .await
    .map(|_| ())
}

/// Moves the checkpoints of companies over a page each. Answers with the pages whose checkpoint was
/// where they begin; the others are somebody else's.
pub(super) async fn advance(
    connection: &mut PgConnection,
    pages: &[Behind],
) -> sqlx::Result<Vec<Behind>> {
    // In one order, so that of two who want several, one waits and neither for ever.
    let moved: Vec<Uuid> = sqlx::query_scalar(
        "with locked as materialized (
           select c.company_id, c.position
           from leasehold.projection_checkpoints c
           where c.projection = $2
             and c.company_id = any($1)
           order by c.company_id
           for update
         )
         update leasehold.projection_checkpoints c
         set position = page.head
         from locked
         join unnest($1::uuid[], $3::bigint[], $4::bigint[])
           as page (company_id, reached, head)
           on page.company_id = locked.company_id
          and page.reached = locked.position
         where c.company_id = locked.company_id
           and c.projection = $2
         returning c.company_id",
    )
    .bind(each(pages, |page| page.company))
    .bind(NAME)
    .bind(each(pages, |page| page.reached))
    .bind(each(pages, |page| page.head))
    .fetch_all(connection)
    .await?;
    Ok(pages.iter().filter(|page| moved.contains(&page.company)).copied().collect())
}

/// Something of each.
pub(super) fn each<'s, S, T>(all: &'s [S], get: impl Fn(&'s S) -> T) -> Vec<T> {
    all.iter().map(get).collect()
}

#[derive(Debug, FromRow)]
struct Row {
    company_id: Uuid,
    lease_id: Uuid,
    environment_id: Uuid,
    agent_id: Option<Uuid>,
    run_id: Option<Uuid>,
    phase: String,
    from_position: i64,
    held_from: DateTime<Utc>,
}

/// A lease, and whose it is.
pub(super) type Lease = (Uuid, Uuid);

/// The open spans of some leases, and whose they are.
pub(super) async fn load_open(
    connection: &mut PgConnection,
    leases: &[Lease],
) -> sqlx::Result<Vec<(Uuid, Span)>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select s.company_id, s.lease_id, s.environment_id, s.agent_id, s.run_id, s.phase,
                s.from_position, s.held_from
         from unnest($1::uuid[], $2::uuid[]) as asked (company_id, lease_id)
         join leasehold.lease_spans s
           on s.company_id = asked.company_id
          and s.lease_id = asked.lease_id
          and s.to_position is null",
    )
    .bind(each(leases, |lease| lease.0))
    .bind(each(leases, |lease| lease.1))
    .fetch_all(connection)
    .await?;
    let span = |row: Row| {
        let phase: Phase =
            row.phase.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        let from = Mark { position: row.from_position, at: row.held_from };
        let Row { company_id, lease_id, environment_id, agent_id, run_id, .. } = row;
        let (to, outcome) = (None, None);
        let span = Span { lease_id, environment_id, agent_id, run_id, phase, from, to, outcome };
        Ok((company_id, span))
    };
    rows.into_iter().map(span).collect()
}

/// Those of some leases that the projection has stopped at.
pub(super) async fn list_poisoned_leases(
    connection: &mut PgConnection,
    leases: &[Lease],
) -> sqlx::Result<BTreeSet<Lease>> {
    let found: Vec<Lease> = sqlx::query_as(
        "select p.company_id, p.aggregate_id
         from unnest($1::uuid[], $2::uuid[]) as asked (company_id, lease_id)
         join leasehold.poisoned p
           on p.company_id = asked.company_id
          and p.projection = $3
          and p.aggregate_type = 'lease'
          and p.aggregate_id = asked.lease_id",
    )
    .bind(each(leases, |lease| lease.0))
    .bind(each(leases, |lease| lease.1))
    .bind(NAME)
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().collect())
}

/// An array for each column.
const PUT: &str = "insert into {table} as s
           (company_id, lease_id, environment_id, agent_id, run_id, phase, from_position,
            to_position, held_from, held_to, reach, position_reach, outcome)
         select company_id, lease_id, environment_id, agent_id, run_id, phase, from_position,
                to_position, held_from, held_to, reach, position_reach, outcome
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[],
                     $7::bigint[], $8::bigint[], $9::timestamptz[], $10::timestamptz[],
                     $11::smallint[], $12::smallint[], $13::text[])
           as span (company_id, lease_id, environment_id, agent_id, run_id, phase, from_position,
                    to_position, held_from, held_to, reach, position_reach, outcome)
         on conflict (company_id, lease_id, from_position) do update
         set to_position = excluded.to_position,
             held_to = excluded.held_to,
             reach = excluded.reach,
             position_reach = excluded.position_reach,
             outcome = excluded.outcome
         where s.to_position is distinct from excluded.to_position";

/// Puts spans in the table; one that was open there gets its end.
pub(super) async fn save(
    connection: &mut PgConnection,
    spans: &[(CompanyId, Span)],
) -> sqlx::Result<()> {
    put_into(connection, "leasehold.lease_spans", spans).await
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
    spans: &[(CompanyId, Span)],
) -> sqlx::Result<()> {
    sqlx::query(&PUT.replace("{table}", table))
        .bind(each(spans, |(company, _)| company.0))
        .bind(each(spans, |(_, span)| span.lease_id))
        .bind(each(spans, |(_, span)| span.environment_id))
        .bind(each(spans, |(_, span)| span.agent_id))
        .bind(each(spans, |(_, span)| span.run_id))
        .bind(each(spans, |(_, span)| span.phase.as_str()))
        .bind(each(spans, |(_, span)| span.from.position))
        .bind(each(spans, |(_, span)| span.to.map(|to| to.position)))
        .bind(each(spans, |(_, span)| span.from.at))
        .bind(each(spans, |(_, span)| span.to.map(|to| to.at)))
        .bind(each(spans, |(_, span)| span.reach()))
        .bind(each(spans, |(_, span)| span.position_reach()))
        .bind(each(spans, |(_, span)| span.outcome.map(EndKind::as_str)))
        .execute(connection)
        .await
        .map(|_| ())
}
