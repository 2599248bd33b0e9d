//! `--follow`: what is recorded from now on, as it is recorded, until somebody stops it.

use std::collections::BTreeMap;

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use serde_json::Value;
use sqlx::PgConnection;
use tokio::time::timeout;

use super::Global;
use super::exit::Failed;
use super::output::{self, Format};
use super::serve::asked_to_stop;
use super::session::Session;
use crate::read::list_heads;
use crate::wake::POLL_EVERY;

/// Positions that are shown at once.
const PAGE: u64 = 500;

/// Positions of a company: after the first, up to the second.
pub(super) type New = (CompanyId, Position, Position);

/// Shows what is new after what was seen, company by company, whenever a log has grown.
pub(super) async fn follow(
    session: &Session,
    global: &Global,
    mut seen: BTreeMap<CompanyId, Position>,
    mut show: impl AsyncFnMut(&mut PgConnection, New) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let mut moves = session.ledger.dispatcher.wake().moves();
    let following = async {
        loop {
            let mut reader = session.ledger.readers.acquire().await?;
            for (company, _, head) in list_heads(&mut reader).await? {
                if global.company.is_some_and(|wanted| wanted != company) {
                    continue;
                }
                let from = seen.entry(company).or_default();
                while *from < head {
                    let to = head.min(from.plus(PAGE));
                    show(&mut reader, (company, *from, to)).await?;
                    *from = to;
                }
            }
            drop(reader);
            // Other programs may append without a word.
            let _ = timeout(POLL_EVERY, moves.changed()).await;
        }
    };
    until_stopped(following).await
}

/// Goes on until somebody stops it, which is a good end.
pub(super) async fn until_stopped(
    following: impl Future<Output = Result<(), Failed>>,
) -> Result<(), Failed> {
    tokio::select! {
        ended = following => ended,
        () = asked_to_stop() => Ok(()),
    }
}

/// How far each log has come.
pub(super) async fn heads(session: &Session) -> Result<BTreeMap<CompanyId, Position>, Failed> {
    let heads = list_heads(&mut *session.ledger.readers.acquire().await?).await?;
    Ok(heads.into_iter().map(|(company, _, position)| (company, position)).collect())
}

/// One row on a line of its own: what a table would show of it, or all of it.
pub(super) fn line(format: Format, columns: &[&str], row: &Value) -> Result<(), Failed> {
    if format != Format::Table {
        return output::line(&row.to_string());
    }
    let cell = |column: &&str| {
        let value = &row[*column];
        value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
    };
    output::line(&columns.iter().map(cell).collect::<Vec<_>>().join("  "))
}
