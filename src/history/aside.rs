//! Work that would keep a task's thread for too long.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Runtime};
use tokio::task::{AbortHandle, spawn_blocking};

/// As many threads as processors, for the whole process; none where the system refuses them.
static BULK: OnceLock<Option<Runtime>> = OnceLock::new();

/// What a thread of its own makes; its panic is ours.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(made) => made,
        Err(error) => resume_unwind(error.into_panic()),
    }
}

/// What is made on threads that nobody else waits for, where work may take its time between two
/// waits; its panic is ours. It ends with whoever waits for it. Connections are best opened in there:
/// those of another runtime are woken by its threads.
pub(crate) async fn in_bulk<T, F>(work: F) -> T
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let threads = BULK.get_or_init(|| {
        let count = available_parallelism().map_or(2, usize::from);
        Builder::new_multi_thread().worker_threads(count).enable_all().build().ok()
    });
    let task = match threads {
        Some(threads) => threads.spawn(work),
        None => tokio::spawn(work),
    };
    let _ended = Ended(task.abort_handle());
    match task.await {
        Ok(made) => made,
        Err(error) => resume_unwind(error.into_panic()),
    }
}

/// Ends a task when it is not waited for any more.
struct Ended(AbortHandle);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.abort();
    }
}
