//! How many leases of each environment ended, in blocks along the log and along time: what a question
//! about a moment need not count lease by lease.
//!
//! **Claims.** Where this checkpoint of a company is that of its spans, every lease that has ended is
//! counted in one block along each axis, and nothing else is.
//! **Because** blocks change with the spans and with both checkpoints in one transaction, under the
//! lock of the spans' checkpoint; and a company whose blocks were left behind, as by a program that
//! keeps spans alone, is counted anew.
//! **Not** promised: where one block ends and the next begins. A long one is cut when something is
//! added to it.

use chrono::{DateTime, Utc};
use leasehold_domain::id::CompanyId;
use leasehold_domain::lease::EndKind;
use leasehold_projections::lease_spans::{NAME as SPANS, Span};
use sqlx::PgConnection;
use uuid::Uuid;

use super::rows::{Behind, each};

/// Under which name the checkpoint stands.
pub const ENDS_CHECKPOINT: &str = "lease_ends";
/// Leases of a piece that a block is cut into, about; a block may be twice as long. Leases that ended
/// at the same moment are never cut apart.
const PIECE: i64 = 512;

/// What blocks are laid along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Axis {
    /// The positions of the ends.
    Position,
    /// The times of the ends, as they happened.
    Time,
}

impl Axis {
    /// Both of them.
    pub(crate) const ALL: [Self; 2] = [Self::Position, Self::Time];

    /// The table of its blocks.
    pub(crate) const fn table(self) -> &'static str {
        match self {
            Self::Position => "lease_ends_by_position",
            Self::Time => "lease_ends_by_time",
        }
    }

    /// A statement about its blocks.
    fn statement(self, template: &str) -> String {
        let (column, kind, least, most) = match self {
            Self::Position => ("to_position", "bigint", "0", "9223372036854775807"),
            Self::Time => ("held_to", "timestamptz", "'-infinity'", "'infinity'"),
        };
        template
            .replace("{blocks}", &format!("leasehold.{}", self.table()))
            .replace("{column}", column)
            .replace("{kind}", kind)
            .replace("{least}", least)
            .replace("{most}", most)
    }
}

/// Each of $1 to $4 falls into the block that it is in, or into the first of its environment, which
/// begins before everything. Answers with how many of these blocks are longer than $5.
const ADD: &str = "with ended as (
           select e.company_id, e.environment_id, e.at, e.outcome,
                  coalesce((
                    select b.first
                    from {blocks} b
                    where b.company_id = e.company_id
                      and b.environment_id = e.environment_id
                      and b.first <= e.at
                    order by b.first desc
                    limit 1
                  ), {least}::{kind}) as first
           from unnest($1::uuid[], $2::uuid[], $3::{kind}[], $4::text[])
             as e (company_id, environment_id, at, outcome)
         ),
         added as (
           insert into {blocks} as b
             (company_id, environment_id, first, last, released, expired, failed)
           select company_id, environment_id, first, max(at),
                  count(*) filter (where outcome = 'released'),
                  count(*) filter (where outcome = 'expired'),
                  count(*) filter (where outcome = 'failed')
           from ended
           group by company_id, environment_id, first
           on conflict (company_id, environment_id, first) do update
           set last = greatest(b.last, excluded.last),
               released = b.released + excluded.released,
               expired = b.expired + excluded.expired,
               failed = b.failed + excluded.failed
           returning b.released + b.expired + b.failed as leases
         )
         select count(*) from added where leases > $5";

/// Cuts those blocks that $1 to $3 are in and that are longer than $4 into pieces of $5 leases. The
/// first piece keeps the block's place.
const CUT: &str = "with long as (
           select distinct b.company_id, b.environment_id, b.first, b.next
           from unnest($1::uuid[], $2::uuid[], $3::{kind}[]) as e (company_id, environment_id, at)
           cross join lateral (
             select b.*, coalesce((
                      select min(n.first)
                      from {blocks} n
                      where n.company_id = b.company_id
                        and n.environment_id = b.environment_id
                        and n.first > b.first
                    ), {most}::{kind}) as next
             from {blocks} b
             where b.company_id = e.company_id
               and b.environment_id = e.environment_id
               and b.first <= e.at
             order by b.first desc
             limit 1
           ) b
           where b.released + b.expired + b.failed > $4
         ),
         ended as (
           select l.company_id, l.environment_id, l.first, s.{column} as at, s.outcome,
                  (rank() over (
                    partition by l.company_id, l.environment_id, l.first
                    order by s.{column}
                  ) - 1) / $5 as piece
           from long l
           join leasehold.lease_spans s
             on s.company_id = l.company_id
            and s.environment_id = l.environment_id
            and s.{column} >= l.first
            and s.{column} < l.next
            and s.outcome is not null
         )
         insert into {blocks}
           (company_id, environment_id, first, last, released, expired, failed)
         select company_id, environment_id, case when piece = 0 then first else min(at) end,
                max(at),
                count(*) filter (where outcome = 'released'),
                count(*) filter (where outcome = 'expired'),
                count(*) filter (where outcome = 'failed')
         from ended
         group by company_id, environment_id, first, piece
         on conflict (company_id, environment_id, first) do update
         set last = excluded.last,
             released = excluded.released,
             expired = excluded.expired,
             failed = excluded.failed";

