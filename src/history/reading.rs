//! Reading the log in bulk: the connections, and batches on their way to whoever folds them.

use futures::{StreamExt, stream};
use sqlx::PgConnection;
use tokio::sync::mpsc;

use super::aside::aside;
use super::entry::{self, Entry};
use super::snapshot::Joining;
use super::tuples::{Batch, CopyReader};

/// Batches that are decoded at once.
const DECODED_AT_ONCE: usize = 3;

/// Two connections to one snapshot: one copies, the other looks up what has to be folded again.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) copying: PgConnection,
    pub(super) looking: PgConnection,
    /// Whether other threads decode ahead of the one that folds, which is none that others wait for.
    pub(super) is_ahead: bool,
}

impl Reader {
    pub(crate) async fn open(joining: &Joining) -> sqlx::Result<Self> {
        Self::of(joining.join().await?, joining.join().await?).await
    }

    /// Of two connections whose settings are nobody else's.
    pub(crate) async fn of(copying: PgConnection, looking: PgConnection) -> sqlx::Result<Self> {
        let mut reader = Self { copying, looking, is_ahead: true };
        for connection in [&mut reader.copying, &mut reader.looking] {
            // By the index of positions or of streams, never by a sort of the whole log.
            for setting in ["enable_seqscan", "enable_sort", "enable_hashjoin", "enable_mergejoin"]
            {
                let off = format!("set {setting} = off");
                sqlx::query(&off).execute(&mut *connection).await?;
            }
        }
        Ok(reader)
    }

    /// The same for one of several that keep all processors busy: what is read is decoded and folded
    /// then and there, which costs a fifth less of all of them together. It takes milliseconds at a
    /// time, so it is for threads that nobody else waits for (`in_bulk`).
    pub(crate) fn decoding_in_place(self) -> Self {
        Self { is_ahead: false, ..self }
    }
}

/// A batch on its way to whoever folds it.
#[derive(Debug)]
pub(super) enum Handed {
    /// As it came.
    Raw(Batch),
    /// Decoded already.
    Decoded(Vec<Entry>),
}

impl Handed {
    /// Its entries. Slow enough to be worth a thread of its own.
    pub(super) fn entries(self) -> Vec<Entry> {
        match self {
            Self::Raw(batch) => entry::read(&batch),
            Self::Decoded(entries) => entries,
        }
    }
}

/// Reads what statements copy, a few batches ahead of whoever folds.
pub(super) async fn read(
    copying: &mut PgConnection,
    is_ahead: bool,
    statements: impl Iterator<Item = String> + Send,
    hand_on: mpsc::Sender<Handed>,
) -> sqlx::Result<()> {
    for statement in statements {
        let copy = CopyReader::begin(copying, &statement).await?;
        let batches = stream::try_unfold(copy, |mut copy| async move {
            Ok::<_, sqlx::Error>(copy.next().await?.map(|batch| (batch, copy)))
        });
        let decode = |batch: sqlx::Result<Batch>| async move {
            let raw = Handed::Raw(batch?);
            if !is_ahead {
                return Ok::<_, sqlx::Error>(raw);
            }
            Ok(Handed::Decoded(aside(move || raw.entries()).await))
        };
        let at_once = if is_ahead { DECODED_AT_ONCE } else { 1 };
        let mut handed = batches.map(decode).buffered(at_once).boxed();
        while let Some(batch) = handed.next().await {
            if hand_on.send(batch?).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}
