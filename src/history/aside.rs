//! Work that would keep a task's thread for too long.

use std::panic::resume_unwind;

use tokio::task::spawn_blocking;

/// What a thread of its own makes; its panic is ours.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(made) => made,
        Err(error) => resume_unwind(error.into_panic()),
    }
}
