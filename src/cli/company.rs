//! `leasehold company`: the companies that the ledger knows.

use clap::{Args, Subcommand};
use leasehold_domain::id::CompanyId;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::Global;
use super::exit::Failed;
use super::output;
use super::remote::{Query, Remote};
use super::session::Session;
use crate::read;

/// Rows read at once.
const PAGE: i64 = 500;

/// The companies that the ledger knows.
#[derive(Debug, Args)]
pub(super) struct Company {
    #[command(subcommand)]
    command: CompanyCommand,
}

#[derive(Debug, Subcommand)]
enum CompanyCommand {
    /// Every company, with the end of its log.
    List,
}

impl Company {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let CompanyCommand::List = self.command;
        let rows = if let Some(remote) = Remote::of(global)? {
            remote.list("/v1/admin/companies", &Query::new(), usize::MAX).await?
        } else {
            let session = Session::open(global).await?;
            let rows = list(&session.ledger.readers).await;
            session.close().await?;
            rows?
        };
        output::list(global.output, &["companyId", "position", "epoch", "recordedAt"], &rows)
    }
}

async fn list(pool: &PgPool) -> Result<Vec<Value>, Failed> {
    let mut rows = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let page = read::list_companies(&mut *pool.acquire().await?, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = last.company_id.0;
        rows.extend(page.iter().map(|head| {
            json!({
                "companyId": head.company_id, "position": head.position, "epoch": head.epoch,
                "recordedAt": head.recorded_at, "digest": head.digest,
            })
        }));
    }
}

/// The named company, or all of them; one that the ledger does not know is said to be unknown.
pub(super) async fn companies(pool: &PgPool, global: &Global) -> Result<Vec<CompanyId>, Failed> {
    let known = read::list_company_ids(&mut *pool.acquire().await?).await?;
    match global.company {
        None => Ok(known.into_iter().map(CompanyId).collect()),
        Some(company) if known.contains(&company.0) => Ok(vec![company]),
        Some(company) => Err(Failed::not_found(format!("company {company} is unknown"))),
    }
}
