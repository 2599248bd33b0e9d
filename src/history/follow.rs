//! Following the log: one task reads, threads decode, one at a time folds.

use std::panic::resume_unwind;

use futures::{StreamExt, stream};
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::StreamId;
use sqlx::PgConnection;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::entry::{self, COLUMNS, Entry};
use super::fold::{Fold, Sink};
use super::snapshot::Snapshot;
use super::tuples::{Batch, CopyReader};

/// Batches that are decoded at once.
const DECODED_AT_ONCE: usize = 3;

/// Which part of the log is followed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// The first company.
    pub(crate) first: Uuid,
    /// The last company, included.
    pub(crate) last: Uuid,
    /// The last position of each, included.
    pub(crate) up_to: Position,
}

impl Span {
    /// The whole log.
    pub(crate) const ALL: Self =
        Self { first: Uuid::nil(), last: Uuid::max(), up_to: Position(i64::MAX.unsigned_abs()) };

    fn statement(&self) -> String {
        let Self { first, last, up_to } = self;
        let columns = columns();
        format!(
            "copy (
               select {columns}
               from leasehold.events e
               where e.company_id between '{first}' and '{last}'
                 and e.position <= {up_to}
               order by e.company_id, e.position
             ) to stdout (format binary)"
        )
    }
}

/// Two connections to one snapshot: one copies, the other looks up what has to be folded again.
#[derive(Debug)]
pub(crate) struct Reader {
    copying: PgConnection,
    looking: PgConnection,
}

impl Reader {
    pub(crate) async fn open(snapshot: &Snapshot) -> sqlx::Result<Self> {
        let mut reader = Self { copying: snapshot.join().await?, looking: snapshot.join().await? };
        for connection in [&mut reader.copying, &mut reader.looking] {
            // By the index of positions or of streams, never by a sort of the whole log.
            for setting in ["enable_seqscan", "enable_sort", "enable_hashjoin", "enable_mergejoin"]
            {
                let off = format!("set local {setting} = off");
                sqlx::query(&off).execute(&mut *connection).await?;
            }
        }
        Ok(reader)
    }
}

/// Follows a part of the log from its first event to its last; `told` hears how many events came.
pub(crate) async fn follow<S: Sink>(
    reader: &mut Reader,
    span: &Span,
    mut fold: Fold<S>,
    told: &(dyn Fn(u64) + Sync),
) -> sqlx::Result<Fold<S>> {
    let Reader { copying, looking } = reader;
    let (hand_on, mut handed) = mpsc::channel(1);
    let reading = read(copying, span.statement(), hand_on);
    let folding = async {
        while let Some(entries) = handed.recv().await {
            let count = Vec::len(&entries) as u64;
            fold = take(looking, fold, entries).await?;
            told(count);
        }
        Ok(aside(move || {
            fold.finish();
            fold
        })
        .await)
    };
    let ((), fold) = futures::try_join!(reading, folding)?;
    Ok(fold)
}

/// Reads and decodes, a few batches ahead of whoever folds.
async fn read(
    copying: &mut PgConnection,
    statement: String,
    hand_on: mpsc::Sender<Vec<Entry>>,
) -> sqlx::Result<()> {
    let copy = CopyReader::begin(copying, &statement).await?;
    let batches = stream::try_unfold(copy, |mut copy| async move {
        Ok::<_, sqlx::Error>(copy.next().await?.map(|batch| (batch, copy)))
    });
    let decode = |batch: sqlx::Result<Batch>| async move {
        let batch = batch?;
        Ok::<_, sqlx::Error>(aside(move || entry::read(&batch)).await)
    };
    let mut decoded = batches.map(decode).buffered(DECODED_AT_ONCE).boxed();
    while let Some(entries) = decoded.next().await {
        if hand_on.send(entries?).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Folds a batch, company by company.
async fn take<S: Sink>(
    looking: &mut PgConnection,
    mut fold: Fold<S>,
    mut entries: Vec<Entry>,
) -> sqlx::Result<Fold<S>> {
    while let Some(first) = entries.first() {
        let company = first.company_id;
        let end = entries.iter().position(|entry| entry.company_id != company);
        let rest = entries.split_off(end.unwrap_or(entries.len()));
        let before = first_position(&entries);
        fold = aside(move || {
            fold.enter(company);
            fold
        })
        .await;
        let missing = fold.missing(&entries);
        let recalled = recall(looking, company, &missing, before).await?;
        fold = aside(move || {
            fold.recall(&recalled);
            fold.take(&entries);
            fold
        })
        .await;
        entries = rest;
    }
    Ok(fold)
}

fn first_position(entries: &[Entry]) -> Position {
    entries.first().map_or(Position(0), |entry| entry.position)
}

/// The events of some streams before a position.
async fn recall(
    looking: &mut PgConnection,
    company: CompanyId,
    streams: &[StreamId],
    before: Position,
) -> sqlx::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    if streams.is_empty() {
        return Ok(entries);
    }
    let wanted: Vec<String> =
        streams.iter().map(|stream| format!("('{}', '{}')", stream.kind, stream.id)).collect();
    let (wanted, columns) = (wanted.join(", "), columns());
    let statement = format!(
        "copy (
           select {columns}
           from (values {wanted}) as wanted (aggregate_type, aggregate_id)
           join leasehold.events e
             on e.aggregate_type = wanted.aggregate_type
            and e.aggregate_id = wanted.aggregate_id
            and e.company_id = '{company}'
           where e.position < {before}
           order by e.aggregate_type, e.aggregate_id, e.sequence
         ) to stdout (format binary)"
    );
    let mut copy = CopyReader::begin(looking, &statement).await?;
    while let Some(batch) = copy.next().await? {
        entries.extend(entry::read(&batch));
    }
    Ok(entries)
}

fn columns() -> String {
    COLUMNS.map(|column| format!("e.{column}")).join(", ")
}

/// What a thread of its own makes; its panic is ours.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(made) => made,
        Err(error) => resume_unwind(error.into_panic()),
    }
}
