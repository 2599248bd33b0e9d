//! Connections that peers keep: each client has its own, or shares one where there are more clients
//! than connections. sqlx's pool is not for this: it asks every connection that comes back whether
//! it is still there, a round trip for each statement that a peer's user would not pay.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::sync::{Mutex, MutexGuard};

use crate::bench::Error;

pub(super) struct Connections {
    all: Arc<Vec<Mutex<PgConnection>>>,
    handed_out: AtomicUsize,
}

impl Connections {
    pub(super) async fn open(database: &PgConnectOptions, count: u32) -> Result<Self, Error> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(Mutex::new(PgConnection::connect_with(database).await?));
        }
        Ok(Self { all: Arc::new(all), handed_out: AtomicUsize::new(0) })
    }

    /// One for the next client; they take turns where there are more of them.
    pub(super) fn hand_out(&self) -> Kept {
        let number = self.handed_out.fetch_add(1, Ordering::Relaxed) % self.all.len().max(1);
        Kept { all: Arc::clone(&self.all), number }
    }

    /// Says goodbye on each. The clients are gone by then.
    pub(super) async fn close(self) {
        for connection in Arc::into_inner(self.all).unwrap_or_default() {
            // One that is lost is gone as well.
            let _ = connection.into_inner().close().await;
        }
    }
}

/// A client's connection.
pub(super) struct Kept {
    all: Arc<Vec<Mutex<PgConnection>>>,
    number: usize,
}

impl Kept {
    /// The connection for a while, in the order in which it is asked for.
    pub(super) async fn take(&self) -> Result<MutexGuard<'_, PgConnection>, Error> {
        let connection = self.all.get(self.number);
        let connection = connection.ok_or_else(|| Error::unexpected("no connection"))?;
        Ok(connection.lock().await)
    }
}