/// All that the spans of $1 have, in pieces of $2 leases.
const FILL: &str = "with ended as (
           select s.company_id, s.environment_id, s.{column} as at, s.outcome,
                  (rank() over (
                    partition by s.company_id, s.environment_id
                    order by s.{column}
                  ) - 1) / $2 as piece
           from leasehold.lease_spans s
           where s.company_id = any($1)
             and s.outcome is not null
         )
         insert into {blocks}
           (company_id, environment_id, first, last, released, expired, failed)
         select company_id, environment_id, case when piece = 0 then {least} else min(at) end,
                max(at),
                count(*) filter (where outcome = 'released'),
                count(*) filter (where outcome = 'expired'),
                count(*) filter (where outcome = 'failed')
         from ended
         group by company_id, environment_id, piece";

/// Counts the ends among spans that were saved for some pages.
pub(super) async fn count(
    connection: &mut PgConnection,
    pages: &[Behind],
    saved: &[(CompanyId, Span)],
) -> sqlx::Result<()> {
    let kept_up = advance(connection, pages).await?;
    let companies = pages.iter().map(|page| page.company);
    let left: Vec<Uuid> = companies.filter(|company| !kept_up.contains(company)).collect();
    count_anew(connection, &left).await?;
    let saved = saved.iter().filter(|(company, _)| kept_up.contains(&company.0));
    let ended = saved.filter_map(|(company, span)| {
        let (to, outcome) = (span.to?, span.outcome?);
        Some((company.0, span.environment_id, to.position, to.at, outcome))
    });
    let ended: Vec<Ended> = ended.collect();
    if !ended.is_empty() {
        for axis in Axis::ALL {
            add(connection, axis, &ended).await?;
        }
    }
    Ok(())
}

/// Whose, where, at which position, when and how.
type Ended = (Uuid, Uuid, i64, DateTime<Utc>, EndKind);

/// Moves the checkpoints of those companies whose blocks are where the pages begin; which these are.
async fn advance(connection: &mut PgConnection, pages: &[Behind]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "update leasehold.projection_checkpoints c
         set position = page.head
         from unnest($1::uuid[], $3::bigint[], $4::bigint[]) as page (company_id, reached, head)
         where c.company_id = page.company_id
           and c.projection = $2
           and c.position = page.reached
         returning c.company_id",
    )
    .bind(each(pages, |page| page.company))
    .bind(ENDS_CHECKPOINT)
    .bind(each(pages, |page| page.reached))
    .bind(each(pages, |page| page.head))
    .fetch_all(connection)
    .await
}

async fn add(connection: &mut PgConnection, axis: Axis, ended: &[Ended]) -> sqlx::Result<()> {
    let companies = each(ended, |ended| ended.0);
    let environments = each(ended, |ended| ended.1);
    let outcomes = each(ended, |ended| ended.4.as_str());
    let (positions, times) = (each(ended, |ended| ended.2), each(ended, |ended| ended.3));
    let statement = axis.statement(ADD);
    let query = sqlx::query_scalar(&statement).bind(&companies).bind(&environments);
    let query = match axis {
        Axis::Position => query.bind(&positions),
        Axis::Time => query.bind(&times),
    };
    let long: i64 = query.bind(outcomes).bind(2 * PIECE).fetch_one(&mut *connection).await?;
    if long == 0 {
        return Ok(());
    }
    let statement = axis.statement(CUT);
    let query = sqlx::query(&statement).bind(companies).bind(environments);
    let query = match axis {
        Axis::Position => query.bind(positions),
        Axis::Time => query.bind(times),
    };
    query.bind(2 * PIECE).bind(PIECE).execute(connection).await.map(|_| ())
}

/// Counts what the spans of some companies have, in a transaction in which nobody else changes them.
pub(crate) async fn count_anew(
    connection: &mut PgConnection,
    companies: &[Uuid],
) -> sqlx::Result<()> {
    if companies.is_empty() {
        return Ok(());
    }
    for axis in Axis::ALL {
        let clear = axis.statement("delete from {blocks} where company_id = any($1)");
        sqlx::query(&clear).bind(companies).execute(&mut *connection).await?;
        let fill = axis.statement(FILL);
        sqlx::query(&fill).bind(companies).bind(PIECE).execute(&mut *connection).await?;
    }
    sqlx::query(
        "insert into leasehold.projection_checkpoints (company_id, projection, position)
         select company_id, $3, position
         from leasehold.projection_checkpoints
         where company_id = any($1)
           and projection = $2
         on conflict (company_id, projection) do update
         set position = excluded.position",
    )
    .bind(companies)
    .bind(SPANS)
    .bind(ENDS_CHECKPOINT)
    .execute(connection)
    .await
    .map(|_| ())
}
