//! Tuples of COPY's binary format, as they come out of a connection.

use std::mem::{replace, take};
use std::sync::{Arc, Mutex};

use futures::StreamExt;
use futures::stream::BoxStream;
use sqlx::PgConnection;

/// The signature, the flags and the length of the extension.
const HEADER: usize = 11 + 4 + 4;
/// Bytes gathered before a batch is handed on.
const BATCH_BYTES: usize = 1 << 18;

/// Whole tuples, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    spare: Spare,
}

/// Buffers of batches that nobody needs any more. Memory that is given back and asked for again has to
/// be cleared by the system each time.
#[derive(Debug, Default, Clone)]
struct Spare(Arc<Mutex<Vec<Vec<u8>>>>);

impl Spare {
    fn take(&self) -> Batch {
        let bytes = self.0.lock().ok().and_then(|mut all| all.pop()).unwrap_or_default();
        Batch { bytes, ends: Vec::new(), spare: self.clone() }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        let mut bytes = take(&mut self.bytes);
        bytes.clear();
        if let Ok(mut spare) = self.spare.0.lock() {
            spare.push(bytes);
        }
    }
}

impl Batch {
    /// Each tuple's bytes, the count of its columns in front.
    pub(crate) fn tuples(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.bytes.get(start..*end))
    }
}

/// What a `copy … to stdout (format binary)` sends, batch by batch.
pub(crate) struct CopyReader<'c> {
    chunks: BoxStream<'c, sqlx::Result<bytes::Bytes>>,
    batch: Batch,
    is_begun: bool,
    is_over: bool,
}

impl<'c> CopyReader<'c> {
    /// Begins a copy. The statement is made of ids and numbers alone: COPY takes no parameters.
    pub(crate) async fn begin(
        connection: &'c mut PgConnection,
        statement: &str,
    ) -> sqlx::Result<Self> {
        let chunks = connection.copy_out_raw(statement).await?;
        Ok(Self { chunks, batch: Batch::default(), is_begun: false, is_over: false })
    }

    /// The next tuples; none when all have come.
    pub(crate) async fn next(&mut self) -> sqlx::Result<Option<Batch>> {
        while !self.is_over && self.batch.bytes.len() < BATCH_BYTES {
            match self.chunks.next().await {
                Some(chunk) => self.batch.bytes.extend_from_slice(&chunk?),
                None => self.is_over = true,
            }
            self.skip_header();
            self.find_ends();
        }
        let whole = self.batch.ends.last().copied().unwrap_or_default();
        let mut rest = self.batch.spare.take();
        if !self.is_over {
            // At once as large as it will be: a buffer that grows is copied again and again.
            rest.bytes.reserve(2 * BATCH_BYTES);
        }
        rest.bytes.extend(self.batch.bytes.drain(whole..));
        let batch = replace(&mut self.batch, rest);
        Ok(Some(batch).filter(|batch| !batch.ends.is_empty()))
    }

    fn skip_header(&mut self) {
        if !self.is_begun && self.batch.bytes.len() >= HEADER {
            self.batch.bytes.drain(..HEADER);
            self.is_begun = true;
        }
    }

    /// Finds the tuples that are whole by now; the end of all is a tuple of -1 columns.
    fn find_ends(&mut self) {
        let mut at = self.batch.ends.last().copied().unwrap_or_default();
        while self.is_begun {
            let Some(length) = self.batch.bytes.get(at..).and_then(tuple_length) else { return };
            at += length;
            self.batch.ends.push(at);
        }
    }
}

/// The length of the tuple that the bytes begin with; none while it is not whole.
fn tuple_length(bytes: &[u8]) -> Option<usize> {
    let columns = i16::from_be_bytes(*bytes.first_chunk()?);
    let mut at = 2;
    for _ in 0..u16::try_from(columns).ok()? {
        let length = i32::from_be_bytes(*bytes.get(at..)?.first_chunk()?);
        at += 4 + usize::try_from(length).unwrap_or(0);
    }
    (at <= bytes.len()).then_some(at)
}

/// The columns of a tuple: each one's bytes, none for null.
pub(crate) fn fields(tuple: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut rest = tuple.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(i32::from_be_bytes(*length)).ok();
        let (value, after) = after.split_at_checked(length.unwrap_or(0))?;
        rest = after;
        Some(length.map(|_| value))
    })
}
