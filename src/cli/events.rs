//! `leasehold events`: the log itself.

use clap::{Args, Subcommand};
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::Global;
use super::company::companies;
use super::exit::Failed;
use super::export::ExportEvents;
use super::follow;
use super::output::{self, Format};
use super::remote::Remote;
use super::session::Session;
use crate::log::{Head, Recorded, list_events, load_heads};
use crate::read::count_events;

const COLUMNS: [&str; 6] =
    ["position", "occurredAt", "aggregateType", "aggregateId", "eventType", "sequence"];
/// Events read at once.
const PAGE: i64 = 1_000;

/// The log itself, oldest first, company by company.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Events {
    #[command(subcommand)]
    command: Option<EventsCommand>,
    /// Only events after this position.
    #[arg(long, default_value_t = 0, value_name = "POSITION")]
    after: u64,
    /// At most so many for each company; all when not given.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Go on with what is recorded, until stopped.
    #[arg(long, conflicts_with = "limit")]
    follow: bool,
}

#[derive(Debug, Subcommand)]
enum EventsCommand {
    /// Every stored type and version of event, how many there are, and whether this program reads
    /// them.
    Census,
    /// Write events to a file, with a manifest.
    Export(ExportEvents),
}

impl Events {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        match self.command {
            Some(EventsCommand::Census) => return census(global).await,
            Some(EventsCommand::Export(export)) => return export.run(global).await,
            None => {}
        }
        if let Some(remote) = Remote::of(global)? {
            return self.run_through(global, &remote).await;
        }
        let session = Session::open(global).await?;
        let printed = if self.follow {
            self.follow(global, &session).await
        } else {
            self.print(global, &session.ledger.readers).await
        };
        session.close().await?;
        printed
    }

    /// The same through a server; what comes comes by its feed.
    async fn run_through(&self, global: &Global, remote: &Remote) -> Result<(), Failed> {
        if self.follow {
            let after = self.cursor(global, remote).await?;
            let mut feed = remote.feed(after).await?;
            return follow::until_stopped(async {
                loop {
                    for event in feed.next().await? {
                        follow::line(global.output, &COLUMNS, &event)?;
                    }
                }
            })
            .await;
        }
        let mut kept = Vec::new();
        for company in remote.companies().await? {
            let (mut after, mut left) = (self.after, self.limit.unwrap_or(u64::MAX));
            while left > 0 {
                let page = remote.events(&company, after, left).await?;
                let Some(last) = page.last() else { break };
                after = last["position"].as_u64().unwrap_or(u64::MAX);
                left -= page.len() as u64;
                keep_or_print(global, page, &mut kept)?;
            }
        }
        print_kept(global, &kept)
    }

    /// Where the feed begins; that of all companies has a cursor for each.
    async fn cursor(&self, global: &Global, remote: &Remote) -> Result<String, Failed> {
        if global.company.is_some() {
            return Ok(self.after.to_string());
        }
        if self.after == 0 {
            return Ok(String::new());
        }
        let of = |company: String| format!("{company}:{}", self.after);
        let cursors: Vec<String> = remote.companies().await?.into_iter().map(of).collect();
        Ok(cursors.join(","))
    }

    /// Each event on a line of its own, as it comes.
    async fn follow(&self, global: &Global, session: &Session) -> Result<(), Failed> {
        let seen = follow::heads(session).await?.into_keys();
        let seen = seen.map(|company| (company, Position(self.after))).collect();
        follow::follow(session, global, seen, async |reader, (company, from, to)| {
            let heads = load_heads(reader, &[company.0]).await?;
            let count = i64::try_from(to.0 - from.0).unwrap_or(PAGE);
            for event in &list_events(reader, company, from, count).await? {
                follow::line(global.output, &COLUMNS, &shown(event, heads.first())?)?;
            }
            Ok(())
        })
        .await
    }

    /// Lines go out as they are read, so that a long log needs no memory; the other forms are one
    /// value, and do.
    async fn print(&self, global: &Global, pool: &PgPool) -> Result<(), Failed> {
        let mut kept = Vec::new();
        for company in companies(pool, global).await? {
            self.print_company(global, pool, company, &mut kept).await?;
        }
        print_kept(global, &kept)
    }

    async fn print_company(
        &self,
        global: &Global,
        pool: &PgPool,
        company: CompanyId,
        kept: &mut Vec<Value>,
    ) -> Result<(), Failed> {
        let connection = &mut *pool.acquire().await?;
        let heads = load_heads(connection, &[company.0]).await?;
        let (mut after, mut left) = (Position(self.after), self.limit.unwrap_or(u64::MAX));
        while left > 0 {
            let page = i64::try_from(left).unwrap_or(PAGE).min(PAGE);
            let page = list_events(connection, company, after, page).await?;
            let Some(last) = page.last() else { break };
            after = last.stored.position;
            left -= page.len() as u64;
            let page: Result<Vec<Value>, _> =
                page.iter().map(|e| shown(e, heads.first())).collect();
            keep_or_print(global, page?, kept)?;
        }
        Ok(())
    }
}

/// Lines go out as they come.
fn keep_or_print(global: &Global, page: Vec<Value>, kept: &mut Vec<Value>) -> Result<(), Failed> {
    if global.output == Format::Jsonl {
        return page.iter().try_for_each(|event| output::line(&event.to_string()));
    }
    kept.extend(page);
    Ok(())
}

fn print_kept(global: &Global, kept: &[Value]) -> Result<(), Failed> {
    if global.output == Format::Jsonl {
        return Ok(());
    }
    output::list(global.output, &COLUMNS, kept)
}

async fn census(global: &Global) -> Result<(), Failed> {
    let session = Session::open(global).await?;
    let counted = count_events(&mut *session.ledger.readers.acquire().await?).await;
    session.close().await?;
    let rows: Vec<Value> = counted?.iter().map(|counted| json!(counted)).collect();
    let columns = ["aggregateType", "eventType", "eventVersion", "events", "isRead", "isUpcast"];
    output::list(global.output, &columns, &rows)
}

/// An event in the words of the contract.
pub(super) fn shown(event: &Recorded, head: Option<&Head>) -> Result<Value, Failed> {
    let epoch = head.map_or(Epoch(1), |head| head.epoch);
    let text = event.to_json(epoch).and_then(|json| serde_json::from_str(json.get()));
    text.map_err(|error| Failed::error(format!("a stored event is no JSON: {error}")))
}
