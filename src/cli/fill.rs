//! `leasehold fill`: a large made history in an empty ledger, to measure on.

use std::sync::Arc;

use clap::Args;

use super::Global;
use super::exit::{Failed, Kind};
use super::output::note;
use super::progress::Progress;
use super::session::Session;
use crate::fill::{Lives, Shape, fill};
use crate::read::list_company_ids;
use crate::spans::keep_once;

/// Fill an empty ledger with a large made history, to measure on.
#[derive(Debug, Args)]
pub(super) struct Fill {
    /// Events, about.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    events: u64,
    /// Companies that share them.
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    companies: u64,
}

impl Fill {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let session = Session::open(global).await?;
        let filled = self.fill(&session).await;
        session.close().await?;
        filled
    }

    async fn fill(&self, session: &Session) -> Result<(), Failed> {
        let known = list_company_ids(&mut *session.ledger.readers.acquire().await?).await?;
        if !known.is_empty() {
            let message = "the ledger is in use: made history goes into an empty one alone";
            return Err(Failed::new(Kind::Refused, message));
        }
        let progress = Arc::new(Progress::new("events", self.events));
        let told = Arc::clone(&progress);
        let shape = Shape { companies: self.companies, events: self.events, lives: Lives::Whole };
        fill(session.database(), shape, Arc::new(move |count| told.advance(count))).await?;
        note("taking up the spans");
        keep_once(&mut *session.ledger.keepers.acquire().await?).await?;
        progress.finish();
        note("filled");
        Ok(())
    }
}
