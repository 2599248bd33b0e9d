//! `leasehold activity`: who did what.

use chrono::{DateTime, Utc};
use clap::Args;
use leasehold_domain::fence::Position;
use leasehold_domain::id::RunId;
use leasehold_domain::text::Label;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::Global;
use super::company::companies;
use super::exit::Failed;
use super::output;
use super::session::Session;
use crate::read::{self, ActivityFilter};

const COLUMNS: [&str; 6] = ["position", "createdAt", "actorType", "actorId", "action", "entityId"];

/// Who did what, newest first.
#[derive(Debug, Args)]
pub(super) struct Activity {
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
}

impl Activity {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let session = Session::open(global).await?;
        let rows = self.list(global, &session.ledger.readers).await;
        session.close().await?;
        output::list(global.output, &COLUMNS, &rows?)
    }

    async fn list(&self, global: &Global, pool: &PgPool) -> Result<Vec<Value>, Failed> {
        let action = self.action.as_deref().map(Label::new).transpose();
        let action = action.map_err(|bad| Failed::usage(format!("--action {bad}")))?;
        let filter = ActivityFilter {
            actions: action.map(|action| vec![action]),
            entities: self.entity.map(|id| vec![id]),
            runs: self.run.map(|id| vec![RunId(id)]),
            since: self.since,
            with_bookkeeping: self.bookkeeping,
            ..ActivityFilter::default()
        };
        let mut rows = Vec::new();
        for company in companies(pool, global).await? {
            let connection = &mut *pool.acquire().await?;
            let from = match self.since {
                Some(since) => read::find_position_since(connection, company, since).await?,
                None => Position(0),
            };
            let range = (from, Position(i64::MAX.unsigned_abs()));
            let limit = i64::from(self.limit);
            let page = read::list_activity(connection, company, &filter, range, limit).await?;
            rows.extend(page.iter().map(|row| json!(row)));
        }
        Ok(rows)
    }
}
