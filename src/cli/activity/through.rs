//! The activity log through a server. What comes is told by the feed, and read when it is told.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Activity, COLUMNS};
use crate::cli::Global;
use crate::cli::exit::Failed;
use crate::cli::follow;
use crate::cli::output;
use crate::cli::remote::{Query, Remote, maybe};

pub(super) async fn run(
    activity: &Activity,
    global: &Global,
    remote: &Remote,
) -> Result<(), Failed> {
    if !activity.follow {
        let rows = list(activity, global, remote).await?;
        return output::list(global.output, &COLUMNS, &rows);
    }
    // Before the log is looked at: what is recorded after the look comes by the feed.
    let mut feed = remote.feed("end".to_owned()).await?;
    let mut seen = BTreeMap::new();
    for row in list(activity, global, remote).await?.iter().rev() {
        show(global, row, &mut seen)?;
    }
    follow::until_stopped(async {
        loop {
            for (company, first) in firsts(&feed.next().await?) {
                let seen_until = seen.get(&company).copied().unwrap_or(0).max(first - 1);
                for row in list_after(activity, remote, &company, seen_until).await?.iter().rev() {
                    show(global, row, &mut seen)?;
                }
            }
        }
    })
    .await
}

fn show(global: &Global, row: &Value, seen: &mut BTreeMap<String, u64>) -> Result<(), Failed> {
    if let (Some(company), Some(position)) = (row["companyId"].as_str(), row["position"].as_u64()) {
        let seen = seen.entry(company.to_owned()).or_default();
        *seen = position.max(*seen);
    }
    follow::line(global.output, &COLUMNS, row)
}

/// The first position of each company that events tell of.
fn firsts(events: &[Value]) -> BTreeMap<String, u64> {
    let mut firsts = BTreeMap::new();
    for event in events.iter().rev() {
        if let (Some(company), Some(position)) =
            (event["companyId"].as_str(), event["position"].as_u64())
        {
            firsts.insert(company.to_owned(), position.max(1));
        }
    }
    firsts
}

async fn list(activity: &Activity, global: &Global, remote: &Remote) -> Result<Vec<Value>, Failed> {
    let mut query = query(activity);
    query.extend(global.moment_query());
    let mut rows = Vec::new();
    for company in remote.companies().await? {
        let path = format!("/v1/companies/{company}/activity");
        rows.extend(remote.list(&path, &query, activity.limit as usize).await?);
    }
    Ok(rows)
}

/// The rows of a company after a position, the newest first.
async fn list_after(
    activity: &Activity,
    remote: &Remote,
    company: &str,
    position: u64,
) -> Result<Vec<Value>, Failed> {
    let path = format!("/v1/companies/{company}/activity");
    let (mut query, mut rows) = (query(activity), Vec::new());
    query.push(("limit", crate::http::LIMIT_MAX.to_string()));
    loop {
        let mut page = remote.page(&path, &query).await?;
        let is_new = |row: &Value| row["position"].as_u64() > Some(position);
        let count = page.items.len();
        page.items.retain(is_new);
        let is_over = page.items.len() < count;
        rows.append(&mut page.items);
        match page.cursor.filter(|_| !is_over) {
            Some(cursor) => {
                query.retain(|(name, _)| *name != "cursor");
                query.push(("cursor", cursor));
            }
            None => return Ok(rows),
        }
    }
}

fn query(activity: &Activity) -> Query {
    maybe([
        ("entityId", activity.entity.map(|id| id.to_string())),
        ("runId", activity.run.map(|id| id.to_string())),
        ("action", activity.action.clone()),
        ("since", activity.since.map(|since| since.to_rfc3339())),
        ("bookkeeping", activity.bookkeeping.then(|| "true".to_owned())),
    ])
}
