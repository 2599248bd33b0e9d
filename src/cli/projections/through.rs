//! `leasehold projections` through a server: what has a route there.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{ProjectionsCommand, REBUILDS_SHOWN, show};
use crate::cli::Global;
use crate::cli::commands::person;
use crate::cli::exit::{Failed, Kind};
use crate::cli::output;
use crate::cli::progress::Progress;
use crate::cli::remote::{Query, Remote};

/// How often a rebuild is asked how far it is.
const ASK_EVERY: Duration = Duration::from_millis(250);
/// How often in a row nobody may be at one before it counts as cut off: it changes hands as it begins.
const UNATTENDED_MAX: u32 = 20;

impl ProjectionsCommand {
    /// None when the server has no route for it.
    pub(super) async fn run_through(
        &self,
        global: &Global,
        remote: &Remote,
    ) -> Option<Result<(), Failed>> {
        Some(match self {
            Self::List => list(global, remote).await,
            Self::Rebuild { names, allow_difference, rate } => {
                let body = json!({"allowDifference": allow_difference, "eventsPerSecondMax": rate});
                rebuild(global, remote, names, body).await
            }
            Self::Cancel => cancel(global, remote).await,
            Self::DropOld | Self::GoBack { .. } | Self::Poisoned { .. } | Self::Redrive { .. } => {
                return None;
            }
        })
    }
}

async fn list(global: &Global, remote: &Remote) -> Result<(), Failed> {
    let mut live = remote.get("/v1/admin/projections", &Query::new()).await?;
    let mut rebuilds = rebuilds(remote).await?;
    rebuilds.truncate(REBUILDS_SHOWN);
    let old: Vec<String> = serde_json::from_value(live["old"].take()).unwrap_or_default();
    let Value::Array(live) = live["items"].take() else { return Err(no_list()) };
    show(global, &live, &rebuilds, &old)
}

/// The newest first.
async fn rebuilds(remote: &Remote) -> Result<Vec<Value>, Failed> {
    let mut found = remote.get("/v1/admin/rebuilds", &Query::new()).await?;
    let Value::Array(items) = found["items"].take() else { return Err(no_list()) };
    Ok(items)
}

fn no_list() -> Failed {
    Failed::error("what answers is no leasehold: a list has no items")
}

fn is_open(rebuild: &Value) -> bool {
    rebuild["state"] == "loading" || rebuild["state"] == "loaded"
}

fn path_of(rebuild: &Value) -> String {
    format!("/v1/admin/rebuilds/{}", rebuild["id"].as_str().unwrap_or_default())
}

async fn rebuild(
    global: &Global,
    remote: &Remote,
    names: &[String],
    mut body: Value,
) -> Result<(), Failed> {
    let name = match names {
        [] => "all",
        [name] => name,
        [..] => {
            return Err(Failed::usage("through a server: name one projection, or none for all"));
        }
    };
    if body["eventsPerSecondMax"].is_null() {
        body = json!({"allowDifference": body["allowDifference"]});
    }
    if !remote.has_token() {
        body["actor"] = json!(person());
    }
    let path = format!("/v1/admin/projections/{name}/rebuild");
    let begun = remote.call(Method::POST, &path, &body).await?;
    conclude(global, follow(remote, begun).await?)
}

/// Waits until a rebuild is over or nobody is at it any more.
async fn follow(remote: &Remote, mut rebuild: Value) -> Result<Value, Failed> {
    let (progress, mut done, mut unattended) = (Progress::new("events", 0), 0, 0);
    let path = path_of(&rebuild);
    while is_open(&rebuild) && unattended < UNATTENDED_MAX {
        unattended = if rebuild["isRunning"] == true { 0 } else { unattended + 1 };
        progress.expect(rebuild["expectedEvents"].as_u64().unwrap_or(0));
        let read = rebuild["readEvents"].as_u64().unwrap_or(0);
        progress.advance(read.saturating_sub(done));
        done = done.max(read);
        sleep(ASK_EVERY).await;
        rebuild = remote.get(&path, &Query::new()).await?;
    }
    progress.finish();
    Ok(rebuild)
}

/// What came of a rebuild, in the words that it has on the database.
fn conclude(global: &Global, mut rebuild: Value) -> Result<(), Failed> {
    let verdict = rebuild["verdict"].take();
    match rebuild["state"].as_str() {
        Some("swapped") => output::one(global.output, &verdict),
        Some("differs") => {
            let message = format!("refused (rebuild_differs): rows differ\n  {verdict}");
            Err(Failed::new(Kind::Refused, message))
        }
        Some("cancelled") => Err(Failed::error("the rebuild was cancelled")),
        _ => Err(Failed::error("the rebuild was cut off: ask again, and it goes on")),
    }
}

async fn cancel(global: &Global, remote: &Remote) -> Result<(), Failed> {
    let open = rebuilds(remote).await?.into_iter().find(is_open);
    let open = open.ok_or_else(|| Failed::not_found("no rebuild runs"))?;
    let ended = remote.call(Method::DELETE, &path_of(&open), &json!({})).await?;
    output::one(global.output, &ended)
}
