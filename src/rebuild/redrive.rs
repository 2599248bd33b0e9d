//! What a projection could not take is driven through it again, after a fix.
//!
//! **Claims.** An aggregate that the projection takes now has the rows that its log means, and its
//! mark is gone; one that it still cannot take is as it was, and its mark says why today. Nothing is
//! appended to the company meanwhile, and no rebuild runs. **Because** the company's head is locked,
//! rows and mark change in one transaction, and the lock of the one rebuild that runs is held.

use std::collections::BTreeSet;

use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, OperationId};
use leasehold_domain::operation::Step;
use leasehold_domain::stream::StreamId;
use leasehold_domain::text::Label;
use leasehold_projections::lease_spans::NAME as SPANS;
use leasehold_projections::projection::{INLINE, Projection};
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use super::catch_up::{Changes, store};
use super::compare::Verdict;
use super::error::RebuildError;
use super::refill::{make, refill_company};
use super::start::{connect, named};
use super::turn;
use crate::dispatch::{Caller, Dispatcher, Settings};
use crate::history::{Entry, Fold, OVER_KEPT_MAX, Rendering};
use crate::journal::Journal;
use crate::log::{list_stream_events, lock_head, mark_poisoned, unmark_poisoned};
use crate::read::{Poisoned, list_poisoned};

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Redriven {
    /// Aggregates that their projections took.
    pub taken: u64,
    /// Those that they still cannot take.
    pub left: Vec<Poisoned>,
}

/// Drives everything that some projections have stopped at through them again; of all when none is
/// named.
///
/// # Errors
/// A [`RebuildError`] when a rebuild runs, and the database's; what was taken until then stays.
pub async fn redrive(
    database: &PgConnectOptions,
    names: &[String],
    caller: Caller,
) -> Result<Redriven, RebuildError> {
    let inline: Vec<String> = names.iter().filter(|name| *name != SPANS).cloned().collect();
    // The spans alone, where nothing else is named.
    let is_spans_alone = inline.is_empty() && !names.is_empty();
    let projections = if is_spans_alone { Vec::new() } else { named(&inline)? };
    let mut connection = connect(database).await?;
    turn::begin(&mut connection).await?;
    let mut taken = drive_spans(&mut connection, names).await?;
    for poisoned in list_poisoned(&mut connection, names).await? {
        let known = INLINE.iter().find(|known| known.name == poisoned.projection);
        if let Some(projection) = known {
            taken += u64::from(drive(&mut connection, projection, &poisoned).await?);
        }
    }
    let left = list_poisoned(&mut connection, names).await?;
    turn::end(connection).await?;
    let redriven = Redriven { taken, left };
    let mut told: Vec<&str> = projections.iter().map(|projection| projection.name).collect();
    told.extend(names.iter().any(|name| name == SPANS).then_some(SPANS));
    tell(database, &told, &redriven, caller).await?;
    Ok(redriven)
}

/// Folds the spans of every company anew in which they have stopped at something; answers with how
/// much of it was taken.
async fn drive_spans(connection: &mut PgConnection, names: &[String]) -> Result<u64, RebuildError> {
    if !names.is_empty() && !names.iter().any(|name| name == SPANS) {
        return Ok(0);
    }
    let spans = [SPANS.to_owned()];
    let before = list_poisoned(connection, &spans).await?;
    let companies: BTreeSet<Uuid> = before.iter().map(|poisoned| poisoned.company_id).collect();
    if !companies.is_empty() {
        make(connection).await?;
    }
    for company in companies {
        let mut counted = Verdict::default();
        match refill_company(connection, CompanyId(company), true, &mut counted).await {
            // Columns that are none of an event's: its marks stay.
            Err(RebuildError::Database(
                sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. },
            )) => {}
            done => done?,
        }
    }
    let after = list_poisoned(connection, &spans).await?;
    Ok(before.len().saturating_sub(after.len()) as u64)
}

/// Drives one aggregate; whether it was taken.
async fn drive(
    connection: &mut PgConnection,
    projection: &'static Projection,
    poisoned: &Poisoned,
) -> Result<bool, RebuildError> {
    let Ok(kind) = poisoned.aggregate_type.parse() else { return Ok(false) };
    let stream = StreamId { kind, id: poisoned.aggregate_id };
    let company = CompanyId(poisoned.company_id);
    sqlx::query("begin").execute(&mut *connection).await?;
    let head = lock_head(connection, company).await?;
    let events = match list_stream_events(connection, company, &[stream], head.position).await {
        Ok(events) => events,
        // Columns that are none of an event's: as little to be taken as a payload that is none.
        Err(sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }) => {
            sqlx::query("rollback").execute(connection).await?;
            return Ok(false);
        }
        Err(error) => return Err(error.into()),
    };
    let positions: Vec<Position> = events.iter().map(|event| event.stored.position).collect();
    let entries: Vec<Entry> = events.into_iter().map(Entry::from).collect();
    let mut changes = folded(company, &entries);
    changes.poisons.retain(|met| met.projection == projection.name);
    // An event whose stream cannot be told is in none: nothing was folded, nothing is taken.
    let is_taken = changes.poisons.is_empty() && !positions.is_empty();
    if is_taken {
        forget_rows(connection, company, projection, &positions).await?;
        let aggregates = [(company.0, stream.id)];
        store(connection, &aggregates, &changes, projection, projection.name).await?;
        unmark_poisoned(connection, company, projection.name, stream).await?;
    } else {
        mark_poisoned(connection, &changes.poisons).await?;
    }
    sqlx::query("commit").execute(connection).await?;
    Ok(is_taken)
}

fn folded(company: CompanyId, entries: &[Entry]) -> Changes {
    let mut fold = Fold::new(Rendering::new(Changes::default()), OVER_KEPT_MAX);
    fold.enter(company);
    fold.take(entries);
    fold.finish();
    fold.sink.taking
}

/// Rows of events are put in anew, all of them.
async fn forget_rows(
    connection: &mut PgConnection,
    company: CompanyId,
    projection: &Projection,
    positions: &[Position],
) -> sqlx::Result<()> {
    if projection.key != "position" {
        return Ok(());
    }
    let positions: Vec<i64> =
        positions.iter().map(|at| i64::try_from(at.0).unwrap_or(i64::MAX)).collect();
    let (name, key) = (projection.name, projection.key);
    let gone = format!("delete from leasehold.{name} where company_id = $1 and {key} = any($2)");
    sqlx::query(&gone).bind(company.0).bind(positions).execute(connection).await.map(|_| ())
}

async fn tell(
    database: &PgConnectOptions,
    projections: &[&str],
    redriven: &Redriven,
    caller: Caller,
) -> Result<(), RebuildError> {
    let settings = Settings { lanes: 1, ..Settings::default() };
    let (dispatcher, lanes) = Dispatcher::start(database, settings);
    let names = projections.iter().filter_map(|name| Label::new(*name).ok());
    let (taken, left) = (redriven.taken, redriven.left.len() as u64);
    let step = Step::Redrive { projections: names.collect(), taken, left };
    let told = Journal::new(dispatcher, caller).tell(OperationId(Uuid::now_v7()), step).await;
    lanes.finish().await;
    Ok(told?)
}
