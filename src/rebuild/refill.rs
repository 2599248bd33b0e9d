//! `lease_spans` anew: folded from the log's beginning beside the live rows, compared, and put in their
//! place company by company.
//!
//! **Claims.** What takes the place of a company's spans is what its log means up to its checkpoint.
//! Appends wait for nothing; readers see the spans from before or those from after, never some of
//! each. **Because** the last of the fold, the comparison and the exchange are one transaction, under
//! the lock of the checkpoint's row, which whoever keeps the spans up takes first.
//! **Not** promised: that companies which were exchanged stay as they were when a later one is cut
//! off; what is asked again finds them the same. There is no way back: nothing old is kept.

use std::collections::BTreeSet;

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_projections::lease_spans::{COLUMNS, NAME, Span};
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use super::compare::Verdict;
use super::error::RebuildError;
use super::options::{Options, Progress, Told};
use super::record::{self, State};
use super::start::{clean_up, connect, known};
use super::telling::tell;
use super::turn;
use crate::log::{Poison, list_heads, list_touched_events, mark_poisoned};
use crate::spans::{Folding, count_anew, lock_checkpoint, put_into};

/// Events that are folded at once.
const PAGE: u64 = 5_000;
/// Where the spans are folded into: a table of this connection alone.
const ANEW: &str = "pg_temp.lease_spans_anew";

/// Folds the spans of every company anew and puts them in the place of those that differ, if that is
/// allowed.
///
/// # Errors
/// A [`RebuildError`]: another rebuild runs, rows differ, it was cancelled; the database's.
pub(super) async fn refill(
    database: &PgConnectOptions,
    options: &Options,
    told: Told,
) -> Result<Verdict, RebuildError> {
    let mut connection = connect(database).await?;
    if let Some(other) = turn::begin(&mut connection).await? {
        record::enter(&mut connection, other.id, State::Cancelled, None).await?;
        clean_up(&mut connection, other.id, &known(&other.projections)).await?;
    }
    let id = Uuid::now_v7();
    record::begin(&mut connection, id, &[NAME], &options.asked_by).await?;
    tell(&mut connection, database).await?;
    let done = refill_all(&mut connection, id, options, &told).await;
    let ended = match &done {
        Ok(verdict) => Some((State::Swapped, verdict)),
        Err(RebuildError::Differs(verdict)) => Some((State::Differs, &**verdict)),
        Err(_) => None,
    };
    if let Some((state, verdict)) = ended {
        record::enter(&mut connection, id, state, Some(verdict)).await?;
        tell(&mut connection, database).await?;
    }
    turn::end(connection).await?;
    done
}

async fn refill_all(
    connection: &mut PgConnection,
    id: Uuid,
    options: &Options,
    told: &Told,
) -> Result<Verdict, RebuildError> {
    make(connection).await?;
    let heads = list_heads(connection).await?;
    told(Progress::Expected(heads.iter().map(|head| head.position.0).sum()));
    let mut verdict = Verdict::default();
    for head in heads {
        if !record::is_wanted(connection, id).await? {
            return Err(RebuildError::Cancelled);
        }
        let allowed = options.is_difference_allowed;
        refill_company(connection, head.company_id, allowed, &mut verdict).await?;
        told(Progress::Loaded(head.position.0));
    }
    if verdict.is_same() || options.is_difference_allowed {
        Ok(verdict)
    } else {
        Err(RebuildError::Differs(Box::new(verdict)))
    }
}

