//! Bringing the shadow tables to the newest heads that the transaction sees.

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::StreamId;
use leasehold_projections::projection::Projection;
use leasehold_projections::tuple::Tuple;
use sqlx::PgConnection;
use uuid::Uuid;

use super::poison::{self, carry_over};
use super::shadow::shadow;
use super::way::{list_behind, reach};
use crate::history::{Entry, Fold, Key, Load, OVER_KEPT_MAX, Rendering, Row, Taking, number};
use crate::log::{Poison, list_stream_events, list_touched_events};

/// Events of a company that are caught up with at once.
const PAGE: i64 = 2_000;

/// What a catching up has touched: rows to be compared again.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Companies and ids of aggregates.
    pub(super) aggregates: Vec<(Uuid, Uuid)>,
    /// Companies and positions.
    pub(super) positions: Vec<(Uuid, i64)>,
    /// Events that were read.
    pub(super) events: u64,
    poisons: Vec<Poison>,
}

/// The rows that some events made.
#[derive(Debug, Default)]
pub(super) struct Changes {
    rows: Vec<(usize, Key, Vec<u8>)>,
    pub(super) poisons: Vec<Poison>,
}

impl Taking for Changes {
    fn add(&mut self, row: &Row<'_>) {
        self.rows.push((row.table, row.key, row.tuple.to_vec()));
    }

    /// What stood before the first of the events is overwritten anyway.
    fn remove(&mut self, _: &Row<'_>) {}

    fn poison(&mut self, met: Poison) {
        self.poisons.push(met);
    }
}

/// Folds what was appended since into the shadow tables, company by company.
pub(super) async fn catch_up(
    connection: &mut PgConnection,
    rebuild: Uuid,
    projections: &[&'static Projection],
) -> sqlx::Result<Touched> {
    let mut touched = Touched::default();
    for (company, reached, head) in list_behind(connection, rebuild).await? {
        let mut from = reached;
        while from < head {
            let to = head.min(from + PAGE);
            follow_on(connection, CompanyId(company), (from, to), projections, &mut touched)
                .await?;
            from = to;
        }
        reach(connection, rebuild, &[(company, head)]).await?;
    }
    keep_poisons(connection, rebuild, &touched.poisons).await?;
    carry_over(connection, rebuild, projections).await?;
    Ok(touched)
}

async fn follow_on(
    connection: &mut PgConnection,
    company: CompanyId,
    (from, to): (i64, i64),
    projections: &[&'static Projection],
    touched: &mut Touched,
) -> sqlx::Result<()> {
    let (from, to) = (Position(from.unsigned_abs()), Position(to.unsigned_abs()));
    let events = list_touched_events(connection, company, from, to).await?;
    let mut streams: Vec<StreamId> = events.iter().map(|event| event.stored.stream).collect();
    streams.sort_unstable();
    streams.dedup();
    let before = list_stream_events(connection, company, &streams, from).await?;
    let before: Vec<Entry> = before.into_iter().map(Entry::from).collect();
    touched.events += events.len() as u64;
    touched.positions.extend(
        events
            .iter()
            .map(|event| (company.0, i64::try_from(event.stored.position.0).unwrap_or(i64::MAX))),
    );
    touched.aggregates.extend(streams.iter().map(|stream| (company.0, stream.id)));
    let events: Vec<Entry> = events.into_iter().map(Entry::from).collect();
    let mut fold = Fold::new(Rendering::new(Changes::default()), OVER_KEPT_MAX);
    fold.enter(company);
    fold.recall(&before);
    fold.take(&events);
    fold.finish();
    let mut changes = fold.sink.taking;
    touched.poisons.append(&mut changes.poisons);
    let ids: Vec<Uuid> = streams.iter().map(|stream| stream.id).collect();
    for projection in projections {
        store(connection, (company, &ids), &changes, projection, &shadow(projection)).await?;
    }
    Ok(())
}

async fn keep_poisons(
    connection: &mut PgConnection,
    rebuild: Uuid,
    poisons: &[Poison],
) -> sqlx::Result<()> {
    let (mut load, mut tuple) = (Load::default(), Tuple::default());
    for met in poisons {
        poison::write(rebuild, met, &mut tuple, &mut load);
    }
    load.send(connection, "rebuild_poisoned", &poison::COLUMNS).await
}

/// Puts the rows of some aggregates, and of their events, into a table in the place of what it has
/// of those aggregates. Rows of events have to be new.
pub(super) async fn store(
    connection: &mut PgConnection,
    (company, ids): (CompanyId, &[Uuid]),
    changes: &Changes,
    projection: &Projection,
    table: &str,
) -> sqlx::Result<()> {
    let mut load = Load::default();
    let of_table = number(projection);
    for (_, _, tuple) in changes.rows.iter().filter(|(table, _, _)| *table == of_table) {
        load.add(tuple);
    }
    if projection.key == "id" {
        let gone = format!("delete from leasehold.{table} where id = any($1) and company_id = $2");
        sqlx::query(&gone).bind(ids).bind(company.0).execute(&mut *connection).await?;
    }
    load.send(connection, table, projection.columns).await
}
