//! Between processes: told by NOTIFY on a connection of its own, heard by LISTEN, and looked at.

use std::convert::Infallible;
use std::time::Duration;

use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::time::sleep;
use uuid::Uuid;

use super::{Mark, POLL_EVERY, Wake, lock};
use crate::log::{MOVED_CHANNEL, load_heads, notify_moved};

/// Between two notifications to other processes: what moves meanwhile goes into the next one.
const NOTIFY_EVERY: Duration = Duration::from_millis(10);
/// Marks in one notification: its payload has to stay below 8,000 bytes.
const MARKS_MAX: usize = 100;

pub(super) async fn tell_elsewhere(wake: &Wake, pool: &PgPool) -> Infallible {
    loop {
        wake.0.has_untold.notified().await;
        speak(wake, pool).await;
        sleep(NOTIFY_EVERY).await;
    }
}

pub(super) async fn speak(wake: &Wake, pool: &PgPool) {
    let untold = std::mem::take(&mut *lock(&wake.0.untold));
    if untold.is_empty() {
        return;
    }
    let words: Vec<String> = untold
        .iter()
        .map(|(company, mark)| format!("{company} {} {}", mark.epoch, mark.position))
        .collect();
    let payloads: Vec<String> = words.chunks(MARKS_MAX).map(|chunk| chunk.join(";")).collect();
    let spoken = async { notify_moved(&mut *pool.acquire().await?, &payloads).await };
    if let Err(error) = spoken.await {
        tracing::debug!(%error, "other processes could not be told; they look for themselves");
    }
}

/// Listens from the first watch on. A connection that breaks is made again, after a pause where
/// there is none to be had: looking goes on meanwhile.
pub(super) async fn hear_others(wake: &Wake, pool: &PgPool) -> Infallible {
    wake.0.is_watched[0].notified().await;
    loop {
        match listen(pool).await {
            Ok(mut listener) => loop {
                match listener.recv().await {
                    Ok(heard) => heed(wake, heard.payload()),
                    Err(error) => break tracing::debug!(%error, "notifications are not heard"),
                }
            },
            Err(error) => tracing::debug!(%error, "notifications cannot be heard"),
        }
        sleep(POLL_EVERY).await;
    }
}

async fn listen(pool: &PgPool) -> sqlx::Result<PgListener> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(MOVED_CHANNEL).await?;
    Ok(listener)
}

/// What another process told; anybody may write to the channel, so it is taken for a hint alone.
fn heed(wake: &Wake, told: &str) {
    for mark in told.split(';') {
        let mut words = mark.split(' ');
        let company = words.next().and_then(|word| Uuid::parse_str(word).ok());
        let mut number = || words.next().and_then(|word| word.parse().ok());
        if let (Some(company), Some(epoch), Some(position)) = (company, number(), number()) {
            let mark = Mark { epoch: Epoch(epoch), position: Position(position) };
            wake.tell(CompanyId(company), mark);
        }
    }
}

/// Looks at the heads of what is watched.
pub(super) async fn look(wake: &Wake, pool: &PgPool) -> Infallible {
    loop {
        let watched = wake.watched();
        if watched.is_empty() {
            wake.0.is_watched[1].notified().await;
            continue;
        }
        let heads = async { load_heads(&mut *pool.acquire().await?, &watched).await };
        match heads.await {
            Ok(heads) => heads.iter().for_each(|head| wake.tell(head.company_id, head.into())),
            Err(error) => tracing::debug!(%error, "the heads could not be looked at"),
        }
        sleep(POLL_EVERY).await;
    }
}