/// Makes the table that is folded into.
pub(super) async fn make(connection: &mut PgConnection) -> sqlx::Result<()> {
    for statement in [
        "create temporary table if not exists lease_spans_anew (like leasehold.lease_spans)",
        "create unique index if not exists lease_spans_anew_key
           on lease_spans_anew (company_id, lease_id, from_position)",
    ] {
        sqlx::query(statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// One company. Rows that differ are counted, and exchanged where that is allowed.
pub(super) async fn refill_company(
    connection: &mut PgConnection,
    company: CompanyId,
    is_allowed: bool,
    verdict: &mut Verdict,
) -> Result<(), RebuildError> {
    let clear = format!("truncate {ANEW}");
    sqlx::query(&clear).execute(&mut *connection).await?;
    let mut folding = Folding::new(company, Vec::new(), BTreeSet::new());
    let reached = find_checkpoint(connection, company).await?;
    fold_on(connection, company, (Position(0), reached), &mut folding).await?;
    sqlx::query("begin").execute(&mut *connection).await?;
    let done = exchange(connection, company, (reached, is_allowed), folding, verdict).await;
    let end = if done.is_ok() { "commit" } else { "rollback" };
    sqlx::query(end).execute(connection).await?;
    done
}

async fn find_checkpoint(
    connection: &mut PgConnection,
    company: CompanyId,
) -> sqlx::Result<Position> {
    let found = crate::spans::list_checkpoints(connection).await?;
    let of = found.into_iter().find(|(id, _)| *id == company);
    Ok(of.map_or(Position(0), |(_, position)| position))
}

async fn fold_on(
    connection: &mut PgConnection,
    company: CompanyId,
    (mut from, reached): (Position, Position),
    folding: &mut Folding,
) -> sqlx::Result<()> {
    while from < reached {
        let to = reached.min(from.plus(PAGE));
        for event in &list_touched_events(connection, company, from, to).await? {
            folding.take_of_lease(event);
        }
        put_into(connection, ANEW, &of(company, folding.take_ended())).await?;
        from = to;
    }
    Ok(())
}

fn of(company: CompanyId, spans: Vec<Span>) -> Vec<(CompanyId, Span)> {
    spans.into_iter().map(|span| (company, span)).collect()
}

async fn exchange(
    connection: &mut PgConnection,
    company: CompanyId,
    (reached, is_allowed): (Position, bool),
    mut folding: Folding,
    verdict: &mut Verdict,
) -> Result<(), RebuildError> {
    let now = lock_checkpoint(connection, company).await?;
    fold_on(connection, company, (reached, now), &mut folding).await?;
    let poisons = folding.take_poisons();
    put_into(connection, ANEW, &of(company, folding.into_changed())).await?;
    let differ = count_differing(connection, company, verdict).await?;
    if differ && is_allowed {
        let columns = COLUMNS.join(", ");
        let clear = "delete from leasehold.lease_spans where company_id = $1";
        sqlx::query(clear).bind(company.0).execute(&mut *connection).await?;
        let put =
            format!("insert into leasehold.lease_spans ({columns}) select {columns} from {ANEW}");
        sqlx::query(&put).execute(&mut *connection).await?;
    }
    if !differ || is_allowed {
        mark_anew(connection, company, &poisons).await?;
        // What is counted of the spans is as they are from now on.
        count_anew(connection, &[company.0]).await?;
    }
    verdict.poisoned += i64::try_from(poisons.len()).unwrap_or(i64::MAX);
    Ok(())
}

/// What the projection has stopped at in a company is what this fold could not take.
async fn mark_anew(
    connection: &mut PgConnection,
    company: CompanyId,
    poisons: &[Poison],
) -> sqlx::Result<()> {
    sqlx::query("delete from leasehold.poisoned where company_id = $1 and projection = $2")
        .bind(company.0)
        .bind(NAME)
        .execute(&mut *connection)
        .await?;
    mark_poisoned(connection, poisons).await
}

/// Counts the rows, and those that differ; whether any does.
async fn count_differing(
    connection: &mut PgConnection,
    company: CompanyId,
    verdict: &mut Verdict,
) -> sqlx::Result<bool> {
    let differ = COLUMNS.map(|column| format!("l.{column} is distinct from a.{column}"));
    let (compared, missing, added, changed): (i64, i64, i64, i64) = sqlx::query_as(&format!(
        "select count(a.lease_id),
                count(*) filter (where l.lease_id is null),
                count(*) filter (where a.lease_id is null),
                count(*) filter (
                  where l.lease_id is not null and a.lease_id is not null and ({})
                )
         from (select * from leasehold.lease_spans where company_id = $1) l
         full join {ANEW} a
           on a.company_id = l.company_id
          and a.lease_id = l.lease_id
          and a.from_position = l.from_position",
        differ.join(" or ")
    ))
    .bind(company.0)
    .fetch_one(connection)
    .await?;
    *verdict.compared.entry(NAME.to_owned()).or_default() += compared;
    for (what, rows) in [("-", missing), ("+", added), ("*", changed)] {
        if rows > 0 {
            *verdict.differing.entry(format!("{NAME}.{what}")).or_default() += rows;
        }
    }
    Ok(missing + added + changed > 0)
}
