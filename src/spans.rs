//! Keeps `lease_spans` up beside the appends, and with it how many leases had ended: one keeper in the
//! installation, a checkpoint for each company.
//!
//! **Claims.** No event is skipped and none is counted twice, whoever is killed, doubled or slow.
//! What was appended is in the table within a second while a server runs; a long history that was
//! not is taken up in the time that those who write leave.
//! **Because** positions are dense and in commit order: whoever sees position n sees all before it.
//! Rows and checkpoint change in one transaction, and the checkpoint only from where its events were
//! read on.
//! **Not** promised: that the table is at the log's end. Whoever answers from it adds the tail.

mod ends;
mod fold;
mod rows;

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::dispatch::BY_KEYS;
use crate::metrics;
use crate::wake::Wake;
use rows::{Behind, PAGE, list_behind, try_keep};

pub use ends::ENDS_CHECKPOINT;
pub(crate) use ends::{Axis, count_anew};
pub(crate) use fold::Folding;
pub use rows::CHECKPOINT;
pub(crate) use rows::{list_checkpoints, lock_checkpoint, put_into};

/// A company that is farther behind has a history to be taken up, from an import or from before the
/// table was there. That has time; news of its neighbours and those who write go first.
const NEWS_MAX: i64 = 10 * PAGE;
/// How many times as long as a page of history took nothing is done afterwards.
const REST: u32 = 3;
/// How long news gather, so that those of many companies are taken up together.
const GATHER: Duration = Duration::from_millis(200);
/// How often logs are looked at that moved without a word.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// How long to wait after an error, and for another keeper to be gone.
const PAUSE: Duration = Duration::from_secs(1);

/// Keeps the spans up for as long as it runs.
#[must_use]
pub fn start(database: &PgConnectOptions, wake: Wake) -> JoinHandle<()> {
    let database = settled(database);
    tokio::spawn(async move {
        loop {
            if let Err(error) = keep(&database, &wake).await {
                tracing::warn!(%error, "lease_spans is not kept up for now");
            }
            sleep(PAUSE).await;
        }
    })
}

/// How a keeper connects.
#[must_use]
pub fn settled(database: &PgConnectOptions) -> PgConnectOptions {
    let database = database.clone().application_name("leasehold spans").options(BY_KEYS);
    // What a crash takes back is rows and checkpoint together: it is taken up again.
    database.options([("synchronous_commit", "off")]).disable_statement_logging()
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
            behind.into_iter().partition(|behind| behind.events() <= NEWS_MAX);
        take_up(&mut connection, news).await?;
        // Companies with a history take turns, a page each.
        turn += 1;
        let began = Instant::now();
        let page = history.get(turn % history.len().max(1)).map(Behind::first_page);
        if let Some(page) = page
            && take_up(&mut connection, vec![page]).await? > 0
        {
            sleep(began.elapsed() * REST).await;
            continue;
        }
        // Other programs may append without a word.
        let _ = timeout(LOOK_EVERY, moves.changed()).await;
        sleep(GATHER).await;
    }
}

/// Takes up everything that was appended until now; answers with how many events that were.
///
/// # Errors
/// The database's; what was taken up until then stays.
pub async fn keep_once(connection: &mut PgConnection) -> sqlx::Result<u64> {
    let behind = list_behind(connection).await?;
    take_up(connection, behind).await
}

/// Takes up what companies are behind, page by page; answers with how many events that were.
async fn take_up(connection: &mut PgConnection, mut behind: Vec<Behind>) -> sqlx::Result<u64> {
    let mut events = 0;
    while !behind.is_empty() {
        let pages: Vec<_> = behind.iter().map(Behind::first_page).collect();
        let mut rest = pages.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(that_fit(rest));
            events += take_up_together(connection, now).await?;
            rest = later;
        }
        behind = behind.into_iter().filter_map(Behind::rest).collect();
    }
    let events = events.unsigned_abs();
    metrics::projected(events);
    Ok(events)
}

/// How many pages make one transaction: few events are not worth one of their own.
fn that_fit(pages: &[Behind]) -> usize {
    let mut events = 0;
    let fit = pages.iter().take_while(|page| {
        events += page.events();
        events <= PAGE
    });
    fit.count().max(1)
}

async fn take_up_together(connection: &mut PgConnection, pages: &[Behind]) -> sqlx::Result<i64> {
    let taken = fold::take_up(connection, pages).await;
    let Err(error @ (sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. })) = taken else {
        return taken;
    };
    // An event whose columns are none of an event's stops its own company alone.
    if let [page] = pages {
        tracing::error!(company = %page.company, %error, "lease_spans stops at an event");
        return Ok(0);
    }
    let mut events = 0;
    for page in pages {
        events += Box::pin(take_up_together(connection, std::slice::from_ref(page))).await?;
    }
    Ok(events)
}
