//! Who reads the snapshot: so many tasks at once, with connections that are used again.

use std::sync::Mutex;

use tokio::sync::Semaphore;

use crate::history::{Reader, Snapshot, in_bulk};

/// A snapshot and its readers.
#[derive(Debug)]
pub(super) struct Readers {
    pub(super) snapshot: Snapshot,
    room: Semaphore,
    /// A connection learns where the server's memory is by touching it: a new one is slower.
    free: Mutex<Vec<Reader>>,
}

impl Readers {
    pub(super) fn new(snapshot: Snapshot, at_once: usize) -> Self {
        Self { snapshot, room: Semaphore::new(at_once), free: Mutex::default() }
    }

    /// Lends a reader to a task of its own, which brings it back; whoever asks first is first.
    pub(super) async fn lend<T, F>(
        &self,
        work: impl FnOnce(Reader) -> F + Send + 'static,
    ) -> sqlx::Result<T>
    where
        T: Send + 'static,
        F: Future<Output = sqlx::Result<(T, Reader)>> + Send + 'static,
    {
        let _room = self.room.acquire().await;
        let free = self.free.lock().ok().and_then(|mut free| free.pop());
        let snapshot = self.snapshot.joining().clone();
        let work = async move {
            let reader = match free {
                Some(reader) => reader,
                None => Reader::open(&snapshot).await?,
            };
            work(reader).await
        };
        let (outcome, reader) = in_bulk(work).await?;
        if let Ok(mut free) = self.free.lock() {
            free.push(reader);
        }
        Ok(outcome)
    }
}
