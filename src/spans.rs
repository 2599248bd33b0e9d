//! Keeps `lease_spans` up beside the appends: one keeper in the installation, a checkpoint for each
//! company.
//!
//! **Claims.** No event is skipped and none is counted twice, whoever is killed, doubled or slow.
//! What was appended is in the table within a second while a server runs; a long history that was
//! not is taken up in the time that those who write leave.
//! **Because** positions are dense and in commit order: whoever sees position n sees all before it.
//! Rows and checkpoint change in one transaction, and the checkpoint only from where its events were
//! read on.
//! **Not** promised: that the table is at the log's end. Whoever answers from it adds the tail.

mod fold;
mod rows;

use std::time::Duration;

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::metrics;
use crate::wake::Wake;
use rows::{Behind, PAGE, list_behind, try_keep};

pub(crate) use fold::Folding;
pub use rows::CHECKPOINT;
pub(crate) use rows::{list_checkpoints, lock_checkpoint, put_into};

/// A company that is farther behind has a history to be taken up, from an import or from before the
/// table was there. That has time; news of its neighbours and those who write go first.
const NEWS_MAX: i64 = 10 * PAGE;
/// How many times as long as a page of history took nothing is done afterwards.
const REST: u32 = 3;
/// How often logs are looked at that moved without a word.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// How long to wait after an error, and for another keeper to be gone.
const PAUSE: Duration = Duration::from_secs(1);

/// Keeps the spans up for as long as it runs.
#[must_use]
pub fn start(database: &PgConnectOptions, wake: Wake) -> JoinHandle<()> {
    let database = database.clone().application_name("leasehold spans").disable_statement_logging();
    tokio::spawn(async move {
        loop {
            if let Err(error) = keep(&database, &wake).await {
                tracing::warn!(%error, "lease_spans is not kept up for now");
            }
            sleep(PAUSE).await;
        }
    })
}

/// Keeps them up until the connection fails, if nobody else does.
async fn keep(database: &PgConnectOptions, wake: &Wake) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect_with(database).await?;
    if !try_keep(&mut connection).await? {
        return connection.close().await;
    }
    let (mut moves, mut turn) = (wake.moves(), 0);
    loop {
        let behind = list_behind(&mut connection).await?;
        let (news, history): (Vec<_>, Vec<_>) =
            behind.into_iter().partition(|behind| behind.head - behind.reached <= NEWS_MAX);
        for behind in news {
            take_up(&mut connection, behind).await?;
        }
        // Companies with a history take turns, a page each.
        turn += 1;
        let began = Instant::now();
        let page = history.get(turn % history.len().max(1)).map(Behind::first_page);
        match page {
            Some(page) if take_up(&mut connection, page).await? > 0 => {
                sleep(began.elapsed() * REST).await;
            }
            // Other programs may append without a word.
            _ => drop(timeout(LOOK_EVERY, moves.changed()).await),
        }
    }
}

/// Takes up everything that was appended until now; answers with how many events that were.
///
/// # Errors
/// The database's; what was taken up until then stays.
pub async fn keep_once(connection: &mut PgConnection) -> sqlx::Result<u64> {
    let mut events = 0;
    for behind in list_behind(connection).await? {
        events += take_up(connection, behind).await?;
    }
    Ok(events)
}

/// Takes up what a company is behind; answers with how many events that were.
async fn take_up(connection: &mut PgConnection, behind: Behind) -> sqlx::Result<u64> {
    let Behind { company, reached, head } = behind;
    let mut from = reached;
    while from < head {
        let to = head.min(from + PAGE);
        let range = (Position(from.unsigned_abs()), Position(to.unsigned_abs()));
        let taken = match fold::take_up(connection, CompanyId(company), range).await {
            // An event whose columns are none of an event's stops its own company alone.
            Err(error @ (sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. })) => {
                tracing::error!(%company, %error, "lease_spans stops at an event");
                false
            }
            taken => taken?,
        };
        if !taken {
            // Or another keeper was there first; it goes on.
            break;
        }
        from = to;
    }
    let events = (from - reached).unsigned_abs();
    metrics::projected(events);
    Ok(events)
}
