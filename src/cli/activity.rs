//! `leasehold activity`: who did what.

mod through;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, RunId};
use leasehold_domain::text::Label;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::Global;
use super::company::companies;
use super::exit::Failed;
use super::export::ExportActivity;
use super::follow;
use super::output;
use super::remote::Remote;
use super::session::Session;
use crate::read::{self, ActivityFilter};

const COLUMNS: [&str; 6] = ["position", "createdAt", "actorType", "actorId", "action", "entityId"];

/// Who did what, newest first.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Activity {
    #[command(subcommand)]
    command: Option<ActivityCommand>,
    /// Only about this environment, lease or run.
    #[arg(long, value_name = "ID")]
    entity: Option<Uuid>,
    /// Only of this run.
    #[arg(long, value_name = "ID")]
    run: Option<Uuid>,
    /// Only this action.
    #[arg(long, value_name = "WORD")]
    action: Option<String>,
    /// Not before this.
    #[arg(long, value_name = "TIME")]
    since: Option<DateTime<Utc>>,
    /// Also what is noise to most readers.
    #[arg(long)]
    bookkeeping: bool,
    /// At most so many for each company.
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
    /// Go on with what is done, until stopped; oldest first.
    #[arg(long)]
    follow: bool,
}

#[derive(Debug, Subcommand)]
enum ActivityCommand {
    /// Write activity to a file, with a manifest.
    Export(ExportActivity),
}

impl Activity {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        if let Some(ActivityCommand::Export(export)) = self.command {
            return export.run(global).await;
        }
        if let Some(remote) = Remote::of(global)? {
            return through::run(&self, global, &remote).await;
        }
        let session = Session::open(global).await?;
        let shown = if self.follow {
            self.follow(global, &session).await
        } else {
            let rows = self.list(global, &session.ledger.readers).await;
            rows.and_then(|rows| output::list(global.output, &COLUMNS, &rows))
        };
        session.close().await?;
        shown
    }

    /// What was, then what comes, each on a line of its own.
    async fn follow(&self, global: &Global, session: &Session) -> Result<(), Failed> {
        let filter = self.filter()?;
        let heads = follow::heads(session).await?;
        for row in self.list(global, &session.ledger.readers).await?.iter().rev() {
            if is_within(row, &heads) {
                follow::line(global.output, &COLUMNS, row)?;
            }
        }
        follow::follow(session, global, heads, async |reader, (company, from, to)| {
            let (range, count) = ((from.plus(1), to.plus(1)), to.0 - from.0);
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let rows = read::list_activity(reader, company, &filter, range, count).await?;
            for row in rows.iter().rev() {
                follow::line(global.output, &COLUMNS, &json!(row))?;
            }
            Ok(())
        })
        .await
    }

    fn filter(&self) -> Result<ActivityFilter, Failed> {
        let action = self.action.as_deref().map(Label::new).transpose();
        let action = action.map_err(|bad| Failed::usage(format!("--action {bad}")))?;
        Ok(ActivityFilter {
            actions: action.map(|action| vec![action]),
            entities: self.entity.map(|id| vec![id]),
            runs: self.run.map(|id| vec![RunId(id)]),
            since: self.since,
            with_bookkeeping: self.bookkeeping,
            ..ActivityFilter::default()
        })
    }

    async fn list(&self, global: &Global, pool: &PgPool) -> Result<Vec<Value>, Failed> {
        let filter = self.filter()?;
        let mut rows = Vec::new();
        for company in companies(pool, global).await? {
            let connection = &mut *pool.acquire().await?;
            let from = match self.since {
                Some(since) => read::find_position_since(connection, company, since).await?,
                None => Position(0),
            };
            let cut = match global.moment() {
                Some(moment) => Some(read::find_cut(connection, company, moment).await?),
                None => None,
            };
            let end = cut.map_or(Position(i64::MAX.unsigned_abs()), |cut| cut.up_to);
            let range = (from, Position(end.0.saturating_add(1).min(i64::MAX.unsigned_abs())));
            // What happened in the same microsecond had happened by then.
            let until = cut.and_then(|cut| cut.happened).map(|at| at.plus_micros(1).chrono());
            let filter = ActivityFilter { until, ..filter.clone() };
            let limit = i64::from(self.limit);
            let page = read::list_activity(connection, company, &filter, range, limit).await?;
            rows.extend(page.iter().map(|row| json!(row)));
        }
        Ok(rows)
    }
}

/// Whether a row was there when the heads were read; what came since comes again.
fn is_within(row: &Value, heads: &BTreeMap<CompanyId, Position>) -> bool {
    let company = row["companyId"].as_str().and_then(|id| id.parse().ok());
    let head = company.and_then(|company: CompanyId| heads.get(&company));
    head.is_some_and(|head| row["position"].as_u64() <= Some(head.0))
}
